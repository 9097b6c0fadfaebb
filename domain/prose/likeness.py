"""How alike short texts are, by the groups of three letters that they share."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from math import log, sqrt
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key")
_WORD = re.compile(r"\w+")


class Likeness(NamedTuple, Generic[Key]):
    key: Key
    score: float


def trigrams(text: str) -> frozenset[str]:
    """Groups of three of each word, which is padded by two blanks before and one after: "cup" is `  c`, ` cu`, `cup`, `up `.

    Case, accents and punctuation do not count, so "Café?" and "cafe" are the same.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return frozenset(
        padded[at : at + 3]
        for word in _WORD.findall(plain)
        for padded in (f"  {word} ",)
        for at in range(len(word) + 1)
    )


def likeness(a: str, b: str) -> float:
    """The share of trigrams that both have, of those that either has; 0 where a text has no word."""
    first, second = trigrams(a), trigrams(b)
    return len(first & second) / len(first | second) if first and second else 0.0


def most_alike(text: str, others: Mapping[Key, str], *, at_least: float, most: int) -> list[Likeness[Key]]:
    """The texts most like `text`, the likest first; equal ones keep their order.

    The cosine of the two sets with each trigram weighed by how few of the texts have it, so that "is this a" tells less
    than the name of a class does.

    Args:
        at_least: a score in [0, 1] below which a text is left out.
    """
    sets = {key: trigrams(other) for key, other in others.items()}
    wanted = trigrams(text)
    rarity = _rarity([wanted, *sets.values()])
    size = _size(wanted, rarity)
    if not size:
        return []
    found = []
    for key, own in sets.items():
        shared = sum(rarity[one] ** 2 for one in wanted & own)
        score = shared / (size * _size(own, rarity)) if shared else 0.0
        if score >= at_least:
            found.append(Likeness(key, min(1.0, score)))
    return sorted(found, key=lambda one: -one.score)[:most]


def _rarity(sets: list[frozenset[str]]) -> dict[str, float]:
    having = Counter(one for own in sets for one in own)
    return {one: 1 + log(len(sets) / n) for one, n in having.items()}


def _size(own: Iterable[str], rarity: Mapping[str, float]) -> float:
    return sqrt(sum(rarity[one] ** 2 for one in own))
