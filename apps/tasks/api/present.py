"""Tasks and assignments as structs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import msgspec

from apps.accounts.models import User
from apps.annotations.api import present as answers
from apps.annotations.queries import revisions_visible
from apps.assets.queries import delivery_urls
from apps.core.permissions import Action
from apps.predictions.models import TaskPlace
from apps.predictions.queries import places_shown
from apps.projects.access import ProjectAccess, project_for
from apps.projects.settings import is_tested
from apps.reviews.api import present as reviews
from apps.reviews.api.structs import QuestionOut
from apps.reviews.models import Question
from apps.reviews.queries import issues_of_task, reviews_of_task
from apps.tasks.api import structs
from apps.tasks.api.naming import names
from apps.tasks.models import Assignment, Slot, Task
from apps.tasks.queries import hides_answers, task_for
from apps.tasks.services import BulkChange
from apps.tasks.services.moves import OPEN_ASSIGNMENTS


def task_rows(rows: Iterable[Task], *, access: ProjectAccess) -> list[structs.TaskRow]:
    """Rows of a table. Who may not learn others' answers sees of unfinished tasks only what is their own."""
    rows = list(rows)
    people = names(access, [task.annotator_id for task in rows])
    held = dict(
        Assignment.objects.filter(
            user=access.user, task__in=[t.pk for t in rows], state__in=OPEN_ASSIGNMENTS
        ).values_list("task_id", "pk")
    )
    hidden, tested = hides_answers(access), is_tested(access)
    places = places_shown(access, [task.pk for task in rows])
    return [
        _row(task, people, held.get(task.pk), hidden and not _known(task, access), tested, places.get(task.pk))
        for task in rows
    ]


def queue_place(place: TaskPlace | None) -> structs.QueuePlace | None:
    """Why a task stands where it stands."""
    if place is None:
        return None
    model = place.change.arguments.get("spec", {}).get("model", "")
    return structs.QueuePlace(
        why=cast(Any, place.why),
        value=place.value,
        class_id=place.class_id,
        place=place.place,
        model=model,
        seconds=place.seconds,
    )


def _known(task: Task, access: ProjectAccess) -> bool:
    return task.state == Task.State.DONE or task.annotator_id == access.user.pk


def _row(
    task: Task, people: dict[Any, Any], assignment: int | None, hidden: bool, tested: bool, place: TaskPlace | None
) -> structs.TaskRow:
    asset = task.asset
    return structs.TaskRow(
        id=task.pk,
        number=task.number,
        name=task.name,
        state=cast(Any, task.state),
        outcome="" if hidden else task.outcome,
        priority=task.priority,
        asset=structs.TaskAsset(
            id=asset.pk,
            name=asset.name,
            external_id=None if tested else asset.external_id,  # a probe's picture has none
            group=asset.group,
            origin=asset.origin,
            width=asset.width,
            height=asset.height,
            thumb=delivery_urls(asset)["thumb"],
            metadata=asset.metadata,
        ),
        batch=task.batch_id,
        annotator=None if hidden else people.get(task.annotator_id),
        region_count=0 if hidden else task.region_count,
        classes=[] if hidden else task.class_ids,
        skips=task.skips,
        triage_reason="" if hidden else task.triage_reason,
        result=task.result_id,
        assignment=assignment,
        created_at=task.created_at,
        updated_at=task.updated_at,
        finished_at=task.finished_at,
        trashed_at=task.trashed_at,
        etag=f'"{task.version}"',
        web_url=f"/tasks/{task.pk}",
        queue_place=queue_place(place),
    )


def task_out(task_id: int, *, user: User) -> structs.TaskOut:
    """A task with its history, as far as the reader may know it."""
    task, access = task_for(user, task_id, Action.TASKS_VIEW)
    revisions = revisions_visible(access).filter(task_id=task.pk).select_related("annotation").order_by("number")
    rows = Assignment.objects.filter(task=task).select_related("task__asset", "project", "slot").order_by("pk")
    if hides_answers(access):
        rows = rows.filter(user=access.user)
    shown = Slot.objects.filter(task=task)
    if hides_answers(access):  # how many answers a task gets, and how far others' are, is not told either
        shown = shown.filter(assignments__user=access.user).distinct()
    slots = list(shown.order_by("pk"))
    people = names(access, [slot.reserved_for_id for slot in slots])
    return structs.TaskOut(
        task=task_rows([task], access=access)[0],
        slots=[_slot(slot, people) for slot in slots],
        assignments=assignments(list(rows), user=user, access=access),
        revisions=answers.revisions(revisions, user=user, access=access),
        reviews=reviews.reviews(reviews_of_task(access, task.pk), user=user, access=access),
        issues=reviews.issues(issues_of_task(access, task.pk), user=user, access=access),
    )


def _slot(slot: Slot, people: dict[Any, Any]) -> structs.SlotOut:
    return structs.SlotOut(
        id=slot.pk,
        stage=cast(Any, slot.stage),
        level=slot.level,
        state=cast(Any, slot.state),
        reserved_for=people.get(slot.reserved_for_id),
        reserved_until=slot.reserved_until,
    )


def assignments(
    rows: Iterable[Assignment], *, user: User, access: ProjectAccess | None = None
) -> list[structs.AssignmentOut]:
    """Assignments, perhaps of several projects."""
    rows = list(rows)
    seen: dict[int, ProjectAccess] = {access.project.pk: access} if access else {}
    people: dict[int, dict[Any, Any]] = {}
    for project_id in {row.project_id for row in rows}:
        if project_id not in seen:
            seen[project_id] = project_for(user, project_id, Action.PROJECT_VIEW)
        people[project_id] = names(seen[project_id], [row.user_id for row in rows if row.project_id == project_id])
    return [_assignment(row, people[row.project_id]) for row in rows]


def _assignment(row: Assignment, people: dict[Any, Any]) -> structs.AssignmentOut:
    return structs.AssignmentOut(
        id=row.pk,
        task=row.task_id,
        task_number=row.task.number,
        task_name=row.task.name,
        project=row.project_id,
        project_name=row.project.name,
        stage=cast(Any, row.stage),
        state=cast(Any, row.state),
        user=people.get(row.user_id),
        token=row.token,
        expires_at=row.expires_at,
        claimed_at=row.claimed_at,
        submitted_at=row.submitted_at,
        active_ms=row.active_ms,
        reason=row.reason,
        returned=row.slot is not None and row.slot.rework_level > 0,
        thumb=delivery_urls(row.task.asset)["thumb"],
        web_url=f"/assignments/{row.pk}",
    )


def bulk_change(asked: structs.BulkTasksIn) -> BulkChange:
    return BulkChange(**{name: getattr(asked, name) for name in BulkChange.__struct_fields__})


def bulk_undo(changes: list[BulkChange]) -> list[structs.BulkTasksIn]:
    return [structs.BulkTasksIn(**msgspec.structs.asdict(change)) for change in changes]


def question_out(question: Question, *, user: User) -> QuestionOut:
    return reviews.questions([question], user=user)[0]
