"""Measuring what the checks know of projects."""

from __future__ import annotations

from celery import shared_task

from apps.quality.services import knowledge


@shared_task(name="quality.measure_known", ignore_result=True)
def measure_known() -> None:
    """What the checks know of projects where work went on. Safe to deliver twice."""
    knowledge.measure_where_work_went_on()
