"""Share of an image that masks cover, out of their runs: no array of the image's size is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np


def covered_pixels(masks: Iterable[Sequence[int]]) -> int:
    """Pixels in at least one mask.

    Args:
        masks: full-frame run lengths of each, background first, column-major as COCO has them.
    """
    starts, ends = [], []
    for runs in masks:
        edges = np.cumsum(np.asarray(runs, dtype=np.int64))
        starts.append(edges[0::2][: len(edges) // 2])
        ends.append(edges[1::2])
    if not starts:
        return 0
    first, last = np.concatenate(starts), np.concatenate(ends)
    order = np.argsort(first, kind="stable")
    first, last = first[order], last[order]
    reached = np.maximum.accumulate(last)
    before = np.concatenate([[0], reached[:-1]])
    return int(np.maximum(0, last - np.maximum(first, before)).sum())
