"""Questions: asked about a region or a whole task, which is parked; answered by a senior; put into the guideline."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import events
from apps.activity.services import record
from apps.annotations.models import Annotation
from apps.annotations.queries import iter_document
from apps.core.permissions import POLICY, Action
from apps.projects import services as projects
from apps.projects.access import ProjectAccess
from apps.projects.models import GuidelineVersion
from apps.projects.queries import guideline_draft, members_taking_part
from apps.projects.queries import topics as topics_of
from apps.projects.settings import settings_of
from apps.reviews.errors import AnsweredAlready, DraftedAlready, NotAnswered
from apps.reviews.models import Question
from apps.reviews.queries import question_for
from apps.reviews.services.crops import question_crop
from apps.tasks import services as tasks
from apps.tasks.errors import LeaseLost, WrongState
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.services.moves import move_assignment, move_task
from domain.workflow import TaskState, after_park, after_question


@transaction.atomic
def park(*, user: User, assignment_id: int, text: str, element_id: str = "", token: int | None = None) -> Question:
    """Put work aside with a question. The slot stays with the person; the answer brings the work back to them.

    Raises:
        LeaseLost: the work is not in this person's hands.
        WrongState: it belongs to an exam.
    """
    work = tasks.lock_own_work(user=user, assignment_id=assignment_id, token=token)
    if work.slot is None or work.assignment.state == Assignment.State.PARKED:
        raise LeaseLost(f"This work is {work.assignment.state}: it cannot be parked.")
    if work.task.purpose == Task.Purpose.EXAM:
        raise WrongState("An exam is done without asking. The guideline says what is wanted.")
    move_assignment(work.assignment, Assignment.State.HELD)
    move_assignment(work.assignment, Assignment.State.PARKED, expires_at=None, stale_until=None)
    decision = after_park(others_at_work=_others_at_work(work.task, work.assignment), state=TaskState(work.task.state))
    move_task(work.task, decision.state)
    region = _region(work.assignment, element_id) if element_id else None
    question = Question.objects.create(
        project_id=work.task.project_id,
        task=work.task,
        assignment=work.assignment,
        element_id=element_id if region else "",
        region=region,
        class_id=region["class"] if region else None,
        asked_by=user,
        text=text.strip(),
    )
    record(
        organisation_id=work.access.project.organisation_id,
        project_id=work.task.project_id,
        verb="question.asked",
        actor=user,
        object_type="task",
        object_id=work.task.pk,
        details={"question": question.pk, "number": work.task.number, "name": work.task.name},
        notify=_seniors(work.access),
    )
    _changed(question)
    return question


def _region(assignment: Assignment, element_id: str) -> dict[str, Any] | None:
    """The region as it is in the person's draft; None where it is not there (any more)."""
    drafts = Annotation.objects.select_related("base").filter(assignment=assignment, state=Annotation.State.DRAFT)
    draft = drafts.order_by("-pk").first()
    if draft is None:
        return None
    found = next((e for e in iter_document(draft) if e.id == element_id and e.kind == "region"), None)
    return msgspec.json.decode(found.body, type=dict[str, Any]) if found else None


def _seniors(access: ProjectAccess) -> list[int]:
    """Who may answer. The owners of the organisation see open questions too, and are not told of each."""
    able = POLICY[Action.QUESTIONS_ANSWER] - {"owner"}
    rows: QuerySet[Any] = members_taking_part(access.project)
    rows = rows.filter(member_role__in=able)
    return list(rows.values_list("user_id", flat=True))


def _changed(question: Question) -> None:
    data = {"project": question.project_id, "question": question.pk}
    events.publish(f"project:{question.project_id}", "question.changed", data)


def _others_at_work(task: Task, assignment: Assignment) -> bool:
    """Somebody else holds work on the task at present."""
    rows = Assignment.objects.filter(task_id=task.pk, state__in=[Assignment.State.HELD, Assignment.State.STALE])
    return rows.exclude(pk=assignment.pk).exists()


