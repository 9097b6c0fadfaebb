"""A text attribute does not look as the project wants it written."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from domain.elements.structs import Region

from .base import Context, Finding, Values

CODE = "naming"
LEVEL = "warning"


def check_one(region: Region, context: Context) -> Iterator[Finding]:
    """An attribute that is empty or not asked is none of this rule's business."""
    for naming in context.choices.names:
        value = region.attributes.get(naming.attribute)
        if isinstance(value, str) and value and not fnmatchcase(value, naming.pattern):
            detail = f"{naming.attribute} is {value[:60]!r}, it should look like {naming.pattern}"
            values: Values = {
                "attribute": naming.attribute,
                "value": value[:60],
                "pattern": naming.pattern,
            }
            yield Finding(CODE, str(region.id), detail, at=naming.attribute, values=values)
