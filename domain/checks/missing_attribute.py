"""A required attribute is asked and not answered, or a class is archived: what the schema finds."""

from __future__ import annotations

from collections.abc import Iterator

from domain.elements.structs import Region
from domain.schema import check_region

from .base import Context, Finding

CODE = "missing_attribute"
LEVEL = "stop"


def check_one(region: Region, context: Context) -> Iterator[Finding]:
    for problem in check_region(context.schema, region):
        if problem.code == CODE:
            yield Finding(CODE, str(region.id), problem.detail, at=problem.at, values={"attribute": problem.at})
