"""`manage.py recount [--check] [PROJECT …]`: rebuild the maintained counts from the rows, or only compare them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.projects.models import Project
from apps.quality.services.counting import differences, recount


class Command(BaseCommand):
    help = "Rebuild the counts of the named projects, or of all. Run it while nobody works on them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("projects", nargs="*", type=int)
        parser.add_argument(
            "--check", action="store_true", help="change nothing; say what differs, and fail if any does"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Project.objects.order_by("pk")
        if options["projects"]:
            rows = rows.filter(pk__in=options["projects"])
        differing = 0
        for project in rows:
            if not options["check"]:
                self.stdout.write(f"project {project.pk}: {recount(project_id=project.pk)} counts")
                continue
            for (measure, key, day, user), (kept, scanned) in differences(project_id=project.pk).items():
                differing += 1
                self.stdout.write(
                    f"project {project.pk}: {measure} {key or '-'} {day or '-'} {user}: {kept}, rows say {scanned}"
                )
        if options["check"]:
            if differing:
                raise CommandError(f"{differing} counts differ; `manage.py recount` makes them anew")
            self.stdout.write("all counts agree with the rows")
