"""Submitting a draft, closing a reviewer's, and taking a submission back."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
import structlog
from celery import current_app
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import counts
from apps.activity.models import CountDelta
from apps.activity.services import record
from apps.annotations.errors import Finished, OutcomeContradicts, OutcomeMissing, ReasonMissing, SubmitBlocked
from apps.annotations.models import Annotation, Edit, EditPack, Element, Revision
from apps.annotations.queries import first_answer
from apps.annotations.queries.documents import removed_regions
from apps.annotations.services.adjudicating import settle_conflict
from apps.annotations.services.draft_checks import draft_findings
from apps.annotations.services.freeze import (
    Changes,
    Frozen,
    NewRevision,
    count_classes,
    freeze,
    revision_row,
    shown_of,
    store_chunks,
)
from apps.annotations.services.index import index_revisions
from apps.annotations.services.open import Work, reopen_work
from apps.annotations.services.pieces import piece_of
from apps.projects.models import Project
from apps.projects.queries import workflow_of
from apps.projects.settings import settings_of
from apps.tasks import services as tasks
from apps.tasks.errors import LeaseLost, ProjectClosed, TooLateToRecall, WrongState
from apps.tasks.models import Assignment, Outcome, Slot, Stage, Task
from apps.tasks.services.asking import ask_for_scores
from apps.tasks.services.leases import capped_active_ms
from apps.tasks.services.moves import move_assignment, move_task
from domain import checks
from domain.workflow import after_exam, after_recall, after_submit

SCORE_TESTS = "quality.score_tests"  # asked for by name: the app comes later
log = structlog.get_logger("labelwright.annotations")
RECALL_DONE_FOR = timedelta(hours=1)  # how long a task that needed no review can be taken back by its author


@dataclass(slots=True)
class Submitted:
    revision: Revision
    task_state: str
    review_skipped: bool
    findings: list[checks.Finding] = field(default_factory=list)


@transaction.atomic
def submit(
    *,
    user: User,
    assignment_id: int,
    token: int | None = None,
    outcome: str | None = None,
    outcome_reason: str = "",
    pass_reason: str = "",
    active_ms: int = 0,
) -> Submitted:
    """Freeze the draft into a revision and hand the task to its next stage.

    Raises:
        LeaseLost: the work is not in this person's hands and no open slot of the task is left; the draft is kept.
        OutcomeMissing, OutcomeContradicts, ReasonMissing: the outcome does not fit.
        SubmitBlocked: findings that must be settled first, listed in `findings`, and no `pass_reason` was given: people must
            not have to draw a wrong region to please a rule. What is passed with a reason goes to review, whatever its sample.
        WrongState, ProjectClosed: parked, submitted already, a review, or the project is closed.
    """
    work = tasks.lock_own_work(user=user, assignment_id=assignment_id, token=token)
    return submit_locked(
        work, outcome=outcome, outcome_reason=outcome_reason, pass_reason=pass_reason, active_ms=active_ms
    )


def submit_locked(
    work: tasks.HeldWork,
    *,
    outcome: str | None = None,
    outcome_reason: str = "",
    pass_reason: str = "",
    active_ms: int = 0,
) -> Submitted:
    """As `submit`, of work that this transaction has locked."""
    _check_state(work)
    if work.slot is None:
        _retake(work)
    annotation = _locked_draft(work.assignment)
    content = freeze(annotation.base, changes_of(annotation))
    outcome = _outcome(work, content, outcome, outcome_reason)
    findings = draft_findings(work.access.project, work.task, annotation, content, outcome)
    blocking = [finding for finding in findings if finding.blocks]
    passed = pass_reason.strip() if blocking else ""
    if blocking and not passed:
        raise SubmitBlocked.by(blocking)
    new = NewRevision(
        task=work.task,
        elements=(),
        kind=annotation.kind,
        author=work.access.user,
        outcome=outcome,
        outcome_reason=outcome_reason,
        stage=work.assignment.stage,
        findings=len(findings),
        passed_reason=passed,
    )
    revision = close_draft(annotation, content, new=new, assignment=work.assignment, active_ms=active_ms)
    follow = settle_conflict if work.assignment.stage == Stage.ADJUDICATE else _hand_on
    skipped = follow(work, annotation, revision)
    return Submitted(revision, work.task.state, skipped, findings)


def _check_state(work: tasks.HeldWork) -> None:
    state = work.assignment.state
    if work.assignment.stage not in (Stage.ANNOTATE, Stage.ADJUDICATE):
        raise WrongState("A review is completed by its verdict: POST revisions/{id}/reviews.")
    if work.access.project.state in (Project.State.ARCHIVED, Project.State.DONE):
        raise ProjectClosed(
            f"The project is {work.access.project.state}: nothing is taken any more.", state=work.access.project.state
        )
    if state == Assignment.State.SUBMITTED:
        raise WrongState("This work was submitted already. Recall it to change it.", state=state)
    if state == Assignment.State.PARKED:
        raise WrongState("This work is parked with a question. The answer brings it back.", state=state)
    if state == Assignment.State.SKIPPED:
        raise LeaseLost("This task was skipped and went to others. What was saved is kept as a draft.")


def _retake(work: tasks.HeldWork) -> None:
    """The lease ended and the slot went back: take an open slot of the task again."""
    for slot in work.slots:
        free = slot.reserved_for_id in (None, work.access.user.pk) or (
            slot.reserved_until and slot.reserved_until < timezone.now()
        )
        if slot.stage == work.assignment.stage and slot.state == Slot.State.OPEN and not slot.withheld and free:
            Slot.objects.filter(pk=slot.pk).update(state=Slot.State.HELD)
            slot.state = Slot.State.HELD
            work.slot = slot
            move_assignment(work.assignment, Assignment.State.HELD, slot_id=slot.pk)
            if work.task.state == Task.State.WAITING:
                move_task(work.task, Task.State.ANNOTATING)
            return
    raise LeaseLost("The lease ended and somebody else took the work. What was saved is kept as a draft.")


def _locked_draft(assignment: Assignment) -> Annotation:
    found = (
        Annotation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("base")
        .filter(assignment_id=assignment.pk)
        .exclude(state=Annotation.State.DISCARDED)
        .order_by("-pk")
        .first()
    )
    if found is None or found.state != Annotation.State.DRAFT:
        raise Finished("There is no open draft of this work. Open the assignment first.")
    return found


def changes_of(annotation: Annotation) -> Changes:
    """What the draft's rows say over its base."""
    rows = Element.objects.filter(annotation_id=annotation.pk).values_list("element_id", "kind", "deleted", "body")
    return {
        (i, kind): None if deleted or body is None else bytes(body) for i, kind, deleted, body in rows.iterator(5_000)
    }


