"""Hints before a submit: what a model surely sees, for the page to ask about where nothing is drawn."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from django.db.models import QuerySet

from apps.annotations.queries.documents import chunk_bodies
from apps.predictions.models import MissThreshold, PossibleMiss, Prediction
from apps.projects.models import Project
from domain.elements import unpack
from domain.inference.misses import is_silent


class Offered(msgspec.Struct, frozen=True):
    """Of a predicted region what hints are chosen by."""

    id: str
    class_id: int = msgspec.field(name="class")
    score: float | None = None


_OFFERED = msgspec.json.Decoder(Offered)


def thresholds_of(project: Project, model: str) -> QuerySet[MissThreshold]:
    """By class, those without a threshold too."""
    return MissThreshold.objects.filter(project=project, model=model).order_by("class_id")


def offered_regions(prediction: Prediction) -> list[Offered]:
    bodies = chunk_bodies(prediction.chunks)
    return [_OFFERED.decode(raw) for body in bodies for kind, raw in unpack(body) if kind == "region"]


def sure_regions(project: Project, said: Sequence[Prediction]) -> dict[int, list[str]]:
    """Ids of the regions that may be hinted at, by prediction: those at or above their class's threshold.

    Classes whose hints are mostly refused, and what somebody refused at the same task, are left out.
    """
    rows = MissThreshold.objects.filter(project=project, model__in={one.model for one in said}, score__isnull=False)
    scores = {(row.model, row.class_id): row.score for row in rows if not is_silent(row.added, row.refused)}
    if not scores:
        return {}
    refused = set(
        PossibleMiss.objects.filter(task__in={one.task_id for one in said}, said=PossibleMiss.Said.REFUSED).values_list(
            "prediction_id", "element_id"
        )
    )
    found: dict[int, list[str]] = {}
    for one in said:
        for region in offered_regions(one):
            least = scores.get((one.model, region.class_id))
            if least is None or region.score is None or region.score < least or (one.pk, region.id) in refused:
                continue
            found.setdefault(one.pk, []).append(region.id)
    return found
