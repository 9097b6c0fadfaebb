"""What follows a training: predictions of all that waits, then the queue in their order; and the next training when it is due.

Each step is its own job, which people see and can cancel. Between them nothing runs: what is next is looked for again and again.
"""

from __future__ import annotations

from typing import Any, Final

import structlog
from django.db import transaction

from apps.core.errors import Conflict, DomainError
from apps.core.permissions import Action
from apps.jobs.models import Job
from apps.learning.models import Repeat, Training
from apps.learning.queries.labels import accepted_tasks
from apps.learning.services.training import OPEN, ask_to_train
from apps.predictions.errors import NothingToPredict
from apps.predictions.services import ask_to_prelabel
from apps.predictions.services.ordering import OrderSpec, start_order
from apps.projects.access import project_for
from apps.tasks.filters import TaskFilter

log = structlog.get_logger("labelwright.learning")
# What spared most labels on pictures that were measured (docs/developer/learning.md), with the share by chance that keeps
# measuring honest.
ORDER: Final[dict[str, Any]] = {"measure": "margin", "random": 0.2, "diverse": 0.0, "rare": 0.0}
WAITING = TaskFilter(state=["waiting"])


def tend() -> int:
    """Take each training a step on, and start those that are due; how many moved. Safe to run twice and beside another."""
    going = Training.objects.filter(step=Training.Step.PREDICTING).values_list("pk", flat=True)
    moved = sum(_go_on(training_id=pk) for pk in going)
    return moved + sum(_repeat(repeat_id=pk) for pk in Repeat.objects.values_list("pk", flat=True))


@transaction.atomic
def _go_on(*, training_id: int) -> bool:
    rows = Training.objects.select_for_update(skip_locked=True, of=("self",)).select_related("run__job", "created_by")
    training = rows.filter(pk=training_id, step=Training.Step.PREDICTING).first()
    if training is None:
        return False
    try:
        with transaction.atomic():
            moved = _look(training) if training.run is None else _order(training)
    except DomainError as error:  # who asked may no longer, or the model is archived
        log.warning("training_not_followed", training=training.pk, code=error.code, detail=error.detail)
        if error.code == Conflict.code:  # it ends, and then the queue is put into order
            return False
        training.step, moved = Training.Step.DONE, True
    training.save(update_fields=["run", "step", "updated_at"])
    return moved


def _look(training: Training) -> bool:
    access = project_for(training.created_by, training.project_id, Action.PREDICT)
    assert training.version is not None
    try:
        training.run = ask_to_prelabel(
            access=access,
            version=training.version,
            wanted=WAITING,
            said={"filter": {"state": ["waiting"]}, "again": False},
        )
    except NothingToPredict:
        training.step = Training.Step.DONE
    return True


def _order(training: Training) -> bool:
    assert training.run is not None
    job = training.run.job
    if job is not None and job.state in OPEN:
        return False
    if training.order and job is not None and job.state == Job.State.SUCCEEDED:
        assert training.version is not None
        spec = OrderSpec(model=training.version.source, **ORDER)
        start_order(user=training.created_by, project_id=training.project_id, spec=spec)
    training.step = Training.Step.DONE
    return True


@transaction.atomic
def _repeat(*, repeat_id: int) -> bool:
    rows = Repeat.objects.select_for_update(skip_locked=True, of=("self",)).select_related("model", "project", "set_by")
    repeat = rows.filter(pk=repeat_id, model__archived_at=None, trouble="").first()
    if repeat is None:
        return False
    last = Training.objects.filter(model=repeat.model).select_related("job").order_by("-pk").first()
    if last is None or last.step == Training.Step.PREDICTING or (last.job is not None and last.job.state in OPEN):
        return False
    if accepted_tasks(repeat.project).count() < last.accepted + repeat.after:
        return False
    try:
        with transaction.atomic():
            access = project_for(repeat.set_by, repeat.project_id, Action.MODELS_EDIT)
            ask_to_train(
                access=access, target=last.target, model=repeat.model, predict=repeat.predict, order=repeat.order
            )
    except DomainError as error:
        log.warning("training_not_repeated", repeat=repeat.pk, code=error.code, detail=error.detail)
        repeat.trouble = error.code
        repeat.save(update_fields=["trouble", "updated_at"])
        return False
    return True
