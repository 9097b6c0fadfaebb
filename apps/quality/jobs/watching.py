"""Watching how people work."""

from __future__ import annotations

from celery import shared_task

from apps.quality.services import watching


@shared_task(name="quality.watch_crowds", ignore_result=True)
def watch_crowds() -> None:
    """Take in finished tasks and tests, and alarm. Safe to deliver twice."""
    watching.watch_everywhere()
