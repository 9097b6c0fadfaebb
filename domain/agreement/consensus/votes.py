"""What several answers say about one question. Ties go to a person, never to chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log
from typing import Any

from domain.elements.structs import Value
from domain.schema.structs import Attribute

from .structs import ConsensusParams, Opinions, Vote

_SAME = 1e-9  # weights that differ by less are equal


class _Ballot:
    """Values by weight. Lists, which cannot be keys, are kept by their text; 1, 1.0 and true are different answers."""

    def __init__(self, said: Mapping[str, Value], weights: Mapping[str, float]) -> None:
        self.weight: dict[str, float] = {}
        self.value: dict[str, Value] = {}
        for who, value in said.items():
            key = _key(value)
            self.value.setdefault(key, value)
            self.weight[key] = self.weight.get(key, 0.0) + weights[who]

    def ranked(self) -> list[tuple[Value, float]]:
        order = sorted(self.weight, key=lambda key: (-self.weight[key], key))
        return [(self.value[key], self.weight[key]) for key in order]


def _key(value: Value) -> str:
    if isinstance(value, list):
        return f"list {sorted(value)}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"number {float(value)!r}"
    return f"{type(value).__name__} {value}"


def majority(name: str, said: Mapping[str, Value], weights: Mapping[str, float]) -> Vote:
    """The value with the most weight; a conflict with all that share the first place when several do.

    Args:
        said: who → value; null is an answer of its own ("not answered").
        weights: who → weight.

    Raises:
        ValueError: nobody said anything.
    """
    if not said:
        raise ValueError(f"nobody answered {name}")
    votes = _Ballot(said, weights).ranked()
    total = sum(weight for _, weight in votes)
    first = [value for value, weight in votes if weight >= votes[0][1] - _SAME]
    common: dict[str, Any] = {"name": name, "votes": votes, "said": dict(said)}
    if len(first) > 1:
        return Vote(value=None, status="conflict", tied=first, certainty=votes[0][1] / total, **common)
    return Vote(value=votes[0][0], status="agreed", certainty=votes[0][1] / total, **common)


def by_opinions(
    name: str, said: Mapping[str, Value], weights: Mapping[str, float], opinions: Opinions, *, certainty: float
) -> Vote:
    """The class that is likeliest given how each person errs; a conflict below `certainty`. Weights are not used.

    Falls back on the majority when something is said that the opinions do not know.
    """
    place = {_key(value): at for at, value in enumerate(opinions.classes)}
    if not said or any(_key(value) not in place for value in said.values()):
        return majority(name, said, weights)
    q = len(opinions.classes)
    stranger = [
        [opinions.unknown if k == j else (1 - opinions.unknown) / max(1, q - 1) for j in range(q)] for k in range(q)
    ]
    logs = [log(max(share, 1e-300)) for share in opinions.marginals]
    for who, value in said.items():
        confusion = opinions.confusion.get(who, stranger)
        for k in range(q):
            logs[k] += log(max(confusion[k][place[_key(value)]], 1e-300))
    top = max(logs)
    chances = [exp(value - top) for value in logs]
    whole = sum(chances)
    best = max(range(q), key=lambda k: (chances[k], -k))
    sure = chances[best] / whole
    votes = _Ballot(said, weights).ranked()
    common: dict[str, Any] = {
        "name": name,
        "votes": votes,
        "certainty": sure,
        "method": "dawid_skene",
        "said": dict(said),
    }
    if sure < certainty:
        return Vote(value=None, status="conflict", tied=[value for value, _ in votes], **common)
    return Vote(value=opinions.classes[best], status="agreed", **common)


def question(
    attribute: Attribute,
    said: Mapping[str, Value],
    weights: Mapping[str, float],
    params: ConsensusParams,
    opinions: Opinions | None = None,
) -> Vote:
    """What the answers to one question come to, by its kind.

    Numbers: the weighted median, agreed when over half of the weight lies within the tolerance of it. Several options:
    each by majority. Anything else: majority, or Dawid and Skene where it is asked for and known.
    """
    if attribute.kind == "number":
        return _number(attribute, said, weights, params)
    if attribute.kind == "multiselect":
        return _options(attribute, said, weights)
    if attribute.kind == "text":
        return majority(attribute.name, {w: v.strip() if isinstance(v, str) else v for w, v in said.items()}, weights)
    if params.choices == "dawid_skene" and opinions is not None:
        return by_opinions(attribute.name, said, weights, opinions, certainty=params.certainty)
    return majority(attribute.name, said, weights)


def weighted_median(values: Sequence[float], weights: Sequence[float]) -> float:
    """The least value at which half of the weight is reached; the mean of two where it falls exactly between them.

    Raises:
        ValueError: no values.
    """
    if not values:
        raise ValueError("a median needs values")
    ranked = sorted(zip(values, weights, strict=True))
    half, reached = sum(weights) / 2, 0.0
    for at, (value, weight) in enumerate(ranked):
        reached += weight
        if abs(reached - half) <= _SAME and at + 1 < len(ranked):
            return (value + ranked[at + 1][0]) / 2
        if reached > half:
            return value
    return ranked[-1][0]


def _number(
    attribute: Attribute, said: Mapping[str, Value], weights: Mapping[str, float], params: ConsensusParams
) -> Vote:
    told = {w: float(v) for w, v in said.items() if isinstance(v, (int, float)) and not isinstance(v, bool)}
    silent = sum(weights[who] for who in said if who not in told)
    total = sum(weights[who] for who in said)
    if not told or silent > total / 2:
        return majority(attribute.name, said, weights)
    middle = weighted_median(list(told.values()), [weights[who] for who in told])
    declared = attribute.minimum is not None and attribute.maximum is not None
    span = (attribute.maximum or 0.0) - (attribute.minimum or 0.0) if declared else abs(middle)
    near = sum(weights[who] for who, v in told.items() if abs(v - middle) <= params.number_tolerance * span + _SAME)
    votes = _Ballot(said, weights).ranked()
    common: dict[str, Any] = {
        "name": attribute.name,
        "votes": votes,
        "certainty": near / total,
        "method": "weighted_median",
        "said": dict(said),
    }
    if near <= total / 2 + _SAME:
        return Vote(value=None, status="conflict", tied=[value for value, _ in votes], **common)
    whole = all(isinstance(said[who], int) for who in told) and middle == round(middle)
    return Vote(value=int(middle) if whole else middle, status="agreed", **common)


def _options(attribute: Attribute, said: Mapping[str, Value], weights: Mapping[str, float]) -> Vote:
    """Option by option: in when more than half of the weight has it; exactly half is a tie."""
    chosen = {who: set(value) if isinstance(value, list) else set() for who, value in said.items()}
    if all(value is None for value in said.values()):
        return majority(attribute.name, said, weights)
    total = sum(weights[who] for who in said)
    order = [*attribute.options, *sorted({o for c in chosen.values() for o in c} - set(attribute.options))]
    share = {option: sum(weights[who] for who, c in chosen.items() if option in c) / total for option in order}
    tied: list[Value] = [option for option in order if abs(share[option] - 0.5) <= _SAME]
    common: dict[str, Any] = {
        "name": attribute.name,
        "votes": _Ballot(said, weights).ranked(),
        "certainty": min((max(s, 1 - s) for s in share.values()), default=1.0),
        "method": "majority of each option",
        "said": dict(said),
    }
    if tied:
        return Vote(value=None, status="conflict", tied=tied, **common)
    return Vote(value=[option for option in order if share[option] > 0.5], status="agreed", **common)
