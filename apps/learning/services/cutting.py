"""Keeping what accepted regions look like: done again and again, a few moved tasks at a time, of projects that ask for it."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.annotations.models import RegionIndex
from apps.core.errors import NotFound
from apps.learning.models import Crop, CropWatch
from apps.learning.queries.labels import OF_CLASS_IN_TASK
from apps.predictions.services.measuring import AUTOMATIC
from apps.tasks.models import Task

TASKS_AT_ONCE = 20
OF_TASK = 24  # regions of one task
OF_CLASS = 300  # crops of one class in a project, the newest
LEAST = 8  # image pixels of the longer side: below it there is nothing to see
SECONDS = 10.0  # of one look
UNSETTLED = 200  # tasks that moved since, of one look before a training
SETTLED = timedelta(seconds=30)  # what is younger may have neighbours that are not committed yet
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def watch_crops(project_id: int) -> None:
    """From now on, and for what was accepted before."""
    CropWatch.objects.get_or_create(project_id=project_id, defaults={"moved_at": LONG_AGO})


def look_at_crops(*, project_id: int, settled: timedelta = SETTLED, seconds: float = SECONDS) -> int:
    """Cut the crops of tasks that moved since the last look; how many tasks. Safe to run twice and beside another."""
    until, looked = time.monotonic() + seconds, 0
    while time.monotonic() < until and (some := _some(project_id, settled)):
        looked += some
    return looked


@transaction.atomic
def _some(project_id: int, settled: timedelta) -> int:
    seen = CropWatch.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=project_id).first()
    if seen is None:
        return 0
    rows = list(_moved(seen).filter(updated_at__lte=timezone.now() - settled)[:TASKS_AT_ONCE])
    if not rows:
        return 0
    _cut_anew(rows)
    seen.moved_at, seen.task_id = rows[-1].updated_at, rows[-1].pk
    seen.save(update_fields=["moved_at", "task_id"])
    _thin(project_id)
    return len(rows)


@transaction.atomic
def cut_unsettled(*, project_id: int) -> None:
    """Cut what moved just now, too, the newest of it. It counts as not looked at all the same, and is cut again once it has settled."""
    seen = CropWatch.objects.select_for_update(of=("self",)).get(pk=project_id)
    _cut_anew(list(_moved(seen).order_by("-updated_at", "-pk")[:UNSETTLED]))


def _moved(seen: CropWatch) -> QuerySet[Task]:
    after = Q(updated_at__gt=seen.moved_at) | Q(updated_at=seen.moved_at, pk__gt=seen.task_id)
    rows = Task.objects.filter(after, project=seen.project_id).select_related("asset", "result")
    return rows.order_by("updated_at", "pk")


def _cut_anew(rows: list[Task]) -> None:
    Crop.objects.filter(task__in=rows).delete()
    for task in rows:
        _cut(task)


def _cut(task: Task) -> None:
    from apps.predictions.inference.crops import crop_features

    result = task.result
    if task.state != Task.State.DONE or task.purpose != Task.Purpose.WORK or task.trashed_at is not None:
        return
    if result is None or result.stage == AUTOMATIC:
        return
    found = RegionIndex.objects.filter(project_id=task.project_id, revision_id=result.pk, x0__isnull=False)
    rows = found.order_by("ordinal").values_list("class_id", "x0", "y0", "x1", "y1")
    bounds = [(class_id, tuple(float(one or 0) for one in box)) for class_id, *box in rows]
    taken = Counter[int]()
    chosen = []
    for class_id, box in bounds:
        if max(box[2] - box[0], box[3] - box[1]) >= LEAST and taken[class_id] < OF_CLASS_IN_TASK:
            taken[class_id] += 1
            chosen.append((class_id, box))
    chosen = chosen[:OF_TASK]
    try:
        vectors = crop_features(task.asset, [box for _, box in chosen]).astype("<f2")
    except NotFound:
        return
    Crop.objects.bulk_create(
        Crop(project_id=task.project_id, task=task, asset_sha256=task.asset.sha256, class_id=one, vector=row.tobytes())
        for (one, _), row in zip(chosen, vectors, strict=True)
    )


def _thin(project_id: int) -> None:
    """Of each class the newest alone."""
    for class_id in Crop.objects.filter(project=project_id).values_list("class_id", flat=True).distinct():
        last = Crop.objects.filter(project=project_id, class_id=class_id).order_by("-id").values_list("id", flat=True)
        for bound in last[OF_CLASS : OF_CLASS + 1]:
            Crop.objects.filter(project=project_id, class_id=class_id, id__lte=bound).delete()
