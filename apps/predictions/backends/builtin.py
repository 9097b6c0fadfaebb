"""What needs no weights."""

from __future__ import annotations

from collections.abc import Sequence

from apps.core.errors import DomainError
from apps.predictions.backends.base import Asked, Backend, Reply
from apps.predictions.inference.pictures import Picture
from apps.predictions.models import ModelVersion
from domain.inference.base import Spec
from domain.inference.foreground import LABEL, foreground, plan_of

FOREGROUND = "foreground"


def check(version: ModelVersion) -> Spec:
    """There is one."""
    return Spec(adapter=FOREGROUND, kind="segment", labels=[LABEL])


def opened(version: ModelVersion) -> Backend:
    return _Foreground()


class _Foreground:
    at_once = 1

    def predict(self, asked: Sequence[Asked], *, iou: float) -> list[Reply]:
        return [_one(one) for one in asked]


def _one(asked: Asked) -> Reply:
    try:
        picture = Picture(asked.asset)
        plan = plan_of(picture.width, picture.height)
        return Reply(foreground(picture.resized(*plan.resized), plan), [LABEL])
    except DomainError as error:
        return Reply(error=error)
