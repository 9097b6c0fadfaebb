"""Rows of accounts as the structs that endpoints answer with."""

from __future__ import annotations

from typing import Any

import msgspec

from apps.accounts import queries
from apps.accounts.api.structs import (
    InvitationOut,
    Me,
    MemberOut,
    MyOrganisation,
    OrganisationOut,
    Policy,
    PolicyRow,
    Preferences,
    TokenOut,
)
from apps.accounts.models import ApiToken, Invitation, Membership, Organisation, User
from apps.core.permissions import POLICY, ROLES, Action, allowed


def actions_of(role: str) -> list[str]:
    """What a role may do, as stable names."""
    return [action.value for action in Action if allowed(role, action)]


def me_out(user: User) -> Me:
    organisations = [
        MyOrganisation(id=row.organisation_id, name=row.organisation.name, role=role, actions=actions_of(role))
        for row in queries.memberships_of(user)
        for role in (_literal(row.role),)
    ]
    return Me(
        id=user.pk,
        email=user.email,
        name=user.name,
        language=_literal(user.language),
        theme=_literal(user.theme),
        preferences=msgspec.convert(user.preferences, Preferences),
        organisations=organisations,
    )


def token_out(token: ApiToken) -> TokenOut:
    return TokenOut(
        id=token.pk,
        name=token.name,
        prefix=token.prefix,
        scopes=token.scopes,
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )


def organisation_out(organisation: Organisation, role: str) -> OrganisationOut:
    active = Membership.objects.filter(organisation=organisation, state=Membership.State.ACTIVE)
    return OrganisationOut(
        id=organisation.pk,
        name=organisation.name,
        role=_literal(role),
        actions=actions_of(role),
        members=active.count(),
        created_at=organisation.created_at,
        web_url="/organisation",
    )


def member_out(membership: Membership) -> MemberOut:
    user = membership.user
    return MemberOut(
        id=user.pk,
        name=queries.display_name(user),
        email=user.email,
        role=_literal(membership.role),
        state=_literal(membership.state),
        number=membership.number,
        joined_at=membership.created_at,
        last_login=user.last_login,
        web_url="/organisation",
    )


def invitation_out(invitation: Invitation) -> InvitationOut:
    return InvitationOut(
        id=invitation.pk,
        email=invitation.email,
        role=_literal(invitation.role),
        state=_literal(queries.invitation_state(invitation)),
        invited_by=queries.display_name(invitation.invited_by),
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )


def policy() -> Policy:
    """The table of `core.permissions`, as the organisation page shows it."""
    rows = [
        PolicyRow(action=action.value, roles=[_literal(r) for r in ROLES if allowed(r, action)]) for action in POLICY
    ]
    return Policy(roles=[_literal(role) for role in ROLES], actions=rows)


def _literal(value: str) -> Any:
    """A database choice as the struct's literal: both come from the same list."""
    return value
