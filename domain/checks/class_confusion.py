"""A class that reviewers of this project often had to correct: its examples are worth a look."""

from __future__ import annotations

from collections.abc import Iterator

from domain.elements.structs import Region

from .base import Context, Finding, Values, exempt
from .names import class_name

CODE = "class_confusion"
LEVEL = "info"
TOLD = True
SHARE, LEAST_N = 0.1, 5
PARAMETERS = {"share": (SHARE, 0.0, 1.0), "n": (LEAST_N, 1, 10_000)}


def check_one(region: Region, context: Context) -> Iterator[Finding]:
    if exempt(region):
        return
    share, least = context.choices.value(CODE, "share", SHARE), context.choices.value(CODE, "n", LEAST_N)
    for confused in context.known.confused.get(region.class_id, ()):
        if confused.n >= least and confused.share >= share and _offered(context, confused.other, region.shape):
            names = class_name(context, region.class_id), class_name(context, confused.other)
            detail = f"{names[0]} was often {names[1]} after all ({confused.n} corrections): look at the examples"
            values: Values = {
                "class": names[0],
                "other": names[1],
                "n": confused.n,
                "class_id": region.class_id,
                "other_id": confused.other,
            }
            yield Finding(CODE, str(region.id), detail, by=confused.share, values=values)
            return


def _offered(context: Context, class_id: int, shape: str) -> bool:
    """Whether the other class may still be given to a region of this shape."""
    found = context.schema.class_by_id(class_id)
    return found is not None and not found.archived and shape in found.shapes
