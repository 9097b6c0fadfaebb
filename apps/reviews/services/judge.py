"""Recording a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import msgspec
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import counts, events
from apps.activity.services import record
from apps.annotations.errors import SubmitBlocked
from apps.annotations.models import Annotation, Revision
from apps.annotations.queries import first_answer, revision_for
from apps.annotations.services import NewRevision, close_draft, freeze, start_or_reopen
from apps.annotations.services.draft_checks import draft_findings
from apps.annotations.services.pieces import piece_of
from apps.annotations.services.submit import changes_of, shown_of
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.projects.queries import workflow_of
from apps.projects.settings import settings_of
from apps.reviews.errors import (
    AlreadyReviewed,
    EditsPresent,
    IssuesOpen,
    NothingFixed,
    OwnWork,
    ReasonMissing,
    StaleRevision,
)
from apps.reviews.models import Issue, Mark, Review
from apps.reviews.services.figures import deltas_of, reasons_in
from apps.reviews.services.marks import GivenMark, marks_of_fix, with_classes
from apps.tasks import services as tasks
from apps.tasks.errors import LeaseLost, NotYourLevel
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.queries.people import barred_levels
from apps.tasks.services.claim import take
from apps.tasks.services.leases import capped_active_ms
from apps.tasks.services.moves import move_assignment
from domain.workflow import after_review

__all__ = ["GivenMark", "submit_review"]
Verdict = Literal["accept", "fix", "reject"]


@dataclass(slots=True)
class _Bench:
    """The judged revision with everything that its verdict moves, under lock."""

    access: ProjectAccess
    revision: Revision
    author_id: int | None  # of the answer, also where a fix is judged
    work: tasks.HeldWork
    slot: Slot
    draft: Annotation


@transaction.atomic
def submit_review(
    *,
    user: User,
    revision_id: int,
    verdict: str,
    reason: str = "",
    marks: Sequence[GivenMark] = (),
    active_ms: int = 0,
    token: int | None = None,
) -> Review:
    """Record a verdict and hand the task on. It completes the person's review assignment, and takes the slot if it is open.

    Raises:
        NotFound: no such revision for this person.
        OwnWork: the reviewer made it.
        AlreadyReviewed, StaleRevision: it does not wait for this person's verdict.
        EditsPresent: an accept, but the fix draft has edits: say `fix`, or delete them.
        NothingFixed: a fix without edits.
        ReasonMissing: a rejection without a reason.
        SubmitBlocked: the fix leaves findings that stop a submit.
        LeaseLost: somebody else has the review.
        IssuesOpen: the project wants issues resolved before work is accepted.
    """
    if verdict == Review.Verdict.REJECT and not reason.strip():
        raise ReasonMissing(
            "Say why: the annotator reads it.", fields=[{"pointer": "/reason", "code": "missing", "detail": "is empty"}]
        )
    bench = _take_place(user, revision_id, token)
    if verdict != Review.Verdict.REJECT:
        _check_issues(bench)
    fixed = _settle_draft(bench, cast(Verdict, verdict), active_ms)
    review = Review.objects.create(
        revision=bench.revision,
        task_id=bench.revision.task_id,
        assignment=bench.work.assignment,
        reviewer=user,
        author_id=bench.author_id,
        verdict=verdict,
        reason=reason.strip(),
        reasons=reasons_in(reason.strip(), settings_of(bench.access.project).reject_reasons),
        fix_revision=fixed,
        active_ms=capped_active_ms(bench.work.assignment, active_ms + bench.draft.active_ms),
    )
    derived = marks_of_fix(judged=bench.revision, fixed=fixed) if fixed else []
    given = with_classes(marks, bench.revision)
    written = [*(_mark(review, m, False) for m in given), *(_mark(review, m, True) for m in derived)]
    Mark.objects.bulk_create(written)
    _hand_on(bench, review, fixed)
    _tell(bench, review, written)
    return review


def _take_place(user: User, revision_id: int, token: int | None) -> _Bench:
    revision = revision_for(user, revision_id)
    access = project_for(user, revision.project_id, Action.REVIEW)
    author_id = answer_author(revision)
    if user.pk in (revision.author_id, author_id):
        raise OwnWork("You made this work. Somebody else has to judge it.")
    if revision.task.purpose == Task.Purpose.PLANTED:
        author_id = None  # nobody made it, so nobody hears of it
    if Review.objects.filter(revision=revision, reviewer=user).exists():
        raise AlreadyReviewed("You have judged this revision already. A later revision can be judged again.")
    slots = tasks.lock_slots(revision.task_id)
    waiting = [s for s in slots if s.stage == Stage.REVIEW and s.revision_id == revision.pk]
    mine = Assignment.objects.filter(task_id=revision.task_id, stage=Stage.REVIEW, user=user).first()
    if not any(mine and s.pk == mine.slot_id and s.state == Slot.State.HELD and _holds(mine) for s in waiting):
        mine = _take_open(access, waiting)
    work = tasks.lock_own_work(user=user, assignment_id=mine.pk, token=token)  # type: ignore[union-attr]
    if work.slot is None:
        raise LeaseLost("This review is not in your hands any more. Claim it again.")
    draft = start_or_reopen(assignment=work.assignment, slot=work.slot)
    draft = Annotation.objects.select_for_update(no_key=True, of=("self",)).select_related("base").get(pk=draft.pk)
    return _Bench(access, revision, author_id, work, work.slot, draft)


def _check_issues(bench: _Bench) -> None:
    if not settings_of(bench.access.project).resolve_issues:
        return
    left = Issue.objects.filter(task_id=bench.revision.task_id, state=Issue.State.OPEN).count()
    if left:
        raise IssuesOpen(
            f"{left} issues are open on this task. Resolve them, or send the work back with a reason.", issues=left
        )


def _holds(assignment: Assignment) -> bool:
    return assignment.state in (Assignment.State.HELD, Assignment.State.STALE)


def _take_open(access: ProjectAccess, waiting: list[Slot]) -> Assignment:
    now, barred = timezone.now(), barred_levels(access)
    levels = [slot.level for slot in waiting if slot.state == Slot.State.OPEN]
    if levels and all(level in barred for level in levels):
        raise NotYourLevel("This level of review is for people of another role or group.")
    for slot in waiting:
        free = slot.reserved_for_id in (None, access.user.pk) or (slot.reserved_until and slot.reserved_until < now)
        if slot.state == Slot.State.OPEN and free and not slot.withheld and slot.level not in barred:
            return take(access=access, slot_id=slot.pk).assignment
    if any(slot.state in (Slot.State.OPEN, Slot.State.HELD) for slot in waiting):
        raise LeaseLost("Somebody else is reviewing this, or it is kept for who rejected it before.")
    raise StaleRevision(
        "This revision does not wait for a verdict: a newer one was submitted, or it was judged already."
    )


def answer_author(revision: Revision) -> int | None:
    """Who made the answer that a revision belongs to, also where it is a reviewer's fix."""
    while revision.kind == Annotation.Kind.FIX and revision.annotation.based_on is not None:
        revision = revision.annotation.based_on
    return revision.author_id


