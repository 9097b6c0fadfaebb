"""Issues with their threads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import events
from apps.activity.services import record
from apps.core.errors import Invalid, NotAllowed, NotFound
from apps.core.permissions import Action
from apps.projects.queries import members_taking_part
from apps.reviews.models import Comment, Issue
from apps.reviews.queries import issue_for
from apps.tasks.models import Task
from apps.tasks.queries import task_for


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
    _notify(issue, user, "issue.opened", {task.annotator_id} - told - _shown_author(issue))
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
    untold = _shown_author(issue)
    for place, number in enumerate(numbers):
        if number not in known or not (known[number] in untold or _may_read(issue, known[number])):
            raise Invalid(
                f"Member {number} takes no part in this task's talk and cannot be mentioned.",
                fields=[{"pointer": f"/mentions/{place}", "code": "invalid", "detail": "may not see this task's talk"}],
            )
    _record(issue, user, "comment.mentioned", set(known.values()) - untold)
    return set(known.values())


def _shown_author(issue: Issue) -> set[int | None]:
    """Whom a planted fault is shown as the work of: they never had it and hear nothing of it, and who names them is not told."""
    return {issue.task.annotator_id} if issue.task.purpose == Task.Purpose.PLANTED else set()


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
