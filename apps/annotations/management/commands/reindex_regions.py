"""`manage.py reindex_regions [PROJECT …]`: rebuild the region index from the revisions."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.annotations.services import reindex_project
from apps.projects.models import Project


class Command(BaseCommand):
    help = "Rebuild the region index of the named projects, or of all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("projects", nargs="*", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Project.objects.order_by("pk")
        if options["projects"]:
            rows = rows.filter(pk__in=options["projects"])
        for project in rows:
            count = reindex_project(project_id=project.pk)
            self.stdout.write(f"project {project.pk}: {count} revisions indexed")
