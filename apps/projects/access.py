"""May this person do that in this project? The organisation's role, unless the project gives another."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from apps.accounts.access import require
from apps.accounts.models import Membership, Role, User
from apps.core.errors import NotFound
from apps.core.permissions import Action, allowed
from apps.projects.models import Project, ProjectMember


@dataclass(frozen=True, slots=True)
class ProjectAccess:
    """A project as one person may use it."""

    project: Project
    role: str
    user: User

    def can(self, action: Action) -> bool:
        return allowed(self.role, action)


def visible_projects(user: User) -> QuerySet[Project]:
    """Projects the person may see, each with `member_role`; trashed ones are left out.

    Owners and managers of the organisation see restricted projects too, so that none is orphaned.
    """
    membership = Membership.objects.filter(
        organisation_id=OuterRef("organisation_id"), user_id=user.pk, state=Membership.State.ACTIVE
    ).values("role")[:1]
    named = ProjectMember.objects.filter(project_id=OuterRef("pk"), user_id=user.pk).values("role")[:1]
    return (
        Project.objects.filter(trashed_at=None)
        .annotate(
            organisation_role=Subquery(membership),
            project_role=Subquery(named),
            member_role=Coalesce(NullIf(F("project_role"), Value("")), F("organisation_role")),
        )
        .exclude(organisation_role=None)
        .filter(Q(restricted=False) | ~Q(project_role=None) | Q(organisation_role__in=[Role.OWNER, Role.MANAGER]))
    )


_ONE = """
    SELECT p.*, m.role AS organisation_role, n.role AS project_role
    FROM projects_project p
    JOIN accounts_membership m ON m.organisation_id = p.organisation_id AND m.user_id = %s AND m.state = %s
    LEFT JOIN projects_projectmember n ON n.project_id = p.id AND n.user_id = %s
    WHERE p.id = %s AND p.trashed_at IS NULL"""  # every request asks this: plain SQL takes a tenth of the time


def _sees(project: Project) -> bool:
    """The rule of `visible_projects` for one row of `_ONE`."""
    role: str = project.organisation_role  # type: ignore[attr-defined]
    return not project.restricted or project.project_role is not None or role in (Role.OWNER, Role.MANAGER)  # type: ignore[attr-defined]


def project_for(user: User, project_id: int, action: Action) -> ProjectAccess:
    """The project with the person's role in it.

    Raises:
        NotFound: no such project, another organisation's, in the trash, or restricted to others.
        NotAllowed: the role does not have the action.
    """
    project = next(iter(Project.objects.raw(_ONE, [user.pk, Membership.State.ACTIVE, user.pk, project_id])), None)
    if project is None or not _sees(project):
        raise NotFound("There is no such project, or you may not see it.")
    role: str = project.project_role or project.organisation_role  # type: ignore[attr-defined]
    require(role, action)
    return ProjectAccess(project=project, role=role, user=user)
