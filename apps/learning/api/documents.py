"""Trainings as the API shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import cast

import msgspec
from django.db.models import Count

from apps.accounts.queries import plain_person
from apps.assets.queries import delivery_urls
from apps.core.errors import DomainError
from apps.jobs.documents import job_out
from apps.learning.api.structs import (
    DoubtOut,
    LearningBase,
    LearningOut,
    LearningTarget,
    MeasuredOut,
    ModelTrainingOut,
    RepeatOut,
    Step,
    ToldOut,
)
from apps.learning.models import Doubt, Repeat, Training
from apps.learning.queries.labels import labels_of, targets_in
from apps.learning.queries.trainings import bases_of, trainings_of
from apps.learning.services.training import check_enough
from apps.projects.models import Project
from apps.projects.queries import schema_of
from domain.agreement.intervals import wilson

NEWEST = 50


def learning_out(project: Project) -> LearningOut:
    assert project.schema is not None
    targets = [_target(project, one) for one in targets_in(schema_of(project.schema))]
    repeats = Repeat.objects.filter(project=project).order_by("pk")
    return LearningOut(
        accepted=max((accepted for _, accepted in targets), default=0),
        targets=[one for one, _ in targets],
        bases=[LearningBase(one.pk, one.name) for one in bases_of(project)],
        trainings=trainings_out(list(trainings_of(project).order_by("-pk")[:NEWEST])),
        repeats=[repeat_out(one) for one in repeats],
    )


def _target(project: Project, target: str) -> tuple[LearningTarget, int]:
    found = labels_of(project, target)
    problem = detail = ""
    try:
        check_enough(found)
    except DomainError as error:
        problem, detail = error.code, error.detail
    counts = found.counts()
    out = LearningTarget(
        target=target,
        labels={name: counts[name] for name in found.names},
        left_out=dict(found.left_out),
        problem=problem,
        detail=detail,
    )
    return out, found.accepted


def repeat_out(one: Repeat) -> RepeatOut:
    return RepeatOut(model=one.model_id, after=one.after, predict=one.predict, order=one.order, trouble=one.trouble)


def trainings_out(rows: Sequence[Training]) -> list[ModelTrainingOut]:
    counted = Doubt.objects.filter(training__in=rows, kept_by=None).values_list("training").annotate(n=Count("id"))
    doubts = Counter(dict(counted))
    return [_training(row, doubts[row.pk]) for row in rows]


def training_out(row: Training) -> ModelTrainingOut:
    return trainings_out([row])[0]


def _training(row: Training, doubts: int) -> ModelTrainingOut:
    return ModelTrainingOut(
        id=row.pk,
        model=row.model_id,
        name=row.model.name,
        model_version=row.version_id,
        source=row.version.source if row.version is not None else "",
        target=row.target,
        base=row.base_id,
        step=cast(Step, row.step),
        job=job_out(row.job) if row.job is not None else None,
        run=row.run_id,
        accepted=row.accepted,
        labels=row.labels,
        left_out=row.left_out,
        features=row.features,
        seed=row.seed,
        measured=_measured(row.measured) if row.measured else None,
        told=msgspec.convert(row.told, ToldOut) if row.told else None,
        doubts=doubts,
        created_at=row.created_at,
        created_by=plain_person(row.created_by),
    )


def _measured(said: dict[str, object]) -> MeasuredOut:
    n, right, commonest = (cast(int, said[name]) for name in ("n", "right", "commonest"))
    low, high = wilson(right, n)
    return msgspec.convert(
        said | {"accuracy": right / n, "low": low, "high": high, "commonest": commonest / n}, MeasuredOut
    )


def doubt_out(row: Doubt) -> DoubtOut:
    return DoubtOut(
        id=row.pk,
        task=row.task_id,
        number=row.task.number,
        name=row.task.name,
        label=row.label,
        instead=row.instead,
        score=round(row.score, 4),
        thumb_url=delivery_urls(row.task.asset).get("thumb", ""),
    )
