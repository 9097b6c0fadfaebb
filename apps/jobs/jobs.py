"""What repeats: the sweeper."""

from __future__ import annotations

from celery import shared_task

from apps.jobs import services


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep() -> None:
    """Send again what a dead worker left or a lost message forgot. Safe to deliver twice."""
    services.sweep()
