"""Sets of labels on one item: how far apart two sets are, agreement label by label, and F1.

A set is an answer even when it is empty; null is a missing answer.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import Any

import msgspec

from .cohen import cohen_kappa
from .intervals import share
from .ratings import scale_of
from .result import Score

Labels = Collection[Hashable]
SUBSET, CROSSING = 2 / 3, 1 / 3  # Passonneau's monotonicity (2006), not rounded to .67 and .33


def jaccard_distance(a: Labels, b: Labels) -> float:
    """1 − |a ∩ b| / |a ∪ b|; 0 for two empty sets."""
    first, second = frozenset(a), frozenset(b)
    union = len(first | second)
    return 0.0 if union == 0 else 1.0 - len(first & second) / union


def masi_distance(a: Labels, b: Labels) -> float:
    """1 − J · M (Passonneau 2006): M is 1 for equal sets, 2/3 when one holds the other, 1/3 when they cross, else 0.

    0 for two empty sets, 1 for an empty and another one.
    """
    first, second = frozenset(a), frozenset(b)
    if first == second:
        return 0.0
    if not first & second:
        return 1.0
    monotone = SUBSET if first <= second or second <= first else CROSSING
    return 1.0 - (1.0 - jaccard_distance(first, second)) * monotone


class LabelScores(msgspec.Struct, frozen=True, kw_only=True):
    """Two people's label sets: kappa of each label, and F1 over all decisions (micro) and as a mean over labels (macro)."""

    per_label: dict[Any, Score]
    micro_f1: Score
    macro_f1: Score
    exact: Score


def label_scores(
    a: Sequence[Labels | None], b: Sequence[Labels | None], *, labels: Sequence[Hashable] | None = None
) -> LabelScores:
    """Of the items that both answered.

    Raises:
        ValueError: different numbers of items, or a label that is not declared.
    """
    both = [(frozenset(p), frozenset(q)) for p, q in zip(a, b, strict=True) if p is not None and q is not None]
    used = [label for p, q in both for label in sorted(p | q, key=str)]
    scale = list(labels) if labels is not None else scale_of(used)
    unknown = set(used) - set(scale)
    if unknown:
        raise ValueError(f"labels that are not declared: {sorted(map(str, unknown))[:5]}")
    n = len(both)
    counts = {label: _counts(both, label) for label in scale}
    tp, fp, fn = (sum(row[i] for row in counts.values()) for i in range(3))
    each = [score.value for score in (_f1(*row, n, "f1") for row in counts.values()) if score.value is not None]
    macro: dict[str, Any] = {"method": "macro_f1", "n_items": n, "n_pairs": n, "params": {"labels": len(scale)}}
    same = sum(p == q for p, q in both)
    return LabelScores(
        per_label={
            label: cohen_kappa([label in p for p, _ in both], [label in q for _, q in both], categories=[False, True])
            for label in scale
        },
        micro_f1=_f1(tp, fp, fn, n, "micro_f1"),
        macro_f1=Score(value=sum(each) / len(each), details={"labels_used": len(each)}, **macro)
        if each
        else Score(value=None, reason="no_items" if not n else "both_empty", **macro),
        exact=share(same, n, method="exact_match"),
    )


def _counts(both: list[tuple[frozenset[Hashable], frozenset[Hashable]]], label: Hashable) -> tuple[int, int, int]:
    """In both, only in b, only in a."""
    return (
        sum(label in p and label in q for p, q in both),
        sum(label in q and label not in p for p, q in both),
        sum(label in p and label not in q for p, q in both),
    )


def _f1(tp: int, fp: int, fn: int, n: int, method: str) -> Score:
    base: dict[str, Any] = {"method": method, "n_items": n, "n_pairs": tp + fp + fn}
    if tp + fp + fn == 0:
        return Score(value=None, reason="both_empty" if n else "no_items", **base)
    return Score(value=2 * tp / (2 * tp + fp + fn), details={"tp": tp, "fp": fp, "fn": fn}, **base)
