"""How people are named to the reader, asked once a page."""

from __future__ import annotations

from collections.abc import Iterable

from apps.accounts.queries import people
from apps.core.people import Person
from apps.projects.access import ProjectAccess
from apps.projects.settings import settings_of


def names(access: ProjectAccess, user_ids: Iterable[int | None]) -> dict[int | None, Person]:
    """{user id: how this reader sees the person}."""
    found = people(
        organisation_id=access.project.organisation_id,
        user_ids=user_ids,
        reader=access.user,
        reader_role=access.role,
        pseudonyms=settings_of(access.project).pseudonyms,
    )
    return {user_id: person for user_id, person in found.items()}
