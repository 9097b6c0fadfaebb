"""Issues with their threads, and questions that park a task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import events
from apps.activity.services import record
from apps.core.errors import Invalid, NotAllowed, NotFound
from apps.core.permissions import Action
from apps.projects.queries import members_taking_part
from apps.projects.settings import settings_of
from apps.reviews.errors import AnsweredAlready
from apps.reviews.models import Comment, Issue, Question
from apps.reviews.queries import issue_for, question_for
from apps.tasks import services as tasks
from apps.tasks.errors import LeaseLost
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.queries import task_for
from apps.tasks.services.moves import move_assignment, move_task
from domain.workflow import TaskState, after_park, after_question


@transaction.atomic
def open_issue(
    *,
    user: User,
    task_id: int,
    text: str,
    element_id: str = "",
    point: tuple[float, float] | None = None,
    mentions: Sequence[int] = (),
) -> Issue:
    """Pin an issue to a region, to a point in image pixels, or to the whole task, with its first comment."""
    task, access = task_for(user, task_id, Action.COMMENT)
    Task.objects.select_for_update(no_key=True).get(pk=task.pk)  # so that numbers have no gaps
    number = 1 + (Issue.objects.filter(task_id=task.pk).aggregate(last=Max("number"))["last"] or 0)
    x, y = point or (None, None)
    issue = Issue.objects.create(
        project_id=access.project.pk, task=task, number=number, element_id=element_id, x=x, y=y, created_by=user
    )
    Comment.objects.create(issue=issue, author=user, text=text.strip())
    told = _mention(issue, user, mentions)
    _notify(issue, user, "issue.opened", {task.annotator_id} - told)
    return issue


@transaction.atomic
def reply(*, user: User, issue_id: int, text: str, mentions: Sequence[int] = ()) -> Issue:
    """Add a comment to an issue's thread; `mentions` are numbers of members whom it names."""
    issue = issue_for(user, issue_id, Action.COMMENT)
    people: set[int | None] = {issue.created_by_id, *(comment.author_id for comment in issue.comments.all())}
    Comment.objects.create(issue=issue, author=user, text=text.strip())
    told = _mention(issue, user, mentions)
    _notify(issue, user, "issue.replied", people - told)
    return issue_for(user, issue_id, Action.COMMENT)


@transaction.atomic
def resolve_issue(*, user: User, issue_id: int) -> Issue:
    """Say that an issue is settled; again changes nothing."""
    issue = issue_for(user, issue_id, Action.COMMENT)
    now = timezone.now()
    Issue.objects.filter(pk=issue.pk, state=Issue.State.OPEN).update(
        state=Issue.State.RESOLVED, resolved_by=user, resolved_at=now, updated_at=now
    )
    _notify(issue, user, "issue.resolved", {issue.created_by_id})
    return issue_for(user, issue_id, Action.COMMENT)


@transaction.atomic
def reopen_issue(*, user: User, issue_id: int) -> Issue:
    """Open a settled issue again."""
    issue = issue_for(user, issue_id, Action.COMMENT)
    Issue.objects.filter(pk=issue.pk).update(
        state=Issue.State.OPEN, resolved_by=None, resolved_at=None, updated_at=timezone.now()
    )
    _notify(issue, user, "issue.reopened", {issue.created_by_id, issue.resolved_by_id})
    return issue_for(user, issue_id, Action.COMMENT)


def _mention(issue: Issue, user: User, numbers: Sequence[int]) -> set[int | None]:
    """Tell the members whom a comment names; returns who they are.

    Raises:
        Invalid: a number is not a member's who takes part in the project, or that person may not see this task's talk.
    """
    if not numbers:
        return set()
    known = dict(members_taking_part(issue.project).filter(number__in=numbers).values_list("number", "user_id"))
    for place, number in enumerate(numbers):
        if number not in known or not _may_read(issue, known[number]):
            raise Invalid(
                f"Member {number} takes no part in this task's talk and cannot be mentioned.",
                fields=[{"pointer": f"/mentions/{place}", "code": "invalid", "detail": "may not see this task's talk"}],
            )
    _record(issue, user, "comment.mentioned", set(known.values()))
    return set(known.values())


def _may_read(issue: Issue, user_id: int) -> bool:
    try:
        issue_for(User.objects.get(pk=user_id), issue.pk, Action.TASKS_VIEW)
    except (NotFound, NotAllowed):
        return False
    return True


def _notify(issue: Issue, user: User, verb: str, people: set[int | None]) -> None:
    _record(issue, user, verb, people)
    events.publish(
        f"project:{issue.project_id}",
        "issue.changed",
        {"project": issue.project_id, "task": issue.task_id, "issue": issue.pk},
    )


def _record(issue: Issue, user: User, verb: str, people: Iterable[int | None]) -> None:
    record(
        organisation_id=issue.project.organisation_id,
        project_id=issue.project_id,
        verb=verb,
        actor=user,
        object_type="task",
        object_id=issue.task_id,
        details={"issue": issue.pk, "number": issue.number, "name": issue.task.name},
        notify=[pk for pk in people if pk is not None],
    )


@transaction.atomic
def park(*, user: User, assignment_id: int, text: str, element_id: str = "", token: int | None = None) -> Question:
    """Put work aside with a question. The slot stays with the person; the answer brings the work back to them.

    Raises:
        LeaseLost: the work is not in this person's hands.
    """
    work = tasks.lock_own_work(user=user, assignment_id=assignment_id, token=token)
    if work.slot is None or work.assignment.state == Assignment.State.PARKED:
        raise LeaseLost(f"This work is {work.assignment.state}: it cannot be parked.")
    move_assignment(work.assignment, Assignment.State.HELD)
    move_assignment(work.assignment, Assignment.State.PARKED, expires_at=None, stale_until=None)
    decision = after_park(others_at_work=_others_at_work(work.task, work.assignment), state=TaskState(work.task.state))
    move_task(work.task, decision.state)
    question = Question.objects.create(
        project_id=work.task.project_id,
        task=work.task,
        assignment=work.assignment,
        element_id=element_id,
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
        details={"question": question.pk},
    )
    return question


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
