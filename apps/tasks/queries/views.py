"""Kept views of the data page: one's own, and those that are shared with the team."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, hidden, project_for, project_of
from apps.tasks.models import SavedView


def _visible(access: ProjectAccess) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(owner_id=access.user.pk) | Q(shared=True), project_id=access.project.pk)


def saved_views(*, user: User, project_id: int) -> tuple[QuerySet[SavedView], ProjectAccess]:
    access = project_for(user, project_id, Action.TASKS_VIEW)
    return _visible(access), access


def may_change(access: ProjectAccess, view: SavedView) -> bool:
    """Their own; and shared ones where they manage tasks, so that a shared view never outlives its owner's stay."""
    return view.owner_id == access.user.pk or (view.shared and access.can(Action.TASKS_MANAGE))


def saved_view_for(user: User, view_id: int) -> tuple[SavedView, ProjectAccess]:
    """A view that the person may see."""
    project_id = SavedView.objects.filter(pk=view_id).values_list("project_id", flat=True).first()
    access = project_of(user, project_id, "view", Action.TASKS_VIEW)
    found = _visible(access).filter(pk=view_id).first()
    if found is None:
        raise hidden("view")
    return found, access
