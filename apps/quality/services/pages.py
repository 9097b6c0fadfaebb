"""Handing in a page of pictures, and taking it back: each picture is a piece of work of its own, with its own revision and time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import msgspec
from django.db import transaction

from apps.accounts.models import User
from apps.annotations import services as answering
from apps.annotations.models import Annotation, Revision
from apps.core.errors import DomainError, NotFound
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.quality.services.findings.handing_in import note_all
from apps.tasks import services as tasks
from apps.tasks.errors import LeaseLost
from apps.tasks.models import Assignment
from apps.tasks.queries import assignment_of
from apps.tasks.services import HeldWork
from domain.schema.structs import Value

AT_ONCE = 12  # pictures a transaction: others wait no longer than for a few single submits


class PageAnswer(msgspec.Struct, frozen=True):
    """One picture's answers, by question."""

    assignment: int
    answers: dict[str, Value]
    token: int | None = None


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What became of one picture: its revision and the active time that it bears, or why it stays."""

    assignment: int
    revision: Revision | None = None
    task_state: str = ""
    active_ms: int = 0
    error: DomainError | None = None
    again: bool = False  # it was handed in by an earlier call


def shares_of(total: int, parts: int) -> list[int]:
    """A page's time in equal whole parts that add up to it; the first ones bear what is left over.

    On a page nobody can tell how long somebody looked at which picture, so that none is said to have taken longer.
    """
    whole, over = divmod(max(0, total), max(1, parts))
    return [whole + (place < over) for place in range(parts)]


def submit_page(*, user: User, project_id: int, answers: Sequence[PageAnswer], active_ms: int) -> list[HandedIn]:
    """Hand in each picture for itself: one that is refused leaves the others alone, and nothing of its own behind.

    Some pictures at a time are locked, handed in and checked in one transaction: what can be read for all of them is read once.

    Args:
        active_ms: time on the page since it was opened or last handed in. Each picture bears an equal part; the parts of
            those that are refused are borne by nobody, and come with their next try.

    What was handed in with this token already is answered again, so that a call whose answer was lost may be repeated.

    Raises:
        NotFound, NotAllowed: the project, or annotating in it, is not for this person.
    """
    access = project_for(user, project_id, Action.ANNOTATE)
    session, parts = f"page-{uuid4()}", shares_of(active_ms, len(answers))
    handed: list[HandedIn] = []
    for first in range(0, len(answers), AT_ONCE):
        some = list(zip(answers, parts, strict=True))[first : first + AT_ONCE]
        with transaction.atomic():
            handed += _hand_in_some(access, some, session)
    return handed


def _hand_in_some(access: ProjectAccess, some: list[tuple[PageAnswer, int]], session: str) -> list[HandedIn]:
    works = tasks.lock_page(access=access, assignment_ids=[answer.assignment for answer, _ in some])
    drafts = answering.latest_annotations(work.assignment for work in works.values())
    handed = []
    for answer, part in some:
        try:
            work = works.get(answer.assignment) or _not_here(access, answer.assignment)
            with transaction.atomic():
                handed.append(_hand_in(work, drafts.get(answer.assignment), answer, part, session))
        except DomainError as error:
            handed.append(HandedIn(answer.assignment, error=error))
    note_all([one.revision for one in handed if one.revision is not None and not one.again])
    return handed


def _not_here(access: ProjectAccess, assignment_id: int) -> HeldWork:
    """Raises NotFound, NotYours: why it cannot be handed in here."""
    assignment_of(access.user, assignment_id)
    raise NotFound("There is no such assignment, or you may not see it.")


def _hand_in(work: HeldWork, draft: Annotation | None, answer: PageAnswer, part: int, session: str) -> HandedIn:
    assignment = work.assignment
    tasks.check_token(assignment, answer.token)
    if assignment.state == Assignment.State.SUBMITTED and answer.token == assignment.token:
        revision = Revision.objects.get(pk=assignment.judged_revision_id or 0)
        return HandedIn(answer.assignment, revision, work.task.state, 0, again=True)
    if work.slot is None or draft is None:
        raise LeaseLost("This picture is not in your hands any more.")
    answering.write_answers(user=work.access.user, annotation=draft, answers=answer.answers, session=session)
    done = answering.submit_locked(work, active_ms=part)
    return HandedIn(answer.assignment, done.revision, done.task_state, part)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """One picture in its person's hands again, or why it is not."""

    assignment: int
    work: answering.Work | None = None
    error: DomainError | None = None


def recall_page(*, user: User, project_id: int, assignments: Sequence[int]) -> list[TakenBack]:
    """Take back what was handed in with a page, each picture for itself.

    Raises: as `submit_page`.
    """
    project_for(user, project_id, Action.ANNOTATE)
    found = []
    for assignment_id in assignments:
        try:
            if not Assignment.objects.filter(pk=assignment_id, project=project_id).exists():
                raise NotFound("There is no such assignment, or you may not see it.")
            found.append(TakenBack(assignment_id, answering.recall(user=user, assignment_id=assignment_id)))
        except DomainError as error:
            found.append(TakenBack(assignment_id, error=error))
    return found
