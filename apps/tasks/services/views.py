"""Keeping views of the data page."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.access import require
from apps.accounts.models import User
from apps.core.errors import Conflict, NotAllowed
from apps.core.permissions import Action
from apps.projects.access import project_for
from apps.tasks.models import SavedView
from apps.tasks.queries.views import may_change, saved_view_for

MOST_VIEWS = 200  # a person in a project


def keep_view(*, user: User, project_id: int, values: dict[str, Any]) -> SavedView:
    """Keep a view under a name.

    Raises:
        NotAllowed: a shared one takes the right to manage tasks.
        Conflict: the person has one of this name, or too many.
    """
    access = project_for(user, project_id, Action.TASKS_VIEW)
    if values["shared"]:
        require(access.role, Action.TASKS_MANAGE)
    if SavedView.objects.filter(project_id=project_id, owner=user).count() >= MOST_VIEWS:
        raise Conflict(f"You have {MOST_VIEWS} views here. Delete one first.")
    return _save(SavedView(project_id=project_id, owner=user), values)


def change_view(*, user: User, view_id: int, values: dict[str, Any]) -> SavedView:
    """Replace what a view shows, its name, and whether it is shared. Raises as `keep_view`."""
    view, access = saved_view_for(user, view_id)
    if not may_change(access, view):
        raise NotAllowed("This view belongs to somebody else. Keep your own copy.")
    if values["shared"]:
        require(access.role, Action.TASKS_MANAGE)
    return _save(view, values)


def delete_view(*, user: User, view_id: int) -> None:
    view, access = saved_view_for(user, view_id)
    if not may_change(access, view):
        raise NotAllowed("This view belongs to somebody else.")
    view.delete()


def _save(view: SavedView, values: dict[str, Any]) -> SavedView:
    for name, value in values.items():
        setattr(view, name, value)
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise Conflict(f"There is a view named {view.name!r} already. Choose another name.") from error
    return view