def _outcome(work: tasks.HeldWork, content: Frozen, outcome: str | None, reason: str) -> str:
    something = content.regions > 0 or content.elements > 0
    if outcome is None:
        if not something:
            raise OutcomeMissing("Nothing is labelled. Say what that means: `empty`, `unusable` or `cannot_tell`.")
        return Outcome.LABELLED
    if outcome == Outcome.LABELLED and not something:
        raise OutcomeMissing("`labelled` needs a region or an answer. Where there is nothing to label, say `empty`.")
    if outcome == Outcome.EMPTY and content.regions:
        raise OutcomeContradicts(
            f"`empty` says that there is nothing, but there are {content.regions} regions. Delete them or say `labelled`."
        )
    reasons = settings_of(work.access.project).unusable_reasons
    if outcome == Outcome.UNUSABLE and reasons and reason not in reasons:
        raise ReasonMissing(
            f"`unusable` needs an `outcome_reason` of the project's list: {', '.join(reasons)}.", reasons=reasons
        )
    return outcome


def _replaced_already(before: Revision, annotation: Annotation) -> bool:
    """Whether another draft's revision took its place: a fix of what is fixed, or answered, once more. It counts no longer."""
    others = Revision.objects.filter(annotation__based_on=before).exclude(annotation=annotation)
    return others.exclude(annotation__state=Annotation.State.DISCARDED).exists()


