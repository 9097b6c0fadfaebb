"""Entry points of comparing answers."""

from __future__ import annotations

import time
from typing import Any

from celery import current_app, shared_task

from apps.jobs.running import JobRun, job
from apps.quality.services import agreement
from apps.quality.services.agreement_sums import rebuild_totals
from apps.tasks.models import Task

HELPERS = 3  # other workers that are asked to help with a whole project; who has no time comes late and finds nothing
WAIT_SECONDS = 0.5  # for what another worker has in hand


@shared_task(name="quality.score_tasks", ignore_result=True)
def score_tasks(*, task_ids: list[int]) -> None:
    """Some tasks' answers changed. Whatever else waits in their projects is scored along: of many messages at once the
    first does the work. Safe to deliver twice."""
    agreement.ask(task_ids=task_ids)
    for project_id in Task.objects.filter(pk__in=task_ids).values_list("project_id", flat=True).distinct():
        agreement.score_waiting(project_id=project_id)


@shared_task(name="quality.help_scoring", ignore_result=True)
def help_scoring(*, project_id: int) -> None:
    """Another worker has a whole project to score: take some of it. Safe to deliver twice."""
    agreement.score_waiting(project_id=project_id)


@shared_task(name="quality.find_unscored", ignore_result=True)
def find_unscored() -> None:
    """What a lost message or a dead worker left. Safe to deliver twice."""
    for project_id in agreement.ask_forgotten():
        agreement.score_waiting(project_id=project_id)


@job("quality.recompute_agreement")
def recompute_agreement(run: JobRun) -> dict[str, Any]:
    """Every task of a project again, with other workers' help, then the totals anew. A second start does the rest."""
    project_id = run.arguments["project"]
    if run.token == 1:
        agreement.ask_all(project_id=project_id)
    total = left = agreement.waiting_in(project_id)
    run.progress(0, total)
    if total > agreement.TASKS_AT_ONCE:
        for _ in range(HELPERS):
            current_app.send_task("quality.help_scoring", kwargs={"project_id": project_id})
    while left:
        if not agreement.score_some(project_id=project_id):
            time.sleep(WAIT_SECONDS)
        left = agreement.waiting_in(project_id)
        run.progress(max(0, total - left), total)
    tasks = rebuild_totals(project_id=project_id)
    agreement.announce(project_id)
    return {"project": project_id, "tasks": tasks}
