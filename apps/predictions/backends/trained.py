"""Heads that were trained here, over features that are reckoned without weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from apps.core.errors import DomainError, NotFound
from apps.predictions.backends.base import Asked, Backend, Reply
from apps.predictions.errors import ModelFails, ModelRefused
from apps.predictions.inference.features import features_of
from apps.predictions.inference.files import local_file
from apps.predictions.inference.sessions import Session, session_of
from apps.predictions.models import ModelVersion
from apps.predictions.queries import file_of, spec_of
from domain.inference.base import MOST_SCORES, Answer, Found, Spec
from domain.learning.features import DIMENSIONS, NAME

ADAPTER = "head"
AT_ONCE = 16
INPUT, OUTPUT = "features", "scores"


def check(version: ModelVersion) -> Spec:
    """It still runs, and the features that it was trained on are those of this server.

    Raises:
        ModelRefused: they are not.
        ModelFails: the file is damaged.
    """
    spec = spec_of(version)
    if spec.options.get("features") != NAME:
        raise ModelRefused("other_features", "It was trained on features that this server no longer makes. Train anew.")
    file = file_of(version)
    local_file(file)
    _scores(session_of(file), np.zeros((1, DIMENSIONS), dtype=np.float32), spec)
    return spec


def opened(version: ModelVersion) -> Backend:
    """Raises ModelFails, Unavailable."""
    spec = spec_of(version)
    if spec.options.get("features") != NAME:
        raise ModelFails("It was trained on features that this server no longer makes.", reason="other_features")
    return _Head(session_of(file_of(version)), spec)


def _scores(session: Session, features: np.ndarray, spec: Spec) -> np.ndarray:
    found = session.run({INPUT: features}).get(OUTPUT)
    if found is None or found.shape != (len(features), len(spec.labels)):
        raise ModelFails("The head does not answer with one score a label.", reason="outputs_do_not_fit")
    return found


class _Head:
    at_once = AT_ONCE

    def __init__(self, session: Session, spec: Spec) -> None:
        self._session, self._spec = session, spec

    def predict(self, asked: Sequence[Asked], *, iou: float) -> list[Reply]:
        vectors = features_of([one.asset for one in asked])
        seen = [one.asset.pk for one in asked if one.asset.pk in vectors]
        scores = dict[int, np.ndarray]()
        if seen:
            found = _scores(self._session, np.stack([vectors[pk] for pk in seen]), self._spec)
            scores = dict(zip(seen, found, strict=True))
        return [self._reply(scores.get(one.asset.pk)) for one in asked]

    def _reply(self, scores: np.ndarray | None) -> Reply:
        if scores is None:
            missing: DomainError = NotFound("The image cannot be read.")
            return Reply(error=missing)
        order = np.argsort(-scores, kind="stable")[:MOST_SCORES].tolist()
        best = Found(order[0], float(scores[order[0]]), None)
        return Reply(Answer([best], {one: float(scores[one]) for one in order}), self._spec.labels)
