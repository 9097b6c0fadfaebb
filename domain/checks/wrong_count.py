"""An item has fewer or more regions of a class than the project asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from domain.elements.structs import Region

from .base import Context, Finding, Values, exempt
from .choices import Wanted
from .names import class_name

CODE = "wrong_count"
LEVEL = "warning"


def WHOLE(regions: Sequence[Region], context: Context) -> bool:  # noqa: N802 - beside CODE
    return bool(context.choices.counts)


def check_all(regions: Sequence[Region], context: Context) -> Iterator[Finding]:
    have = Counter(region.class_id for region in regions if not exempt(region))
    for wanted in context.choices.counts:
        count, name = have[wanted.class_id], class_name(context, wanted.class_id)
        if count < wanted.least:
            detail = f"has {count} of {name}, at least {wanted.least} are asked for"
            yield _wrong(wanted, count, name, detail, "few", wanted.least)
        elif wanted.most is not None and count > wanted.most:
            detail = f"has {count} of {name}, at most {wanted.most} are asked for"
            yield _wrong(wanted, count, name, detail, "many", wanted.most)


def _wrong(wanted: Wanted, count: int, name: str, detail: str, how: str, limit: int) -> Finding:
    """`at` names the class, so that two counts of one item are two findings."""
    values: Values = {"class": name, "count": count, "limit": limit, "how": how}
    return Finding(CODE, "", detail, by=count, at=f"class {wanted.class_id}", values=values)
