"""Reading issues, their threads, and questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import Role, User
from apps.core.errors import Invalid
from apps.core.numbers import whole
from apps.core.permissions import Action, allowed
from apps.core.prepared import Statement
from apps.projects.access import ProjectAccess, hidden, project_for, project_of
from apps.reviews.models import Issue, Question
from apps.tasks.models import Task
from apps.tasks.queries import had_by, hides_answers
from domain.prose import Likeness, most_alike

COMPARED = 2_000  # questions, the newest
ALIKE = 0.2  # of 1: what shares less is another question
MOST_ALIKE = 5


def _issues(access: ProjectAccess) -> QuerySet[Issue]:
    """Issues of a project. Who may not learn others' answers sees those of their own tasks and of finished ones; a viewer
    sees those of finished ones."""
    rows = Issue.objects.filter(project_id=access.project.pk, task__trashed_at=None).select_related("project", "task")
    rows = rows.prefetch_related("comments")
    if not hides_answers(access):
        return rows
    mine = had_by(access).filter(task_id=OuterRef("task_id"))
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
        rows = rows.filter(task_id=whole("task", task))
    return rows


def issue_for(user: User, issue_id: int, action: Action) -> Issue:
    project_id = Issue.objects.filter(pk=issue_id).values_list("project_id", flat=True).first()
    access = project_of(user, project_id, "issue", action)
    found = _issues(access).filter(pk=issue_id).first()
    if found is None:
        raise hidden("issue")
    return found


def _questions(access: ProjectAccess) -> QuerySet[Question]:
    """All questions for who may answer; annotators see their own; viewers none."""
    rows = Question.objects.filter(project_id=access.project.pk, task__trashed_at=None).select_related(
        "project", "task__asset", "published_in"
    )
    if allowed(access.role, Action.QUESTIONS_ANSWER):
        return rows
    return rows.none() if access.role == Role.VIEWER else rows.filter(asked_by_id=access.user.pk)


def questions_of_project(user: User, project_id: int, given: Mapping[str, str]) -> QuerySet[Question]:
    """Questions of a project, `state` open or answered, by `class_id` and by words that question or answer have."""
    rows = _questions(project_for(user, project_id, Action.TASKS_VIEW))
    state = given.get("state")
    if state not in (None, "", "open", "answered"):
        raise Invalid(f"`state` must be open or answered, got {state[:40]!r}.")
    rows = rows.filter(answered_at__isnull=state == "open") if state else rows
    if class_id := given.get("class_id"):
        rows = rows.filter(class_id=whole("class_id", class_id))
    for word in (given.get("search") or "").split()[:8]:
        rows = rows.filter(Q(text__icontains=word) | Q(answer__icontains=word))
    return rows


def similar_to(user: User, question_id: int) -> list[Likeness[Question]]:
    """Other questions of the project that are most like this one, the likest first."""
    question = question_for(user, question_id, Action.TASKS_VIEW)
    access = project_for(user, question.project_id, Action.TASKS_VIEW)
    return _alike(access, question.text, _learnable(access).exclude(pk=question.pk))


def similar_text(user: User, project_id: int, text: str) -> list[Likeness[Question]]:
    """Answered questions that are most like what somebody is about to ask."""
    access = project_for(user, project_id, Action.TASKS_VIEW)
    return _alike(access, text, _learnable(access).exclude(answered_at=None))


def _learnable(access: ProjectAccess) -> QuerySet[Question]:
    """What the person may see, and for annotators also what has become guideline."""
    rows = _questions(access)
    if access.role != Role.ANNOTATOR:
        return rows
    published = Question.objects.filter(project_id=access.project.pk, task__trashed_at=None)
    return (published.exclude(published_in=None) | published.filter(asked_by_id=access.user.pk)).select_related(
        "project", "task__asset"
    )


def _alike(access: ProjectAccess, text: str, rows: QuerySet[Question]) -> list[Likeness[Question]]:
    recent = dict(rows.order_by("-pk").values_list("pk", "text")[:COMPARED])
    alike = most_alike(text, recent, at_least=ALIKE, most=MOST_ALIKE)
    found = rows.in_bulk([one.key for one in alike])
    return [Likeness(found[one.key], one.score) for one in alike if one.key in found]


def questions_of_task(access: ProjectAccess, task_id: int) -> list[Question]:
    return list(_questions(access).filter(task_id=task_id).order_by("pk"))


def question_for(user: User, question_id: int, action: Action) -> Question:
    project_id = Question.objects.filter(pk=question_id).values_list("project_id", flat=True).first()
    access = project_of(user, project_id, "question", action)
    found = _questions(access).filter(pk=question_id).first()
    if found is None:
        raise hidden("question")
    return found
