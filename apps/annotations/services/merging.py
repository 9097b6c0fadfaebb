"""Carrying out a merge of classes on results, and taking it back. Results are never edited: each gets a new revision.

Work that is not done yet is left alone, so that nobody's open draft or review changes under their hands; once its task is
done, `map_late_results` does for it what the merge did for the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import msgspec
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import events
from apps.annotations.models import Annotation, Revision
from apps.annotations.queries.documents import chunk_bodies
from apps.annotations.services.freeze import NewRevision, write_revisions
from apps.projects.models import BulkChange
from apps.tasks.models import Task
from domain.elements import decode, encode, unpack

TASKS_AT_ONCE = 100
LATE = timedelta(minutes=15)  # how far back the periodic look for late results reaches
Elements = list[tuple[str, bytes]]


class _Peek(msgspec.Struct):
    id: str
    class_id: int | None = msgspec.field(name="class", default=None)


_PEEK = msgspec.json.Decoder(_Peek)


def merge_results(
    *, change: BulkChange, report: Callable[[int, int], None] | None = None, since: timedelta | None = None
) -> int:
    """Give every result that has a region of a merged class a new revision; returns how many tasks were changed.

    Safe to run again: what was mapped is not found any more. `since` looks only at tasks that moved lately.
    """
    mapping = {int(source): target for source, target in change.arguments["mapping"].items()}
    wanted = Q()
    for source in mapping:
        wanted |= Q(class_ids__contains=[source])
    rows = Task.objects.filter(wanted, project_id=change.project_id, state=Task.State.DONE)
    if since is not None:
        rows = rows.filter(updated_at__gt=timezone.now() - since)
    return _rewrite_all(change, rows, lambda tasks: _merged(tasks, mapping), report, counts=1)


def undo_results(*, change: BulkChange, report: Callable[[int, int], None] | None = None) -> int:
    """Give every region that the merge changed, and that still has the class it got then, its old class again."""
    mapping = {int(source): target for source, target in change.arguments["mapping"].items()}
    changed = Revision.objects.filter(bulk_change_id=change.pk).values("task_id")
    rows = Task.objects.filter(pk__in=changed, project_id=change.project_id, state=Task.State.DONE)
    return _rewrite_all(change, rows, lambda tasks: _restored(tasks, change, mapping), report, counts=0)


def map_late_results() -> int:
    """Results that were accepted after a merge was done, with regions of a merged class: map them too."""
    done = BulkChange.objects.filter(kind=BulkChange.Kind.MERGE_CLASSES, state=BulkChange.State.DONE)
    return sum(merge_results(change=change, since=LATE) for change in done.select_related("project", "created_by"))


def _rewrite_all(
    change: BulkChange,
    rows: QuerySet[Task],
    rewritten: Callable[[Sequence[Task]], Iterator[tuple[Task, Elements, int]]],
    report: Callable[[int, int], None] | None,
    *,
    counts: int,
) -> int:
    ids, seen, tasks = sorted(rows.values_list("pk", flat=True)), 0, 0
    for start in range(0, len(ids), TASKS_AT_ONCE):
        batch = ids[start : start + TASKS_AT_ONCE]
        with transaction.atomic():
            locked = Task.objects.select_for_update(of=("self",)).select_related("result", "project").order_by("pk")
            found = list(rewritten(list(locked.filter(pk__in=batch, state=Task.State.DONE))))
            _write(change, change.created_by, found)
            regions = sum(number for _, _, number in found)
            BulkChange.objects.filter(pk=change.pk).update(
                tasks=F("tasks") + counts * len(found), regions=F("regions") + counts * regions
            )
        seen, tasks = seen + len(batch), tasks + len(found)
        if report is not None:
            report(seen, len(ids))
    if tasks:
        events.publish(f"project:{change.project_id}", "counts.changed", {"project": change.project_id})
    return tasks


def _write(change: BulkChange, author: User, found: Sequence[tuple[Task, Elements, int]]) -> None:
    """A fix of each result that names the bulk change, and the done → done move to it."""
    new = [_fix(change, author, task, elements) for task, elements, _ in found]
    if not new:
        return
    for revision in write_revisions(project=found[0][0].project, new=new):
        Task.objects.filter(pk=revision.task_id).update(
            result_id=revision.pk,
            class_ids=sorted(int(name) for name in revision.class_counts),
            version=F("version") + 1,
            updated_at=timezone.now(),
        )


def _fix(change: BulkChange, author: User, task: Task, elements: Elements) -> NewRevision:
    result = task.result
    assert result is not None
    return NewRevision(
        task=task,
        elements=elements,
        kind=Annotation.Kind.FIX,
        author=author,
        outcome=result.outcome,
        outcome_reason=result.outcome_reason,
        based_on=result,
        bulk_change_id=change.pk,
    )


def _merged(tasks: Sequence[Task], mapping: dict[int, int]) -> Iterator[tuple[Task, Elements, int]]:
    for task in tasks:
        elements, changed = _with_classes(_elements(task.result), lambda peek: mapping.get(peek.class_id or 0))
        if changed:
            yield task, elements, changed


def _restored(
    tasks: Sequence[Task], change: BulkChange, mapping: dict[int, int]
) -> Iterator[tuple[Task, Elements, int]]:
    for task in tasks:
        first = Revision.objects.filter(task=task, bulk_change_id=change.pk).order_by("number").first()
        before = first.annotation.based_on if first else None
        old = {peek.id: peek.class_id for peek in map(_peeked, _elements(before))}

        def back(peek: _Peek, old: dict[str, int | None] = old) -> int | None:
            was = old.get(peek.id)
            return was if was in mapping and peek.class_id == mapping[was] else None

        elements, changed = _with_classes(_elements(task.result), back)
        if changed:
            yield task, elements, changed


def _with_classes(elements: Elements, new_class: Callable[[_Peek], int | None]) -> tuple[Elements, int]:
    """The elements with those classes replaced for which `new_class` gives one, and how many were."""
    found, changed = [], 0
    for kind, raw in elements:
        peek = _PEEK.decode(raw) if kind in ("region", "track") else None
        target = new_class(peek) if peek is not None and peek.class_id is not None else None
        if target is not None:
            raw, changed = encode(msgspec.structs.replace(decode(kind, raw), class_id=target)), changed + 1
        found.append((kind, raw))
    return found, changed


def _peeked(pair: tuple[str, bytes]) -> _Peek:
    return _PEEK.decode(pair[1])


def _elements(revision: Revision | None) -> Elements:
    if revision is None:
        return []
    return [pair for body in chunk_bodies(revision.chunks) for pair in unpack(body)]
