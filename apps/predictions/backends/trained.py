"""Heads that were trained here, over features that are reckoned without weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from apps.core.errors import NotFound
from apps.predictions.backends.base import Asked, Backend, Reply
from apps.predictions.backends.heads import said
from apps.predictions.backends.naming import Naming
from apps.predictions.errors import ModelFails, ModelRefused
from apps.predictions.inference.features import features_of
from apps.predictions.inference.files import local_file
from apps.predictions.inference.pictures import Picture
from apps.predictions.inference.sessions import Session, session_of
from apps.predictions.inference.views import VIEWS
from apps.predictions.models import ModelVersion
from apps.predictions.queries import file_of, spec_of
from domain.inference.base import MOST_SCORES, Answer, Found, Spec
from domain.learning.features import DIMENSIONS, NAME, SIDE, describe
from domain.learning.neighbours import NAME as CROPS
from domain.learning.neighbours import SIZE

ADAPTER = "head"
SIZES = {NAME: DIMENSIONS, CROPS: SIZE}  # by the name of features
AT_ONCE = 16


def check(version: ModelVersion) -> Spec:
    """It still runs, and the features that it was trained on are those of this server.

    Raises:
        ModelRefused: they are not.
        ModelFails: the file is damaged.
    """
    spec = spec_of(version)
    if spec.options.get("features") not in SIZES:
        raise ModelRefused("other_features", "It was trained on features that this server no longer makes. Train anew.")
    file = file_of(version)
    local_file(file)
    said(session_of(file), np.zeros((1, SIZES[spec.options["features"]]), dtype=np.float32), spec)
    return spec


def opened(version: ModelVersion) -> Backend:
    """Raises ModelFails, Unavailable."""
    spec = spec_of(version)
    if spec.options.get("features") not in SIZES:
        raise ModelFails("It was trained on features that this server no longer makes.", reason="other_features")
    session = session_of(file_of(version))
    return Naming(session, spec) if "base" in spec.options else _Head(session, spec)


class _Head:
    at_once = AT_ONCE

    def __init__(self, session: Session, spec: Spec) -> None:
        self._session, self._spec = session, spec

    def predict(self, asked: Sequence[Asked], *, iou: float) -> list[Reply]:
        vectors = features_of([one.asset for one in asked])
        seen = [one for one in asked if one.asset.pk in vectors]
        replies = dict[int, Reply]()
        if seen:
            found, apart = said(self._session, np.stack([vectors[one.asset.pk] for one in seen]), self._spec)
            for place, one in enumerate(seen):
                committee = None if apart is None else float(apart[place])
                variants = self._variants(one) if one.variants else []
                replies[one.key] = Reply(_answer(found[place]), self._spec.labels, variants, committee)
        return [replies.get(one.key) or Reply(error=NotFound("The image cannot be read.")) for one in asked]

    def _variants(self, one: Asked) -> list[Answer]:
        """What it says of each variant, whose features are not kept; nothing where the image cannot be read any more."""
        try:
            pixels = Picture(one.asset).resized(SIDE, SIDE)
        except NotFound:
            return []
        found, _ = said(self._session, np.stack([describe(view.make(pixels)) for view in VIEWS]), self._spec)
        return [_answer(row) for row in found]


def _answer(scores: np.ndarray) -> Answer:
    order = np.argsort(-scores, kind="stable")[:MOST_SCORES].tolist()
    best = Found(order[0], float(scores[order[0]]), None)
    return Answer([best], {one: float(scores[one]) for one in order})