@transaction.atomic
def answer_question(*, user: User, question_id: int, text: str) -> Question:
    """Answer a question: the parked work comes back to who asked, first of all their work.

    Raises:
        AnsweredAlready: somebody was faster.
    """
    question = question_for(user, question_id, Action.QUESTIONS_ANSWER)
    slots = tasks.lock_slots(question.task_id)
    now = timezone.now()
    fresh = Question.objects.filter(pk=question.pk, answered_at=None)
    if not fresh.update(answer=text.strip(), answered_by=user, answered_at=now, updated_at=now):
        raise AnsweredAlready("This question was answered already. Ask a new one or comment on the task.")
    assignment = Assignment.objects.select_for_update(no_key=True).filter(pk=question.assignment_id or 0).first()
    if assignment is not None and assignment.state == Assignment.State.PARKED:
        _bring_back(question, assignment, next((s for s in slots if s.pk == assignment.slot_id), None))
    record(
        organisation_id=question.project.organisation_id,
        project_id=question.project_id,
        verb="question.answered",
        actor=user,
        object_type="task",
        object_id=question.task_id,
        details={"question": question.pk, "name": question.task.name},
        notify=[question.asked_by_id],
    )
    _changed(question)
    events.publish(
        f"user:{question.asked_by_id}", "work.returned", {"project": question.project_id, "task": question.task_id}
    )
    return question_for(user, question_id, Action.QUESTIONS_ANSWER)


def _bring_back(question: Question, assignment: Assignment, slot: Slot | None) -> None:
    """Open the slot again, reserved for who asked, and move the task back to where it was."""
    task = Task.objects.select_related("project").get(pk=question.task_id)
    move_assignment(assignment, Assignment.State.RELEASED)
    if slot is not None and slot.state == Slot.State.HELD:
        until = timezone.now() + timedelta(hours=settings_of(task.project).hold_hours)
        Slot.objects.filter(pk=slot.pk).update(
            state=Slot.State.OPEN,
            reserved_for=question.asked_by_id,
            reserved_until=until,
            withheld=task.trashed_at is not None,
        )
    decision = after_question(
        stage=assignment.stage if assignment.stage != Stage.AUDIT else "review",  # type: ignore[arg-type]
        rework=slot is not None and slot.rework_level > 0,
        others_at_work=_others_at_work(task, assignment),
        state=TaskState(task.state),
    )
    move_task(task, decision.state)


@transaction.atomic
def put_into_guideline(
    *, user: User, question_id: int, example: str | None = None, anchor: str | None = None
) -> Question:
    """Put question, answer and, as a good or bad example, its picture into the draft of the next guideline version.

    Args:
        example: "good" or "bad": a crop around the region (or the whole image) goes along, with the region drawn in.
        anchor: the section that it goes to; None for the one of the region's class, else the end.

    Raises:
        NotAnswered: there is no answer to put there.
        DraftedAlready: it was put there before.
    """
    question = question_for(user, question_id, Action.QUESTIONS_ANSWER)
    if question.answered_at is None:
        raise NotAnswered("Answer the question first: question and answer go into the guideline together.")
    now = timezone.now()
    if not Question.objects.filter(pk=question.pk, drafted_at=None).update(drafted_at=now, updated_at=now):
        raise DraftedAlready("Question and answer are in the draft of the guideline, or in a version of it, already.")
    passage = [f"**{' '.join(_plain(question.text).split())}**", _plain(question.answer)]
    if example is not None:
        caption = " ".join(question.text.split())[:120].replace("[", "(").replace("]", ")")
        passage.append(f'![{caption}]({projects.image_url(question_crop(question))} "{example}")')
    lines = "\n\n".join(passage).splitlines()
    text = "\n".join(f"> {line}".rstrip() for line in lines)
    anchor = _anchor(question) if anchor is None else anchor
    projects.add_to_draft(project=question.project, user=user, text=text, anchor=anchor)
    _changed(question)
    return question_for(user, question_id, Action.QUESTIONS_ANSWER)


def _plain(text: str) -> str:
    """What a person wrote, with the marks of Markdown taken for letters."""
    return re.sub(r"([\\`*_\[\]<#|~])", r"\\\1", text.strip())


def _anchor(question: Question) -> str:
    """The section that speaks of the region's class."""
    draft = guideline_draft(question.project)
    now = draft or question.project.guideline
    if now is None or question.class_id is None:
        return ""
    return topics_of(question.project, now.markdown, now.links).get(f"class:{question.class_id}", "")


@transaction.atomic
def publish_guideline(
    *, access: ProjectAccess, note: str = "", must_read: bool = True, expected: str | None = None
) -> GuidelineVersion:
    """Publish the draft; its questions become part of that version, which whoever asked may then find answered there.

    Raises: as `projects.publish_draft`.
    """
    version = projects.publish_draft(
        project=access.project, user=access.user, note=note, must_read=must_read, expected=expected
    )
    waiting = Question.objects.filter(project_id=access.project.pk, published_in=None).exclude(drafted_at=None)
    waiting.update(published_in=version, updated_at=timezone.now())
    return version
