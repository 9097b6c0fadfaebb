"""A region reaches outside its image. Cut regions were reported at saving; this finds what was kept whole."""

from __future__ import annotations

from collections.abc import Iterator

from domain.elements.structs import Region

from .base import Context, Finding

CODE = "outside_image"
LEVEL = "warning"


def check_one(region: Region, context: Context) -> Iterator[Finding]:
    for problem in region.geometry.check(width=context.width, height=context.height, amodal=context.amodal):
        if problem.by is not None:
            yield Finding(CODE, str(region.id), problem.detail, by=problem.by, values={"px": round(problem.by, 1)})
