"""New files with their tasks in one transaction, and what an import brings for many tasks at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from psycopg2.extras import execute_values

from apps.accounts.models import User
from apps.activity import counts, events
from apps.activity.models import CountDelta
from apps.assets import services as assets
from apps.assets.models import Asset
from apps.assets.services import Added, Ingested
from apps.assets.services.ingest import Duplicates, Refused
from apps.core.ahead import meanwhile
from apps.core.bulk import insert_many
from apps.projects.models import Project
from apps.tasks.models import Slot, Stage, Task
from apps.tasks.services.asking import ask_for_scores, with_several_answers
from apps.tasks.services.create import create_for_assets
from apps.tasks.services.tallies import tally_deltas

ROWS_AT_ONCE = 1_000
NEEDED = ("id", "project_id", "asset_id", "state", "result_id")  # of a task, to decide what an import may do there

_DONE = """
UPDATE tasks_task t SET state = 'done', result_id = v.revision_id, outcome = v.outcome, region_count = v.regions,
    class_ids = v.class_ids::jsonb, finished_at = now(), updated_at = now(), version = version + 1
FROM (VALUES %s) v (id, revision_id, outcome, regions, class_ids) WHERE t.id = v.id AND t.state = 'waiting'
RETURNING t.batch_id
"""
_REPLACED = """
UPDATE tasks_task t SET result_id = v.revision_id, outcome = v.outcome, region_count = v.regions,
    class_ids = v.class_ids::jsonb, updated_at = now(), version = version + 1
FROM (VALUES %s) v (id, revision_id, outcome, regions, class_ids) WHERE t.id = v.id AND t.state = 'done'
RETURNING t.id
"""
_IN_REVIEW = """
UPDATE tasks_task t SET state = 'in_review', result_id = NULL, finished_at = NULL, outcome = v.outcome, region_count = v.regions,
    class_ids = v.class_ids::jsonb, updated_at = now(), version = version + 1
