"""Trainings that used a version, and what they measured."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from apps.accounts.models import User
from apps.activity.services import record
from apps.datasets.errors import NotReady
from apps.datasets.models import DatasetVersion, TrainingRun


@transaction.atomic
def record_run(
    *,
    version: DatasetVersion,
    user: User,
    model: str,
    metrics: Mapping[str, float],
    per_class: Mapping[str, Mapping[str, float]],
    notes: str = "",
) -> TrainingRun:
    """Keep a training. The digest of the version's test split says which trainings can be compared.

    Raises:
        NotReady: the version is not frozen.
    """
    if version.state != "frozen":
        raise NotReady("The version is not frozen yet.")
    run = TrainingRun.objects.create(
        version=version, model=model.strip(), metrics=dict(metrics), notes=notes.strip(),
        per_class={name: dict(found) for name, found in per_class.items()}, created_by=user,
    )  # fmt: skip
    record(
        organisation_id=version.project.organisation_id, project_id=version.project_id, verb="training.recorded",
        actor=user, object_type="version", object_id=version.pk, details={"number": version.number, "model": run.model},
    )  # fmt: skip
    return run


@transaction.atomic
def remove_run(*, run: TrainingRun, user: User) -> None:
    """Take a training out that was recorded by mistake."""
    version = run.version
    record(
        organisation_id=version.project.organisation_id, project_id=version.project_id, verb="training.removed",
        actor=user, object_type="version", object_id=version.pk, details={"number": version.number, "model": run.model},
    )  # fmt: skip
    run.delete()
