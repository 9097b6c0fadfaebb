"""Who could do work in a project."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from apps.accounts.models import Membership, Role
from apps.core.permissions import POLICY, Action
from apps.projects.access import ProjectAccess
from apps.projects.models import Project, ProjectMember
from apps.projects.queries import workflow_of


def may_review(project: Project) -> QuerySet[Membership]:
    """Active memberships of people whose role in the project lets them review."""
    return _having(project, Action.REVIEW)


def workers(project: Project) -> QuerySet[Membership]:
    """Active memberships of people who may work here, each with `effective`, the role that counts."""
    return _having(project, Action.ANNOTATE)


def barred_levels(access: ProjectAccess) -> list[int]:
    """Review levels of the project's workflow that are for people of other roles or groups."""
    barred = []
    for level, review in enumerate(workflow_of(access.project).reviews, start=1):
        role = not review.roles or access.role in review.roles
        group = not review.groups or not set(review.groups).isdisjoint(access.terms.groups)
        if not (role and group):
            barred.append(level)
    return barred


def others_may_review(project: Project, user_ids: Collection[int | None]) -> bool:
    """Whether anybody but these people could review: else a review stage is skipped, and said."""
    return may_review(project).exclude(user_id__in=[pk for pk in user_ids if pk is not None]).exists()


def _having(project: Project, action: Action) -> QuerySet[Membership]:
    named = ProjectMember.objects.filter(project_id=project.pk, user_id=OuterRef("user_id")).values("role")[:1]
    people = Membership.objects.filter(
        organisation_id=project.organisation_id, state=Membership.State.ACTIVE, user__is_active=True
    ).annotate(named=Subquery(named), effective=Coalesce(NullIf(F("named"), Value("")), F("role")))
    people = people.filter(effective__in=POLICY[action])
    return people if not project.restricted else people.filter(~Q(named=None) | Q(role__in=[Role.OWNER, Role.MANAGER]))


def may_annotate(project: Project, user_id: int) -> bool:
    """Whether this person could be given work."""
    return _having(project, Action.ANNOTATE).filter(user_id=user_id).exists()


def managers_of(project: Project) -> list[int]:
    """Ids of the people who manage the project."""
    return sorted(_having(project, Action.TASKS_MANAGE).values_list("user_id", flat=True))
