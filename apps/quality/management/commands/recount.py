"""`manage.py recount [PROJECT …]`: rebuild the maintained counts from the rows."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.projects.models import Project
from apps.quality.services.counting import recount


class Command(BaseCommand):
    help = "Rebuild the counts of the named projects, or of all. Run it while nobody works on them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("projects", nargs="*", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Project.objects.order_by("pk")
        if options["projects"]:
            rows = rows.filter(pk__in=options["projects"])
        for project in rows:
            self.stdout.write(f"project {project.pk}: {recount(project_id=project.pk)} counts")