def _settle_draft(bench: _Bench, verdict: Verdict, active_ms: int) -> Revision | None:
    """The fix's revision, or None with the draft thrown away."""
    if verdict != "fix":
        if verdict == "accept" and bench.draft.edited:
            raise EditsPresent("Your draft has edits. Say `fix` to keep them, or take them back.")
        Annotation.objects.filter(pk=bench.draft.pk).update(state=Annotation.State.DISCARDED)
        return None
    changes = changes_of(bench.draft)
    if not changes:
        raise NothingFixed("Your draft has no edits. Say `accept`, or make the fix.")
    content = freeze(bench.draft.base, changes)
    outcome = "labelled" if content.elements else "empty"
    findings = draft_findings(bench.access.project, bench.work.task, bench.draft, content, outcome)
    blocking = [finding for finding in findings if finding.blocks]
    if blocking:
        raise SubmitBlocked.by(blocking)
    new = NewRevision(
        task=bench.work.task,
        elements=(),
        kind=Annotation.Kind.FIX,
        author=bench.access.user,
        outcome=outcome,
        stage="review",
        findings=len(findings),
    )
    return close_draft(bench.draft, content, new=new, assignment=bench.work.assignment, active_ms=active_ms)


def _mark(review: Review, given: GivenMark, derived: bool) -> Mark:
    x, y = given.point or (None, None)
    return Mark(
        review=review,
        kind=given.kind,
        severity=given.severity,
        element_id=given.element_id,
        class_id=given.class_id,
        x=x,
        y=y,
        note=given.note,
        derived=derived,
    )


def _hand_on(bench: _Bench, review: Review, fixed: Revision | None) -> None:
    """Finish the review's slot and assignment, and carry out what comes next."""
    work, task, stands = bench.work, bench.work.task, fixed or bench.revision
    tasks.finish_slot(bench.slot.pk)
    move_assignment(
        work.assignment,
        Assignment.State.SUBMITTED,
        submitted_at=timezone.now(),
        expires_at=None,
        stale_until=None,
        edited=False,
        active_ms=review.active_ms,
        judged_revision_id=stands.pk,
    )
    workflow = workflow_of(task.project)
    decision = after_review(
        workflow,
        level=bench.slot.level,
        verdict=cast(Verdict, review.verdict),
        piece=piece_of(
            workflow=workflow,
            task=task,
            revision=bench.revision,
            answers=work.answers(),
            author_id=bench.author_id,
            judge_id=review.reviewer_id,
        ),
        still=work.still_open(),
    )
    shown = shown_of(fixed) | {"annotator_id": bench.author_id} if fixed else {}
    if task.purpose == Task.Purpose.PLANTED:
        decision = msgspec.structs.replace(decision, slots=[s for s in decision.slots if s.stage == "review"])
        shown.pop("annotator_id", None)
    tasks.apply_decision(
        task,
        decision,
        revision_id=stands.pk,
        author_id=bench.author_id,
        result_id=first_answer(task.pk) if decision.result == "first" else stands.pk,
        rejected_by_id=review.reviewer_id,
        **shown,
    )


def _tell(bench: _Bench, review: Review, marks: list[Mark]) -> None:
    """Counts, the activity log, and a nudge to who gets work back."""
    task: Task = bench.work.task
    project_id = task.project_id
    before = Review.objects.filter(revision__annotation=bench.revision.annotation_id).exclude(pk=review.pk)
    first = not before.exclude(verdict=Review.Verdict.REOPEN).exists()
    author = bench.author_id or 0
    counts.add_many(deltas_of(review, first=first, marks=marks))
    rejected = review.verdict == Review.Verdict.REJECT
    record(
        organisation_id=task.project.organisation_id,
        project_id=project_id,
        verb=f"review.{review.verdict}",
        actor=review.reviewer,
        object_type="task",
        object_id=task.pk,
        details={
            "revision": bench.revision.pk,
            "review": review.pk,
            "number": task.number,
            "name": task.name,
        },
        notify=[author] if review.verdict != Review.Verdict.ACCEPT and author else [],
    )
    if rejected and author:
        events.publish(f"user:{author}", "work.returned", {"project": project_id, "task": task.pk, "name": task.name})
