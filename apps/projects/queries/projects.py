"""Which projects a person sees, searched and sorted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from apps.accounts.models import Membership, User
from apps.core.errors import Invalid, NotFound
from apps.core.permissions import POLICY, Action
from apps.projects.access import ProjectAccess, visible_projects
from apps.projects.models import Project

SORTS = {
    "-updated": ("updated_at", True),
    "updated": ("updated_at", False),
    "name": ("name", False),
    "-name": ("name", True),
}
SORTS |= {"-created": ("id", True), "created": ("id", False)}
DEFAULT_SORT = "-updated"


def projects_page(
    user: User,
    *,
    search: str = "",
    state: str | None = None,
    person: int | None = None,
    organisation: int | None = None,
    trashed: bool = False,
) -> QuerySet[Project]:
    """Projects the person may see. `search` is a prefix of the name or of a word in it.

    Raises:
        Invalid: no such state.
    """
    rows = trashed_projects(user) if trashed else visible_projects(user)
    rows = rows.select_related("organisation", "schema", "workflow")
    if state is not None:
        if state not in Project.State.values:
            raise Invalid(f"`state` must be one of {', '.join(Project.State.values)}.")
        rows = rows.filter(state=state)
    elif not trashed:
        rows = rows.exclude(state=Project.State.ARCHIVED)
    if search := search.strip():
        rows = rows.filter(Q(name__istartswith=search) | Q(name__icontains=f" {search}"))
    if organisation is not None:
        rows = rows.filter(organisation_id=organisation)
    if person is not None:
        rows = rows.filter(
            Q(members__user_id=person) | Q(restricted=False, organisation__in=_organisations_of(person))
        ).distinct()
    return rows


def _organisations_of(user_id: int) -> QuerySet[Membership, Any]:
    active = Membership.objects.filter(user_id=user_id, state=Membership.State.ACTIVE)
    return active.values("organisation_id")


def trashed_projects(user: User) -> QuerySet[Project]:
    """Projects in the trash that the person may bring back, until they are purged."""
    since = timezone.now() - timedelta(days=settings.LABELWRIGHT_TRASH_DAYS)
    role = Membership.objects.filter(
        organisation_id=OuterRef("organisation_id"),
        user_id=user.pk,
        state=Membership.State.ACTIVE,
        role__in=POLICY[Action.PROJECT_DELETE],
    ).values("role")[:1]
    return Project.objects.filter(trashed_at__gt=since).annotate(member_role=Subquery(role)).exclude(member_role=None)


def trashed_project_for(user: User, project_id: int) -> ProjectAccess:
    """A project in the trash. Raises NotFound where there is none the person may bring back."""
    project = trashed_projects(user).filter(pk=project_id).first()
    if project is None:
        raise NotFound("There is no such project in the trash, or you may not bring it back.")
    return ProjectAccess(project=project, role=project.member_role, user=user)  # type: ignore[attr-defined]
