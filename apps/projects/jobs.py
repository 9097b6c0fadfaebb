"""What repeats: emptying the trash."""

from __future__ import annotations

from celery import shared_task

from apps.projects import services


@shared_task(name="projects.purge_trash", ignore_result=True)
def purge_trash() -> None:
    """Delete for good what was in the trash too long. Safe to deliver twice."""
    services.purge_trash()
