"""Watching the quality targets of classes."""

from __future__ import annotations

from celery import shared_task

from apps.quality.services import targets


@shared_task(name="quality.watch_targets", ignore_result=True)
def watch_targets() -> None:
    """Tell managers of classes that miss their target. Safe to deliver twice."""
    targets.watch_targets()
