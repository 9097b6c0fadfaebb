"""Predictions that come by REST: each item is fitted to its image and the schema, and kept where it says something new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.db import transaction

from apps.accounts.models import User
from apps.assets.services import put_blob
from apps.predictions.models import ModelVersion, Prediction
from apps.predictions.services.keeping import NewPrediction, keep_predictions
from apps.projects.models import Project
from apps.projects.queries import schema_of
from apps.projects.settings import settings_of
from apps.tasks.models import Task
from domain.inference.base import Answer, Found
from domain.inference.targets import Target, Thresholds
from domain.schema import LabelSchema
from domain.shapes import SHAPES

EVERYTHING = Thresholds(score=0.0)


@dataclass(slots=True)
class PredictedItem:
    """What a model says of one image, and what became of it."""

    task_id: int | None
    external_id: str | None
    name: str | None
    regions: Sequence[Any]  # api PredictedRegion
    answers: Mapping[str, Any]
    task: Task | None = field(default=None, init=False)
    prediction: Prediction | None = field(default=None, init=False)
    kept: int = field(default=0, init=False)  # regions
    problems: dict[str, int] = field(default_factory=dict, init=False)
    code: str = field(default="", init=False)
    detail: str = field(default="", init=False)


def bring_predictions(*, project: Project, user: User, model: str, items: Sequence[PredictedItem]) -> None:
    """Keep what is new of all items; each says itself what became of it. Sent again, nothing changes.

    The task of an item that was not found, or that another item of the call names too, is left alone.
    """
    from domain.inference.mapping import to_elements

    assert project.schema is not None
    schema, amodal = schema_of(project.schema), settings_of(project).amodal
    _find(project, items)
    version = _registered(project, model)
    new: list[tuple[PredictedItem, NewPrediction]] = []
    with transaction.atomic():
        for item in items:
            if item.task is None:
                continue
            answer, labels, targets = _read(item, schema)
            made = to_elements(
                answer,
                labels=labels,
                targets=targets,
                thresholds=msgspec.structs.replace(EVERYTHING, most=max(1, len(item.regions))),
                schema=schema,
                size=(item.task.asset.width, item.task.asset.height),
                source=model,
                key=str(item.task.pk),
                amodal=amodal,
            )
            item.kept, item.problems = made.regions, dict(made.problems)
            for digest, data in made.blobs.items():
                put_blob(project=project, sha256=digest, data=data)
            new.append((item, NewPrediction(task=item.task, model=model, elements=made.elements, version=version)))
        keep_predictions(project=project, user=user, new=[one for _, one in new])
    for item, one in new:
        item.prediction = one.kept


def _registered(project: Project, model: str) -> ModelVersion | None:
    """The version that is called so, if there is one."""
    name, colon, version = model.rpartition(":")
    rows = ModelVersion.objects.filter(project=project, model__name=name, name=version)
    return rows.first() if colon else None


def _find(project: Project, items: Sequence[PredictedItem]) -> None:
    """Set the task of each item, or why it has none."""
    rows = Task.objects.filter(project=project, trashed_at=None, purpose=Task.Purpose.WORK).select_related("asset")
    by_id = {row.pk: row for row in rows.filter(pk__in=[one.task_id for one in items if one.task_id is not None])}
    external = [one.external_id for one in items if one.external_id is not None]
    by_external = {str(row.asset.external_id): row for row in rows.filter(asset__external_id__in=external)}
    named = [one.name for one in items if one.name is not None]
    by_name = {row.name: row for row in rows.filter(name__in=named).order_by("-id")}
    seen: set[int] = set()
    for item in items:
        said = [one for one in (item.task_id, item.external_id, item.name) if one is not None]
        if len(said) != 1:
            item.code, item.detail = "invalid", "An item names its task, its external_id or its name, and one of them."
            continue
        found = (
            by_id.get(item.task_id)
            if item.task_id is not None
            else by_external.get(item.external_id)
            if item.external_id is not None
            else by_name.get(item.name or "")
        )
        if found is None:
            item.code, item.detail = "not_found", "The project has no such task."
        elif found.pk in seen:
            item.code, item.detail = "named_twice", "Another item of this call is about the same task."
        else:
            seen.add(found.pk)
            item.task = found


def _read(item: PredictedItem, schema: LabelSchema) -> tuple[Answer, list[str], dict[str, Target | None]]:
    """(what is said, its labels, what they mean): a label is the id of a class, or a question."""
    ids = {one.name: one.id for one in schema.classes}
    answer, labels = Answer(), list[str]()
    targets: dict[str, Target | None] = {}
    places: dict[str, int] = {}
    for region in item.regions:
        class_id = ids.get(region.class_, 0) if isinstance(region.class_, str) else region.class_
        try:
            geometry = msgspec.convert(region.geometry, SHAPES[region.shape])
        except KeyError:
            answer.problems["unknown_shape"] += 1
            continue
        except msgspec.ValidationError:
            answer.problems["bad_region"] += 1
            continue
        label = f"class {class_id}"
        if label not in places:
            places[label] = len(labels)
            labels.append(label)
            targets[label] = Target(class_id=class_id)
        answer.found.append(Found(places[label], region.score, geometry, region.attributes, region.track))
    for name, value in item.answers.items():
        for one in value if isinstance(value, list) else [value]:
            label = f"answer {name} {len(labels)}"
            labels.append(label)
            targets[label] = Target(attribute=name, value=one)
            answer.found.append(Found(len(labels) - 1, 1.0, None))
    return answer, labels, targets
