"""What a model offers for many tasks, by class and score, without decoding more of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from apps.annotations.queries.documents import chunk_bodies
from apps.predictions.queries.answers import latest
from domain.elements import unpack

TASKS_AT_ONCE = 200


class _Peek(msgspec.Struct):
    class_id: int = msgspec.field(name="class")
    score: float | None = None


_PEEK = msgspec.json.Decoder(_Peek)


@dataclass(frozen=True, slots=True)
class Offer:
    """A model's present answer to a task. `regions`: (class, score); None where something else than regions is in it."""

    task_id: int
    pairs: list[tuple[str, bytes]]
    regions: list[tuple[int, float | None]] | None
    scores: dict[str, dict[str, float]]  # domain.inference.mapping.Scores
    committee: float | None
    augmented: float | None


def offers(task_ids: Sequence[int], model: str) -> Iterator[Offer]:
    """The model's present answers to these tasks, those that have one."""
    for start in range(0, len(task_ids), TASKS_AT_ONCE):
        said = list(latest(task_ids[start : start + TASKS_AT_ONCE]).filter(model=model))
        bodies = chunk_bodies([chunk for one in said for chunk in one.chunks])
        for one in said:
            pairs = [pair for _ in one.chunks for pair in unpack(next(bodies))]
            plain = all(kind == "region" for kind, _ in pairs)
            peeked = [_PEEK.decode(raw) for _, raw in pairs] if plain else []
            regions = [(p.class_id, p.score) for p in peeked] if plain else None
            yield Offer(one.task_id, pairs, regions, one.scores, one.committee, one.augmented)
