"""Consensus over many tasks that are done or in conflict already, and taking one or a whole run back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec
from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from apps.activity import counts
from apps.activity.services import record
from apps.annotations.models import Annotation, RegionIndex, Revision
from apps.annotations.services.freeze import count_classes
from apps.core.permissions import Action
from apps.projects.access import project_for
from apps.projects.queries import workflow_of
from apps.quality.models import Consensus
from apps.quality.queries.answers import case_of
from apps.quality.queries.consensus import consensus_for, consolidated
from apps.quality.services.consensus import hand_on, keep, shown
from apps.tasks import services as tasks
from apps.tasks.errors import WrongState
from apps.tasks.models import Slot, Stage, Task
from apps.tasks.services.locks import answers_of
from apps.tasks.services.moves import cancel_open, move_task
from domain.workflow import Compared
from domain.workflow import Consensus as ConsensusStage

Which = Literal["conflict", "done"]


class ConsensusRun(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A consensus over tasks that are in `conflict` or `done`, by a method and thresholds as a workflow's stage has them."""

    which: list[Which] = msgspec.field(default_factory=lambda: ["conflict"])
    stage: ConsensusStage = ConsensusStage()


def tasks_for(project_id: int, run: ConsensusRun) -> list[int]:
    """Tasks with several answers of which nothing was made yet."""
    rows = Task.objects.filter(project_id=project_id, state__in=run.which, trashed_at=None, scores__day__isnull=False)
    rows = rows.exclude(consensuses__state=Consensus.State.STANDS)
    return sorted(rows.filter(result_id=None).values_list("pk", flat=True)) + sorted(
        rows.filter(result__kind=Annotation.Kind.ANSWER).values_list("pk", flat=True)
    )


def make_for_many(
    *, user: User, project_id: int, run: ConsensusRun, job_id: int, report: Callable[[int, int], None]
) -> dict[str, int]:
    """Make the consensus of each, every task in a transaction of its own. Safe to run again: what has one is passed over."""
    project_for(user, project_id, Action.TASKS_MANAGE)
    found = tasks_for(project_id, run)
    told = {"made": 0, "conflicts": 0, "left": 0}
    for place, task_id in enumerate(found):
        report(place, len(found))
        told[_make_one(user, task_id, run, job_id)] += 1
    report(len(found), len(found))
    return told


@transaction.atomic
def _make_one(user: User, task_id: int, run: ConsensusRun, job_id: int) -> str:
    slots = tasks.lock_slots(task_id)
    task = Task.objects.select_related("project__workflow", "asset").get(pk=task_id)
    held = any(s.stage == Stage.ADJUDICATE and s.state == Slot.State.HELD for s in slots)
    done = task.state == Task.State.DONE
    if held or task.state not in run.which:
        return "left"
    case = case_of(task)
    if len(case.given) < 2:
        return "left"
    result = consolidated(case, run.stage)
    if done:
        if not result.agreed or result.left_out:
            return "left"  # what is done is not opened again by a machine
        made = keep(case, result, made_by=user, job_id=job_id)
        move_task(task, Task.State.DONE, result_id=made.revision_id, **shown(made.revision))
        return "made"
    made = keep(case, result, made_by=user, job_id=job_id)
    if made.conflicts:
        return "conflicts"
    cancel_open(task)
    compared = Compared(agreeing=len(case.given), certainty=1.0, conflicts=0)
    hand_on(task, workflow_of(task.project), answers=answers_of(slots), compared=compared, made=made)
    return "made"


@transaction.atomic
def undo_consensus(*, user: User, consensus_id: int) -> Task:
    """Take a consensus back: the task stands as before it, or its answers go to a person.

    Raises:
        WrongState: it does not stand any more, or somebody is at work on it or has built on it.
    """
    seen, access = consensus_for(user, consensus_id, Action.TASKS_MANAGE)
    slots = tasks.lock_slots(seen.task_id)
    made = Consensus.objects.select_for_update(no_key=True).get(pk=seen.pk)
    task = Task.objects.select_related("project__workflow", "asset").get(pk=made.task_id)
    if made.state != Consensus.State.STANDS:
        raise WrongState("This consensus was taken back or replaced already.", state=made.state)
    _check_free(task, made, slots)
    _throw_away(made)
    if task.state == Task.State.DONE and made.result_before_id is not None:
        before = Revision.objects.get(pk=made.result_before_id)
        move_task(task, Task.State.DONE, result_id=before.pk, finished_at=task.finished_at, **shown(before))
    elif task.state in (Task.State.DONE, Task.State.IN_REVIEW):
        cancel_open(task)
        if task.state == Task.State.DONE:
            move_task(task, Task.State.IN_REVIEW)
        whole = Compared(agreeing=len(made.made_of), certainty=1.0)
        hand_on(task, workflow_of(task.project), answers=answers_of(slots), compared=whole, made=None)
    record(
        organisation_id=access.project.organisation_id,
        project_id=access.project.pk,
        verb="consensus.undone",
        actor=user,
        object_type="task",
        object_id=task.pk,
        details={"revision": made.revision_id, "number": task.number, "name": task.name},
    )
    return task


def _check_free(task: Task, made: Consensus, slots: list[Slot]) -> None:
    judged = [s for s in slots if s.revision_id == made.revision_id or s.stage == Stage.ADJUDICATE]
    if any(s.state == Slot.State.HELD for s in judged):
        raise WrongState("Somebody is at work on this consensus.", why="at_work")
    later = Annotation.objects.filter(based_on=made.revision_id).exclude(state=Annotation.State.DISCARDED)
    if later.exists() or (task.state == Task.State.DONE and task.result_id != made.revision_id):
        raise WrongState("Later work stands on this consensus: send the task back instead.", why="built_on")


def _throw_away(made: Consensus) -> None:
    Consensus.objects.filter(pk=made.pk).update(state=Consensus.State.UNDONE)
    Annotation.objects.filter(pk=made.annotation_id).update(state=Annotation.State.DISCARDED)
    Task.objects.filter(pk=made.task_id).update(version=F("version") + 1)
    RegionIndex.objects.filter(project_id=made.project_id, revision_id=made.revision_id).delete()
    before: dict[str, Any] = Revision.objects.values_list("class_counts", flat=True).get(pk=made.revision_id)
    counts.add_many(count_classes(made.project_id, before, {}))


def undo_run(*, user: User, project_id: int, job_id: int, report: Callable[[int, int], None]) -> dict[str, int]:
    """Take back all that one run made; what somebody has built on since is left and counted."""
    project_for(user, project_id, Action.TASKS_MANAGE)
    rows = Consensus.objects.filter(project_id=project_id, job_id=job_id, state=Consensus.State.STANDS)
    ids = sorted(rows.values_list("pk", flat=True))
    told = {"undone": 0, "left": 0}
    for place, consensus_id in enumerate(ids):
        report(place, len(ids))
        try:
            undo_consensus(user=user, consensus_id=consensus_id)
            told["undone"] += 1
        except WrongState:
            told["left"] += 1
    report(len(ids), len(ids))
    return told
