"""`manage.py backup FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core import backups


class Command(BaseCommand):
    help = (
        "Write the database and the list of the media files (with --media: the files too) into one tar, while all runs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--media", action="store_true", help="with the media files themselves")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backups.write_backup(options["file"], media=options["media"], say=self.stdout.write)
        except (backups.BackupFailed, OSError) as error:
            raise CommandError(str(error)) from error
