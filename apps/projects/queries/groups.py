"""Reading groups, skills and terms. What takes a project has been let through by `access.project_for`."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.core.errors import NotFound
from apps.projects.models import MemberTerms, PeopleGroup, Project


def people_groups(project: Project) -> QuerySet[PeopleGroup]:
    """Groups and skills by name, with their people."""
    return PeopleGroup.objects.filter(project=project).prefetch_related("members").order_by("name", "pk")


def people_group(project: Project, group_id: int) -> PeopleGroup:
    found = PeopleGroup.objects.select_related("project").filter(project=project, pk=group_id).first()
    if found is None:
        raise NotFound("The project has no such group or skill.")
    return found


def terms_of_members(project: Project) -> dict[int, MemberTerms]:
    """{person: their terms}, of those who have some."""
    return {row.user_id: row for row in MemberTerms.objects.filter(project=project)}
