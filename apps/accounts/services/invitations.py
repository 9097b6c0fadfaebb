"""Invitation links. They need no mail server: the link is shown once to whoever invites."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.errors import AlreadyMember, InvitationOver, SignInFirst, WrongInvitee
from apps.accounts.models import Invitation, Membership, Organisation, User
from apps.accounts.queries import invitation_state
from apps.accounts.services.members import join
from apps.accounts.services.people import checked_email, create_user
from apps.activity.services import record
from apps.core.auth import token_hash
from apps.core.errors import Invalid, NotFound


@transaction.atomic
def invite(
    *, organisation: Organisation, email: str, role: str, expires_in_days: int, actor: User
) -> tuple[Invitation, str]:
    """A new invitation and the token of its link, of which only the hash is kept. An empty `email` is for anybody, once."""
    address = checked_email(email) if email.strip() else ""
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=address,
        role=role,
        token_hash=token_hash(token),
        invited_by=actor,
        expires_at=timezone.now() + timedelta(days=expires_in_days),
    )
    details = {"email": address, "role": role}
    record(organisation_id=organisation.pk, verb="member.invited", actor=actor, details=details)
    return invitation, token


def open_invitation(*, token: str, lock: bool = False) -> Invitation:
    """The invitation behind a link.

    Raises:
        InvitationOver: unknown, used, revoked or expired.
    """
    rows = Invitation.objects.select_related("organisation", "invited_by").filter(token_hash=token_hash(token))
    invitation = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if invitation is None or invitation_state(invitation) != "open":
        raise InvitationOver("This link was used, taken back or has expired. Ask for a new one.")
    return invitation


@transaction.atomic
def accept_invitation(
    *, token: str, user: User | None, email: str, name: str, password: str
) -> tuple[User, Membership]:
    """Join by a link: as the person who is signed in, or with a new account.

    Raises:
        InvitationOver: the link cannot be used any more.
        WrongInvitee: it is for another address.
        SignInFirst: signed out, and the address has an account.
        AlreadyMember: nothing to join.
        Invalid, WeakPassword: the new account's address or password is not good enough.
    """
    invitation = open_invitation(token=token, lock=True)
    if user is None:
        user = _new_account(invitation, email, name, password)
    elif invitation.email and invitation.email != user.email.lower():
        raise WrongInvitee(f"It is for {invitation.email}, and you are signed in as {user.email}.")
    membership = Membership.objects.filter(organisation=invitation.organisation, user=user).first()
    if membership is not None:
        raise AlreadyMember(f"You are a member of {invitation.organisation.name} already.")
    membership = join(organisation=invitation.organisation, user=user, role=invitation.role)
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by", "updated_at"])
    details = {"name": user.name, "role": invitation.role, "invitation": invitation.pk}
    record(
        organisation_id=invitation.organisation_id, verb="member.joined", actor=user,
        object_type="user", object_id=user.pk, details=details, notify=[invitation.invited_by_id],
    )  # fmt: skip
    return user, membership


def _new_account(invitation: Invitation, email: str, name: str, password: str) -> User:
    address = checked_email(invitation.email or email)
    if email.strip() and address != checked_email(email):
        raise WrongInvitee(f"It is for {invitation.email}.")
    if not password:
        fault = {"pointer": "/password", "code": "missing", "detail": "a new account needs a password"}
        raise Invalid("Choose a password for the new account.", fields=[fault])
    if User.objects.filter(email__iexact=address).exists():
        raise SignInFirst(f"{address} has an account. Sign in, then open the link again.")
    return create_user(email=address, name=name, password=password)


@transaction.atomic
def revoke_invitation(*, organisation: Organisation, invitation_id: int, actor: User) -> Invitation:
    """Take an open invitation back.

    Raises:
        NotFound: there is none of this id that is still open.
    """
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id, organisation=organisation).first()
    if invitation is None or invitation_state(invitation) != "open":
        raise NotFound("There is no open invitation of this id.")
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at", "updated_at"])
    record(
        organisation_id=organisation.pk,
        verb="invitation.revoked",
        actor=actor,
        object_type="invitation",
        object_id=invitation_id,
    )
    return invitation
