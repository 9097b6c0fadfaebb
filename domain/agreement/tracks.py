"""Two answers to one video: HOTA (Luiten et al. 2021), IDF1 (Ristani et al. 2016), identity switches, F1 a frame.

Per-frame F1 alone cannot see that a track changed its name; HOTA and IDF1 can.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from .matching import ROUNDING
from .overlaps import Matrix
from .result import Score

ALPHAS = np.arange(0.05, 0.99, 0.05)
Ids = NDArray[np.int64]


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One frame: names of the tracks on either side (any integers) and (N, M) likeness of their shapes in [0, 1]."""

    a: Sequence[int]
    b: Sequence[int]
    likeness: Matrix


def track_scores(frames: Sequence[Frame], *, threshold: float = 0.5) -> dict[str, Score]:
    """hota (details: deta, assa, loca), idf1, mota, id_switches and f1 a frame, of `b` against the reference `a`.

    Args:
        threshold: likeness from which two shapes on one frame are one thing; HOTA is the mean over 0.05 … 0.95.
    """
    total_a, total_b = sum(len(f.a) for f in frames), sum(len(f.b) for f in frames)
    base: dict[str, Any] = {"n_items": len(frames), "n_pairs": total_a + total_b}
    names = ("hota", "idf1", "mota", "id_switches", "frame_f1")
    if total_a + total_b == 0:
        why = "both_empty" if frames else "no_items"
        return {name: Score(value=None, reason=why, method=name, **base) for name in names}
    world = _World(frames)
    out = {"hota": _hota(world, base)}
    at: dict[str, Any] = base | {"params": {"threshold": threshold}}
    out["idf1"] = _idf1(world, threshold, at)
    tp, switches = _clear(world, threshold)
    wrong = (total_a - tp) + (total_b - tp)
    out["frame_f1"] = Score(value=2 * tp / (total_a + total_b), method="frame_f1", **at)
    out["id_switches"] = Score(value=float(switches), method="id_switches", **at)
    out["mota"] = (
        Score(value=1 - (wrong + switches) / total_a, method="mota", **at)
        if total_a
        else Score(value=None, reason="no_reference", method="mota", **at)
    )
    return out


class _World:
    """Frames with the tracks numbered 0 … on either side."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        numbers: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self.frames: list[tuple[Ids, Ids, Matrix]] = []
        for frame in frames:
            ids = [
                np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)
                for known, names in zip(numbers, (frame.a, frame.b), strict=True)
            ]
            if len(set(frame.a)) < len(frame.a) or len(set(frame.b)) < len(frame.b):
                raise ValueError("a track is twice on one frame")
            likeness = np.asarray(frame.likeness, dtype=np.float64).reshape(len(frame.a), len(frame.b))
            self.frames.append((ids[0], ids[1], likeness))
        self.n, self.m = len(numbers[0]), len(numbers[1])
        self.count_a, self.count_b = np.zeros(self.n), np.zeros(self.m)
        for a, b, _ in self.frames:
            self.count_a[a] += 1
            self.count_b[b] += 1


def _assigned(weight: Matrix) -> tuple[Ids, Ids]:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(weight, maximize=True)
    return rows, columns


def _hota(world: _World, base: dict[str, Any]) -> Score:
    shared = np.zeros((world.n, world.m))
    for a, b, likeness in world.frames:
        below = likeness.sum(axis=0)[None, :] + likeness.sum(axis=1)[:, None] - likeness
        shared[np.ix_(a, b)] += np.divide(likeness, below, out=np.zeros_like(likeness), where=below > 0)
    together = shared / (world.count_a[:, None] + world.count_b[None, :] - shared)
    hits = np.zeros((len(ALPHAS), world.n, world.m))
    tp, near = np.zeros(len(ALPHAS)), np.zeros(len(ALPHAS))
    for a, b, likeness in world.frames:
        if not likeness.size:
            continue
        rows, columns = _assigned(together[np.ix_(a, b)] * likeness)
        alike = likeness[rows, columns]
        for k, alpha in enumerate(ALPHAS):
            kept = alike >= alpha - ROUNDING
            hits[k, a[rows[kept]], b[columns[kept]]] += 1
            tp[k] += kept.sum()
            near[k] += alike[kept].sum()
    sizes = world.count_a[:, None] + world.count_b[None, :]
    associated = (hits * hits / np.maximum(1, sizes - hits)).sum(axis=(1, 2)) / np.maximum(1, tp)
    detected = tp / (world.count_a.sum() + world.count_b.sum() - tp)
    details = {
        "deta": float(detected.mean()),
        "assa": float(associated.mean()),
        "loca": float((np.maximum(1e-10, near) / np.maximum(1e-10, tp)).mean()),
    }
    params = {"alphas": "0.05 … 0.95"}
    return Score(
        value=float(np.sqrt(detected * associated).mean()), method="hota", details=details, params=params, **base
    )


def _idf1(world: _World, threshold: float, base: dict[str, Any]) -> Score:
    """The one naming of all tracks that keeps most detections."""
    alike = np.zeros((world.n, world.m))
    for a, b, likeness in world.frames:
        alike[np.ix_(a, b)] += likeness >= threshold - ROUNDING
    rows, columns = _assigned(alike) if alike.size else (np.zeros(0, int), np.zeros(0, int))
    idtp = float(alike[rows, columns].sum())
    idfn, idfp = float(world.count_a.sum()) - idtp, float(world.count_b.sum()) - idtp
    details = {"idtp": idtp, "idfp": idfp, "idfn": idfn}
    return Score(value=2 * idtp / (2 * idtp + idfp + idfn), method="idf1", details=details, **base)


def _clear(world: _World, threshold: float) -> tuple[int, int]:
    """Matched detections and identity switches (Bernardin and Stiefelhagen 2008): who was matched before is preferred."""
    last = np.full(world.n, -1)
    before = np.full(world.n, -1)
    tp = switches = 0
    for a, b, likeness in world.frames:
        now = np.full(world.n, -1)
        if likeness.size:
            allowed = likeness >= threshold - ROUNDING
            kept = allowed & (before[a][:, None] == b[None, :])
            rows, columns = _assigned(np.where(allowed, likeness + 1000.0 * kept + ROUNDING, 0.0))
            taken = allowed[rows, columns]
            mine, theirs = a[rows[taken]], b[columns[taken]]
            tp += len(mine)
            switches += int(np.count_nonzero((last[mine] >= 0) & (last[mine] != theirs)))
            now[mine] = last[mine] = theirs
        before = now
    return tp, switches
