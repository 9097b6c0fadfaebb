"""What the back ends have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from apps.assets.models import Asset
from apps.core.errors import DomainError
from domain.inference.base import Answer


@dataclass(frozen=True, slots=True)
class Asked:
    """One image to look at. `key` names it in problems and in a server's answer."""

    key: int  # the task's id
    asset: Asset
    variants: bool = False  # look at those of apps.predictions.inference.views, too


@dataclass(slots=True)
class Reply:
    """What a back end says of one image. `labels` names what `answer.found` counts; `error`: why there is no answer.

    `variants`: what it says of each, in their order, where it was asked and can. `committee`: how far its members lie apart.
    """

    answer: Answer = field(default_factory=Answer)
    labels: list[str] = field(default_factory=list)
    variants: list[Answer] = field(default_factory=list)
    committee: float | None = None
    error: DomainError | None = None


@dataclass(frozen=True, slots=True)
class Taught:
    """Accepted work on one image, to teach a server with. `chunks` are those of the task's result."""

    task_id: int
    asset: Asset
    outcome: str
    chunks: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Told:
    """What a server says to a training: `done`, or `running` where it goes on there by itself."""

    state: Literal["done", "running"]
    detail: str = ""


class Backend(Protocol):
    """A version ready to be asked."""

    at_once: int  # images of one call

    def predict(self, asked: Sequence[Asked], *, iou: float) -> list[Reply]:
        """One reply an image, in their order. An image that cannot be looked at has an `error`.

        Raises:
            ModelFails, FetchRefused, FetchFailed, FetchTooLarge: the back end as a whole does not answer as it should.
            Unavailable: not this time.
        """
        ...
