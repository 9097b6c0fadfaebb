"""How people err, learnt from all answers of a project: what `consolidate` weighs votes by."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from .dawid_skene import dawid_skene
from .structs import Opinions


def opinions_of(
    answers: Sequence[tuple[Hashable, str, Any]],
    *,
    classes: Sequence[Any],
    known: Mapping[Hashable, Any] | None = None,
) -> Opinions | None:
    """Opinions about one question; None when fewer than two people answered, or nothing.

    Args:
        answers: (item, who, value), one a person and item.
        classes: the declared values; answers outside them are left out (an archived class).
        known: item → value of gold.
    """
    place = {value: at for at, value in enumerate(classes)}
    kept = [(item, who, place[value]) for item, who, value in answers if value in place]
    people = sorted({who for _, who, _ in kept})
    if len(people) < 2 or len(classes) < 2:
        return None
    items = {item: at for at, item in enumerate(dict.fromkeys(item for item, _, _ in kept))}
    number = {who: at for at, who in enumerate(people)}
    gold = {items[item]: place[value] for item, value in (known or {}).items() if item in items and value in place}
    found = dawid_skene(
        [items[item] for item, _, _ in kept],
        [number[who] for _, who, _ in kept],
        [code for _, _, code in kept],
        classes=list(classes),
        known=gold,
        accuracy_prior=1.0,
    )
    return Opinions(
        classes=list(classes),
        marginals=found.marginals.tolist(),
        confusion={who: found.confusion[at].tolist() for who, at in number.items()},
    )
