"""Taking an import back: each task stands as it did before, unless somebody worked on it since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.activity import counts
from apps.activity.services import record
from apps.annotations.models import Annotation, RegionIndex, Revision
from apps.annotations.queries.documents import chunk_bodies
from apps.annotations.services.freeze import NewRevision, count_classes, write_revisions
from apps.assets import services as assets
from apps.assets.models import Asset
from apps.core.errors import DomainError
from apps.datasets.models import Import, ImportedItem
from apps.predictions.services import withdraw_predictions
from apps.quality.models import Gold
from apps.quality.services.gold import retire_gold
from apps.tasks import services as tasks
from apps.tasks.models import Slot, Task
from domain.elements import unpack

AT_ONCE = 200  # tasks a transaction


def undo_import(*, row: Import, user: User, progress: Callable[[int, int | None, str], None]) -> dict[str, Any]:
    """Take back what the import wrote. Images that it brought go into the trash where nobody has worked on them.

    Returns:
        {"taken_back": tasks that stand as before, "left": tasks that people worked on since, "trashed": images}
    """
    ids = list(ImportedItem.objects.filter(run=row).order_by("task_id").values_list("pk", flat=True))
    total = {"taken_back": 0, "left": 0, "trashed": 0}
    for start in range(0, len(ids), AT_ONCE):
        with transaction.atomic():
            items = list(ImportedItem.objects.filter(pk__in=ids[start : start + AT_ONCE]).order_by("task_id"))
            back = _TAKE_BACK.get(row.mode, _annotations)(row, user, items)
            total["taken_back"] += len(back)
            total["left"] += len(items) - len(back)
            ImportedItem.objects.filter(pk__in=[item.pk for item in back]).delete()
        progress(min(start + AT_ONCE, len(ids)), len(ids), "")
    with transaction.atomic():
        total["trashed"] = _trash(row, user)
        Import.objects.filter(pk=row.pk).update(undone=total)
        record(
            organisation_id=row.project.organisation_id, project_id=row.project_id, verb="import.undone", actor=user,
            object_type="import", object_id=row.pk, details={"name": row.name, **total},
        )  # fmt: skip
    return total


def _predictions(row: Import, user: User, items: Sequence[ImportedItem]) -> list[ImportedItem]:
    withdraw_predictions(project=row.project, ids=[item.made_id for item in items])
    return list(items)


def _gold(row: Import, user: User, items: Sequence[ImportedItem]) -> list[ImportedItem]:
    done = []
    gold = dict(Gold.objects.filter(revision_id__in=[item.made_id for item in items]).values_list("revision_id", "pk"))
    for item in items:
        try:
            if item.made_id in gold:
                retire_gold(user=user, gold_id=gold[item.made_id])
        except DomainError:
            continue
        done.append(item)
    return done


def _annotations(row: Import, user: User, items: Sequence[ImportedItem]) -> list[ImportedItem]:
    by_task = {item.task_id: item for item in items}
    slots: dict[int, list[Slot]] = {}
    for slot in Slot.objects.select_for_update(no_key=True).filter(task_id__in=by_task).order_by("pk"):
        slots.setdefault(slot.task_id, []).append(slot)
    locked = (
        Task.objects.select_for_update(of=("self",)).select_related("project").filter(pk__in=by_task, trashed_at=None)
    )
    back = []
    for task in locked.order_by("pk"):
        item = by_task[task.pk]
        if not _untouched(task, item, slots.get(task.pk, [])):
            continue
        _restore(task, item, user)
        back.append(item)
    return back


def _untouched(task: Task, item: ImportedItem, slots: Sequence[Slot]) -> bool:
    """What the import wrote still is what the task shows, and nobody holds it."""
    if any(slot.state == Slot.State.HELD for slot in slots):
        return False
    if task.state == Task.State.DONE:
        return task.result_id == item.made_id
    if task.state not in (Task.State.WAITING, Task.State.IN_REVIEW):
        return False
    stage = "annotate" if task.state == Task.State.WAITING else "review"
    shown = {slot.revision_id for slot in slots if slot.state == Slot.State.OPEN and slot.stage == stage}
    return shown == {item.made_id}


def _restore(task: Task, item: ImportedItem, user: User) -> None:
    made = Revision.objects.select_related("annotation").get(pk=item.made_id)
    before = Revision.objects.filter(pk=item.before_id).first() if item.before_id else None
    restored = None
    if before is not None:
        restored = _again(task, item, made, before, user)
    else:
        _withdrawn(made)
    review = Slot.objects.filter(task=task, stage="review", revision_id=made.pk, state=Slot.State.OPEN)
    review.update(state=Slot.State.CANCELLED)
    shown: dict[str, Any] = {"region_count": 0, "class_ids": [], "outcome": ""}
    if restored is not None:
        class_ids = sorted(int(name) for name in restored.class_counts)
        shown = {"region_count": restored.region_count, "class_ids": class_ids, "outcome": restored.outcome}
    if item.was_done:
        assert restored is not None
        tasks.move_task(task, Task.State.DONE, result_id=restored.pk, **shown)
        return
    if task.state == Task.State.IN_REVIEW:
        tasks.move_task(task, Task.State.ANNOTATING)
    tasks.move_task(task, Task.State.WAITING, **shown)
    annotate = Slot.objects.filter(task=task, stage="annotate", state__in=(Slot.State.CANCELLED, Slot.State.OPEN))
    annotate.update(state=Slot.State.OPEN, revision_id=restored.pk if restored is not None else None)


def _again(task: Task, item: ImportedItem, made: Revision, before: Revision, user: User) -> Revision:
    """What stood before stands again, as a revision of its own: nothing that was is forgotten."""
    elements = [pair for body in chunk_bodies(before.chunks) for pair in unpack(body)]
    kind = Annotation.Kind.FIX if item.was_done or before.author_id else before.kind
    new = NewRevision(
        task=task,
        elements=elements,
        kind=kind,
        author=user if kind == Annotation.Kind.FIX else None,
        outcome=before.outcome,
        outcome_reason=before.outcome_reason,
        based_on=made,
        findings=before.findings,
    )
    (revision,) = write_revisions(project=task.project, new=[new])
    _discard(made)
    return revision


def _withdrawn(made: Revision) -> None:
    """Nothing stood before: the revision counts for nothing any more."""
    RegionIndex.objects.filter(project_id=made.project_id, revision_id=made.pk).delete()
    counts.add_many(count_classes(made.project_id, made.class_counts, {}))
    _discard(made)


def _discard(made: Revision) -> None:
    """A later import does not take it for something that people deleted."""
    Annotation.objects.filter(pk=made.annotation_id).update(state=Annotation.State.DISCARDED)


def _trash(row: Import, user: User) -> int:
    """Images that this import brought, and whose task waits with nothing on it."""
    own = Asset.objects.filter(project_id=row.project_id, made_by__startswith=f"import {row.pk}/", trashed_at=None)
    waiting = set(tasks.waiting(list(Task.objects.filter(asset__in=own).values_list("pk", flat=True))))
    stands = Annotation.objects.filter(task_id__in=waiting).exclude(state=Annotation.State.DISCARDED)
    bare = waiting - set(stands.values_list("task_id", flat=True))
    wanted = sorted(set(Task.objects.filter(pk__in=bare).values_list("asset_id", flat=True)))
    moved = assets.trash_assets(project=row.project, ids=wanted, user=user)
    tasks.trash_with_assets(project=row.project, asset_ids=moved)
    return len(moved)


_TAKE_BACK: dict[str, Callable[[Import, User, Sequence[ImportedItem]], list[ImportedItem]]] = {
    "predictions": _predictions,
    "gold": _gold,
}
