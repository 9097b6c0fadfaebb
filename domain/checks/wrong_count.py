"""An item has fewer or more regions of a class than the project asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from domain.elements.structs import Region

from .base import Context, Finding, exempt
from .names import class_name

CODE = "wrong_count"


def check_all(regions: Sequence[Region], context: Context) -> Iterator[Finding]:
    if not context.choices.counts:
        return
    have = Counter(region.class_id for region in regions if not exempt(region))
    for wanted in context.choices.counts:
        count, name = have[wanted.class_id], class_name(context, wanted.class_id)
        if count < wanted.least:
            yield Finding(CODE, "", f"has {count} of {name}, at least {wanted.least} are asked for", by=count)
        elif wanted.most is not None and count > wanted.most:
            yield Finding(CODE, "", f"has {count} of {name}, at most {wanted.most} are asked for", by=count)
