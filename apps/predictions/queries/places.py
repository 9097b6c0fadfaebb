"""Where an order of the queue put tasks, and why."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, QuerySet

from apps.core.permissions import Action
from apps.predictions.models import ModelVersion, Prediction, PredictionUse, TaskPlace
from apps.predictions.queries.answers import withheld
from apps.projects.access import ProjectAccess
from apps.projects.models import BulkChange, Project
from apps.projects.settings import is_tested
from apps.tasks.models import Task

TELL_THE_MODEL = (
    TaskPlace.Why.RARE,
    TaskPlace.Why.UNCERTAIN,
    TaskPlace.Why.COMMITTEE,
    TaskPlace.Why.AUGMENTED,
)  # what a model said of the task shows in these

MOST_NAMED = 100


def order_standing(project: Project, most: int) -> tuple[BulkChange | None, list[TaskPlace]]:
    """The last order that stands, and the first of its tasks that wait where it put them."""
    rows = BulkChange.objects.filter(project=project, kind=BulkChange.Kind.ORDER, state=BulkChange.State.DONE)
    change = rows.select_related("created_by").order_by("-pk").first()
    if change is None:
        return None, []
    waiting = TaskPlace.objects.filter(project=project, task__state=Task.State.WAITING, task__trashed_at=None)
    return change, list(waiting.select_related("task").order_by("after")[:most])


def places_shown(access: ProjectAccess, task_ids: Iterable[int], *, at_work: bool = False) -> dict[int, TaskPlace]:
    """Why tasks stand where the order put them, by task, as far as this person may know it; none that were moved since.

    Who may be tested is told nothing: no test has a place, so a task without one would be a test. Nor are viewers. Of tasks that are
    done without predictions, what the model said is not told to who does them (`at_work`) or may. Who works blind is told: an order is
    made of models and pictures, never of people's answers to the task.
    """
    if is_tested(access) or not access.can(Action.ANNOTATE):
        return {}
    rows = TaskPlace.objects.filter(task__in=list(task_ids), task__order_key=F("after")).select_related("change")
    told = {place.task_id: place for place in rows}
    if at_work or not access.can(Action.TASKS_MANAGE):
        silent = [i for i, one in told.items() if one.why in TELL_THE_MODEL and withheld(access.project, i)]
        for task_id in silent:
            del told[task_id]
    return told


def measured(project: Project, measure: str) -> QuerySet[Prediction]:
    """Predictions that say how far answers lie apart, by "committee" or "augmented"."""
    return Prediction.objects.filter(project=project, **{f"{measure}__isnull": False})


def models_measured(project: Project, measure: str) -> list[str]:
    """Registered versions, as predictions name them, of which `measured` finds something."""
    rows = ModelVersion.objects.filter(project=project, model__archived_at=None).select_related("model").order_by("-pk")
    said = measured(project, measure).filter(version=OuterRef("pk"))
    return [one.source for one in rows.filter(Exists(said))[:MOST_NAMED]]


def models_that_said(project: Project) -> list[str]:
    """Models, as predictions name them, that the queue can be ordered by: registered versions that predicted something, the
    newest first, and then those whose predictions were brought in and compared."""
    rows = ModelVersion.objects.filter(project=project, model__archived_at=None).select_related("model")
    said = rows.filter(Exists(Prediction.objects.filter(version=OuterRef("pk")))).order_by("-pk")
    names = [one.source for one in said[:MOST_NAMED]]
    measured = PredictionUse.objects.filter(project=project).values_list("model", flat=True).distinct()
    return names + sorted(set(measured) - set(names))
