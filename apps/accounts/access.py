"""May this person do that in this organisation? One lookup, one table."""

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.models import Membership, Organisation, User
from apps.core.errors import NotAllowed, NotFound
from apps.core.permissions import Action, allowed


@dataclass(frozen=True, slots=True)
class OrganisationAccess:
    """An organisation as one person may use it."""

    organisation: Organisation
    role: str


def organisation_for(user: User, organisation_id: int, action: Action) -> OrganisationAccess:
    """The organisation with the person's role in it.

    Raises:
        NotFound: no such organisation, or the person is not an active member: both look the same.
        NotAllowed: the role does not have the action.
    """
    membership = (
        Membership.objects.select_related("organisation")
        .filter(organisation_id=organisation_id, user_id=user.pk, state=Membership.State.ACTIVE)
        .first()
    )
    if membership is None:
        raise NotFound("There is no such organisation, or you are not a member of it.")
    require(membership.role, action)
    return OrganisationAccess(organisation=membership.organisation, role=membership.role)


def require(role: str, action: Action) -> None:
    """Raises NotAllowed when the table does not give `role` this action."""
    if not allowed(role, action):
        raise NotAllowed(
            f"The role {role} does not have the action {action.value}. Ask a manager.", action=action.value
        )
