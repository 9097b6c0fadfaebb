"""What repeats: folding counts."""

from __future__ import annotations

from celery import shared_task

from apps.activity import counts


@shared_task(name="activity.fold_counts", ignore_result=True)
def fold_counts() -> None:
    """Move appended deltas into the counts. Safe to deliver twice."""
    counts.fold()
