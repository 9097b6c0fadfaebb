"""Reading alarms about how people work."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.quality.models import WorkAlarm


def alarms_of(access: ProjectAccess, *, state: str | None = None) -> QuerySet[WorkAlarm]:
    rows = WorkAlarm.objects.filter(project_id=access.project.pk)
    return (rows.filter(state=state) if state else rows).order_by("-pk")


def alarm_for(user: User, alarm_id: int, action: Action) -> tuple[WorkAlarm, ProjectAccess]:
    """One alarm, for who may know of it."""
    gone = NotFound("There is no such alarm, or you may not see it.")
    found = WorkAlarm.objects.select_related("project").filter(pk=alarm_id).first()
    if found is None:
        raise gone
    try:
        return found, project_for(user, found.project_id, action)
    except NotFound:
        raise gone from None
