"""Reading what models say. Whoever calls has asked for the task or the project."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from apps.annotations.queries.documents import Entry, chunk_bodies, named
from apps.core.errors import NotAllowed
from apps.core.permissions import Action
from apps.core.seeds import seed_of
from apps.predictions.models import Prediction
from apps.projects.access import ProjectAccess
from apps.projects.models import Project
from apps.projects.settings import is_tested, settings_of
from apps.tasks.models import Assignment, Stage, Task
from apps.tasks.services.moves import OPEN_ASSIGNMENTS
from domain.elements import unpack
from domain.sampling import sampling_number


def latest(task_ids: Sequence[int]) -> QuerySet[Prediction]:
    """The present answer of each model to each task."""
    rows = Prediction.objects.filter(task_id__in=task_ids)
    return rows.order_by("task_id", "model", "-id").distinct("task_id", "model")


def predictions_listed(access: ProjectAccess, *, task: int | None, model: str | None) -> QuerySet[Prediction]:
    """The present answers of models in a project: of tasks in the work, by model and of one task where they are named.

    None of a task that the person audits at the moment, blind as that is.

    Raises:
        NotAllowed: who may meet hidden tests: no test has predictions, so a list would tell which they are.
    """
    if is_tested(access):
        raise NotAllowed(
            "Predictions are not listed for people who may meet hidden tests. A claim brings those of its task."
        )
    later = Prediction.objects.filter(task=OuterRef("task"), model=OuterRef("model"), pk__gt=OuterRef("pk"))
    audited = Assignment.objects.filter(
        task=OuterRef("task"), user=access.user, stage=Stage.AUDIT, state__in=OPEN_ASSIGNMENTS
    )
    rows = Prediction.objects.filter(~Exists(later), ~Exists(audited), project=access.project)
    rows = rows.filter(task__purpose=Task.Purpose.WORK, task__trashed_at=None).select_related("task")
    if task is not None:
        rows = rows.filter(task=task)
    return rows if model is None else rows.filter(model=model)


def told(access: ProjectAccess, rows: Sequence[Prediction]) -> list[Prediction]:
    """Without those of tasks that are done without predictions and are not done yet, but for who manages tasks."""
    if access.can(Action.TASKS_MANAGE):
        return list(rows)
    done = (Task.State.DONE, Task.State.ARCHIVED)
    return [row for row in rows if row.task.state in done or not withheld(access.project, row.task_id)]


def entries(prediction: Prediction) -> list[Entry]:
    """Its elements, as documents have them."""
    return [Entry(named(raw), kind, 0, raw) for body in chunk_bodies(prediction.chunks) for kind, raw in unpack(body)]


def withheld(project: Project, task_id: int) -> bool:
    """Whether who does the task is not shown what models say: by chance, and always the same of one task."""
    share = settings_of(project).without_predictions
    return share > 0 and sampling_number(seed_of(project.pk, "without predictions"), task_id) < share
