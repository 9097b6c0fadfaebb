"""Restoring a project to a version: each finished task of it has the very result that the version holds, and all of it is undone as one.

Labels only: items that were added since stay, those in the trash stay there, and work that is not finished is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection, transaction

from apps.accounts.models import User
from apps.activity import counts, events
from apps.annotations.models import Annotation, Revision
from apps.annotations.services import index_revisions
from apps.annotations.services.freeze import count_classes, shown_of
from apps.datasets.errors import NotReady
from apps.datasets.models import DatasetVersion, RestoredResult, VersionItem
from apps.jobs.models import Job
from apps.projects.models import BulkChange
from apps.projects.services.merging import begin_bulk_change
from apps.tasks import services as tasks
from apps.tasks.models import Task

JOB = "datasets.restore_version"
TASKS_AT_ONCE = 200
Report = Callable[[int, int], None]

_PLAN = """
SELECT count(*) FILTER (WHERE t.id IS NULL OR t.trashed_at IS NOT NULL),
       count(*) FILTER (WHERE t.trashed_at IS NULL AND t.state <> 'done'),
       count(*) FILTER (WHERE t.trashed_at IS NULL AND t.state = 'done' AND t.result_id <> i.revision_id),
       count(*) FILTER (WHERE t.trashed_at IS NULL AND t.state = 'done' AND t.result_id = i.revision_id)
FROM datasets_versionitem i LEFT JOIN tasks_task t ON t.id = i.task_id WHERE i.version_id = %s
"""
_LATER = """
SELECT count(*) FROM tasks_task t WHERE t.project_id = %s AND t.purpose = 'work' AND t.state = 'done' AND t.trashed_at IS NULL
AND NOT EXISTS (SELECT 1 FROM datasets_versionitem i WHERE i.version_id = %s AND i.task_id = t.id)
"""


def plan_restore(*, version: DatasetVersion) -> dict[str, int]:
    """How many tasks a restore would change, and how many it leaves as they are. Writes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_PLAN, [version.pk])
        gone, unfinished, changed, same = cursor.fetchone()
        cursor.execute(_LATER, [version.project_id, version.pk])
        (later,) = cursor.fetchone()
    return {"changed": changed, "same": same, "unfinished": unfinished, "gone": gone, "later": later}


def start_restore(*, version: DatasetVersion, user: User) -> tuple[BulkChange, Job]:
    """Ask for the job that gives every finished task the result that the version holds.

    Raises:
        NotReady: the version is not frozen.
        Conflict: another bulk change of this project is still running.
    """
    if version.state != "frozen":
        raise NotReady("The version is not frozen yet.")
    return begin_bulk_change(
        project=version.project, user=user, kind=BulkChange.Kind.RESTORE,
        title=f"Restore version {version.number}", arguments={"version": version.pk}, job_kind=JOB,
    )  # fmt: skip


def restore(*, change: BulkChange, report: Report) -> int:
    """Carry it out. A second start does the rest: what has its result already is passed over."""
    rows = VersionItem.objects.filter(version_id=change.arguments["version"])
    found = dict(rows.values_list("task_id", "revision_id").iterator(chunk_size=10_000))
    return _all(change, found, report, remember=True)


def undo_restore(*, change: BulkChange, report: Report) -> int:
    """Give each task the result that it had, where nobody has changed it since."""
    version = change.arguments["version"]
    given = dict(VersionItem.objects.filter(version_id=version).values_list("task_id", "revision_id"))
    rows = RestoredResult.objects.filter(change=change).values_list("task_id", "before_id")
    return _all(change, dict(rows), report, only=given)


def _all(
    change: BulkChange, wanted: Mapping[int, int], report: Report, *,
    remember: bool = False, only: Mapping[int, int] | None = None,
) -> int:  # fmt: skip
    """Point tasks to the results that are `wanted`: those that are done and, with `only`, whose result is still that one."""
    ids, changed = sorted(wanted), 0
    for start in range(0, len(ids), TASKS_AT_ONCE):
        batch = ids[start : start + TASKS_AT_ONCE]
        with transaction.atomic():
            locked = Task.objects.select_for_update(of=("self",)).select_related("project", "result").order_by("pk")
            rows = locked.filter(pk__in=batch, state=Task.State.DONE, trashed_at=None)
            moving = [
                task
                for task in rows
                if task.result
                and task.result_id != wanted[task.pk]
                and (only is None or task.result_id == only[task.pk])
            ]
            revisions = Revision.objects.in_bulk([wanted[task.pk] for task in moving])
            if remember:
                RestoredResult.objects.bulk_create(
                    [RestoredResult(change=change, task=task, before=task.result) for task in moving],
                    ignore_conflicts=True,
                )
            for task in moving:
                _point(task, revisions[wanted[task.pk]])
            BulkChange.objects.filter(pk=change.pk).update(tasks=changed + len(moving))
        changed += len(moving)
        report(start + len(batch), len(ids))
    if changed:
        events.publish(f"project:{change.project_id}", "counts.changed", {"project": change.project_id})
    return changed


def _point(task: Task, revision: Revision) -> None:
    """The done → done move to another result of the same task, with the index and the counts of classes."""
    before = task.result
    assert before is not None
    values: dict[str, Any] = shown_of(revision)
    if revision.kind == Annotation.Kind.FIX:
        values.pop("annotator_id")  # a fix is its reviewer's; the work stays its annotator's
    tasks.move_task(task, Task.State.DONE, result_id=revision.pk, **values)
    index_revisions(revisions=[revision], replaced=[before.pk, revision.pk])
    counts.add_many(count_classes(task.project_id, before.class_counts, revision.class_counts))
