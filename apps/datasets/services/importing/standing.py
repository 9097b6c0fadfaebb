"""What stands on the images of a batch: their tasks, what each shows now, and what earlier imports brought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from apps.annotations.models import Annotation, Revision
from apps.annotations.queries.documents import bodies_by_digest, named
from apps.datasets.models import ImportedItem
from apps.datasets.services.importing.planning import Content, Key, Standing, bare
from apps.tasks import services as tasks
from apps.tasks.models import Slot, Task
from domain.elements import unpack


@dataclass(slots=True)
class Place:
    """The task of an image, locked. `free`: nobody has begun it. `own`: an earlier start of this run wrote to it."""

    task: Task
    free: bool
    own: bool
    current: Revision | None = None
    standing: Standing = field(default_factory=Standing)


def places_of(asset_ids: Sequence[int], *, run_id: int, lock: bool = True) -> dict[int, Place]:
    """By asset: the first task of each. With `lock`, slots and then done tasks are locked in this transaction."""
    rows = Task.objects.filter(asset__any_of=asset_ids, trashed_at=None, purpose=Task.Purpose.WORK)
    first = dict(rows.order_by("-id").values_list("asset_id", "id"))
    ids = sorted(first.values())
    free = tasks.lock_waiting(ids) if lock else tasks.waiting(ids)
    others = Task.objects.filter(pk__any_of=set(ids) - free.keys()).order_by("pk").only(*tasks.NEEDED)
    found = free | {task.pk: task for task in (others.select_for_update(of=("self",)) if lock else others)}
    own = set(ImportedItem.objects.filter(run_id=run_id, task__any_of=ids).values_list("task_id", flat=True))
    places = {task_id: Place(task, task_id in free, task_id in own) for task_id, task in found.items()}
    _read(places)
    return {asset: places[task_id] for asset, task_id in first.items() if task_id in places}


def _read(places: dict[int, Place]) -> None:
    """Fill in what stands; nothing is read for tasks that never had a revision."""
    rows = (
        Revision.objects.filter(task__any_of=places, recalled=False)
        .exclude(kind=Annotation.Kind.GOLD)
        .exclude(annotation__state=Annotation.State.DISCARDED)
    )
    by_task: dict[int, list[Revision]] = defaultdict(list)
    for revision in rows.order_by("task_id", "number"):
        by_task[revision.task_id].append(revision)
    if not by_task:
        return
    begun = dict(
        Slot.objects.filter(task_id__in=by_task, stage="annotate", revision__isnull=False).values_list(
            "task_id", "revision_id"
        )
    )
    for task_id, revisions in by_task.items():
        place = places[task_id]
        shown = place.task.result_id or (begun.get(task_id, 0) if place.free else revisions[-1].pk)
        place.current = next((one for one in revisions if one.pk == shown), None)
    bodies = _bodies(revision for found in by_task.values() for revision in found if _wanted(revision, places))
    for task_id, revisions in by_task.items():
        place, brought = places[task_id], defaultdict[Key, set[bytes]](set)
        for revision in revisions:
            if revision.kind == Annotation.Kind.IMPORT:
                for (kind, name), raw in _content(revision, bodies).items():
                    brought[kind, name].add(bare(kind, raw))
        now = _content(place.current, bodies) if place.current is not None else {}
        place.standing = Standing(now, {key: frozenset(found) for key, found in brought.items()})


def _wanted(revision: Revision, places: dict[int, Place]) -> bool:
    current = places[revision.task_id].current
    return revision.kind == Annotation.Kind.IMPORT or (current is not None and current.pk == revision.pk)


def _bodies(revisions: Iterable[Revision]) -> dict[bytes, bytes]:
    return bodies_by_digest({bytes(digest) for revision in revisions for digest in revision.chunks})


def _content(revision: Revision, bodies: dict[bytes, bytes]) -> Content:
    return {(kind, named(raw)): raw for digest in revision.chunks for kind, raw in unpack(bodies[bytes(digest)])}
