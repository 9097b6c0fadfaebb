"""Taking a change of regions back: each gets what it was before, unless somebody changed it since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.activity import events
from apps.annotations.models import Revision
from apps.annotations.queries import find_in_base
from apps.annotations.queries.documents import chunk_bodies, named
from apps.annotations.services.freeze import Changes
from apps.annotations.services.regions.changing import TASKS_AT_ONCE, fix_of, write_fixes
from apps.projects.models import BulkChange
from apps.tasks.models import Slot, Task
from apps.tasks.services.locks import lock_slots
from apps.tasks.services.moves import move_task
from domain.elements import unpack


def undo_regions(*, change: BulkChange, report: Callable[[int, int], None] | None = None) -> list[int]:
    """Give every region that the change touched, and that still is as the change left it, what it was before.

    Returns:
        Ids of the revisions that were made.
    """
    _back_from_review(change)
    rows = Revision.objects.filter(project_id=change.project_id, bulk_change_id=change.pk)
    ids, made = sorted(set(rows.values_list("task_id", flat=True))), []
    for start in range(0, len(ids), TASKS_AT_ONCE):
        batch = ids[start : start + TASKS_AT_ONCE]
        with transaction.atomic():
            locked = Task.objects.select_for_update(of=("self",)).select_related("result", "project").order_by("pk")
            mine = _made(change, batch)
            new = []
            for task in locked.filter(pk__in=batch, state=Task.State.DONE):
                changes = _back(mine[task.pk], task.result)
                if changes:
                    new.append(fix_of(change, change.created_by, task, changes))
            made += write_fixes(new)
        if report is not None:
            report(start + len(batch), len(ids))
    events.publish(f"project:{change.project_id}", "counts.changed", {"project": change.project_id})
    return made


def _made(change: BulkChange, tasks: Sequence[int]) -> dict[int, list[Revision]]:
    """The revisions that the change made of each task, in their order: several where people answered it in turn."""
    rows = Revision.objects.filter(task__in=tasks, bulk_change_id=change.pk).select_related("annotation__based_on")
    found: dict[int, list[Revision]] = {}
    for revision in rows.order_by("number"):
        found.setdefault(revision.task_id, []).append(revision)
    return found


def _back(made: Sequence[Revision], result: Revision | None) -> Changes:
    """What restores the regions of a result: those that the change touched and nobody since."""
    old: dict[tuple[str, str], bytes | None] = {}
    new: dict[tuple[str, str], bytes | None] = {}
    for after in made:
        before, left = _differing(after.annotation.based_on, after)
        for key in {*before, *left}:
            old.setdefault(key, before.get(key))
            new[key] = left.get(key)
    now = find_in_base(result, list(new))
    return {key: old[key] for key in new if now.get(key) == new[key] and now.get(key) != old[key]}


def _differing(
    before: Revision | None, after: Revision
) -> tuple[dict[tuple[str, str], bytes], dict[tuple[str, str], bytes]]:
    """What of two revisions differs, read from the chunks that they do not share."""
    first = [bytes(digest) for digest in before.chunks] if before else []
    second = [bytes(digest) for digest in after.chunks]
    shared = {*first} & {*second}
    old = _elements([digest for digest in first if digest not in shared])
    new = _elements([digest for digest in second if digest not in shared])
    same = {key for key, raw in old.items() if new.get(key) == raw}
    return (
        {key: raw for key, raw in old.items() if key not in same},
        {key: raw for key, raw in new.items() if key not in same},
    )


def _elements(chunks: Sequence[bytes]) -> dict[tuple[str, str], bytes]:
    return {(named(raw), kind): raw for body in chunk_bodies(chunks) for kind, raw in unpack(body)}


def _back_from_review(change: BulkChange) -> None:
    """Tasks that were sent to review and that nobody has taken up stand as before."""
    for task_id, slot_id, result_id, finished_at in change.arguments.get("sent", []):
        with transaction.atomic():
            slots = {slot.pk: slot for slot in lock_slots(task_id)}
            task = Task.objects.select_related("project").get(pk=task_id)
            slot = slots.get(slot_id)
            if slot is None or slot.state != Slot.State.OPEN or task.state != Task.State.IN_REVIEW:
                continue
            Slot.objects.filter(pk=slot_id).update(state=Slot.State.CANCELLED)
            when = datetime.fromisoformat(finished_at) if finished_at else timezone.now()
            move_task(task, Task.State.DONE, result_id=result_id, finished_at=when)
