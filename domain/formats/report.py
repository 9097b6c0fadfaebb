"""What a format could not hold: counted, with examples. Nothing is dropped in silence."""

from __future__ import annotations

from typing import Literal

import msgspec

MAX_EXAMPLES = 5
Effect = Literal["dropped", "approximated", "noted"]


class Example(msgspec.Struct, frozen=True):
    item: str
    element: str | None = None


class Loss(msgspec.Struct):
    """One kind of loss. `dropped`: not in the export; `approximated`: in it, but not as it was drawn; `noted`: for information."""

    code: str
    effect: Effect
    detail: str
    count: int = 0
    examples: list[Example] = []


class Written(msgspec.Struct, frozen=True):
    """What became of the regions of one class and shape. `converted` are in the export, but not as they were drawn."""

    class_id: int
    shape: str
    regions: int
    converted: int = 0
    not_expressible: int = 0


class LossReport(msgspec.Struct):
    """All losses of an export, and what was written."""

    items: int = 0
    regions: int = 0
    losses: list[Loss] = []
    table: list[Written] = []  # where it was counted

    def add(self, code: str, effect: Effect, detail: str, item: str, element: object = None) -> Loss:
        """Count one loss; the first few are kept as examples. Returns all of its code."""
        loss = next((found for found in self.losses if found.code == code), None)
        if loss is None:
            loss = Loss(code, effect, detail)
            self.losses.append(loss)
        loss.count += 1
        if len(loss.examples) < MAX_EXAMPLES:
            loss.examples.append(Example(item, None if element is None else str(element)))
        return loss

    def join(self, other: LossReport) -> None:
        """Take the losses of another report in."""
        for loss in other.losses:
            mine = next((found for found in self.losses if found.code == loss.code), None)
            if mine is None:
                self.losses.append(loss)
                continue
            mine.count += loss.count
            mine.examples = [*mine.examples, *loss.examples][:MAX_EXAMPLES]

    def count(self, code: str) -> int:
        return next((found.count for found in self.losses if found.code == code), 0)
