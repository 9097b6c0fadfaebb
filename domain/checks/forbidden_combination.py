"""Two classes are in one item that the project keeps apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.elements.structs import Region

from .base import Context, Finding, Values, exempt
from .names import class_name

CODE = "forbidden_combination"
LEVEL = "warning"


def WHOLE(regions: Sequence[Region], context: Context) -> bool:  # noqa: N802 - beside CODE
    return bool(context.choices.apart)


def check_all(regions: Sequence[Region], context: Context) -> Iterator[Finding]:
    """One finding a pair of classes, at the first region of each: hundreds would say no more."""
    first: dict[int, Region] = {}
    for region in regions:
        if not exempt(region):
            first.setdefault(region.class_id, region)
    for pair in context.choices.apart:
        one, other = first.get(pair.class_id), first.get(pair.other)
        if one is not None and other is not None:
            names = class_name(context, pair.class_id), class_name(context, pair.other)
            detail = f"{names[0]} and {names[1]} are never in one item"
            values: Values = {"class": names[0], "other": names[1]}
            yield Finding(CODE, str(one.id), detail, other=str(other.id), values=values)
