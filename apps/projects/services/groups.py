"""Groups and skills of people, and the terms that one person works on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.activity.services import record
from apps.core.errors import Conflict, Invalid
from apps.projects.models import MemberTerms, PeopleGroup, PeopleGroupMember, Project
from apps.projects.queries.members import members_taking_part
from apps.projects.services.locking import locked

MOST_GROUPS = 500  # a project


@transaction.atomic
def make_group(*, project: Project, user: User, name: str, kind: str, members: Sequence[int] = ()) -> PeopleGroup:
    """A new group or skill with its people.

    Raises:
        Conflict: there is one of this name, or there are too many.
        Invalid: somebody takes no part in the project.
    """
    row = locked(project)
    name = _free_name(row, name)
    if row.people_groups.count() >= MOST_GROUPS:
        raise Conflict(f"The project has {MOST_GROUPS} groups and skills. Delete one first.")
    group = PeopleGroup.objects.create(project=row, name=name, kind=kind)
    _set_members(row, group, members)
    _tell(row, user, "group.made", group)
    return group


@transaction.atomic
def change_group(
    *, group: PeopleGroup, user: User, name: str | None = None, members: Sequence[int] | None = None
) -> PeopleGroup:
    """Rename it, or set who is in it. It holds for the next claim of each. Raises as `make_group`."""
    row = locked(group.project)
    if name is not None and name.strip() != group.name:
        group.name = _free_name(row, name)
        group.save(update_fields=["name", "updated_at"])
    if members is not None:
        _set_members(row, group, members)
    _tell(row, user, "group.changed", group)
    return group


@transaction.atomic
def set_terms(*, project: Project, user: User, user_id: int, values: dict[str, Any]) -> MemberTerms:
    """Set what `values` holds of a person's caps, and why they are paused ("" takes a pause away).

    Raises:
        Invalid: they take no part in the project.
    """
    row = locked(project)
    _check_part(row, [user_id])
    terms, _ = MemberTerms.objects.update_or_create(project=row, user_id=user_id, defaults=values)
    record(
        organisation_id=row.organisation_id, project_id=row.pk, verb="member.terms_set", actor=user,
        object_type="user", object_id=user_id, details={"fields": sorted(values)},
    )  # fmt: skip
    return terms


def _free_name(project: Project, name: str) -> str:
    name = name.strip()
    if not name:
        fault = {"pointer": "/name", "code": "missing", "detail": "is empty"}
        raise Invalid("A group needs a name.", fields=[fault])
    if project.people_groups.filter(name=name).exists():
        raise Conflict(f"There is a group or skill named {name!r} already. Choose another name.")
    return name


def _check_part(project: Project, user_ids: Sequence[int]) -> None:
    there = set(members_taking_part(project).filter(user_id__in=user_ids).values_list("user_id", flat=True))
    missing = [pk for pk in user_ids if pk not in there]
    if missing:
        fault = {"pointer": "/members", "code": "invalid", "detail": f"{missing[0]} takes no part in the project"}
        raise Invalid("Only people who take part in the project can be in its groups.", fields=[fault])


def _set_members(project: Project, group: PeopleGroup, members: Sequence[int]) -> None:
    wanted = set(members)
    before = set(group.members.values_list("user_id", flat=True))
    _check_part(project, sorted(wanted - before))
    group.members.filter(user_id__in=before - wanted).delete()
    PeopleGroupMember.objects.bulk_create(
        [PeopleGroupMember(group=group, user_id=pk) for pk in sorted(wanted - before)]
    )


def _tell(project: Project, user: User, verb: str, group: PeopleGroup) -> None:
    record(
        organisation_id=project.organisation_id, project_id=project.pk, verb=verb, actor=user,
        object_type="people_group", object_id=group.pk, details={"name": group.name},
    )  # fmt: skip
