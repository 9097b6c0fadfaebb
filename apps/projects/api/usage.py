"""How much saved work a schema change touches."""

from __future__ import annotations

from django.db import connection

from apps.accounts.models import Role
from apps.activity.queries import totals
from apps.annotations.queries.results import finished_class_counts
from apps.projects.access import ProjectAccess
from apps.projects.api.structs import ClassCount, SchemaChange
from apps.projects.models import Project
from apps.tasks.models import Task
from apps.tasks.queries import hides_answers
from domain.schema import Change

REGIONS_BY_CLASS, TASKS_BY_CLASS = "regions_by_class", "tasks_by_class"


def class_counts(project: Project, class_ids: list[int]) -> list[ClassCount]:
    """Regions and tasks of each class, in the current revisions."""
    regions = totals([project.pk], REGIONS_BY_CLASS).get(project.pk, {})
    tasks = totals([project.pk], TASKS_BY_CLASS).get(project.pk, {})
    return [
        ClassCount(class_id=class_id, regions=regions.get(str(class_id), 0), tasks=tasks.get(str(class_id), 0))
        for class_id in class_ids
    ]


def counts_for(access: ProjectAccess, class_ids: list[int]) -> list[ClassCount]:
    """As `class_counts`, of finished work only for who must not learn others' answers before it is finished."""
    if not (hides_answers(access) and access.role == Role.ANNOTATOR):
        return class_counts(access.project, class_ids)
    finished = finished_class_counts(access.project.pk)
    found = {class_id: finished.get(class_id, (0, 0)) for class_id in class_ids}
    return [ClassCount(class_id=key, regions=regions, tasks=tasks) for key, (regions, tasks) in found.items()]


def tasks_with_any(project: Project, class_ids: list[int]) -> int:
    """Tasks whose current revision has a region of at least one of these classes."""
    found: set[int] = set()
    for class_id in class_ids:
        rows = Task.objects.filter(project=project, trashed_at=None, class_ids__contains=[class_id])
        found.update(rows.values_list("pk", flat=True))
    return len(found)


_DRAFTS = """
SELECT count(*) FROM annotations_annotation a LEFT JOIN annotations_revision b ON b.id = a.base_id
WHERE a.project_id = %s AND a.state = 'draft' AND (
    b.class_counts ?| %s
    OR EXISTS (
        SELECT 1 FROM annotations_element e CROSS JOIN unnest(%s::bytea[]) AS wanted
        WHERE e.annotation_id = a.id AND NOT e.deleted AND position(wanted IN e.body) > 0))
"""


def drafts_with_any(project: Project, class_ids: list[int]) -> int:
    """Open drafts that hold a region of one of these classes, in their base or among their own changes."""
    keys = [str(class_id) for class_id in class_ids]
    members = [f'"class":{class_id},'.encode() for class_id in class_ids]  # as canonical bytes have it
    with connection.cursor() as cursor:
        cursor.execute(_DRAFTS, [project.pk, keys, members])
        return int(cursor.fetchone()[0])


def with_counts(project: Project, changes: list[Change]) -> list[SchemaChange]:
    """Each change with the regions and tasks of its class; a new class has none yet, item attributes have no class."""
    counted = sorted(
        {change.class_id for change in changes if change.class_id is not None and change.kind != "class_added"}
    )
    counts = {count.class_id: count for count in class_counts(project, counted)}
    return [
        SchemaChange(
            kind=change.kind,
            detail=change.detail,
            class_id=change.class_id,
            attribute=change.attribute,
            touches_work=change.touches_work,
            regions=counts[change.class_id].regions if change.class_id in counts else None,
            tasks=counts[change.class_id].tasks if change.class_id in counts else None,
        )
        for change in changes
    ]
