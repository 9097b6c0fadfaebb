"""Organisations, their members and invitations."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from msgspec import UNSET
from rest_framework.request import Request

from apps.accounts import queries, services
from apps.accounts.access import organisation_for, require
from apps.accounts.api.documents import (
    invitation_out,
    me_out,
    member_out,
    organisation_out,
    policy,
)
from apps.accounts.api.structs import (
    Deactivated,
    DeactivateIn,
    InvitationAccept,
    InvitationIn,
    InvitationMade,
    InvitationOut,
    InvitationShown,
    Me,
    MemberIn,
    MemberMade,
    MemberOut,
    MemberPatch,
    OrganisationIn,
    OrganisationOut,
    Policy,
)
from apps.accounts.models import Membership, Role
from apps.annotations.services import hand_over_all
from apps.core.api import answer, body, nothing
from apps.core.errors import Invalid, NotAllowed
from apps.core.pagination import Page, paginate
from apps.core.permissions import Action
from apps.core.views import Api


class OrganisationsView(Api):
    @extend_schema(responses={200: Page[OrganisationOut]})
    def get(self, request: Request) -> HttpResponse:
        """The organisations that I am a member of."""
        rows, following = paginate(request, queries.memberships_of(self.user), descending=False)
        return answer(Page(results=[organisation_out(row.organisation, row.role) for row in rows], next=following))

    @extend_schema(request=OrganisationIn, responses={201: OrganisationOut})
    def post(self, request: Request) -> HttpResponse:
        """Make another organisation and own it. For people who own one already; the first is made on the server."""
        sent = body(request, OrganisationIn)
        if not queries.memberships_of(self.user).filter(role=Role.OWNER).exists():
            raise NotAllowed("Only the owner of an organisation may make another one.")
        organisation = services.create_organisation(name=sent.name, owner=self.user)
        return answer(organisation_out(organisation, Role.OWNER), status=201)


class OrganisationView(Api):
    actions = {"get": Action.ORGANISATION_VIEW, "patch": Action.ORGANISATION_EDIT}

    @extend_schema(responses={200: OrganisationOut})
    def get(self, request: Request, organisation_id: int) -> HttpResponse:
        access = organisation_for(self.user, organisation_id, Action.ORGANISATION_VIEW)
        return answer(organisation_out(access.organisation, access.role))

    @extend_schema(request=OrganisationIn, responses={200: OrganisationOut})
    def patch(self, request: Request, organisation_id: int) -> HttpResponse:
        access = organisation_for(self.user, organisation_id, Action.ORGANISATION_EDIT)
        sent = body(request, OrganisationIn)
        organisation = services.rename_organisation(organisation=access.organisation, name=sent.name, actor=self.user)
        return answer(organisation_out(organisation, access.role))


class PolicyView(Api):
    actions = {"get": Action.ORGANISATION_VIEW}

    @extend_schema(responses={200: Policy})
    def get(self, request: Request, organisation_id: int) -> HttpResponse:
        """The one table that decides everything: role × action."""
        organisation_for(self.user, organisation_id, Action.ORGANISATION_VIEW)
        return answer(policy())


class MembersView(Api):
    actions = {"get": Action.MEMBERS_VIEW, "post": Action.MEMBERS_EDIT}
    answers_secret = True

    @extend_schema(responses={200: Page[MemberOut]})
    def get(self, request: Request, organisation_id: int) -> HttpResponse:
        """All members in the order they joined, also deactivated ones."""
        access = organisation_for(self.user, organisation_id, Action.MEMBERS_VIEW)
        rows, following = paginate(request, queries.members(access.organisation.pk), descending=False)
        return answer(Page(results=[member_out(row) for row in rows], next=following))

    @extend_schema(request=MemberIn, responses={201: MemberMade})
    def post(self, request: Request, organisation_id: int) -> HttpResponse:
        """Add a person. Their initial password works at once, without a forced change."""
        access = organisation_for(self.user, organisation_id, Action.MEMBERS_EDIT)
        sent = body(request, MemberIn)
        _may_touch(access.role, sent.role)
        membership, existing, password = services.add_member(
            organisation=access.organisation,
            email=sent.email,
            name=sent.name,
            role=sent.role,
            password=sent.password,
            actor=self.user,
        )
        made = MemberMade(member=member_out(membership), existing_account=existing, initial_password=password)
        return answer(made, status=201)


class MemberView(Api):
    actions = {"get": Action.MEMBERS_VIEW, "patch": Action.MEMBERS_EDIT}

    @extend_schema(responses={200: MemberOut})
    def get(self, request: Request, organisation_id: int, user_id: int) -> HttpResponse:
        access = organisation_for(self.user, organisation_id, Action.MEMBERS_VIEW)
        return answer(member_out(queries.member(access.organisation.pk, user_id)))

    @extend_schema(request=MemberPatch, responses={200: MemberOut})
    def patch(self, request: Request, organisation_id: int, user_id: int) -> HttpResponse:
        """Change the role. Only owners make owners or change them, and one owner always stays."""
        access = organisation_for(self.user, organisation_id, Action.MEMBERS_EDIT)
        sent = body(request, MemberPatch)
        _may_touch(access.role, queries.member(access.organisation.pk, user_id).role)
        role = None if sent.role is UNSET else sent.role
        if role is not None:
            _may_touch(access.role, role)
        membership = services.change_member(
            organisation=access.organisation,
            user_id=user_id,
            actor=self.user,
            role=role,
            name=None if sent.name is UNSET else sent.name,
        )
        return answer(member_out(membership))


class DeactivateView(Api):
    actions = {"post": Action.MEMBERS_EDIT}

    @extend_schema(request=DeactivateIn, responses={200: Deactivated})
    def post(self, request: Request, organisation_id: int, user_id: int) -> HttpResponse:
        """Let a member go: open work is freed or handed over, sessions and tokens end at once, history stays."""
        access = organisation_for(self.user, organisation_id, Action.MEMBERS_EDIT)
        sent = body(request, DeactivateIn)
        leaving = queries.member(access.organisation.pk, user_id)
        _may_touch(access.role, leaving.role)
        heir = _heir(access.organisation.pk, user_id, sent.hand_over_to)
        with transaction.atomic():
            departure = services.deactivate_member(organisation=access.organisation, user_id=user_id, actor=self.user)
            freed, handed = hand_over_all(
                user=departure.membership.user,
                to=heir.user if heir else None,
                organisation_id=access.organisation.pk,
                by=self.user,
            )
        done = Deactivated(
            member=member_out(departure.membership),
            freed=freed,
            handed_over=handed,
            sessions_ended=departure.sessions,
            tokens_revoked=departure.tokens,
        )
        return answer(done)


class ReactivateView(Api):
    actions = {"post": Action.MEMBERS_EDIT}

    @extend_schema(request=None, responses={200: MemberOut})
    def post(self, request: Request, organisation_id: int, user_id: int) -> HttpResponse:
        """Let a deactivated member in again, with the role they had."""
        access = organisation_for(self.user, organisation_id, Action.MEMBERS_EDIT)
        _may_touch(access.role, queries.member(access.organisation.pk, user_id).role)
        membership = services.reactivate_member(organisation=access.organisation, user_id=user_id, actor=self.user)
        return answer(member_out(membership))


class InvitationsView(Api):
    actions = {"get": Action.MEMBERS_EDIT, "post": Action.MEMBERS_EDIT}
    answers_secret = True

    @extend_schema(responses={200: Page[InvitationOut]})
    def get(self, request: Request, organisation_id: int) -> HttpResponse:
        """Invitations, newest first."""
        access = organisation_for(self.user, organisation_id, Action.MEMBERS_EDIT)
        rows, following = paginate(request, queries.invitations(access.organisation.pk))
        return answer(Page(results=[invitation_out(row) for row in rows], next=following))

    @extend_schema(request=InvitationIn, responses={201: InvitationMade})
    def post(self, request: Request, organisation_id: int) -> HttpResponse:
        """Make a link that lets one person join. It is in this answer and never again; no mail is sent."""
        access = organisation_for(self.user, organisation_id, Action.MEMBERS_EDIT)
        sent = body(request, InvitationIn)
        _may_touch(access.role, sent.role)
        invitation, token = services.invite(
            organisation=access.organisation,
            email=sent.email,
            role=sent.role,
            expires_in_days=sent.expires_in_days,
            actor=self.user,
        )
        made = InvitationMade(invitation=invitation_out(invitation), token=token, url=f"/invite/{token}")
        return answer(made, status=201)


class InvitationView(Api):
    actions = {"delete": Action.MEMBERS_EDIT}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, organisation_id: int, invitation_id: int) -> HttpResponse:
        """Take an open invitation back."""
        access = organisation_for(self.user, organisation_id, Action.MEMBERS_EDIT)
        services.revoke_invitation(organisation=access.organisation, invitation_id=invitation_id, actor=self.user)
        return nothing()


class InvitationShownView(Api):
    public = True

    @extend_schema(responses={200: InvitationShown})
    def get(self, request: Request, token: str) -> HttpResponse:
        """What the holder of a link sees before accepting; works signed out."""
        invitation = services.open_invitation(token=token)
        return answer(
            InvitationShown(
                organisation=invitation.organisation.name,
                role=invitation_out(invitation).role,
                email=invitation.email,
                invited_by=queries.display_name(invitation.invited_by),
                expires_at=invitation.expires_at,
            )
        )


class InvitationAcceptView(Api):
    public = True

    @extend_schema(request=InvitationAccept, responses={200: Me})
    def post(self, request: Request, token: str) -> HttpResponse:
        """Join by a link: as the person who is signed in, or with a new account, which is then signed in."""
        sent = body(request, InvitationAccept)
        signed_in = self.user if request.user.is_authenticated else None
        user, _ = services.accept_invitation(
            token=token, user=signed_in, email=sent.email, name=sent.name, password=sent.password
        )
        if signed_in is None:
            user = services.sign_in(request=request._request, email=user.email, password=sent.password)
        return answer(me_out(user))


def _may_touch(own_role: str, other_role: str) -> None:
    """Only owners add, change or remove owners."""
    if other_role == Role.OWNER:
        require(own_role, Action.OWNERS_EDIT)


def _heir(organisation_id: int, leaving: int, heir: int | None) -> Membership | None:
    if heir is None:
        return None
    membership = queries.member(organisation_id, heir)
    if heir == leaving or membership.state != Membership.State.ACTIVE:
        raise Invalid("`hand_over_to` must be another active member of this organisation.")
    return membership
