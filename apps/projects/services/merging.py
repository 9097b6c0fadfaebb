"""Merging classes: one schema version and one bulk change, whose regions a job rewrites; undone as one."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import transaction

from apps.accounts.models import User
from apps.activity import events
from apps.activity.services import record
from apps.core.errors import Conflict
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.projects.errors import NothingToUndo, bad_schema
from apps.projects.models import BulkChange, Project
from apps.projects.queries.versions import schema_of, schema_version
from apps.projects.services.locking import locked
from apps.projects.services.schemas import make_version
from domain.schema import LabelSchema, SchemaError, SchemaProblem, changes, merged_classes

MERGE_JOB, UNDO_JOB = "annotations.merge_classes", "annotations.undo_bulk_change"
OTHER_UNDO_JOBS = {
    BulkChange.Kind.RESTORE: "datasets.undo_restore",
    BulkChange.Kind.AUTOMATIC: "quality.return_automatic",
    BulkChange.Kind.ORDER: "predictions.undo_order",
}


def merge_problems(project: Project, mapping: dict[int, int]) -> list[SchemaProblem]:
    """Why these classes cannot be merged; empty where they can."""
    assert project.schema is not None
    try:
        merged_classes(schema_of(project.schema), mapping)
    except SchemaError as error:
        return error.problems
    return []


@transaction.atomic
def start_merge(*, project: Project, user: User, classes: list[int], into: int) -> tuple[BulkChange, Job]:
    """Archive `classes`, and ask for the job that turns their regions into regions of `into`.

    Raises:
        BadSchema: an unknown class, or attributes that do not go together.
        Conflict: another bulk change of this project is still running.
    """
    row = locked(project)
    assert row.schema is not None
    nothing_running(row)
    mapping = dict.fromkeys(classes, into)
    old = schema_of(row.schema)
    try:
        new = merged_classes(old, mapping)
    except SchemaError as error:
        raise bad_schema(error.problems) from error
    names = {found.id: found.title or found.name for found in old.classes}
    title = f"Merge {', '.join(names[class_id] for class_id in classes)} into {names[into]}"[:300]
    before = row.schema.number
    class_map = {"merge": {str(source): target for source, target in mapping.items()}}
    version = make_version(
        project=row, user=user, schema=new, note=title[:500], changes_made=changes(old, new), class_map=class_map
    )
    arguments: dict[str, Any] = {"mapping": class_map["merge"], "schema_before": before, "schema_after": version.number}
    change = BulkChange.objects.create(
        project=row, kind=BulkChange.Kind.MERGE_CLASSES, title=title, arguments=arguments, created_by=user
    )
    job = ask_for(change, row, user, MERGE_JOB, title)
    record(
        organisation_id=row.organisation_id, project_id=row.pk, verb="classes.merged", actor=user,
        object_type="bulk_change", object_id=change.pk, details={"title": title},
    )  # fmt: skip
    return change, job


@transaction.atomic
def start_undo(*, change: BulkChange, user: User) -> tuple[BulkChange, Job]:
    """Take a bulk change back: its classes return, and a job gives every region it changed its old class again.

    Raises:
        NothingToUndo: it is not done, or was undone already.
        Conflict: another bulk change of this project is still running.
    """
    row = locked(change.project)
    change = BulkChange.objects.select_for_update().get(pk=change.pk)
    if change.state not in (BulkChange.State.DONE, BulkChange.State.FAILED):
        raise NothingToUndo(f"This change is {change.state}.")
    nothing_running(row)
    title = f"Undo: {change.title}"[:300]
    change.state = BulkChange.State.UNDOING
    if change.kind == BulkChange.Kind.MERGE_CLASSES:
        _bring_classes_back(row, change, user, title)
    change.save(update_fields=["state", "arguments", "updated_at"])
    job = ask_for(change, row, user, OTHER_UNDO_JOBS.get(BulkChange.Kind(change.kind), UNDO_JOB), title)
    record(
        organisation_id=row.organisation_id, project_id=row.pk, verb="bulk_change.undone", actor=user,
        object_type="bulk_change", object_id=change.pk, details={"title": change.title},
    )  # fmt: skip
    return change, job


@transaction.atomic
def begin_bulk_change(
    *, project: Project, user: User, kind: BulkChange.Kind, title: str, arguments: dict[str, Any], job_kind: str
) -> tuple[BulkChange, Job]:
    """Note a change of many results and ask for the job that carries it out.

    Raises:
        Conflict: another bulk change of this project is still running.
    """
    row = locked(project)
    nothing_running(row)
    change = BulkChange.objects.create(project=row, kind=kind, title=title[:300], arguments=arguments, created_by=user)
    return change, ask_for(change, row, user, job_kind, title)


def _bring_classes_back(row: Project, change: BulkChange, user: User, title: str) -> None:
    """The schema with the merged classes as they were."""
    assert row.schema is not None
    now = schema_of(row.schema)
    back = _restored(now, schema_of(schema_version(row, change.arguments["schema_before"])), change)
    version = make_version(
        project=row, user=user, schema=back, note=title, changes_made=changes(now, back), class_map={"undo": change.pk}
    )
    change.arguments = change.arguments | {"schema_undone": version.number}


@transaction.atomic
def finish_bulk_change(*, change_id: int, state: str) -> None:
    """Note that a bulk change, or its undo, has ended. Called by its job."""
    change = BulkChange.objects.select_for_update().get(pk=change_id)
    change.state = state
    change.save(update_fields=["state", "updated_at"])
    events.publish(f"project:{change.project_id}", "bulk_change.changed", {"id": change.pk, "state": state})


def ask_for(change: BulkChange, project: Project, user: User, kind: str, title: str) -> Job:
    job = enqueue(
        kind=kind,
        title=title[:200],
        organisation=project.organisation_id,
        project=project,
        user=user,
        arguments={"bulk_change": change.pk},
    )
    change.job_id = job.pk
    change.save(update_fields=["job_id", "updated_at"])
    return job


def nothing_running(project: Project) -> None:
    busy = (BulkChange.State.RUNNING, BulkChange.State.UNDOING)
    if BulkChange.objects.filter(project=project, state__in=busy).exists():
        raise Conflict("Another bulk change of this project is still running. Wait for its end.")


def _restored(now: LabelSchema, before: LabelSchema, change: BulkChange) -> LabelSchema:
    """The present schema with the merged classes as they were; what was changed since on others stays."""
    sources = {int(source) for source in change.arguments["mapping"]}
    old = {found.id: found for found in before.classes}
    taken = {found.key for found in now.classes if found.key and not found.archived}
    classes = []
    for found in now.classes:
        if found.id in sources:
            key = old[found.id].key if old[found.id].key not in taken else None
            found = msgspec.structs.replace(found, archived=old[found.id].archived, key=key)
        elif found.id in old and old[found.id].parent in sources:
            found = msgspec.structs.replace(found, parent=old[found.id].parent)
        classes.append(found)
    return msgspec.structs.replace(now, classes=classes)