def close_draft(
    annotation: Annotation, content: Frozen, *, new: NewRevision, assignment: Assignment, active_ms: int = 0
) -> Revision:
    """Freeze a locked draft: chunks, revision, index and counts; its rows are dropped and its edits packed."""
    project = new.task.project
    store_chunks(content.new)
    number = 1 + (Revision.objects.filter(task_id=new.task.pk).aggregate(last=Max("number"))["last"] or 0)
    revision = revision_row(
        project, content, number=number, new=new, annotation_id=annotation.pk, version=annotation.version
    )
    revision.wall_ms = max(0, int((timezone.now() - assignment.claimed_at).total_seconds() * 1000))
    revision.active_ms = min(annotation.active_ms + capped_active_ms(assignment, active_ms), revision.wall_ms)
    revision.save()
    before = annotation.base
    index_revisions(revisions=[revision], replaced=[before.pk] if before else [])
    taken = before.class_counts if before is not None and not _replaced_already(before, annotation) else {}
    counts.add_many(count_classes(project.pk, taken, revision.class_counts))
    _pack_edits(annotation)
    removed = removed_regions(annotation)
    Element.objects.filter(annotation_id=annotation.pk)._raw_delete(using="default")
    Annotation.objects.filter(pk=annotation.pk).update(
        state=Annotation.State.SUBMITTED,
        base=revision,
        removed=removed,
        base_version=F("version"),
        edited=False,
        updated_at=timezone.now(),
    )
    return revision


def _pack_edits(annotation: Annotation) -> None:
    """The log becomes one compressed row."""
    rows = list(
        Edit.objects.filter(annotation_id=annotation.pk)
        .order_by("pk")
        .values_list("edit_id", "element_id", "kind", "op", "over", "version", "created_at")
    )
    if not rows:
        return
    log = [
        {"id": str(i), "element": e, "kind": k, "op": o, "over": over, "version": v, "at": at}
        for i, e, k, o, over, v, at in rows
    ]
    EditPack.objects.create(
        annotation=annotation,
        edits=len(rows),
        edit_ids=[row[0] for row in rows],
        body=zlib.compress(msgspec.json.encode(log)),
    )
    Edit.objects.filter(annotation_id=annotation.pk)._raw_delete(using="default")


def _hand_on(work: tasks.HeldWork, annotation: Annotation, revision: Revision) -> bool:
    """Finish the slot and the assignment, and carry out what comes next; whether a review was left out for want of people."""
    assert work.slot is not None
    user, task, now = work.access.user, work.task, timezone.now()
    tasks.finish_slot(work.slot.pk)
    move_assignment(
        work.assignment,
        Assignment.State.SUBMITTED,
        submitted_at=now,
        expires_at=None,
        stale_until=None,
        edited=False,
        active_ms=revision.active_ms,
        judged_revision_id=revision.pk,
    )
    workflow = workflow_of(task.project)
    if task.purpose == Task.Purpose.EXAM:
        return _end_of_exam_task(task, revision)
    decision = after_submit(
        workflow,
        outcome=revision.outcome,
        piece=piece_of(workflow=workflow, task=task, revision=revision, answers=work.answers(), author_id=user.pk),
        still=work.still_open(),
        rejected_at=work.slot.rework_level,
        must_review=bool(revision.passed_reason),
    )
    result_id = {"this": revision.pk, "first": None}.get(decision.result)
    if decision.result == "first":
        result_id = first_answer(task.pk)
    tasks.apply_decision(
        task,
        decision,
        revision_id=revision.pk,
        author_id=user.pk,
        result_id=result_id,
        rejected_by_id=work.slot.rejected_by_id,
        **shown_of(revision),
    )
    counts.add_many(
        [
            CountDelta(project_id=task.project_id, measure="submitted", day=now.date(), user_id=user.pk, amount=1),
            CountDelta(
                project_id=task.project_id,
                measure="active_ms",
                key="annotate",
                day=now.date(),
                user_id=user.pk,
                amount=revision.active_ms,
            ),
        ]
    )
    record(
        organisation_id=task.project.organisation_id,
        project_id=task.project_id,
        verb="task.submitted",
        actor=user,
        object_type="task",
        object_id=task.pk,
        details={
            "revision": revision.pk,
            "outcome": revision.outcome,
            "review_skipped": decision.review_skipped,
            "passed_reason": revision.passed_reason,
        },
    )
    if task.purpose == Task.Purpose.PROBE:
        transaction.on_commit(_score_tests, robust=True)
    elif work.answers() > 1:
        ask_for_scores([task.pk])
    return decision.review_skipped


def _end_of_exam_task(task: Task, revision: Revision) -> bool:
    """Nobody reviews an answer of an exam, and it is counted nowhere: it is marked at once."""
    shown: dict[str, Any] = shown_of(revision)
    tasks.apply_decision(task, after_exam(), revision_id=revision.pk, result_id=revision.pk, **shown)
    transaction.on_commit(_score_tests, robust=True)
    return False


