"""Which regions: the filter that the list, its count and bulk changes share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

FlagName = Literal["truncated", "difficult", "crowd", "ignore", "uncertain"]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Sort = Literal["newest", "oldest", "smallest", "largest", "unsure"]
BY_HAND = "person"  # what the filter calls regions that have no source


class RegionFilter(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Every member that is given must hold. The same names are query parameters of the list.

    Areas are in square image pixels, `aspect` is width over height. `source` "person" means: drawn by hand. `finding` is a
    check's code, or "any", with an open finding.
    """

    class_id: list[int] | None = None
    shape: list[Word] | None = None
    task: list[int] | None = None
    min_area: float | None = None
    max_area: float | None = None
    min_aspect: float | None = None
    max_aspect: float | None = None
    author: int | None = None
    source: Word | None = None
    min_score: float | None = None
    max_score: float | None = None
    attribute: dict[str, Any] | None = None
    flag: FlagName | None = None
    finding: Word | None = None
    metadata: dict[str, Any] | None = None
