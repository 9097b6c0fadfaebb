"""Groups of pictures that look alike, as they stand now."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Exists, Min, OuterRef, Prefetch, QuerySet, Subquery

from apps.datasets.models import AlikeGroup, AlikePicture, AlikeSearch
from apps.projects.models import Project
from apps.tasks.models import Task


def _live() -> QuerySet[Task]:
    """Tasks in the work."""
    return Task.objects.filter(purpose=Task.Purpose.WORK, trashed_at=None).exclude(state=Task.State.ARCHIVED)


def alike_search(project: Project) -> AlikeSearch | None:
    """The last look, if there was one."""
    return AlikeSearch.objects.filter(project=project).first()


def alike_groups(project: Project, *, settled: bool) -> QuerySet[AlikeGroup]:
    """Groups of which two pictures or more are still in the work; `settled`: also those that stand in one group of the project."""
    members = _live().filter(asset__alike__group=OuterRef("pk")).order_by().values("project_id")
    count = members.annotate(n=Count("asset_id", distinct=True)).values("n")
    rows = AlikeGroup.objects.filter(project=project).annotate(live=Subquery(count)).filter(live__gte=2)
    if not settled:
        groups = members.annotate(n=Count("asset__group", distinct=True), first=Min("asset__group"))
        rows = rows.exclude(Exists(groups.filter(n=1).exclude(first="")))
    return rows.prefetch_related(Prefetch("pictures", AlikePicture.objects.order_by("place")))


def tasks_of_alike(groups: Iterable[AlikeGroup]) -> dict[int, Task]:
    """The live tasks of their pictures, by asset."""
    ids = [one.asset_id for group in groups for one in group.pictures.all()]
    return {task.asset_id: task for task in _live().filter(asset__in=ids).select_related("asset")}
