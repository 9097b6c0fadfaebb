"""Trainings of a project."""

from __future__ import annotations

from django.db.models import F, QuerySet

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.core.permissions import Action
from apps.learning.models import Doubt, Training
from apps.predictions.models import RegisteredModel
from apps.projects.access import ProjectAccess, project_for
from apps.projects.models import Project
from apps.tasks.models import Task

FIND = ("detect", "segment", "obb", "pose", "any")


def trainings_of(project: Project, model_id: int | None = None) -> QuerySet[Training]:
    rows = Training.objects.filter(project=project).select_related(
        "model", "version__model", "job__created_by", "created_by"
    )
    return rows if model_id is None else rows.filter(model=model_id)


def bases_of(project: Project) -> QuerySet[RegisteredModel]:
    """Models that find things, and say themselves where."""
    rows = RegisteredModel.objects.filter(project=project, archived_at=None, kind__in=FIND)
    return rows.exclude(backend=RegisteredModel.Backend.TRAINED).order_by("name")


def training_for(user: User, training_id: int, action: Action) -> tuple[Training, ProjectAccess]:
    """Raises NotFound, NotAllowed."""
    hidden = NotFound("There is no such training, or you may not see it.")
    related = ("model", "version__model", "job__created_by", "created_by", "project__schema")
    row = Training.objects.select_related(*related).filter(pk=training_id).first()
    if row is None:
        raise hidden
    try:
        return row, project_for(user, row.project_id, action)
    except NotFound as error:
        raise hidden from error


def doubts_of(training: Training) -> QuerySet[Doubt]:
    """Those whose task's result still stands as it was doubted, and of which nobody said that it is right; strongest first."""
    rows = Doubt.objects.filter(training=training, kept_by=None, task__state=Task.State.DONE, task__trashed_at=None)
    return rows.filter(task__result=F("result")).select_related("task__asset").order_by("place")


def doubt_for(user: User, doubt_id: int, action: Action) -> Doubt:
    """Raises NotFound, NotAllowed."""
    hidden = NotFound("There is no such doubt, or you may not see it.")
    row = Doubt.objects.select_related("training", "task__asset").filter(pk=doubt_id).first()
    if row is None:
        raise hidden
    try:
        project_for(user, row.training.project_id, action)
    except NotFound as error:
        raise hidden from error
    return row
