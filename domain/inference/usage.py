"""What became of a model's answer: of each region that it offered, and of those that it missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec

from domain.agreement.likeness import DEFAULT_DIAGONAL, likeness
from domain.agreement.matching import match_with_ignored
from domain.elements import Region
from domain.elements.structs import set_aside

RIGHT = 0.5  # likeness from which a region is the one that was offered

What = Literal["accepted", "edited", "redrawn", "reclassed", "rejected"]
FOUND: frozenset[What] = frozenset({"accepted", "edited", "redrawn"})


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """Of one offered region.

    accepted: stands as it was offered. edited: used, and another geometry or other answers since. redrawn: not used, and
    somebody drew the same. reclassed: it is there as another class. rejected: nothing like it is there.
    `likeness`: with what stands instead, in [0, 1]; null where nothing does.
    """

    class_id: int
    score: float | None
    what: What
    likeness: float | None = None

    @property
    def right(self) -> bool:
        """Class and place were right: by the criterion of average precision at 0.5 (Everingham et al. 2010)."""
        return self.what in FOUND and (self.likeness or 0.0) >= RIGHT


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """`missed`: by class, how many regions stand that the model did not offer, or under another class."""

    fates: list[Fate]
    missed: dict[int, int]


def usage(offered: Sequence[Region], standing: Sequence[Region], *, diagonal: float = DEFAULT_DIAGONAL) -> Usage:
    """Compare what a model offered with what stands.

    A region that was used keeps the id it was offered with. The others pair within their class by likeness, and what is
    left over across classes. What lies on a region flagged ignore or crowd counts nowhere, as in COCO.

    Args:
        offered, standing: regions of one image, masks with their runs.
        diagonal: of the image, in pixels.
    """
    by_id = {region.id: region for region in standing if not set_aside(region)}
    used = {region.id: by_id[region.id] for region in offered if region.id in by_id}
    fates = [_used(region, used[region.id], diagonal) for region in offered if region.id in used]
    left = [region for region in offered if region.id not in used]
    rest = [region for region in standing if region.id not in used]
    within = _paired(left, rest, diagonal, classes=True)
    fates += [
        Fate(class_id=left[a].class_id, score=left[a].score, what="redrawn", likeness=iou) for a, _, iou in within.pairs
    ]
    alone, unfound = [left[a] for a in within.only_a], [rest[b] for b in within.only_b]
    across = _paired(alone, unfound, diagonal, classes=False)
    fates += [
        Fate(class_id=alone[a].class_id, score=alone[a].score, what="reclassed", likeness=iou)
        for a, _, iou in across.pairs
    ]
    fates += [Fate(class_id=alone[a].class_id, score=alone[a].score, what="rejected") for a in across.only_a]
    missed = Counter(region.class_id for region in unfound)
    missed.update(used[o.id].class_id for o in offered if o.id in used and used[o.id].class_id != o.class_id)
    return Usage(fates=fates, missed=dict(missed))


def _used(offered: Region, stands: Region, diagonal: float) -> Fate:
    same = float(likeness([offered.geometry], [stands.geometry], diagonal=diagonal)[0, 0])
    what: What = "edited"
    if offered.class_id != stands.class_id:
        what = "reclassed"
    elif offered.geometry == stands.geometry and offered.attributes == stands.attributes:
        what, same = "accepted", 1.0
    return Fate(class_id=offered.class_id, score=offered.score, what=what, likeness=same)


class _Pairs(msgspec.Struct, frozen=True):
    pairs: list[tuple[int, int, float]]
    only_a: list[int]
    only_b: list[int]


def _paired(a: Sequence[Region], b: Sequence[Region], diagonal: float, *, classes: bool) -> _Pairs:
    table = likeness([one.geometry for one in a], [one.geometry for one in b], diagonal=diagonal)
    found = match_with_ignored(
        table,
        a_ignored=[False] * len(a),
        b_ignored=[set_aside(one) for one in b],
        threshold=RIGHT,
        a_classes=[one.class_id for one in a] if classes else None,
        b_classes=[one.class_id for one in b] if classes else None,
    )
    return _Pairs([(pair.a, pair.b, pair.iou) for pair in found.pairs], found.only_a, found.only_b)
