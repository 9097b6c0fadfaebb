"""One writer at a time a project: its row is locked, and its time moves, so that its ETag does."""

from __future__ import annotations

from django.db.models import Max, QuerySet
from django.utils import timezone

from apps.projects.models import Project


def locked(project: Project) -> Project:
    """The project's row, locked until the transaction ends. Annotations of the access query are not kept."""
    return (
        Project.objects.select_for_update(of=("self",))
        .select_related("schema", "guideline", "workflow")
        .get(pk=project.pk)
    )


def touch(project: Project, *fields: str) -> None:
    """Save these fields and the moment of the change."""
    project.updated_at = timezone.now()
    project.save(update_fields=[*fields, "updated_at"])


def next_number(versions: QuerySet) -> int:  # type: ignore[type-arg]
    """The number after the last version. Call it under the project's lock."""
    return (versions.aggregate(Max("number"))["number__max"] or 0) + 1
