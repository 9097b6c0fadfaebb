"""Comparing what models said with what became of it: done again and again, a few moved tasks at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import hypot

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.annotations.models import Revision
from apps.annotations.queries.documents import chunk_bodies
from apps.annotations.queries.whole import whole_elements
from apps.core.bulk import insert_many
from apps.predictions.models import Prediction, PredictionUse, PredictionWatch
from apps.predictions.queries.answers import latest, withheld
from apps.predictions.queries.offers import values_of
from apps.predictions.queries.uses import AUTOMATIC
from apps.predictions.services.misses import calibrate
from apps.projects.models import Project
from apps.projects.queries import schema_of
from apps.tasks.models import Task
from domain.agreement.reference import UNDECIDED
from domain.elements import Answer, Element, Region
from domain.inference.usage import Fate, usage

TASKS_AT_ONCE = 200
SETTLED = timedelta(seconds=30)  # what is younger may have neighbours that are not committed yet
CHOSEN = ("select", "multiselect", "boolean")  # questions whose answers are values out of few
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def watch(project_id: int) -> None:
    """From its first prediction on, tasks of a project are compared; those that moved before are, too."""
    PredictionWatch.objects.get_or_create(project_id=project_id, defaults={"moved_at": LONG_AGO})


def measure_moved(*, project_id: int, most: int = TASKS_AT_ONCE, settled: timedelta = SETTLED) -> int:
    """Compare the next tasks that moved, or got predictions, since the last look. Safe to run twice and beside another.

    Returns:
        How many tasks were compared; 0: nothing waits, or somebody else is at it.
    """
    before = timezone.now() - settled
    with transaction.atomic():
        seen = PredictionWatch.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=project_id).first()
        if seen is None:
            return 0
        after = Q(updated_at__gt=seen.moved_at) | Q(updated_at=seen.moved_at, pk__gt=seen.task_id)
        tasks = Task.objects.filter(project_id=project_id).select_related("asset")
        moved = list(tasks.filter(after, updated_at__lt=before).order_by("updated_at", "pk")[:most])
        if moved:
            seen.moved_at, seen.task_id = moved[-1].updated_at, moved[-1].pk
        said = Prediction.objects.filter(project_id=project_id, pk__gt=seen.prediction_id, created_at__lt=before)
        new = list(said.order_by("pk").values_list("pk", "task_id")[:most])
        if new:
            seen.prediction_id = new[-1][0]
            moved += tasks.filter(pk__in={task for _, task in new} - {task.pk for task in moved}).exclude(result=None)
        if moved:
            project = Project.objects.get(pk=project_id)
            calibrate(project=project, models=measure(project=project, tasks=moved))
        if moved or new:
            seen.save(update_fields=["moved_at", "task_id", "prediction_id"])
    return len(moved) + len(new)


@transaction.atomic
def measure(*, project: Project, tasks: Sequence[Task]) -> set[str]:
    """Write anew what became of the present answer of each model to these tasks; nothing of those without a result.

    Returns:
        The models of which something was compared.
    """
    real = [task for task in tasks if task.purpose == Task.Purpose.WORK]
    said = list(latest([task.pk for task in real]))
    PredictionUse.objects.filter(prediction__task__in=[task.pk for task in real]).delete()
    results = Revision.objects.in_bulk([task.result_id for task in real if task.result_id is not None])
    by_id = {task.pk: task for task in real}
    rows: list[PredictionUse] = []
    for prediction in said:
        task = by_id[prediction.task_id]
        result = results.get(task.result_id) if task.result_id is not None else None
        if result is not None and result.stage != AUTOMATIC:
            rows += _uses(project, prediction, task, result)
    insert_many(PredictionUse, rows)
    return {row.model for row in rows}


@dataclass(slots=True)
class _OfClass:
    fates: list[Fate] = field(default_factory=list)
    missed: int = 0


def _uses(project: Project, prediction: Prediction, task: Task, result: Revision) -> list[PredictionUse]:
    said = _elements(project, prediction.chunks)
    found = usage(
        _regions(said), _regions(_elements(project, result.chunks)), diagonal=hypot(task.asset.width, task.asset.height)
    )
    classes: dict[int, _OfClass] = defaultdict(_OfClass)
    for fate in found.fates:
        classes[fate.class_id].fates.append(fate)
    for class_id, missed in found.missed.items():
        classes[class_id].missed = missed
    shown = not withheld(project, task.pk) and prediction.created_at < result.created_at
    uses = [_use(prediction, result, class_id, one, shown) for class_id, one in classes.items()]
    answers = {one.id: values_of(one.value) for one in said if isinstance(one, Answer)}
    return uses + _answered(project, prediction, answers, result, shown)


def _answered(
    project: Project, prediction: Prediction, said: Mapping[str, list[str]], result: Revision, shown: bool
) -> list[PredictionUse]:
    """Of each question that the model answers, and each value that it or people named."""
    if result.outcome in UNDECIDED or project.schema is None:
        return []
    asked = {one.name for one in schema_of(project.schema).item_attributes if one.kind in CHOSEN}
    uses = []
    for name in sorted(asked & {*said, *prediction.scores}):
        offered, stands = said.get(name, []), values_of(result.answers.get(name))
        for value in sorted({*offered, *stands}):
            use = PredictionUse(
                project_id=prediction.project_id, prediction=prediction, revision=result, model=prediction.model,
                class_id=0, attribute=name, value=value, shown=shown,
            )  # fmt: skip
            if value not in offered:
                use.missed = 1
            else:
                right = value in stands
                use.accepted, use.rejected, use.right = int(right), int(not right), int(right)
                score = prediction.scores.get(name, {}).get(value)
                use.scores, use.correct = ([], []) if score is None else ([min(score, 1.0)], [right])
            uses.append(use)
    return uses


def _use(prediction: Prediction, result: Revision, class_id: int, one: _OfClass, shown: bool) -> PredictionUse:
    counts = Counter[str](fate.what for fate in one.fates)
    scored = [fate for fate in one.fates if fate.score is not None]
    return PredictionUse(
        project_id=prediction.project_id,
        prediction=prediction,
        revision=result,
        model=prediction.model,
        class_id=class_id,
        shown=shown,
        missed=one.missed,
        right=sum(fate.right for fate in one.fates),
        likeness_sum=sum(fate.likeness or 0.0 for fate in one.fates if fate.what == "edited"),
        scores=[fate.score for fate in scored],
        correct=[fate.right for fate in scored],
        **counts,
    )


def _elements(project: Project, chunks: Sequence[bytes | memoryview]) -> list[Element]:
    return list(whole_elements(chunk_bodies(chunks), project))


def _regions(elements: Sequence[Element]) -> list[Region]:
    return [one for one in elements if isinstance(one, Region)]
