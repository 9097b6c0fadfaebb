"""Reading people: who is a member where, and how they are named to the reader."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import ApiToken, Invitation, Membership, Role, User
from apps.core.errors import NotFound
from apps.core.people import Person


def memberships_of(user: User) -> QuerySet[Membership]:
    """The person's active memberships, by name of the organisation."""
    return (
        Membership.objects.filter(user_id=user.pk, state=Membership.State.ACTIVE)
        .select_related("organisation")
        .order_by("organisation__name", "id")
    )


def members(organisation_id: int) -> QuerySet[Membership]:
    """All members, also deactivated ones. The caller has checked that the reader may see them."""
    return Membership.objects.filter(organisation_id=organisation_id).select_related("user")


def member(organisation_id: int, user_id: int) -> Membership:
    found = members(organisation_id).filter(user_id=user_id).first()
    if found is None:
        raise NotFound("There is no such member in this organisation.")
    return found


def invitations(organisation_id: int) -> QuerySet[Invitation]:
    return Invitation.objects.filter(organisation_id=organisation_id).select_related("invited_by")


def invitation_state(invitation: Invitation) -> str:
    """open | accepted | expired | revoked."""
    if invitation.accepted_at:
        return "accepted"
    if invitation.revoked_at:
        return "revoked"
    return "expired" if invitation.expires_at <= timezone.now() else "open"


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The person's API tokens that were not revoked."""
    return ApiToken.objects.filter(user_id=user.pk, revoked_at=None)


def display_name(user: User) -> str:
    """The name, or the part of the address before the @ where none was given."""
    return user.name or user.email.partition("@")[0]


def plain_person(user: User) -> Person:
    """By name. Only for readers who are no viewers."""
    return Person(id=user.pk, name=display_name(user))


def people(
    *,
    organisation_id: int,
    user_ids: Iterable[int | None],
    reader: User,
    reader_role: str,
    pseudonyms: bool = False,
) -> dict[int, Person]:
    """How each person of `user_ids` is named to the reader; ask it once a page, not once a row.

    Viewers see "member 3" instead of names. With `pseudonyms` (a project's setting) annotators do too. Everybody sees
    their own name. The number is stable in the organisation and never reused.
    """
    wanted = {user_id for user_id in user_ids if user_id is not None}
    if not wanted:
        return {}
    hidden = reader_role == Role.VIEWER or (pseudonyms and reader_role == Role.ANNOTATOR)
    if not hidden:
        return {user.pk: plain_person(user) for user in User.objects.filter(pk__in=wanted).only("id", "name", "email")}
    numbers = dict(
        Membership.objects.filter(organisation_id=organisation_id, user_id__in=wanted).values_list("user_id", "number")
    )
    return {
        user_id: plain_person(reader) if user_id == reader.pk else pseudonym(numbers.get(user_id)) for user_id in wanted
    }


def pseudonym(number: int | None) -> Person:
    """A person without a name. Whoever is not a member any more has no number."""
    return Person(id=None, name=f"member {number}" if number else "former member", number=number, pseudonym=True)
