"""Reading alarms about how people work."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, found_for
from apps.quality.models import WorkAlarm


def alarms_of(access: ProjectAccess, *, state: str | None = None) -> QuerySet[WorkAlarm]:
    rows = WorkAlarm.objects.filter(project_id=access.project.pk)
    return (rows.filter(state=state) if state else rows).order_by("-pk")


def alarm_for(user: User, alarm_id: int, action: Action) -> tuple[WorkAlarm, ProjectAccess]:
    """One alarm, for who may know of it."""
    found = WorkAlarm.objects.select_related("project").filter(pk=alarm_id).first()
    return found_for(user, found, "alarm", action)
