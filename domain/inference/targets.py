"""What labels of a model mean in a project, as it is kept and sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from domain.elements.structs import Value

from .base import MOST

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Target(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a label means: a class of regions, or a value of an item attribute."""

    class_id: int | None = msgspec.field(name="class", default=None)
    attribute: str | None = None
    value: Value = None


class Thresholds(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is kept. `classes` are scores by label, and win over `score`."""

    score: Share = 0.25
    iou: Share = 0.7
    classes: dict[str, Share] = {}
    most: Annotated[int, msgspec.Meta(ge=1, le=1000)] = MOST

    def of(self, label: str) -> float:
        return self.classes.get(label, self.score)


Targets = Mapping[str, Target | None]


def targets_of(mapping: Mapping[str, Any]) -> dict[str, Target | None]:
    """A mapping out of JSON. Raises msgspec.ValidationError."""
    return msgspec.convert(dict(mapping), dict[str, Target | None])
