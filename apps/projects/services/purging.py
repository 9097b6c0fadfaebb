"""What lies in the trash longer than its days is deleted for good, with everything that belongs to it."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from apps.activity import counts
from apps.activity.services import record
from apps.activity.services.webhooks import forget_project
from apps.jobs.models import Job
from apps.projects.models import Project

log = structlog.get_logger("labelwright.projects")


def purge_trash() -> int:
    """Delete projects whose time in the trash is over; returns how many. Safe to run twice."""
    over = timezone.now() - timedelta(days=settings.LABELWRIGHT_TRASH_DAYS)
    ids = list(Project.objects.filter(trashed_at__lt=over).values_list("pk", flat=True))
    return sum(purge_project(project_id=project_id) for project_id in ids)


@transaction.atomic
def purge_project(*, project_id: int) -> bool:
    """Delete a trashed project and all rows that belong to it; the log keeps that it was there.

    The tables of later apps are found by their foreign keys, deepest first. Foreign keys are checked at commit, so the
    circles between tasks, annotations and revisions do no harm.
    """
    project = Project.objects.select_for_update().filter(pk=project_id).exclude(trashed_at=None).first()
    if project is None:
        return False
    for model, path in owned_models():
        model._base_manager.filter(**{path: project_id})._raw_delete("default")
    counts.forget(project_id)
    forget_project(project_id)
    Job.objects.filter(project_id=project_id).delete()
    record(
        organisation_id=project.organisation_id,
        project_id=project_id,
        verb="project.purged",
        actor=None,
        details={"name": project.name},
    )
    Project.objects.filter(pk=project_id)._raw_delete("default")
    log.info("project_purged", project=project_id)
    return True


def owned_models() -> list[tuple[type[models.Model], str]]:
    """(model, lookup of its project) of all that belongs to a project, deepest first."""
    paths: dict[type[models.Model], str] = {}
    level: list[type[models.Model]] = [Project]
    for model in apps.get_models():
        if model is not Project and any(
            field.attname == "project_id" and field.is_relation for field in model._meta.concrete_fields
        ):
            paths[model] = "project_id"
    level += list(paths)
    while level:
        following = []
        for parent in level:
            for relation in parent._meta.related_objects:
                child = relation.related_model
                if child is not Project and child not in paths and relation.field.concrete and not relation.field.null:
                    start = f"{relation.field.name}__"
                    paths[child] = start + (paths[parent] if parent is not Project else "pk")
                    following.append(child)
        level = following
    return sorted(paths.items(), key=lambda pair: -pair[1].count("__"))
