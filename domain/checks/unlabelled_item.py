"""Nothing is drawn where something is expected: by a reference, or because nearly every other item has something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.elements.structs import Region

from .base import Context, Finding, Values

CODE = "unlabelled_item"
LEVEL = "warning"
SHARE, LEAST_ITEMS, SCORE = 0.98, 50, 0.8
PARAMETERS = {"share": (SHARE, 0.5, 1.0), "items": (LEAST_ITEMS, 10, 1_000_000), "score": (SCORE, 0.0, 1.0)}


def WHOLE(regions: Sequence[Region], context: Context) -> bool:  # noqa: N802 - beside CODE and PARAMETERS
    return not regions


def check_all(regions: Sequence[Region], context: Context) -> Iterator[Finding]:
    if regions or context.outcome not in ("labelled", "empty"):
        return
    least = context.choices.value(CODE, "score", SCORE)
    seen = sum(one.score >= least for one in context.references)
    known, share = context.known, context.choices.value(CODE, "share", SHARE)
    if seen:
        detail = f"nothing is drawn, and {seen} confident prediction{'s' * (seen > 1)} or references are known"
        yield Finding(CODE, "", detail, by=seen, values={"why": "reference", "n": seen})
    elif known.items >= context.choices.value(CODE, "items", LEAST_ITEMS) and known.drawn_share >= share:
        detail = f"nothing is drawn; {known.drawn_share:.1%} of {known.items} finished items have a region"
        values: Values = {"why": "others", "share": known.drawn_share, "n": known.items}
        yield Finding(CODE, "", detail, by=known.drawn_share, values=values)