def _score_tests() -> None:
    """Nudge a worker; what a lost message forgets is found by the clock."""
    try:
        current_app.send_task(SCORE_TESTS)
    except Exception as error:  # noqa: BLE001  (a broker has many ways to be gone, and none may fail the request)
        log.warning("tests_not_scored_at_once", error=type(error).__name__)


def recall(*, user: User, assignment_id: int) -> Work:
    """Take a submission back, before the next step claims it.

    Raises:
        TooLateToRecall: a reviewer has it, has judged it, or the task has been done for an hour.
        WrongState: it is not submitted.
    """
    with transaction.atomic():
        work = tasks.lock_own_work(user=user, assignment_id=assignment_id)
        assignment, task = work.assignment, work.task
        if assignment.state != Assignment.State.SUBMITTED or assignment.stage != Stage.ANNOTATE:
            raise WrongState("Only submitted answers can be taken back.", state=assignment.state)
        slot = next((s for s in work.slots if s.pk == assignment.slot_id and s.state == Slot.State.DONE), None)
        reviews = [s for s in work.slots if s.revision_id == assignment.judged_revision_id and s.stage == Stage.REVIEW]
        instead = _asked_instead(slot, work.slots)
        if slot is None or any(s.state in (Slot.State.HELD, Slot.State.DONE) for s in [*reviews, *instead]):
            raise TooLateToRecall("Somebody has begun to review it, or to answer instead. Ask them to send it back.")
        _check_recall(task, assignment)
        Slot.objects.filter(pk__in=[s.pk for s in [*reviews, *instead] if s.state == Slot.State.OPEN]).update(
            state=Slot.State.CANCELLED
        )
        Slot.objects.filter(pk=slot.pk).update(state=Slot.State.HELD)
        expires = timezone.now() + timedelta(seconds=settings_of(task.project).lease_seconds)
        move_assignment(
            assignment,
            Assignment.State.HELD,
            expires_at=expires,
            submitted_at=None,
            token=assignment.token + 1,
            edited=True,
        )
        Annotation.objects.filter(assignment_id=assignment.pk, state=Annotation.State.SUBMITTED).update(
            state=Annotation.State.DRAFT, active_ms=0
        )
        rework = slot.rework_level > 0 or task.state == Task.State.DONE
        shown = {} if rework else {"outcome": ""}  # nothing is said about it any more
        move_task(task, after_recall(rework=rework).state, triage_reason="", **shown)
        _count_recall(task, assignment)
        if work.answers() > 1:
            ask_for_scores([task.pk])
    return reopen_work(user=user, assignment_id=assignment_id)


def _asked_instead(slot: Slot | None, slots: Sequence[Slot]) -> list[Slot]:
    """Slots that have the place of this one since: made after a triage, for what was no answer."""
    if slot is None:
        return []
    later = [s for s in slots if s.stage == Stage.ANNOTATE and s.ordinal == slot.ordinal and s.pk > slot.pk]
    return [s for s in later if s.state != Slot.State.CANCELLED and s.rework_level == slot.rework_level]


def _count_recall(task: Task, assignment: Assignment) -> None:
    """The submission counts as none, on the day when it was made."""
    taken = Revision.objects.filter(pk=assignment.judged_revision_id or 0, recalled=False)
    made_at = taken.values_list("created_at", flat=True).first()
    if made_at is not None and taken.update(recalled=True):
        counts.add(task.project_id, "submitted", amount=-1, user_id=assignment.user_id, day=made_at.date())


def _check_recall(task: Task, assignment: Assignment) -> None:
    if assignment.stage == Stage.AUDIT:
        raise TooLateToRecall("What an audit found stands.")
    if task.purpose == Task.Purpose.EXAM:
        raise TooLateToRecall("What was handed in at an exam stands.")
    if task.state in (Task.State.ARCHIVED, Task.State.COMPARING, Task.State.CONFLICT):
        raise TooLateToRecall(f"The task is {task.state}.")
    if task.state == Task.State.DONE:
        late = task.finished_at is None or timezone.now() - task.finished_at > RECALL_DONE_FOR
        if late or task.result_id != assignment.judged_revision_id:
            raise TooLateToRecall("The task is done. Ask a manager to send it back.")
