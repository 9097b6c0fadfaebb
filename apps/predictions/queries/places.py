"""Where an order of the queue put tasks, and why."""

from __future__ import annotations

from apps.predictions.models import TaskPlace
from apps.projects.models import BulkChange, Project
from apps.tasks.models import Task


def order_standing(project: Project, most: int) -> tuple[BulkChange | None, list[TaskPlace]]:
    """The last order that stands, and the first of its tasks that wait where it put them."""
    rows = BulkChange.objects.filter(project=project, kind=BulkChange.Kind.ORDER, state=BulkChange.State.DONE)
    change = rows.select_related("created_by").order_by("-pk").first()
    if change is None:
        return None, []
    waiting = TaskPlace.objects.filter(project=project, task__state=Task.State.WAITING, task__trashed_at=None)
    return change, list(waiting.select_related("task").order_by("after")[:most])
