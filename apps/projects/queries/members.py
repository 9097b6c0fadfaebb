"""Who takes part in a project, and with which role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from apps.accounts.models import Membership, Role, User
from apps.core.permissions import POLICY, Action
from apps.projects.models import Project, ProjectMember


def members_taking_part(project: Project) -> QuerySet[Membership]:
    """Active members who may see the project, each with `project_role` (null: not named) and `member_role`, which counts."""
    named = ProjectMember.objects.filter(project=project, user_id=OuterRef("user_id")).values("role")[:1]
    rows = (
        Membership.objects.filter(organisation_id=project.organisation_id, state=Membership.State.ACTIVE)
        .select_related("user")
        .annotate(project_role=Subquery(named), member_role=Coalesce(NullIf(F("project_role"), Value("")), F("role")))
    )
    if project.restricted:
        rows = rows.filter(~Q(project_role=None) | Q(role__in=[Role.OWNER, Role.MANAGER]))
    return rows


def reviewers_other_than(project: Project, user: User | int | None) -> bool:
    """Whether somebody else could review here. Where nobody could, the review stage is skipped."""
    user_id = user if isinstance(user, int) or user is None else user.pk
    rows: QuerySet[Any] = members_taking_part(project)
    rows = rows.filter(member_role__in=POLICY[Action.REVIEW])
    return (rows if user_id is None else rows.exclude(user_id=user_id)).exists()


def people_of_projects(projects: Iterable[Project]) -> dict[int, list[int]]:
    """{project: ids of the people named in it, else of the organisation's members who work}, for the cards of one page."""
    rows = list(projects)
    named: dict[int, list[int]] = defaultdict(list)
    for project_id, user_id in (
        ProjectMember.objects.filter(project__in=rows).order_by("id").values_list("project_id", "user_id")
    ):
        named[project_id].append(user_id)
    working: dict[int, list[int]] = defaultdict(list)
    members = Membership.objects.filter(
        organisation_id__in={project.organisation_id for project in rows},
        state=Membership.State.ACTIVE,
        role__in=POLICY[Action.ANNOTATE],
    )
    for organisation_id, user_id in members.order_by("-number").values_list("organisation_id", "user_id"):
        working[organisation_id].append(user_id)
    return {
        project.pk: named[project.pk]
        if project.restricted
        else list(dict.fromkeys(named[project.pk] + working[project.organisation_id]))
        for project in rows
    }
