"""Searching the region index."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.annotations.models import RegionIndex
from apps.annotations.queries.access import revisions_visible
from apps.projects.access import ProjectAccess
from apps.projects.settings import is_tested
from apps.tasks.models import Task
from apps.tasks.queries import hides_answers


def regions_matching(access: ProjectAccess, lookups: dict[str, Any]) -> QuerySet[RegionIndex]:
    """Regions of current revisions in the project; who may not learn others' answers finds only in what they may see."""
    rows = RegionIndex.objects.filter(project_id=access.project.pk, **lookups)
    if not is_tested(access):
        rows = rows.exclude(task_id__in=Task.objects.filter(project_id=access.project.pk, purpose="probe").values("pk"))
    if hides_answers(access) or is_tested(access):
        rows = rows.filter(revision_id__in=revisions_visible(access).values("pk"))
    return rows.order_by("revision_id", "ordinal")
