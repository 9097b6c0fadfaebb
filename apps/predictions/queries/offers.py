"""What a model offers for many tasks, by class and score, without decoding more of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from apps.annotations.queries.documents import chunk_bodies
from apps.predictions.models import Prediction
from apps.predictions.queries.answers import latest
from domain.elements import Answer, unpack
from domain.sampling.thresholds import What

TASKS_AT_ONCE = 200


class _Peek(msgspec.Struct):
    class_id: int = msgspec.field(name="class")
    score: float | None = None


_PEEK = msgspec.json.Decoder(_Peek)
_ANSWER = msgspec.json.Decoder(Answer)


def values_of(value: Any) -> list[str]:
    """The values that an answer chooses, as `Prediction.scores` names them."""
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


@dataclass(frozen=True, slots=True)
class Offer:
    """A model's present answer to a task. `regions`: (class, score); None where something else than regions is in it.

    `said`: (class, or question and value; score) of its regions and answers; None where something else is in it.
    """

    task_id: int
    pairs: list[tuple[str, bytes]]
    regions: list[tuple[int, float | None]] | None
    said: list[tuple[What, float | None]] | None
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
            kinds = {kind for kind, _ in pairs}
            regions = [(p.class_id, p.score) for p in (_PEEK.decode(raw) for kind, raw in pairs if kind == "region")]
            offered = [*regions, *_answers(one, pairs)] if kinds <= {"region", "answer"} else None
            plain = regions if kinds <= {"region"} else None
            yield Offer(one.task_id, pairs, plain, offered, one.scores, one.committee, one.augmented)


def _answers(one: Prediction, pairs: Sequence[tuple[str, bytes]]) -> Iterator[tuple[What, float | None]]:
    for kind, raw in pairs:
        if kind == "answer":
            answer = _ANSWER.decode(raw)
            for value in values_of(answer.value):
                yield (answer.id, value), one.scores.get(answer.id, {}).get(value)
