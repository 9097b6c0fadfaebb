"""Claiming work, and opening the draft that belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db import IntegrityError, OperationalError, transaction

from apps.accounts.models import User
from apps.annotations.models import Annotation
from apps.projects.access import ProjectAccess
from apps.tasks import services as tasks
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.queries import assignment_of

T = TypeVar("T")
TRIES = 4
EXPIRED_AT_ONCE = 20  # lapsed work that a claim brings back first; the sweeper does the rest
FIRST_VERSION = 1  # of the elements of a base that this annotation did not write itself


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work as its person has it: the assignment and its draft."""

    assignment: Assignment
    slot: Slot | None
    task: Task
    access: ProjectAccess
    annotation: Annotation


def claim_work(
    *,
    user: User,
    project_id: int,
    stage: str,
    slot_id: int | None = None,
    only: tasks.Only | None = None,
    promised: int | None = None,
) -> Work | None:
    """Claim the next piece of work and open its draft, in one transaction. A unique violation of several tabs is retried.

    Lapsed work of others comes back first, each piece in a transaction of its own.

    Raises: as `tasks.services.claim`.
    """

    def take() -> Work | None:
        taken = tasks.claim(
            user=user, project_id=project_id, stage=stage, slot_id=slot_id, only=only, promised=promised
        )
        return None if taken is None else _opened(taken)

    tasks.return_expired(project_id=project_id, at_once=EXPIRED_AT_ONCE)
    return _tried(take)


def claim_page_work(*, user: User, project_id: int, size: int, only: tasks.Only | None = None) -> list[Work]:
    """Claim a page of alike pictures and open their drafts, in one transaction.

    Raises: as `tasks.services.claim_page`.
    """
    tasks.return_expired(project_id=project_id, at_once=EXPIRED_AT_ONCE)
    return _tried(lambda: [_opened(one) for one in tasks.claim_page(user=user, project_id=project_id, size=size, only=only)])  # fmt: skip


def _opened(taken: tasks.Taken) -> Work:
    draft = start_or_reopen(assignment=taken.assignment, slot=taken.slot, fresh=taken.assignment.token == 1)
    return Work(taken.assignment, taken.slot, taken.task, taken.access, draft)


def _tried(take: Callable[[], T]) -> T:
    """In one transaction, again where several tabs of a person came to the same row."""
    for _ in range(TRIES - 1):
        try:
            with transaction.atomic():
                return take()
        except (IntegrityError, OperationalError):
            if transaction.get_connection().in_atomic_block:
                raise
    with transaction.atomic():
        return take()


def reopen_work(*, user: User, assignment_id: int) -> Work:
    """The person's own assignment again: a live or stale lease is renewed; finished work is shown as it was left."""
    tasks.resume(user=user, assignment_id=assignment_id)
    assignment, access = assignment_of(user, assignment_id)
    open_work = assignment.state in (Assignment.State.HELD, Assignment.State.STALE, Assignment.State.PARKED)
    draft = latest_annotation(assignment)
    if draft is None or (open_work and draft.state != Annotation.State.DRAFT):
        with transaction.atomic():
            draft = start_or_reopen(assignment=assignment, slot=assignment.slot)
    assignment.task.project = access.project
    return Work(assignment, assignment.slot, assignment.task, access, draft)


def latest_annotation(assignment: Assignment) -> Annotation | None:
    """The annotation that belongs to an assignment now."""
    rows = Annotation.objects.select_related("base").filter(assignment_id=assignment.pk)
    return rows.exclude(state=Annotation.State.DISCARDED).order_by("-pk").first()


def latest_annotations(assignments: Iterable[Assignment]) -> dict[int, Annotation]:
    """The same of several, by the assignment's id."""
    rows = Annotation.objects.select_related("base").filter(assignment__in=[one.pk for one in assignments])
    # a later one of the same assignment takes the place of an earlier one
    return {one.assignment_id or 0: one for one in rows.exclude(state=Annotation.State.DISCARDED).order_by("pk")}


def start_or_reopen(*, assignment: Assignment, slot: Slot | None, fresh: bool = False) -> Annotation:
    """The draft of an assignment: the one it has, the submitted answer opened again, or a new one.

    A review's draft is a fix based on the revision to judge. An answer to a slot that carries a revision (sent back and
    taken up by somebody else, or pre-labelled by an import) begins from that revision. Who settles between answers begins
    from what the answers have in common, or where an earlier adjudicator left it. `fresh`: the assignment was made
    just now, so it can have no draft yet.
    """
    if slot is not None and slot.draft_id is not None:
        return _take_over(assignment, slot)
    found = None if fresh else latest_annotation(assignment)
    judged = slot.revision_id if slot is not None else None
    if assignment.stage in (Stage.REVIEW, Stage.AUDIT):
        if found is not None and found.state == Annotation.State.DRAFT and found.based_on_id == judged:
            return found
        Annotation.objects.filter(assignment=assignment, state=Annotation.State.DRAFT).update(
            state=Annotation.State.DISCARDED
        )
        return _new(assignment, Annotation.Kind.FIX, judged)
    if found is None and assignment.stage == Stage.ADJUDICATE:
        return _new(assignment, Annotation.Kind.CONSENSUS, standing_consensus(assignment.task_id))
    if found is None:
        return _new(assignment, Annotation.Kind.ANSWER, judged)
    if found.state == Annotation.State.SUBMITTED:
        Annotation.objects.filter(pk=found.pk).update(state=Annotation.State.DRAFT, edited=False, active_ms=0)
        found.state, found.edited, found.active_ms = Annotation.State.DRAFT, False, 0
    return found


def standing_consensus(task_id: int) -> int | None:
    """The newest revision that was made out of a task's answers and still stands."""
    rows = Annotation.objects.filter(
        task_id=task_id, kind=Annotation.Kind.CONSENSUS, state=Annotation.State.SUBMITTED
    ).order_by("-pk")
    return rows.values_list("base_id", flat=True).first()


def _take_over(assignment: Assignment, slot: Slot) -> Annotation:
    """The draft that was handed on with the slot becomes this person's; each region keeps who drew it."""
    drafts = Annotation.objects.filter(state=Annotation.State.DRAFT)
    draft = drafts.select_related("base").filter(pk=slot.draft_id or 0).first()
    Slot.objects.filter(pk=slot.pk).update(draft=None)
    slot.draft_id = None
    if draft is None:
        return start_or_reopen(assignment=assignment, slot=slot)
    drafts.filter(assignment=assignment).exclude(pk=draft.pk).update(state=Annotation.State.DISCARDED)
    drafts.filter(pk=draft.pk).update(assignment=assignment, author=assignment.user_id)
    Assignment.objects.filter(pk=assignment.pk).update(edited=draft.edited)
    draft.assignment, draft.author_id, assignment.edited = assignment, assignment.user_id, draft.edited
    return draft


def _new(assignment: Assignment, kind: str, base_id: int | None) -> Annotation:
    version = FIRST_VERSION if base_id else 0
    removed = Annotation.objects.filter(revisions=base_id).values_list("removed", flat=True).first() if base_id else []
    return Annotation.objects.create(
        project_id=assignment.project_id,
        task_id=assignment.task_id,
        assignment=assignment,
        author_id=assignment.user_id,
        kind=kind,
        based_on_id=base_id,
        base_id=base_id,
        base_version=version,
        version=version,
        removed=removed or [],
    )
