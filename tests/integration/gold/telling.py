"""Telling hidden tests from work: what a claim gives away, as numbers, and a small classifier that learns from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

_STAMP = re.compile(r"^\d{4}-\d\d-\d\dT(\d\d):(\d\d):(\d\d)(?:\.(\d+))?")
_DIGITS = re.compile(r"\d+")
ROUNDS = 60


def _flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield f"{path}#", len(value)
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}")
    elif isinstance(value, list):
        yield f"{path}[]", len(value)
        for place, inner in enumerate(value[:3]):
            yield from _flat(inner, f"{path}[{place}]")
    else:
        yield path, value


def features(claim: Any, headers: dict[str, str], before: dict[str, float]) -> dict[str, float]:
    """Every number, truth value, length, digit and time of a claim's JSON, its headers and its gaps to the claim before."""
    found: dict[str, float] = {}
    for path, value in [*_flat(claim, ""), *_flat(headers, "header")]:
        if value is None or isinstance(value, bool):
            found[f"{path}?"] = -1.0 if value is None else float(value)
        elif isinstance(value, int | float):
            found[path] = float(value)
            found[f"{path}%16"] = float(value) % 16
        else:
            text = str(value)
            found[f"{path}:length"] = len(text)
            found[f"{path}:digits"] = sum(c.isdigit() for c in text)
            found[f"{path}:upper"] = sum(c.isupper() for c in text)
            numbers = _DIGITS.findall(text)
            if numbers:
                found[f"{path}:last"] = float(numbers[-1][-15:])
            if stamp := _STAMP.match(text):
                hour, minute, second, rest = stamp.groups()
                found[f"{path}:time"] = int(hour) * 3600 + int(minute) * 60 + int(second) + float(f"0.{rest or 0}")
    gaps = {f"{path}:gap": value - before[path] for path, value in found.items() if path in before}
    before.clear()
    before.update(found)
    return found | gaps


def table(rows: list[dict[str, float]]) -> tuple[NDArray[np.float64], list[str]]:
    """(claims, features), features that never vary left out; one that a claim lacks is a number of its own."""
    names = sorted({name for row in rows for name in row})
    data = np.array([[row.get(name, -1e18) for name in names] for row in rows])
    varies = np.ptp(data, axis=0) > 0
    return data[:, varies], [name for name, kept in zip(names, varies, strict=True) if kept]


def _stump(
    data: NDArray[np.float64], cuts: NDArray[np.float64], target: NDArray[np.float64], weight: NDArray[np.float64]
):
    """The feature, cut and sign with the least weighted error."""
    best = (1.0, 0, 0.0, 1.0)
    signed = weight * target
    for feature in range(data.shape[1]):
        above = data[:, feature][:, None] > cuts[feature][None, :]
        agreement = signed @ np.where(above, 1.0, -1.0)
        place = int(np.abs(agreement).argmax())
        error = (1 - abs(agreement[place])) / 2
        if error < best[0]:
            best = (float(error), feature, float(cuts[feature][place]), 1.0 if agreement[place] > 0 else -1.0)
    return best


def boosted(train: NDArray[np.float64], labels: NDArray[np.bool_], test: NDArray[np.float64], *, rounds: int = ROUNDS):
    """Scores of the test rows by AdaBoost over decision stumps (Freund and Schapire 1997), both classes of equal weight."""
    cuts = np.quantile(train, np.linspace(0.02, 0.98, 25), axis=0).T
    target = np.where(labels, 1.0, -1.0)
    weight = np.where(labels, 0.5 / labels.sum(), 0.5 / (~labels).sum())
    scores = np.zeros(len(test))
    for _ in range(rounds):
        error, feature, cut, sign = _stump(train, cuts, target, weight)
        error = min(max(error, 1e-9), 0.5 - 1e-9)
        alpha = 0.5 * np.log((1 - error) / error)
        guess = sign * np.where(train[:, feature] > cut, 1.0, -1.0)
        weight = weight * np.exp(-alpha * target * guess)
        weight /= weight.sum()
        scores += alpha * sign * np.where(test[:, feature] > cut, 1.0, -1.0)
    return scores


def auc(scores: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    """The chance that a test scores above a piece of work, ties half (Mann and Whitney)."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    for value in np.unique(scores):
        same = scores == value
        ranks[same] = ranks[same].mean()
    positive = int(labels.sum())
    return float((ranks[labels].sum() - positive * (positive + 1) / 2) / (positive * (len(scores) - positive)))


def told_apart(rows: list[dict[str, float]], labels: NDArray[np.bool_], *, folds: int = 5, seed: int = 0) -> float:
    """AUC over held-out claims, by cross-validation."""
    data, _ = table(rows)
    fold = np.random.default_rng(seed).permutation(len(rows)) % folds
    scores = np.zeros(len(rows))
    for number in range(folds):
        held = fold == number
        got = boosted(data[~held], labels[~held], data[held])
        scores[held] = np.argsort(np.argsort(got)) / max(1, held.sum() - 1)
    return auc(scores, labels)


def hanley(area: float, labels: NDArray[np.bool_]) -> float:
    """Standard error of an AUC (Hanley and McNeil 1982)."""
    ones, zeros = int(labels.sum()), int((~labels).sum())
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (ones - 1) * (one - area**2) + (zeros - 1) * (two - area**2)
    return float(np.sqrt(spread / (ones * zeros)))
