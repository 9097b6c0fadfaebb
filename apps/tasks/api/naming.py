"""How people are named to the reader, asked once a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from apps.accounts.queries import people, plain_person
from apps.core.people import Person
from apps.projects.access import ProjectAccess
from apps.projects.settings import settings_of


def names(access: ProjectAccess, user_ids: Iterable[int | None]) -> dict[int | None, Person]:
    """{user id: how this reader sees the person}."""
    wanted = set(user_ids) - {None}
    if wanted <= {access.user.pk}:
        return {access.user.pk: plain_person(access.user)}
    found = people(
        organisation_id=access.project.organisation_id,
        user_ids=wanted,
        reader=access.user,
        reader_role=access.role,
        pseudonyms=settings_of(access.project).pseudonyms,
    )
    return cast(dict[int | None, Person], found)
