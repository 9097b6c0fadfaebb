"""Classes of items from several people's answers, weighing each person by how they err (Dawid and Skene 1979).

Expectation maximisation in logarithms, begun from the shares of votes, which fixes what each class means: the labels
cannot swap. Trust it from about ten answers a person on.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
SMOOTHING = 0.01  # of an answer, in every cell of a person's confusion: nobody is thought infallible
ENOUGH_ANSWERS = 10  # a person, before the estimate says much
_FLOOR = 1e-300


class DawidSkene(msgspec.Struct, frozen=True, kw_only=True):
    """What is believed.

    `posterior` (items, classes); `confusion` (people, classes, classes): rows the true class, columns what is answered,
    null rows (of a class nobody is believed to be) are the prior; `marginals` (classes,).
    """

    posterior: Reals
    confusion: Reals
    marginals: Reals
    classes: list[Hashable]
    iterations: int
    converged: bool
    few_answers: list[int]  # people with fewer than ENOUGH_ANSWERS


def dawid_skene(
    item: Sequence[int] | NDArray[np.int64],
    person: Sequence[int] | NDArray[np.int64],
    answer: Sequence[int] | NDArray[np.int64],
    *,
    classes: Sequence[Hashable],
    smoothing: float = SMOOTHING,
    tolerance: float = 1e-6,
    iterations: int = 500,
    known: dict[int, int] | None = None,
    accuracy_prior: float = 0.0,
) -> DawidSkene:
    """Estimate classes and people together.

    Args:
        item, person, answer: (R,) one answer each: item 0 …, person 0 …, index into `classes`. A person may answer an
            item more than once.
        smoothing: added to each cell of a confusion; 0 gives the 1979 estimate.
        tolerance: stop when no posterior moves by more.
        known: item → class of gold: held fixed.
        accuracy_prior: answers' worth of belief that a person is right, on the diagonal; steadies people with few answers.

    Raises:
        ValueError: lengths differ, no answers, or a code out of range.
    """
    i, p, a = (np.asarray(v, dtype=np.int64) for v in (item, person, answer))
    q = len(classes)
    if not i.shape == p.shape == a.shape or i.ndim != 1 or not i.size:
        raise ValueError(f"answers need item, person and class each, got {i.shape}, {p.shape}, {a.shape}")
    if min(i.min(), p.min(), a.min()) < 0 or a.max() >= q:
        raise ValueError(f"codes must be 0 … and classes below {q}")
    items, people = int(i.max()) + 1, int(p.max()) + 1
    fixed = _fixed(known or {}, items, q)
    posterior = _hold(_votes(i, a, items, q), fixed)
    prior = np.full((q, q), smoothing) + accuracy_prior * np.eye(q)
    moved, step = np.inf, 0
    confusion, marginals = _maximise(posterior, i, p, a, people, prior)
    while step < iterations and moved > tolerance:
        step += 1
        update = _hold(_expect(confusion, marginals, i, p, a, items), fixed)
        moved = float(np.abs(update - posterior).max())
        posterior = update
        confusion, marginals = _maximise(posterior, i, p, a, people, prior)
    answered = np.bincount(p, minlength=people)
    return DawidSkene(
        posterior=posterior,
        confusion=confusion,
        marginals=marginals,
        classes=list(classes),
        iterations=step,
        converged=moved <= tolerance,
        few_answers=np.flatnonzero(answered < ENOUGH_ANSWERS).tolist(),
    )


def _votes(i: NDArray[np.int64], a: NDArray[np.int64], items: int, q: int) -> Reals:
    counts = np.bincount(i * q + a, minlength=items * q).reshape(items, q).astype(np.float64)
    total = counts.sum(axis=1, keepdims=True)
    return np.where(total > 0, counts / np.maximum(total, 1), 1 / q)


def _fixed(known: dict[int, int], items: int, q: int) -> tuple[NDArray[np.int64], Reals]:
    at = np.array(sorted(known), dtype=np.int64)
    if at.size and (at.min() < 0 or at.max() >= items):
        raise ValueError("gold of an item that nobody answered")
    return at, np.eye(q)[[known[int(k)] for k in at]] if at.size else np.zeros((0, q))


def _hold(posterior: Reals, fixed: tuple[NDArray[np.int64], Reals]) -> Reals:
    posterior[fixed[0]] = fixed[1]
    return posterior


def _maximise(
    posterior: Reals, i: NDArray[np.int64], p: NDArray[np.int64], a: NDArray[np.int64], people: int, prior: Reals
) -> tuple[Reals, Reals]:
    q = posterior.shape[1]
    counts: Reals = np.stack(
        [np.bincount(p * q + a, weights=posterior[i, k], minlength=people * q).reshape(people, q) for k in range(q)],
        axis=1,
    )
    counts = counts + prior
    total = counts.sum(axis=2, keepdims=True)
    return np.divide(counts, total, out=np.full_like(counts, 1 / q), where=total > 0), posterior.mean(axis=0)


def _expect(
    confusion: Reals, marginals: Reals, i: NDArray[np.int64], p: NDArray[np.int64], a: NDArray[np.int64], items: int
) -> Reals:
    q = len(marginals)
    told = np.log(np.maximum(confusion, _FLOOR))[p, :, a]  # (R, classes)
    logs = np.stack([np.bincount(i, weights=told[:, k], minlength=items) for k in range(q)], axis=1)
    logs += np.log(np.maximum(marginals, _FLOOR))
    logs -= logs.max(axis=1, keepdims=True)
    weight = np.exp(logs)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def summary(found: DawidSkene) -> dict[str, Any]:
    """Each person's expected accuracy: Σ marginal × chance of being right."""
    right = np.einsum("k,pkk->p", found.marginals, found.confusion)
    return {"accuracy": right.tolist(), "iterations": found.iterations, "converged": found.converged}
