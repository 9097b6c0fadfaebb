"""Asking for a change of many regions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from django.db import transaction
from django.db.models import Max, QuerySet

from apps.accounts.models import User
from apps.annotations.filters import FlagName, RegionFilter
from apps.annotations.models import RegionIndex, Revision
from apps.annotations.queries.regions import EXACT_TO, count_regions, regions_matching
from apps.annotations.services.judging import schema_of
from apps.core.errors import Invalid
from apps.core.permissions import Action
from apps.jobs.models import Job
from apps.projects.access import ProjectAccess, project_for
from apps.projects.models import BulkChange
from apps.projects.services import begin_bulk_change
from apps.tasks.models import Task
from domain.schema import LabelSchema

JOB = "annotations.change_regions"
Verb = Literal["set_class", "set_attribute", "delete", "flag", "unflag", "send_to_review"]
MOST_NAMED = 10_000
Narrow = Callable[[ProjectAccess, RegionFilter], "QuerySet[Any] | None"]  # regions with findings, from a later app


class Which(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One region of one task."""

    task: int
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class RegionChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What to do to which regions: those that are named, or all that a filter finds."""

    action: Verb
    regions: Annotated[list[Which], msgspec.Meta(max_length=MOST_NAMED)] | None = None
    filter: RegionFilter | None = None
    class_id: int | None = None
    attribute: Annotated[str, msgspec.Meta(max_length=120)] | None = None
    value: Any = None
    flag: FlagName | None = None


class Preview(msgspec.Struct, frozen=True):
    """What a change would be about. `regions` is exact to 100,000 (`more` says that there are more); only results of done
    tasks are changed, so that nobody's open work changes under their hands."""

    regions: int
    more: bool
    tasks: int
    not_done: int


def matching(access: ProjectAccess, change: RegionChange, narrow: Narrow) -> QuerySet[RegionIndex]:
    """Rows of the index that a change is about.

    Raises:
        Invalid: neither or both of regions and filter.
    """
    if (change.regions is None) == (change.filter is None):
        raise Invalid("Name the regions either by `regions` or by `filter`.")
    if change.filter is not None:
        return regions_matching(access, change.filter, found=narrow(access, change.filter))
    named = change.regions or []
    rows = regions_matching(access, RegionFilter(task=sorted({one.task for one in named})))
    return rows.filter(element_id__in=[one.id for one in named])


def results(rows: QuerySet[RegionIndex]) -> QuerySet[RegionIndex]:
    """Those that belong to the result of a done task."""
    done = Task.objects.filter(state=Task.State.DONE, trashed_at=None)
    return rows.filter(revision_id__in=done.values("result_id"))


def preview(*, user: User, project_id: int, change: RegionChange, narrow: Narrow) -> Preview:
    """What a change would be about. Nothing is written."""
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    check(access, change)
    rows = matching(access, change, narrow)
    total = count_regions(rows)
    done = results(rows.filter(project_id=project_id))
    changed = count_regions(done)
    tasks = done.order_by().values("task_id").distinct()[: EXACT_TO + 1].count()
    return Preview(min(changed, EXACT_TO), changed > EXACT_TO, tasks, max(0, total - changed))


@transaction.atomic
def ask(*, user: User, project_id: int, change: RegionChange, narrow: Narrow) -> tuple[BulkChange, Job]:
    """Have a job change the regions.

    Raises:
        Invalid: nothing is named, or the action's own value is missing or unknown.
        Conflict: another bulk change of this project is still running.
    """
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    title = check(access, change)
    matching(access, change, narrow)
    newest = Revision.objects.filter(project_id=project_id).aggregate(last=Max("pk"))["last"] or 0
    arguments = {"change": msgspec.to_builtins(change), "up_to": newest}
    return begin_bulk_change(
        project=access.project, user=user, kind=BulkChange.Kind.REGIONS, title=title, arguments=arguments, job_kind=JOB
    )


def check(access: ProjectAccess, change: RegionChange) -> str:
    """The change in words. Raises Invalid where its value is missing or the schema does not have it."""
    assert access.project.schema_id is not None
    schema = schema_of(access.project.schema_id)
    if change.action == "set_class":
        found = schema.class_by_id(change.class_id or 0)
        if found is None or found.archived:
            raise _missing("class_id", "is no class of the schema")
        return f"Make regions {found.title or found.name}"
    if change.action == "set_attribute":
        if not change.attribute or not _has_attribute(schema, change.attribute):
            raise _missing("attribute", "is no attribute of a class")
        return f"Set {change.attribute} of regions"
    if change.action in ("flag", "unflag"):
        if change.flag is None:
            raise _missing("flag", "is missing")
        return f"{'Flag' if change.action == 'flag' else 'Unflag'} regions: {change.flag}"
    return "Delete regions" if change.action == "delete" else "Send regions to review"


def _has_attribute(schema: LabelSchema, name: str) -> bool:
    return any(attribute.name == name for found in schema.classes for attribute in found.attributes)


def _missing(name: str, detail: str) -> Invalid:
    return Invalid(f"`{name}` {detail}.", fields=[{"pointer": f"/{name}", "code": "invalid", "detail": detail}])
