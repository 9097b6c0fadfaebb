"""Organisations and their members. An organisation always keeps an active owner."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from apps.accounts.announcing import access_changed
from apps.accounts.errors import AlreadyMember, LastOwner
from apps.accounts.models import Membership, Organisation, Role, User
from apps.accounts.queries import member
from apps.accounts.services.people import checked_email, create_user
from apps.accounts.services.sessions import end_sessions
from apps.accounts.services.tokens import revoke_tokens_of
from apps.activity.services import record


@dataclass(frozen=True, slots=True)
class Departure:
    """What deactivating a member ended."""

    membership: Membership
    sessions: int
    tokens: int


@transaction.atomic
def create_organisation(*, name: str, owner: User) -> Organisation:
    """A new organisation with its first owner."""
    organisation = Organisation.objects.create(name=name.strip())
    join(organisation=organisation, user=owner, role=Role.OWNER)
    record(
        organisation_id=organisation.pk, verb="organisation.created", actor=owner, details={"name": organisation.name}
    )
    return organisation


@transaction.atomic
def rename_organisation(*, organisation: Organisation, name: str, actor: User) -> Organisation:
    before, organisation.name = organisation.name, name.strip()
    organisation.save(update_fields=["name", "updated_at"])
    details = {"from": before, "to": organisation.name}
    record(organisation_id=organisation.pk, verb="organisation.renamed", actor=actor, details=details)
    return organisation


def join(*, organisation: Organisation, user: User, role: str) -> Membership:
    """Add the membership with the next number. The organisation's row is locked, so that numbers are never given twice."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    last = Membership.objects.filter(organisation=organisation).aggregate(Max("number"))["number__max"] or 0
    access_changed([user.pk])
    return Membership.objects.create(organisation=organisation, user=user, role=role, number=last + 1)


@transaction.atomic
def add_member(
    *, organisation: Organisation, email: str, name: str, role: str, password: str | None, actor: User
) -> tuple[Membership, bool, str | None]:
    """Add a person, making an account where there is none.

    Returns the membership, whether the person had an account (its password and name are left alone), and the initial
    password where it was made here. An initial password works at once, without a forced change.

    Raises:
        AlreadyMember: also a deactivated one, who is to be reactivated instead.
        WeakPassword, Invalid: the password or the address is not good enough.
    """
    address = checked_email(email)
    user = User.objects.filter(email__iexact=address).first()
    existing, made = user is not None, None
    if user is None:
        made = secrets.token_urlsafe(12) if password is None else None
        user = create_user(email=address, name=name, password=password or made)
    elif membership := Membership.objects.filter(organisation=organisation, user=user).first():
        hint = "Reactivate them instead." if membership.state == Membership.State.DEACTIVATED else ""
        raise AlreadyMember(f"{address} is a member of {organisation.name} already. {hint}".strip())
    membership = join(organisation=organisation, user=user, role=role)
    details = {"name": user.name, "role": role}
    record(
        organisation_id=organisation.pk,
        verb="member.added",
        actor=actor,
        object_type="user",
        object_id=user.pk,
        details=details,
    )
    return membership, existing, made


@transaction.atomic
def change_member(
    *, organisation: Organisation, user_id: int, actor: User, role: str | None, name: str | None
) -> Membership:
    """Change a member's role, or the name of somebody who belongs to this organisation alone.

    Raises:
        LastOwner: they are the only owner.
    """
    membership = member(organisation.pk, user_id)
    if role is not None and role != membership.role:
        if membership.role == Role.OWNER:
            _keep_an_owner(organisation, user_id)
        details = {"from": membership.role, "to": role}
        membership.role = role
        membership.save(update_fields=["role", "updated_at"])
        access_changed([user_id])
        record(
            organisation_id=organisation.pk, verb="member.role_changed", actor=actor,
            object_type="user", object_id=user_id, details=details, notify=[user_id],
        )  # fmt: skip
    elsewhere = Membership.objects.filter(user_id=user_id).exclude(organisation=organisation).exists()
    if name is not None and not elsewhere:
        membership.user.name = name.strip()
        membership.user.save(update_fields=["name"])
    return membership


@transaction.atomic
def deactivate_member(*, organisation: Organisation, user_id: int, actor: User) -> Departure:
    """Take the person out of the organisation at once; their history stays.

    All their sessions end. Whoever belongs to no other organisation loses their tokens and cannot sign in; for others the
    tokens go on to work elsewhere, and here nothing is found any more. Freeing their work is a service of `tasks`.

    Raises:
        LastOwner: they are the only owner.
    """
    membership = member(organisation.pk, user_id)
    if membership.role == Role.OWNER and membership.state == Membership.State.ACTIVE:
        _keep_an_owner(organisation, user_id)
    membership.state = Membership.State.DEACTIVATED
    membership.save(update_fields=["state", "updated_at"])
    sessions = end_sessions(user=membership.user)
    access_changed([user_id])
    tokens = 0
    if not Membership.objects.filter(user_id=user_id, state=Membership.State.ACTIVE).exists():
        tokens = revoke_tokens_of(user=membership.user)
        membership.user.is_active = False
        membership.user.save(update_fields=["is_active"])
    record(
        organisation_id=organisation.pk, verb="member.deactivated", actor=actor, object_type="user", object_id=user_id
    )
    return Departure(membership=membership, sessions=sessions, tokens=tokens)


@transaction.atomic
def reactivate_member(*, organisation: Organisation, user_id: int, actor: User) -> Membership:
    """Let a deactivated member in again, with the role and the pseudonym they had. Tokens stay revoked."""
    membership = member(organisation.pk, user_id)
    membership.state = Membership.State.ACTIVE
    membership.save(update_fields=["state", "updated_at"])
    membership.user.is_active = True
    membership.user.save(update_fields=["is_active"])
    access_changed([user_id])
    record(
        organisation_id=organisation.pk, verb="member.reactivated", actor=actor, object_type="user", object_id=user_id
    )
    return membership


def _keep_an_owner(organisation: Organisation, leaving: int) -> None:
    """Raises LastOwner. The owners' rows are locked, so that two owners cannot leave at the same time."""
    owners = Membership.objects.select_for_update().filter(
        organisation=organisation, role=Role.OWNER, state=Membership.State.ACTIVE
    )
    if not [owner for owner in owners if owner.user_id != leaving]:
        raise LastOwner("They are the only owner. Make somebody else an owner first.")
