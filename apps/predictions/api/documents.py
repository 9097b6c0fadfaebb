"""Models as the API shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import cast

import msgspec
from django.conf import settings
from django.db.models import Count

from apps.accounts.queries import plain_person
from apps.annotations.api import present as answers
from apps.jobs.documents import job_out
from apps.predictions import services
from apps.predictions.api.structs import (
    BackendName,
    ModelFileOut,
    ModelFolderFile,
    ModelKind,
    ModelList,
    ModelOut,
    ModelVersionOut,
    PredictedItemOut,
    PredictionOut,
    PredictionsTaken,
    PrelabelRunOut,
    VersionState,
)
from apps.predictions.models import ModelFile, ModelVersion, Prediction, PrelabelRun, RegisteredModel
from apps.predictions.queries import entries, summary_of
from apps.predictions.services import PredictedItem
from domain.inference.targets import Thresholds, targets_of


def model_list(models: Iterable[RegisteredModel]) -> ModelList:
    folder = [ModelFolderFile(name, size) for name, size in services.folder_files()]
    return ModelList(models_out(list(models)), folder, settings.LABELWRIGHT_MAX_MODEL_BYTES)


def models_out(models: list[RegisteredModel]) -> list[ModelOut]:
    """With their versions, newest first."""
    rows = ModelVersion.objects.filter(model__in=models).select_related("model", "created_by").order_by("-number")
    by_model: dict[int, list[ModelVersionOut]] = {}
    for version in versions_out(list(rows)):
        by_model.setdefault(version.model, []).append(version)
    return [_model(one, by_model.get(one.pk, [])) for one in models]


def model_out(model: RegisteredModel) -> ModelOut:
    return models_out([model])[0]


def versions_out(versions: list[ModelVersion]) -> list[ModelVersionOut]:
    ids = [one.pk for one in versions]
    files: dict[int, list[ModelFileOut]] = {}
    for file in ModelFile.objects.filter(version_id__in=ids).order_by("role"):
        files.setdefault(file.version_id, []).append(ModelFileOut(file.role, file.name, file.sha256, file.size))
    counted = Prediction.objects.filter(version_id__in=ids).values_list("version_id").annotate(n=Count("id"))
    counts = dict(counted)
    return [_version(one, files.get(one.pk, []), counts.get(one.pk, 0)) for one in versions]


def version_out(version: ModelVersion) -> ModelVersionOut:
    return versions_out([version])[0]


def _model(model: RegisteredModel, versions: list[ModelVersionOut]) -> ModelOut:
    return ModelOut(
        id=model.pk,
        project=model.project_id,
        name=model.name,
        backend=cast(BackendName, model.backend),
        kind=cast(ModelKind, model.kind),
        description=model.description,
        licence=model.licence,
        credit=model.credit,
        url=model.url,
        timeout_seconds=model.timeout_seconds,
        archived=model.archived_at is not None,
        versions=versions,
        created_at=model.created_at,
        web_url=f"/projects/{model.project_id}/models",
    )


def _version(version: ModelVersion, files: list[ModelFileOut], predictions: int) -> ModelVersionOut:
    size = version.input_size
    return ModelVersionOut(
        id=version.pk,
        model=version.model_id,
        number=version.number,
        name=version.name,
        source=version.source,
        state=cast(VersionState, version.state),
        reason=version.reason,
        detail=version.detail,
        adapter=version.adapter,
        labels=list(version.labels),
        input_size=(size[0], size[1]) if size else None,
        mapping=targets_of(version.mapping),
        thresholds=msgspec.convert(version.thresholds, Thresholds),
        files=files,
        predictions=predictions,
        checked_at=version.checked_at,
        created_at=version.created_at,
        created_by=plain_person(version.created_by),
    )


def run_out(run: PrelabelRun) -> PrelabelRunOut:
    return PrelabelRunOut(
        id=run.pk,
        model_version=run.version_id,
        source=run.version.source,
        filter=run.said.get("filter", {}),
        again=bool(run.said.get("again")),
        variants=run.augmented,
        total=run.total,
        job=job_out(run.job) if run.job is not None else None,
        created_at=run.created_at,
        created_by=plain_person(run.created_by),
        **summary_of(run),
    )


def taken_out(items: Sequence[PredictedItem]) -> PredictionsTaken:
    results = [
        PredictedItemOut(
            index=index,
            state="refused" if one.task is None else "kept" if one.prediction is not None else "same",
            task=one.task.pk if one.task is not None else None,
            prediction=one.prediction.pk if one.prediction is not None else None,
            regions=one.kept,
            problems=one.problems,
            code=one.code,
            detail=one.detail,
        )
        for index, one in enumerate(items)
    ]
    states = Counter(one.state for one in results)
    return PredictionsTaken(kept=states["kept"], same=states["same"], refused=states["refused"], results=results)


def prediction_out(row: Prediction, *, inside: bool) -> PredictionOut:
    """One prediction; with its elements where they are asked for and may come along."""
    return PredictionOut(
        id=row.pk,
        task=row.task_id,
        task_number=row.task.number,
        name=row.task.name,
        model=row.model,
        model_version=row.version_id,
        region_count=row.region_count,
        class_counts=row.class_counts,
        created_at=row.created_at,
        elements=answers.inline(iter(entries(row)))[0] if inside else None,
    )
