"""`manage.py restore FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from apps.core import backups

MOST_NAMED = 10


class Command(BaseCommand):
    help = "Put a backup in the place of the database, migrate it, and name media files that are missing."
    requires_system_checks: list[str] = []  # type: ignore[assignment]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="set aside a database that holds people")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            wrong = backups.restore_backup(options["file"], replace=options["replace"], say=self.stdout.write)
        except (backups.BackupFailed, OperationalError, OSError) as error:
            raise CommandError(str(error)) from error
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        if wrong:
            names = "\n".join(f"  {path}" for path in wrong[:MOST_NAMED])
            raise CommandError(
                f"The database is restored, but {len(wrong)} media files are missing or differ in size. "
                f"Bring them back from the copy of the media, for instance:\n{names}"
            )
