"""Pages of tasks: by cursor for clients, by offset for the virtual table."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from rest_framework.request import Request

from apps.accounts.models import User
from apps.core.pagination import paginate
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.tasks.filters import TaskFilter
from apps.tasks.models import Task
from apps.tasks.queries.tasks import hides_answers, tasks_matching

DEEPEST_OFFSET, LARGEST_WINDOW = 100_000, 500
SORTS = {
    "number": ("number",),
    "-number": ("-number",),
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "updated": ("-updated_at", "-id"),
    "-updated": ("updated_at", "id"),
    "state": ("state", "number"),
    "-state": ("-state", "number"),
    "regions": ("-region_count", "number"),
    "-regions": ("region_count", "number"),
    "priority": ("-priority", "number"),
    "-priority": ("priority", "number"),
}
_BETRAYING = {"regions", "-regions"}  # an order that would tell what others drew


@dataclass(frozen=True, slots=True)
class TaskWindow:
    rows: list[Task]
    total: int
    more: bool  # there are more than `total`
    access: ProjectAccess


def task_page(
    *, request: Request, user: User, project_id: int, wanted: TaskFilter
) -> tuple[list[Task], str | None, ProjectAccess]:
    """A page by cursor in the order of their numbers."""
    access = project_for(user, project_id, Action.TASKS_VIEW)
    rows, following = paginate(
        request, tasks_matching(access, wanted).select_related("asset"), key="number", descending=False
    )
    return rows, following, access


def task_window(*, user: User, project_id: int, wanted: TaskFilter, offset: int, limit: int, sort: str) -> TaskWindow:
    """Rows from `offset` in an allowed order, and how many there are, counted to 100,000."""
    access = project_for(user, project_id, Action.TASKS_VIEW)
    matching = tasks_matching(access, wanted)
    total = _count(matching)
    order = SORTS["number" if sort in _BETRAYING and hides_answers(access) else sort]
    ids = list(matching.order_by(*order).values_list("pk", flat=True)[offset : offset + limit])
    found = Task.objects.select_related("asset").in_bulk(ids)
    rows = [found[pk] for pk in ids if pk in found]
    return TaskWindow(rows=rows, total=min(total, DEEPEST_OFFSET), more=total > DEEPEST_OFFSET, access=access)


def _count(rows: QuerySet[Task]) -> int:
    """Exact up to 100,000; one more says "more than"."""
    return rows.order_by().values("pk")[: DEEPEST_OFFSET + 1].count()
