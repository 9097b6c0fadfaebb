"""The region index: one row a region of each current revision, written by COPY, rebuildable at any time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec
from django.db import connection, transaction

from apps.annotations.models import Annotation, RegionIndex, Revision
from apps.annotations.queries.documents import chunk_bodies
from domain.elements import Region, decode_chunk

COLUMNS = (
    "project_id, revision_id, ordinal, task_id, element_id, class_id, shape, x0, y0, x1, y1, area, source, score, flags, "
    "maker_id, editor_id, attributes"
)
REVISIONS_AT_ONCE = 200
NULL = "\\N"
NOWHERE = "\t".join([NULL] * 4)
_JSON = msgspec.json.Encoder()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


@lru_cache(maxsize=256)
def _source(text: str) -> str:
    return _escaped(text)


def _lines(revision: Revision, regions: Iterable[Region]) -> Iterator[str]:
    author = revision.author_id if revision.author_id is not None else NULL
    head, task = f"{revision.project_id}\t{revision.pk}\t", revision.task_id
    tail, plain = f"\t{author}\t{author}\t", f"\t{NULL}\t{{}}\t{author}\t{author}\t{{}}\n"
    for ordinal, region in enumerate(regions):
        geometry = region.geometry
        bounds = geometry.bounds()
        corners = "%r\t%r\t%r\t%r" % tuple(map(float, bounds)) if bounds else NOWHERE  # noqa: UP031 - the fastest
        source = _source(region.source) if region.source else NULL
        if region.score is None and not region.flags and not region.attributes:  # by far the most
            end = plain
        else:
            score = repr(region.score) if region.score is not None else NULL
            attributes = _escaped(_JSON.encode(region.attributes).decode()) if region.attributes else "{}"
            end = f"\t{score}\t{{{','.join(region.flags)}}}{tail}{attributes}\n"
        yield (
            f"{head}{ordinal}\t{task}\t{region.id}\t{region.class_id}\t{geometry.shape}\t"
            f"{corners}\t{float(geometry.area())!r}\t{source}{end}"
        )


def regions_in(bodies: Iterable[bytes]) -> Iterator[Region]:
    """The regions of chunks."""
    for body in bodies:
        for entry in decode_chunk(body):
            if isinstance(entry.element, Region):
                yield entry.element


def write_index(
    project_id: int, content: Sequence[tuple[Revision, Iterable[Region]]], *, replaced: Sequence[int] = ()
) -> None:
    """Index revisions from their regions in id order, and drop the rows of those that they take the place of."""
    if replaced:
        RegionIndex.objects.filter(project_id=project_id, revision_id__in=list(replaced)).delete()
    lines = io.StringIO()
    for revision, regions in content:
        lines.writelines(_lines(revision, regions))
    if lines.tell():
        lines.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY annotations_regionindex ({COLUMNS}) FROM STDIN", lines)  # type: ignore[attr-defined]


def index_revision(*, revision: Revision, replaced: Sequence[int] = ()) -> None:
    """Index one revision from its stored chunks."""
    write_index(revision.project_id, [(revision, regions_in(chunk_bodies(revision.chunks)))], replaced=replaced)


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
            found = Revision.objects.filter(pk__in=rows[start : start + REVISIONS_AT_ONCE]).order_by("pk")
            write_index(project_id, [(revision, regions_in(chunk_bodies(revision.chunks))) for revision in found])
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
