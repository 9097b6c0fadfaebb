"""Heads that learned what accepted regions look like: they name what another model has found, and its shapes stay as they are."""

from __future__ import annotations

from collections.abc import Sequence

from apps.core.errors import NotFound
from apps.predictions.backends.base import Asked, Reply
from apps.predictions.backends.heads import said
from apps.predictions.errors import NothingToName
from apps.predictions.inference.crops import crop_features
from apps.predictions.inference.sessions import Session
from apps.predictions.models import Prediction
from apps.predictions.queries import entries
from domain.elements import decode
from domain.elements.structs import Region
from domain.inference.base import MOST, Answer, Found, Spec
from domain.shapes import Geometry

AT_ONCE = 4


class Naming:
    """A version ready to be asked. What is in a picture is what the newest prediction of its base says now."""

    at_once = AT_ONCE

    def __init__(self, session: Session, spec: Spec) -> None:
        self._session, self._spec = session, spec

    def predict(self, asked: Sequence[Asked], *, iou: float) -> list[Reply]:
        rows = Prediction.objects.filter(
            task_id__in=[one.key for one in asked], version__model=self._spec.options["base"]
        )
        newest = {row.task_id: row for row in rows.order_by("task_id", "-pk").distinct("task_id")}
        return [self._one(one, newest.get(one.key)) for one in asked]

    def _one(self, asked: Asked, base: Prediction | None) -> Reply:
        if base is None:
            return Reply(error=NothingToName("The model whose boxes it names has said nothing of this image yet."))
        shapes = _shapes(base)[:MOST]
        if not shapes:
            return Reply(Answer(), self._spec.labels, committee=0.0)
        try:
            features = crop_features(asked.asset, [box for _, box in shapes])
        except NotFound as error:
            return Reply(error=error)
        scores, apart = said(self._session, features, self._spec)
        best = scores.argmax(axis=1)
        found = [
            Found(int(label), float(row[label]), shape)
            for label, row, (shape, _) in zip(best, scores, shapes, strict=True)
        ]
        return Reply(Answer(found), self._spec.labels, committee=None if apart is None else float(apart.max()))


def _shapes(base: Prediction) -> list[tuple[Geometry, tuple[float, float, float, float]]]:
    found = []
    for entry in entries(base):
        element = decode(entry.kind, entry.body) if entry.kind == "region" else None
        bounds = element.geometry.bounds() if isinstance(element, Region) else None
        if isinstance(element, Region) and bounds is not None:
            found.append((element.geometry, bounds))
    return found