FROM (VALUES %s) v (id, outcome, regions, class_ids) WHERE t.id = v.id
"""
_SHOWN = """
UPDATE tasks_task t SET region_count = v.regions, class_ids = v.class_ids::jsonb, updated_at = now(), version = version + 1
FROM (VALUES %s) v (id, regions, class_ids) WHERE t.id = v.id
"""
_BEGUN = """
UPDATE tasks_slot s SET revision_id = v.revision_id FROM (VALUES %s) v (task_id, revision_id)
WHERE s.task_id = v.task_id AND s.stage = 'annotate' AND s.state = 'open'
"""


def add_files(
    *, project: Project, user: User, items: Sequence[Ingested], duplicates: Duplicates = "keep"
) -> tuple[list[Added], dict[int, int], list[Refused]]:
    """Rows and tasks of ingested files; (added, {asset: task}, refused). Claimable when the transaction ends."""
    if not items:
        return [], {}, []
    with transaction.atomic():
        added, refused = assets.add_assets(project=project, items=items, user=user, duplicates=duplicates)
        made = [one.asset for one in added if one.new]
        tasks = {task.asset_id: task.pk for task in create_for_assets(project=project, assets=made, user=user)}
        there = [one.asset.pk for one in added if not one.new]
        if there:
            tasks |= dict(Task.objects.filter(asset_id__in=there).order_by("-id").values_list("asset_id", "id"))
    return added, tasks, refused


def trash_with_assets(*, project: Project, asset_ids: Sequence[int]) -> int:
    """Tasks of assets that were just put into the trash follow them; nobody is handed their open slots."""
    rows = Task.objects.filter(project_id=project.pk, asset_id__in=asset_ids, trashed_at=None)
    ids = _locked(rows)
    Slot.objects.filter(task_id__in=ids, state=Slot.State.OPEN).update(withheld=True)
    _weigh(project.pk, ids, -1)
    for moment, assets_then in _by_moment(asset_ids).items():
        Task.objects.filter(pk__in=ids, asset_id__in=assets_then).update(
            trashed_at=moment, version=F("version") + 1, updated_at=timezone.now()
        )
    ask_for_scores(with_several_answers(ids))
    return len(ids)


def restore_with_assets(*, project: Project, asset_ids: Sequence[int]) -> int:
    """Tasks that went into the trash with these assets, which are still in it, come back."""
    rows = Task.objects.filter(project_id=project.pk, asset_id__in=asset_ids, trashed_at=F("asset__trashed_at"))
    ids = _locked(rows)
    Slot.objects.filter(task_id__in=ids, withheld=True).update(withheld=False)
    Task.objects.filter(pk__in=ids).update(trashed_at=None, version=F("version") + 1, updated_at=timezone.now())
    _weigh(project.pk, ids, 1)
    ask_for_scores(with_several_answers(ids))
    return len(ids)


def _locked(rows: QuerySet[Task]) -> list[int]:
    """Ids of the tasks, with their slots locked as everywhere: slots before tasks, by id."""
    ids = sorted(rows.values_list("pk", flat=True))
    list(Slot.objects.select_for_update(no_key=True).filter(task_id__in=ids).order_by("pk").values_list("pk"))
    return sorted(rows.filter(pk__in=ids).values_list("pk", flat=True))


def _by_moment(asset_ids: Sequence[int]) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = {}
    for pk, moment in Asset.objects.filter(pk__in=asset_ids).values_list("pk", "trashed_at"):
        found.setdefault(moment, []).append(pk)
    return found


def _weigh(project_id: int, ids: Sequence[int], sign: int) -> None:
    """Add what these tasks count for, or take it away."""
    rows = list(Task.objects.filter(pk__in=ids).values_list("state", "batch_id", "finished_at"))
    found: Counter[tuple[str, int | None]] = Counter((state, batch_id) for state, batch_id, _ in rows)
    tally = {place: sign * n for place, n in found.items()}
    days = Counter(at.date() for state, _, at in rows if state == Task.State.DONE and at is not None)
    counts.add_many(
        [
            *tally_deltas(project_id, tally),
            *(CountDelta(project_id=project_id, measure="done", day=day, amount=sign * n) for day, n in days.items()),
        ]
    )
    events.publish(f"project:{project_id}", "counts.changed", {"project": project_id})


def lock_waiting(task_ids: Sequence[int]) -> dict[int, Task]:
    """Those of the tasks that nobody has begun, with their slots locked, in this transaction."""
    return _unbegun(Slot.objects.select_for_update(no_key=True), task_ids)


def waiting(task_ids: Sequence[int]) -> dict[int, Task]:
    """As `lock_waiting`, without the locks: somebody may begin one of them at once."""
    return _unbegun(Slot.objects.all(), task_ids)


def _unbegun(slots: QuerySet[Slot], task_ids: Sequence[int]) -> dict[int, Task]:
    slots = slots.filter(task__any_of=task_ids).order_by("pk")
    begun = {task for task, state in slots.values_list("task_id", "state") if state != Slot.State.OPEN}
    rows = Task.objects.filter(pk__any_of=task_ids, state=Task.State.WAITING, trashed_at=None).only(*NEEDED)
    return {task.pk: task for task in rows if task.pk not in begun}


def finish_many_from_import(*, project: Project, revisions: Sequence[Any]) -> int:
    """Imported revisions are the results of their waiting tasks, whose slots the caller has locked: they are done."""
    if not revisions:
        return 0
    rows = [(r.task_id, r.pk, r.outcome, r.region_count, _class_ids(r.class_counts)) for r in revisions]
    Slot.objects.filter(task__any_of=[r.task_id for r in revisions], state=Slot.State.OPEN).update(
        state=Slot.State.CANCELLED, withheld=False
    )
    with meanwhile(), connection.cursor() as cursor:
        batches = [
            batch_id for (batch_id,) in execute_values(cursor.cursor, _DONE, rows, page_size=ROWS_AT_ONCE, fetch=True)
        ]
    done = len(batches)
    tally: Counter[tuple[str, int | None]] = Counter((Task.State.DONE, batch_id) for batch_id in batches)
    tally.subtract(Counter((Task.State.WAITING, batch_id) for batch_id in batches))
    today = timezone.now().date()
    counts.add_many(
        [
            *tally_deltas(project.pk, tally),
            CountDelta(project_id=project.pk, measure="done", day=today, amount=done),
        ]
    )
    events.publish(f"project:{project.pk}", "counts.changed", {"project": project.pk})
    return done


def keep_many_as_import(*, project: Project, revisions: Sequence[Any]) -> int:
    """Who takes these waiting tasks begins with the imported revisions; the caller has locked their slots."""
    if not revisions:
        return 0
    with meanwhile(), connection.cursor() as cursor:
        execute_values(cursor.cursor, _BEGUN, [(r.task_id, r.pk) for r in revisions], page_size=ROWS_AT_ONCE)
        shown = [(r.task_id, r.region_count, _class_ids(r.class_counts)) for r in revisions]
        execute_values(cursor.cursor, _SHOWN, shown, page_size=ROWS_AT_ONCE)
    events.publish(f"project:{project.pk}", "counts.changed", {"project": project.pk})
    return len(revisions)


def change_many_results(*, project: Project, revisions: Sequence[Any]) -> int:
    """Imported revisions take the place of the results of done tasks, which the caller has locked: a logged done → done move."""
    if not revisions:
        return 0
    rows = [(r.task_id, r.pk, r.outcome, r.region_count, _class_ids(r.class_counts)) for r in revisions]
    with connection.cursor() as cursor:
        done = len(execute_values(cursor.cursor, _REPLACED, rows, page_size=ROWS_AT_ONCE, fetch=True))
    events.publish(f"project:{project.pk}", "counts.changed", {"project": project.pk})
    return done


def review_many_from_import(*, project: Project, revisions: Sequence[Any]) -> int:
    """Imported revisions wait for a reviewer's verdict; the tasks wait or are done, and the caller has locked them."""
    if not revisions:
        return 0
    by_task = {r.task_id: r for r in revisions}
    rows = Task.objects.filter(pk__any_of=by_task).values_list("pk", "state", "order_key", "finished_at", "batch_id")
    before = list(rows)
    Slot.objects.filter(task__any_of=by_task, state=Slot.State.OPEN).update(state=Slot.State.CANCELLED, withheld=False)
    insert_many(
        Slot,
        [
            Slot(project_id=project.pk, task_id=pk, stage=Stage.REVIEW, order_key=key, revision_id=by_task[pk].pk)
            for pk, _, key, _, _ in before
        ],
    )
    now = [(r.task_id, r.outcome, r.region_count, _class_ids(r.class_counts)) for r in revisions]
    with meanwhile(), connection.cursor() as cursor:
        execute_values(cursor.cursor, _IN_REVIEW, now, page_size=ROWS_AT_ONCE)
    moved: Counter[tuple[str, int | None]] = Counter((Task.State.IN_REVIEW, batch_id) for *_, batch_id in before)
    moved.subtract(Counter((state, batch_id) for _, state, _, _, batch_id in before))
    was_done = Counter(at.date() for _, state, _, at, _ in before if state == Task.State.DONE and at is not None)
    deltas = list(tally_deltas(project.pk, moved))
    deltas += [CountDelta(project_id=project.pk, measure="done", day=day, amount=-n) for day, n in was_done.items()]
    counts.add_many(deltas)
    events.publish(f"project:{project.pk}", "counts.changed", {"project": project.pk})
    return len(before)


def _class_ids(class_counts: dict[str, int]) -> str:
    return "[" + ",".join(sorted(class_counts, key=int)) + "]"
