"""Keeping predictions: the same answer of a model is kept once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from apps.accounts.models import User
from apps.annotations.queries.documents import named
from apps.annotations.services.freeze import Frozen, freeze, store_chunks
from apps.core.bulk import insert_many
from apps.predictions.models import ModelVersion, Prediction
from apps.predictions.queries import latest
from apps.predictions.services.measuring import watch
from apps.projects.models import Project
from apps.tasks.models import Task

if TYPE_CHECKING:
    from domain.inference.mapping import Scores


@dataclass(slots=True, kw_only=True)
class NewPrediction:
    """An answer to keep: (kind, canonical bytes) that fit the schema and the image."""

    task: Task
    model: str
    elements: Sequence[tuple[str, bytes]]
    version: ModelVersion | None = None  # null where the model is not registered here
    scores: Scores = field(default_factory=dict)
    committee: float | None = None  # as Prediction has them
    augmented: float | None = None
    kept: Prediction | None = field(default=None, init=False)

    def content(self) -> Frozen:
        return freeze(None, {(named(raw), kind): raw for kind, raw in self.elements})


def new_among(new: Sequence[NewPrediction]) -> list[NewPrediction]:
    """Those that say something else than the model's present answer to the task."""
    stands = {
        (row.task_id, row.model): row.sha256 for row in latest([one.task.pk for one in new if one.task.pk is not None])
    }
    return [one for one in new if stands.get((one.task.pk, one.model)) != one.content().digest()]


@transaction.atomic
def keep_predictions(*, project: Project, user: User, new: Sequence[NewPrediction]) -> list[NewPrediction]:
    """Keep those that say something new; the others stand already, with how far answers lie apart as it was found now."""
    wanted = new_among(new)
    fresh = {id(one) for one in wanted}
    _measure([one for one in new if id(one) not in fresh])
    if wanted:
        watch(project.pk)
    contents = [one.content() for one in wanted]
    store_chunks(chunk for content in contents for chunk in content.new)
    rows = [
        Prediction(
            project=project,
            task=one.task,
            model=one.model,
            version=one.version,
            sha256=content.digest(),
            chunks=content.chunks,
            region_count=content.regions,
            class_counts=content.class_counts(),
            scores=one.scores,
            committee=one.committee,
            augmented=one.augmented,
            created_by=user,
        )
        for one, content in zip(wanted, contents, strict=True)
    ]
    for one, row in zip(wanted, insert_many(Prediction, rows), strict=True):
        one.kept = row
    return wanted


def _measure(same: Sequence[NewPrediction]) -> None:
    """What stands gets the numbers that were found anew."""
    found = {(one.task.pk, one.model): one for one in same if (one.committee, one.augmented) != (None, None)}
    rows = [row for row in latest([task for task, _ in found]) if (row.task_id, row.model) in found]
    for row in rows:
        one = found[row.task_id, row.model]
        row.committee = row.committee if one.committee is None else one.committee
        row.augmented = row.augmented if one.augmented is None else one.augmented
    Prediction.objects.bulk_update(rows, ["committee", "augmented"])


def withdraw_predictions(*, project: Project, ids: Sequence[int]) -> int:
    """Take predictions back: what the model said before stands again."""
    return Prediction.objects.filter(project=project, pk__in=ids).delete()[0]
