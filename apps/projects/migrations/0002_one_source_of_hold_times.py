"""How long work is held and why an image may be unusable are the project's settings: workflow versions said it too, unread."""

from __future__ import annotations

from typing import Any

from django.db import migrations

UNREAD = ("hold_hours", "lease_minutes", "unusable_reasons")


def forget(apps: Any, _: Any) -> None:
    versions = apps.get_model("projects", "WorkflowVersion")
    for version in versions.objects.filter(body__has_any_keys=UNREAD).iterator():
        version.body = {key: value for key, value in version.body.items() if key not in UNREAD}
        version.save(update_fields=["body"])


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
