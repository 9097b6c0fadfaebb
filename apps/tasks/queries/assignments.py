"""Reading assignments."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.activity.queries import amount_of_day
from apps.core.permissions import Action
from apps.core.prepared import Statement
from apps.projects.access import ProjectAccess, found_for, hidden, project_for, visible_projects
from apps.tasks.errors import NotYours
from apps.tasks.models import Assignment, Stage, Task

MOST_REMAINING = 1_000  # counted no further

_IN_HAND = (Assignment.State.HELD, Assignment.State.PARKED, Assignment.State.STALE)
# An answer that somebody is only shown as the author of: of a planted fault. To them it is not there (ADR 0017).
SHOWN_AS = Q(stage=Stage.ANNOTATE, task__purpose=Task.Purpose.PLANTED)
_STAGE_ACTION = {Stage.ANNOTATE: Action.ANNOTATE, Stage.AUDIT: Action.AUDIT}


def stage_action(stage: str) -> Action:
    """The action that work at a stage needs."""
    return _STAGE_ACTION.get(Stage(stage), Action.REVIEW)


def _with_all() -> QuerySet[Assignment]:
    return Assignment.objects.select_related("task__asset", "project", "slot", "user")


def own_assignments(user: User) -> QuerySet[Assignment]:
    """The person's own, in projects that they may see."""
    rows = _with_all().filter(user_id=user.pk, project__in=visible_projects(user).values("pk"))
    return rows.exclude(SHOWN_AS)


def project_assignments(*, user: User, project_id: int) -> QuerySet[Assignment]:
    """Everybody's in a project, for managers."""
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    return _with_all().filter(project_id=access.project.pk).exclude(SHOWN_AS)


def assignment_for(user: User, assignment_id: int, action: Action) -> tuple[Assignment, ProjectAccess]:
    """Any assignment in a project where the person has `action`."""
    return found_for(user, _with_all().filter(pk=assignment_id).first(), "assignment", action)


def assignment_of(user: User, assignment_id: int) -> tuple[Assignment, ProjectAccess]:
    """The person's own assignment.

    Raises:
        NotFound: no such one, or in a project that the person does not see.
        NotYours: it is somebody else's.
    """
    found, access = assignment_for(user, assignment_id, Action.PROJECT_VIEW)
    if found.user_id == user.pk and found.stage == Stage.ANNOTATE and found.task.purpose == Task.Purpose.PLANTED:
        raise hidden("assignment")
    if found.user_id != user.pk:
        raise NotYours("This assignment is somebody else's. Claim a task of your own.")
    project_for(user, found.project_id, stage_action(found.stage))
    return found, access


def open_work(access: ProjectAccess, *, limit: int) -> int:
    """Pieces of work in the person's hands in this project, counted to the limit."""
    rows = Assignment.objects.filter(user_id=access.user.pk, project_id=access.project.pk, state__in=_IN_HAND)
    return len(rows.values_list("pk")[:limit])


def submitted_today(access: ProjectAccess) -> int:
    """What the person has submitted in this project today (UTC)."""
    found = amount_of_day(access.project.pk, "submitted", user_id=access.user.pk, day=timezone.now().date())
    return max(0, found)


_REMAINING = Statement("""
    SELECT count(*) FROM (SELECT 1 FROM tasks_slot
                          WHERE project_id = %s AND stage = %s AND state = 'open' AND NOT withheld LIMIT %s) AS open_slots""")


def remaining(project_id: int, stage: str) -> int:
    """Open slots of a stage, counted to 1,000."""
    row = _REMAINING.row([project_id, stage, MOST_REMAINING])
    return int(row[0]) if row else 0
