"""What a picture looks like without looking at it: format and size, which a claim tells.

A test among pictures of another size is known at first sight, and where sizes come in an order it breaks the order. So gold
takes only places whose own picture looks like it (ADR 0011).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from apps.assets.models import Asset
from apps.tasks.models import Task

Look = tuple[Any, ...]


class Pictured(Protocol):
    """Trusted work that has a picture."""

    @property
    def asset(self) -> Asset: ...


G = TypeVar("G", bound=Pictured)
COMMON = 0.01  # share of the queue from which a look is one that people know; what is rarer passes for any rare one
_SHOWN = ("kind", "content_type", "bit_depth", "width", "height", "derivatives")


def look_of(asset: Asset) -> Look:
    return _look([getattr(asset, name) for name in _SHOWN])


def _look(values: Sequence[Any]) -> Look:
    return (*values[:-1], tuple(sorted(values[-1] or {})))


@dataclass(frozen=True, slots=True)
class Looks:
    """How the pictures of the next tasks of a queue look."""

    by_task: dict[int, Look]
    counts: Counter[Look]

    @classmethod
    def of_tasks(cls, task_ids: Sequence[int]) -> Looks:
        rows = Task.objects.filter(pk__in=task_ids).values_list("pk", *(f"asset__{name}" for name in _SHOWN))
        by_task = {pk: _look(values) for pk, *values in rows.iterator(2_000)}
        return cls(by_task, Counter(by_task.values()))

    def fitting(self, golds: Sequence[G], task_id: int) -> list[G]:
        """Gold that nothing tells from the picture of this task: of the same look, or rare as that one is, and upright as it is."""
        return self._like(golds, self.by_task[task_id])

    def covered(self, golds: Sequence[Pictured]) -> float | None:
        """The share of the queue where gold finds a place; None of an empty one."""
        if not self.by_task:
            return None
        return sum(n for look, n in self.counts.items() if self._like(golds, look)) / len(self.by_task)

    def _like(self, golds: Sequence[G], wanted: Look) -> list[G]:
        same = [gold for gold in golds if look_of(gold.asset) == wanted]
        if same or self._known(wanted):
            return same
        return [gold for gold in golds if self._passes(look_of(gold.asset), wanted)]

    def _known(self, look: Look) -> bool:
        return self.counts[look] > max(1, COMMON * len(self.by_task))

    def _passes(self, look: Look, wanted: Look) -> bool:
        *form, width, height, files = look
        *form_wanted, width_wanted, height_wanted, files_wanted = wanted
        same_form = form == form_wanted and files == files_wanted
        return same_form and (width > height) == (width_wanted > height_wanted) and not self._known(look)
