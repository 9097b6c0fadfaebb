"""May this person do that in this project? The organisation's role, unless the project gives another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from apps.accounts.access import require
from apps.accounts.models import Membership, Role, User
from apps.core.errors import NotFound
from apps.core.permissions import Action, allowed
from apps.core.prepared import Statement
from apps.core.rows import columns, instance
from apps.projects.models import Project, ProjectMember

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Terms:
    """How the person works here (`MemberTerms`), with the groups and skills they have."""

    groups: list[int]
    cap_open: int | None = None
    cap_day: int | None = None
    paused: str = ""
    passed_guideline: int | None = None
    judged_before: int = 0


NO_TERMS = Terms(groups=[])


@dataclass(frozen=True, slots=True)
class ProjectAccess:
    """A project as one person may use it."""

    project: Project
    role: str
    user: User
    terms: Terms = NO_TERMS

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
    SELECT m.role, n.role, t.cap_open, t.cap_day, t.paused, t.passed_guideline, t.judged_before,
           ARRAY(SELECT g.group_id FROM projects_peoplegroupmember g JOIN projects_peoplegroup o ON o.id = g.group_id
                 WHERE o.project_id = %(project)s AND g.user_id = %(user)s ORDER BY 1), {project}
    FROM projects_project p
    JOIN accounts_membership m ON m.organisation_id = p.organisation_id AND m.user_id = %(user)s AND m.state = 'active'
    LEFT JOIN projects_projectmember n ON n.project_id = p.id AND n.user_id = %(user)s
    LEFT JOIN projects_memberterms t ON t.project_id = p.id AND t.user_id = %(user)s
    WHERE p.id = %(project)s AND p.trashed_at IS NULL"""


@lru_cache(maxsize=1)
def _one() -> Statement:
    """Every request asks this: plain SQL takes a tenth of the time."""
    return Statement(_ONE.format(project=columns(Project, "p")))


def _sees(project: Project, organisation_role: str, project_role: str | None) -> bool:
    """The rule of `visible_projects` for one project."""
    return not project.restricted or project_role is not None or organisation_role in (Role.OWNER, Role.MANAGER)


def project_for(user: User, project_id: int, action: Action) -> ProjectAccess:
    """The project with the person's role in it.

    Raises:
        NotFound: no such project, another organisation's, in the trash, or restricted to others.
        NotAllowed: the role does not have the action.
    """
    row = _one().row({"user": user.pk, "project": project_id})
    if row is None:
        raise NotFound("There is no such project, or you may not see it.")
    organisation_role, project_role = row[:2]
    project, _ = instance(Project, row, 8)
    if not _sees(project, organisation_role, project_role):
        raise NotFound("There is no such project, or you may not see it.")
    role = project_role or organisation_role
    require(role, action)
    cap_open, cap_day, paused, passed, judged, groups = row[2:8]
    terms = Terms(groups, cap_open, cap_day, paused or "", passed, judged or 0)
    return ProjectAccess(project=project, role=role, user=user, terms=terms)


def hidden(what: str) -> NotFound:
    """What is another organisation's looks like what there is not."""
    return NotFound(f"There is no such {what}, or you may not see it.")


def project_of(user: User, project_id: int | None, what: str, action: Action) -> ProjectAccess:
    """The project that a thing is of; None: there is no such thing.

    Raises:
        NotFound: it says nothing of the project, only that there is no such `what`.
        NotAllowed: the role does not have the action.
    """
    if project_id is None:
        raise hidden(what)
    try:
        return project_for(user, project_id, action)
    except NotFound:
        raise hidden(what) from None


def found_for(user: User, row: T | None, what: str, action: Action) -> tuple[T, ProjectAccess]:
    """A row that names its project, or None where there is none, with the person's access. Raises as `project_of`."""
    if row is None:
        raise hidden(what)
    return row, project_of(user, row.project_id, what, action)  # type: ignore[attr-defined]
