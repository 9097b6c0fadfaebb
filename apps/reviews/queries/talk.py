"""Reading issues, their threads, and questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import Role, User
from apps.core.errors import Invalid, NotFound
from apps.core.permissions import Action, allowed
from apps.core.prepared import Statement
from apps.projects.access import ProjectAccess, project_for
from apps.reviews.models import Issue, Question
from apps.tasks.models import Assignment, Task
from apps.tasks.queries import hides_answers


def _issues(access: ProjectAccess) -> QuerySet[Issue]:
    """Issues of a project. Who may not learn others' answers sees those of their own tasks and of finished ones; a viewer
    sees those of finished ones."""
    rows = Issue.objects.filter(project_id=access.project.pk, task__trashed_at=None).select_related("project", "task")
    rows = rows.prefetch_related("comments")
    if not hides_answers(access):
        return rows
    mine = Assignment.objects.filter(task_id=OuterRef("task_id"), user_id=access.user.pk)
    return rows.filter(Q(task__state=Task.State.DONE) | Q(created_by_id=access.user.pk) | Exists(mine))


class Talk(NamedTuple):
    issues: bool
    questions: bool


_TALK = Statement("""
    SELECT EXISTS (SELECT 1 FROM reviews_issue WHERE task_id = %(task)s),
           EXISTS (SELECT 1 FROM reviews_question WHERE task_id = %(task)s)""")


def talk_of_task(task_id: int) -> Talk:
    """Whether a task has issues and questions at all: one cheap look for each claim, since most have none."""
    row = _TALK.row({"task": task_id})
    return Talk(*row) if row else Talk(issues=False, questions=False)


def issues_of_task(access: ProjectAccess, task_id: int) -> list[Issue]:
    """The issues of one task, the oldest first."""
    return list(_issues(access).filter(task_id=task_id).order_by("number"))


def issues_of_project(user: User, project_id: int, given: Mapping[str, str]) -> QuerySet[Issue]:
    """Issues of a project by `state` and `task`."""
    rows = _issues(project_for(user, project_id, Action.TASKS_VIEW))
    if state := given.get("state"):
        if state not in Issue.State.values:
            raise Invalid(f"`state` must be open or resolved, got {state[:40]!r}.")
        rows = rows.filter(state=state)
    if task := given.get("task"):
        rows = rows.filter(task_id=_whole("task", task))
    return rows


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid(f"`{name}` must be a whole number, got {text[:40]!r}.")
    return int(text)


def issue_for(user: User, issue_id: int, action: Action) -> Issue:
    gone = NotFound("There is no such issue, or you may not see it.")
    project_id = Issue.objects.filter(pk=issue_id).values_list("project_id", flat=True).first()
    if project_id is None:
        raise gone
    try:
        access = project_for(user, project_id, action)
    except NotFound:
        raise gone from None
    found = _issues(access).filter(pk=issue_id).first()
    if found is None:
        raise gone
    return found


def _questions(access: ProjectAccess) -> QuerySet[Question]:
    """All questions for who may answer; annotators see their own; viewers none."""
    rows = Question.objects.filter(project_id=access.project.pk, task__trashed_at=None).select_related(
        "project", "task__asset"
    )
    if allowed(access.role, Action.QUESTIONS_ANSWER):
        return rows
    return rows.none() if access.role == Role.VIEWER else rows.filter(asked_by_id=access.user.pk)


def questions_of_project(user: User, project_id: int, given: Mapping[str, str]) -> QuerySet[Question]:
    """Questions of a project, `state` open or answered."""
    rows = _questions(project_for(user, project_id, Action.TASKS_VIEW))
    state = given.get("state")
    if state not in (None, "", "open", "answered"):
        raise Invalid(f"`state` must be open or answered, got {state[:40]!r}.")
    return rows.filter(answered_at__isnull=state == "open") if state else rows


def questions_of_task(access: ProjectAccess, task_id: int) -> list[Question]:
    return list(_questions(access).filter(task_id=task_id).order_by("pk"))


def question_for(user: User, question_id: int, action: Action) -> Question:
    gone = NotFound("There is no such question, or you may not see it.")
    project_id = Question.objects.filter(pk=question_id).values_list("project_id", flat=True).first()
    if project_id is None:
        raise gone
    try:
        access = project_for(user, project_id, action)
    except NotFound:
        raise gone from None
    found = _questions(access).filter(pk=question_id).first()
    if found is None:
        raise gone
    return found
