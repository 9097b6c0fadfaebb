"""What people say to work that a model contradicts: it is right as it is."""

from __future__ import annotations

from django.db import transaction

from apps.accounts.models import User
from apps.predictions.models import PredictionUse, WorkUpheld
from apps.tasks.errors import WrongState
from apps.tasks.models import Task


@transaction.atomic
def uphold_work(*, task: Task, user: User, model: str, class_id: int, upheld: bool) -> None:
    """The task's result is right where the model is sure of something else about this class; or that is taken back.

    Said twice, the first stands. Another result of the task is contradicted anew.

    Raises:
        WrongState: it has no result, or that was not compared with what this model says of the class.
    """
    if task.result_id is None:
        raise WrongState("The task has no result.")
    about = {"revision_id": task.result_id, "model": model, "class_id": class_id}
    if not upheld:
        WorkUpheld.objects.filter(project=task.project_id, **about).delete()
        return
    if not PredictionUse.objects.filter(project=task.project_id, prediction__task=task, **about).exists():
        raise WrongState("The task's result was not compared with what this model says of the class.")
    WorkUpheld.objects.get_or_create(**about, defaults={"project_id": task.project_id, "upheld_by": user})
