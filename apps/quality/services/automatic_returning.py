"""A batch of automatic labelling goes back to people: because its audit failed, or because somebody takes the run back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from apps.activity import counts
from apps.annotations.models import Annotation, RegionIndex, Revision
from apps.annotations.services.freeze import count_classes
from apps.projects.models import BulkChange
from apps.projects.services.merging import ask_for
from apps.quality.models import Audit, AutomaticRun
from apps.tasks import services as tasks
from apps.tasks.models import Slot, Stage, Task

JOB = "quality.return_automatic"
TASKS_AT_ONCE = 200
NOTHING_SHOWN: dict[str, Any] = {"region_count": 0, "class_ids": [], "outcome": ""}


def return_if_automatic(audit: Audit) -> None:
    """The audit failed: where it was about a run's batch, ask for the job that gives the batch to people.

    It does not wait for other bulk changes: it moves only what still is as the run left it.
    """
    run = AutomaticRun.objects.select_related("change__created_by", "project").filter(audit=audit).first()
    if run is None:
        return
    change = BulkChange.objects.select_for_update().get(pk=run.change_id)
    if change.state != BulkChange.State.DONE:
        return
    change.state = BulkChange.State.UNDOING
    change.save(update_fields=["state", "updated_at"])
    ask_for(change, run.project, run.change.created_by, JOB, f"Back to people: {change.title}")


def return_batch(*, change: BulkChange, report: Callable[[int, int], None]) -> dict[str, int]:
    """Each task that still is as the run left it waits again, with nothing on it but the model's predictions.

    Returns:
        {"tasks": those that wait again, "left": those that people have worked on or have in hand}.
    """
    rows = Revision.objects.filter(project_id=change.project_id, bulk_change_id=change.pk)
    rows = rows.exclude(annotation__state=Annotation.State.DISCARDED)
    ids, back = sorted(rows.values_list("task_id", flat=True)), 0
    for start in range(0, len(ids), TASKS_AT_ONCE):
        back += _return(change, ids[start : start + TASKS_AT_ONCE])
        report(min(start + TASKS_AT_ONCE, len(ids)), len(ids))
    return {"tasks": back, "left": len(ids) - back}


@transaction.atomic
def _return(change: BulkChange, ids: list[int]) -> int:
    slots = Slot.objects.select_for_update(no_key=True).filter(task_id__in=ids).order_by("pk")
    held = {slot.task_id for slot in slots if slot.state == Slot.State.HELD}
    rows = Task.objects.select_for_update(of=("self",)).select_related("project", "result").order_by("pk")
    found = rows.filter(pk__in=ids, state=Task.State.DONE, result__bulk_change_id=change.pk, trashed_at=None)
    back = [task for task in found if task.pk not in held]
    for task in back:
        made = task.result
        assert made is not None
        RegionIndex.objects.filter(project_id=task.project_id, revision_id=made.pk).delete()
        counts.add_many(count_classes(task.project_id, made.class_counts, {}))
        Annotation.objects.filter(pk=made.annotation_id).update(state=Annotation.State.DISCARDED)
        tasks.move_task(task, Task.State.WAITING, **NOTHING_SHOWN)
        Slot.objects.filter(task=task, stage=Stage.ANNOTATE, state=Slot.State.CANCELLED).update(state=Slot.State.OPEN)
    return len(back)
