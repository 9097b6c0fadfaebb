"""Asking other apps for machine work on tasks, by name and on commit. A lost message costs a sweep's delay, nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import Count

from apps.tasks.models import Slot, Stage

SCORE_TASKS = "quality.score_tasks"  # compares the answers of tasks again
log = structlog.get_logger("labelwright.tasks")


def ask_for_scores(task_ids: Sequence[int]) -> None:
    """The answers of these tasks are not what they were: their agreement is to be found anew, once this is committed."""
    if task_ids:
        transaction.on_commit(lambda: _send(list(task_ids)), robust=True)


def with_several_answers(task_ids: Sequence[int]) -> list[int]:
    """Those of the tasks that several people have answered: the others have no agreement."""
    answered = Slot.objects.filter(task_id__in=list(task_ids), stage=Stage.ANNOTATE, state=Slot.State.DONE)
    several = answered.values("task_id").annotate(n=Count("ordinal", distinct=True)).filter(n__gt=1)
    return list(several.values_list("task_id", flat=True))


def _send(task_ids: list[int]) -> None:
    try:
        current_app.send_task(SCORE_TASKS, kwargs={"task_ids": task_ids})
    except Exception as error:  # noqa: BLE001  (a broker has many ways to be gone, and none may fail the submit)
        log.warning("scores_not_asked", tasks=task_ids[:20], error=type(error).__name__)
