"""The region index: one row a region of each current revision, written by COPY, rebuildable at any time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec
from django.db import connection, transaction

from apps.annotations.models import Annotation, RegionIndex, Revision
from apps.annotations.queries.documents import chunk_bodies
from apps.core.ahead import meanwhile
from apps.core.bulk import PIECE
from domain.elements import Region, decode_chunk

COLUMNS = (
    "project_id, revision_id, task_id, maker_id, editor_id, ordinal, element_id, class_id, shape, x0, y0, x1, y1, area, "
    "source, score, flags, attributes"
)
# The lines are JSON arrays without their brackets, which CSV reads where its quotation marks are escaped as JSON's are.
COPY = f"COPY annotations_regionindex ({COLUMNS}) FROM STDIN (FORMAT csv, ESCAPE '\\', NULL 'null')"
REVISIONS_AT_ONCE = 200
LINES_AT_ONCE = 4_000
NOWHERE = (None, None, None, None)
NOTHING = msgspec.Raw(b'"{}"')  # no flags, no attributes
BETWEEN = b"]\n["  # two lines
_JSON = msgspec.json.Encoder()


@lru_cache(maxsize=256)
def _quoted(text: str) -> msgspec.Raw:
    """A text as it is between CSV's quotation marks: JSON's own escapes mean nothing there."""
    return msgspec.Raw(b'"%b"' % text.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"'))


def _line(ordinal: int, region: Region) -> tuple[Any, ...]:
    geometry = region.geometry
    flags, attributes, source = region.flags, region.attributes, region.source
    return (
        ordinal,
        region.id,
        region.class_id,
        geometry.shape,
        *(geometry.bounds() or NOWHERE),
        geometry.area(),
        _quoted(source) if source else None,
        region.score,
        _quoted("{" + ",".join(flags) + "}") if flags else NOTHING,
        _JSON.encode(attributes).decode() if attributes else NOTHING,
    )


def lines_of(regions: Iterable[Region]) -> bytes:
    """The part of a revision's rows that its regions say, in id order: an array a line."""
    numbered = enumerate(regions)
    parts: list[bytes] = []
    while some := [_line(ordinal, region) for ordinal, region in islice(numbered, LINES_AT_ONCE)]:
        parts.append(_JSON.encode_lines(some))
    return b"".join(parts)


def regions_in(bodies: Iterable[bytes]) -> Iterator[Region]:
    """The regions of chunks."""
    for body in bodies:
        for entry in decode_chunk(body):
            if isinstance(entry.element, Region):
                yield entry.element


def write_index(project_id: int, content: Sequence[tuple[Revision, bytes]], *, replaced: Sequence[int] = ()) -> None:
    """Index revisions from their `lines_of`, and drop the rows of those that they take the place of."""
    if replaced:
        RegionIndex.objects.filter(project_id=project_id, revision_id__in=list(replaced)).delete()
    rows = io.BytesIO()
    for revision, lines in content:
        if lines:
            author = revision.author_id if revision.author_id is not None else "null"
            head = f"{project_id},{revision.pk},{revision.task_id},{author},{author},".encode()
            rows.write(head + lines[1:-2].replace(BETWEEN, b"\n" + head) + b"\n")
    if rows.tell():
        rows.seek(0)
        with meanwhile(), connection.cursor() as cursor:
            cursor.copy_expert(COPY, rows, PIECE)  # type: ignore[attr-defined]


def index_revisions(*, revisions: Sequence[Revision], replaced: Sequence[int] = ()) -> None:
    """Index revisions of one project from their stored chunks, and drop the rows of those that they take the place of."""
    lines = [(revision, lines_of(regions_in(chunk_bodies(revision.chunks)))) for revision in revisions]
    if lines:
        write_index(revisions[0].project_id, lines, replaced=replaced)


def reindex_project(*, project_id: int, report: Callable[[int, int], None] | None = None) -> int:
    """Rebuild a project's index from the revisions that are current: the base of each annotation that stands.

    Returns:
        How many revisions were indexed.
    """
    rows = current_revisions(project_id)
    total = len(rows)
    with transaction.atomic():
        RegionIndex.objects.filter(project_id=project_id).delete()
        for start in range(0, total, REVISIONS_AT_ONCE):
            found = Revision.objects.filter(pk__in=rows[start : start + REVISIONS_AT_ONCE])
            index_revisions(revisions=list(found.order_by("pk")))
            if report is not None:
                report(min(start + REVISIONS_AT_ONCE, total), total)
    return total


def current_revisions(project_id: int) -> list[int]:
    """Ids of revisions that no later one took the place of."""
    newest = (
        Revision.objects.filter(project_id=project_id)
        .exclude(annotation__state=Annotation.State.DISCARDED)
        .order_by("annotation_id", "-number")
        .distinct("annotation_id")
        .values_list("pk", "annotation_id")
    )
    newest_ids = dict(newest)
    superseded = set(
        Annotation.objects.filter(project_id=project_id, based_on__in=list(newest_ids))
        .filter(pk__in=newest_ids.values())
        .values_list("based_on_id", flat=True)
    )
    return sorted(pk for pk in newest_ids if pk not in superseded)
