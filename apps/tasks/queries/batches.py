"""Reading batches and how far they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Count, QuerySet

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.tasks.models import Batch, Task


def batches(*, user: User, project_id: int) -> tuple[QuerySet[Batch], ProjectAccess]:
    """Batches in the order in which they are worked on: priority, due date, name."""
    access = project_for(user, project_id, Action.TASKS_VIEW)
    rows = Batch.objects.filter(project_id=access.project.pk).select_related("skill")
    return rows.order_by("-priority", "due_on", "name", "id")[:1000], access


def batch_for(user: User, batch_id: int, action: Action) -> tuple[Batch, ProjectAccess]:
    """A batch of a project where the person has `action`."""
    gone = NotFound("There is no such batch, or you may not see it.")
    found = Batch.objects.select_related("skill").filter(pk=batch_id).first()
    if found is None:
        raise gone
    try:
        return found, project_for(user, found.project_id, action)
    except NotFound:
        raise gone from None


def batch_states(batch_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """{batch: {state: tasks}}, without what is in the trash."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Task.objects.filter(batch_id__in=list(batch_ids), trashed_at=None)
    for batch_id, state, number in rows.values_list("batch_id", "state").annotate(Count("pk")):
        found[batch_id or 0][state] = number
    return found
