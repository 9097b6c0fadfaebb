"""`manage.py prepare`: what a start does before the servers: migrate, and fill an empty embedded installation.

One process for all of it, since each costs a second of CPU to start.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import BaseCommand

from apps.core.tables import is_empty, make_tables


def ensure_bucket() -> None:
    """Make the bucket of an S3 media store where it is missing; a store of folders needs nothing."""
    if not hasattr(default_storage, "bucket_name"):
        return
    client = default_storage.connection.meta.client  # type: ignore[attr-defined]
    known = {bucket["Name"] for bucket in client.list_buckets().get("Buckets", [])}
    if default_storage.bucket_name not in known:
        client.create_bucket(Bucket=default_storage.bucket_name)


class Command(BaseCommand):
    help = "Migrate; in an empty embedded installation also make the first people and the demo."
    requires_system_checks: list[str] = []  # type: ignore[assignment]

    def handle(self, *args: Any, **options: Any) -> None:
        if is_empty():
            make_tables()
        else:
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        if settings.LABELWRIGHT_MODE == "server":
            ensure_bucket()
        if settings.LABELWRIGHT_MODE == "server" or get_user_model().objects.exists():
            return
        call_command("firststart", stdout=self.stdout)
        call_command("demo", stdout=self.stdout)
