"""Reading batches and how far they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.activity.queries import amounts
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, found_for, project_for
from apps.tasks.models import Batch, Task


def batches(*, user: User, project_id: int) -> tuple[QuerySet[Batch], ProjectAccess]:
    """Batches in the order in which they are worked on: priority, due date, name."""
    access = project_for(user, project_id, Action.TASKS_VIEW)
    rows = Batch.objects.filter(project_id=access.project.pk).select_related("skill")
    return rows.order_by("-priority", "due_on", "name", "id")[:1000], access


def batch_for(user: User, batch_id: int, action: Action) -> tuple[Batch, ProjectAccess]:
    """A batch of a project where the person has `action`."""
    found = Batch.objects.select_related("skill").filter(pk=batch_id).first()
    return found_for(user, found, "batch", action)


def batch_states(project_id: int, batch_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """{batch: {state: tasks}} of batches of one project, without what is in the trash, from maintained counts."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    keys = [batch_key(batch_id, state) for batch_id in batch_ids for state in Task.State.values]
    for key, number in amounts(project_id, "tasks_by_batch", keys).items():
        batch_id, _, state = key.partition(":")
        found[int(batch_id)][state] = number
    return found


def batch_key(batch_id: int, state: str) -> str:
    """`7:waiting`: what tasks of a batch in a state are counted under."""
    return f"{batch_id}:{state}"
