"""Carrying a change of regions out: a fix of each result by the person who asked, and the logged done → done move to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import events
from apps.activity.services import record
from apps.annotations.models import Annotation, Revision
from apps.annotations.queries import find_in_base
from apps.annotations.queries.regions import elements_by_task
from apps.annotations.services.freeze import Changes, NewRevision, write_revisions
from apps.annotations.services.judging import schema_of
from apps.annotations.services.regions.asking import Narrow, RegionChange, matching, results
from apps.core.permissions import Action
from apps.projects.access import project_for
from apps.projects.models import BulkChange
from apps.tasks.models import Slot, Stage, Task
from apps.tasks.services.locks import lock_slots
from apps.tasks.services.moves import move_task
from domain.elements import Region, decode, encode
from domain.schema import LabelSchema, check_region

TASKS_AT_ONCE = 100


@dataclass(slots=True)
class Changed:
    """How it went. `skipped`: regions that the change does not fit, by why."""

    tasks: int = 0
    regions: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    revisions: list[int] = field(default_factory=list)

    def skip(self, why: str) -> None:
        self.skipped[why] = self.skipped.get(why, 0) + 1


def change_regions(*, change: BulkChange, narrow: Narrow, report: Callable[[int, int], None] | None = None) -> Changed:
    """Change every region that is meant; safe to run again: what was changed has a later revision and is not found."""
    asked = msgspec.convert(change.arguments["change"], RegionChange)
    access = project_for(change.created_by, change.project_id, Action.TASKS_MANAGE)
    rows = results(matching(access, asked, narrow).filter(revision_id__lte=change.arguments["up_to"]))
    ids = sorted(rows.order_by().values_list("task_id", flat=True).distinct())
    schema, done = schema_of(cast(int, access.project.schema_id)), Changed()
    for start in range(0, len(ids), TASKS_AT_ONCE):
        batch = ids[start : start + TASKS_AT_ONCE]
        with transaction.atomic():
            named = elements_by_task(rows, batch)
            locked = Task.objects.select_for_update(of=("self",)).select_related("result", "project").order_by("pk")
            tasks = list(locked.filter(pk__in=batch, state=Task.State.DONE))
            if asked.action == "send_to_review":
                _send_to_review(change, tasks, named, done)
            else:
                _change_some(change, asked, schema, tasks, named, done)
            BulkChange.objects.filter(pk=change.pk).update(tasks=done.tasks, regions=done.regions)
        if report is not None:
            report(start + len(batch), len(ids))
    _tell(change, done)
    return done


def _change_some(
    change: BulkChange,
    asked: RegionChange,
    schema: LabelSchema,
    tasks: Sequence[Task],
    named: dict[int, list[str]],
    done: Changed,
) -> None:
    new = []
    for task in tasks:
        changes = _changes(asked, schema, task.result, named.get(task.pk, []), done)
        if changes:
            new.append(fix_of(change, change.created_by, task, changes))
            done.regions += len(changes)
    done.revisions += write_fixes(new)
    done.tasks += len(new)


def _changes(
    asked: RegionChange, schema: LabelSchema, result: Revision | None, ids: Sequence[str], done: Changed
) -> Changes:
    """What becomes of these regions of a result; those that it does not fit are counted."""
    found: Changes = {}
    for key, raw in find_in_base(result, [(element_id, "region") for element_id in ids]).items():
        if asked.action == "delete":
            found[key] = None
            continue
        before = cast(Region, decode("region", raw))
        after = changed_region(asked, schema, before)
        problems = [one for one in check_region(schema, after) if one.severity == "error"]
        if problems:
            done.skip(problems[0].code)
        elif (body := encode(after)) == raw:
            done.skip("unchanged")
        else:
            found[key] = body
    return found


def changed_region(asked: RegionChange, schema: LabelSchema, region: Region) -> Region:
    replaced: dict[str, Any] = {}
    if asked.action == "set_class":
        found = schema.class_by_id(asked.class_id or 0)
        known = {attribute.name for attribute in found.attributes} if found else set()
        kept = {name: value for name, value in region.attributes.items() if name in known}
        replaced = {"class_id": asked.class_id, "attributes": kept}
    elif asked.action == "set_attribute":
        attributes = {name: value for name, value in region.attributes.items() if name != asked.attribute}
        if asked.value is not None:
            attributes = region.attributes | {str(asked.attribute): asked.value}
        replaced = {"attributes": attributes}
    else:
        flags = set(region.flags) - {asked.flag} if asked.action == "unflag" else {*region.flags, asked.flag}
        replaced = {"flags": sorted(flag for flag in flags if flag)}
    if region.source is not None:
        replaced["changed"] = True
    return msgspec.structs.replace(region, **replaced)


def fix_of(change: BulkChange, author: User, task: Task, changes: Changes) -> NewRevision:
    """A fix of a task's result that names the bulk change."""
    result = task.result
    assert result is not None
    return NewRevision(
        task=task,
        elements=(),
        changes=changes,
        kind=Annotation.Kind.FIX,
        author=author,
        outcome=result.outcome,
        outcome_reason=result.outcome_reason,
        based_on=result,
        findings=result.findings,
        bulk_change_id=change.pk,
    )


def write_fixes(new: Sequence[NewRevision]) -> list[int]:
    """Write them, and move each task to its own; the caller holds the tasks' locks. Returns the revisions' ids."""
    if not new:
        return []
    made = write_revisions(project=new[0].task.project, new=new)
    for revision in made:
        Task.objects.filter(pk=revision.task_id).update(
            result_id=revision.pk,
            region_count=revision.region_count,
            class_ids=sorted(int(name) for name in revision.class_counts),
            version=F("version") + 1,
            updated_at=timezone.now(),
        )
    return [revision.pk for revision in made]


def _send_to_review(change: BulkChange, tasks: Sequence[Task], named: dict[int, list[str]], done: Changed) -> None:
    """Done work waits for a verdict again; what is sent is remembered for the undo."""
    sent = []
    for task in tasks:
        result_id, finished_at = task.result_id, task.finished_at
        assert task.result is not None
        lock_slots(task.pk)
        slot = Slot.objects.create(
            project_id=task.project_id,
            task=task,
            stage=Stage.REVIEW,
            revision_id=result_id,
            excluded_author_id=task.result.author_id,
            order_key=task.order_key,
        )
        move_task(task, Task.State.IN_REVIEW)
        sent.append([task.pk, slot.pk, result_id, finished_at.isoformat() if finished_at else None])
        done.tasks += 1
        done.regions += len(named.get(task.pk, []))
    fresh = BulkChange.objects.select_for_update().get(pk=change.pk)
    fresh.arguments = fresh.arguments | {"sent": [*fresh.arguments.get("sent", []), *sent]}
    fresh.save(update_fields=["arguments", "updated_at"])


def _tell(change: BulkChange, done: Changed) -> None:
    record(
        organisation_id=change.project.organisation_id,
        project_id=change.project_id,
        verb="regions.changed",
        actor=change.created_by,
        object_type="bulk_change",
        object_id=change.pk,
        details={"title": change.title, "tasks": done.tasks, "regions": done.regions, "skipped": done.skipped},
    )
    events.publish(f"project:{change.project_id}", "counts.changed", {"project": change.project_id})
