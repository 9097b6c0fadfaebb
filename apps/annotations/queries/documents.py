"""A document is a base revision's chunks with the changed rows laid over them, read a chunk at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import msgspec
from django.db import connection

from apps.annotations.models import Annotation, Chunk, Revision
from apps.core.packed import unpacked
from domain.elements import unpack

ROWS_AT_ONCE = 2_000
CHUNKS_AT_ONCE = 8


class Entry(NamedTuple):
    """One element of a document."""

    id: str
    kind: str
    version: int
    body: bytes

    def document(self) -> bytes:
        """`{kind, version, element}` as it is sent."""
        return b'{"kind":"%s","version":%d,"element":%s}' % (self.kind.encode(), self.version, self.body)


class _Named(msgspec.Struct):
    id: str


_NAMED = msgspec.json.Decoder(_Named)


def named(body: bytes) -> str:
    """The id that an element's bytes carry."""
    return _NAMED.decode(body).id


def chunk_bodies(hashes: Sequence[bytes | memoryview]) -> Iterator[bytes]:
    """Bodies of chunks in the order asked, a few at a time."""
    for start in range(0, len(hashes), CHUNKS_AT_ONCE):
        wanted = [bytes(h) for h in hashes[start : start + CHUNKS_AT_ONCE]]
        found = {bytes(row.sha256): bytes(row.body) for row in Chunk.objects.filter(sha256__in=wanted)}
        for key in wanted:
            yield found[key]


def bodies_by_digest(digests: Collection[bytes]) -> dict[bytes, bytes]:
    """Bodies of chunks, each once."""
    if not digests:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT sha256, body FROM annotations_chunk WHERE sha256 = ANY(%s)", [list(digests)])
        return {bytes(digest): unpacked(body) for digest, body in cursor.fetchall()}


def iter_revision_elements(revision: Revision) -> Iterator[bytes]:
    """The canonical bytes of a revision's chunks: JSON arrays of `{"kind", "element"}`, in element-id order."""
    return chunk_bodies(revision.chunks)


def iter_revision(revision: Revision, *, version: int | None = None) -> Iterator[Entry]:
    """The elements of a revision in id order."""
    version = revision.version if version is None else version
    for body in chunk_bodies(revision.chunks):
        for kind, raw in unpack(body):
            yield Entry(named(raw), kind, version, raw)


def iter_document(annotation: Annotation) -> Iterator[Entry]:
    """Base ∪ rows, in id order, without what was deleted."""
    rows = _rows(annotation.pk)
    row = next(rows, None)
    for entry in iter_revision(annotation.base, version=annotation.base_version) if annotation.base else ():
        while row is not None and row[:2] < (entry.id, entry.kind):
            if row[4] is not None:
                yield Entry(row[0], row[1], row[2], row[4])
            row = next(rows, None)
        if row is not None and row[:2] == (entry.id, entry.kind):
            if row[4] is not None:
                yield Entry(row[0], row[1], row[2], row[4])
            row = next(rows, None)
            continue
        yield entry
    while row is not None:
        if row[4] is not None:
            yield Entry(row[0], row[1], row[2], row[4])
        row = next(rows, None)


def _rows(annotation_id: int) -> Iterator[tuple[str, str, int, bool, bytes | None]]:
    """(id, kind, version, deleted, body or None) of changed elements, in the order that chunks have."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT element_id, kind, version, deleted, body FROM annotations_element
               WHERE annotation_id = %s ORDER BY element_id COLLATE "C", kind COLLATE "C" """,
            [annotation_id],
        )
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for element_id, kind, version, deleted, body in rows:
                yield element_id, kind, version, deleted, None if deleted or body is None else bytes(body)


class Changed(NamedTuple):
    """An element as it was last written; no body: it was deleted."""

    id: str
    kind: str
    version: int
    body: bytes | None


def changes_since(annotation: Annotation, version: int, *, but: str) -> tuple[list[Changed], bool]:
    """What other editing sessions than `but` wrote after a version, in the order of its writing, and whether there is more.

    What one call wrote stays together: a call holds at most 1,000 edits, so a page always has a whole one.
    """
    rows = (
        annotation.elements.filter(version__gt=version)
        .exclude(session=but)
        .order_by("version", "element_id", "kind")
        .values_list("element_id", "kind", "version", "deleted", "body")[: ROWS_AT_ONCE + 1]
    )
    found = [
        Changed(i, kind, at, None if deleted or body is None else bytes(body)) for i, kind, at, deleted, body in rows
    ]
    if len(found) <= ROWS_AT_ONCE:
        return found, False
    return [row for row in found if row.version < found[-1].version], True


def removed_regions(annotation: Annotation) -> list[str]:
    """Ids of the regions that were deleted in this annotation, and in what it is based on; some may be back."""
    rows = annotation.elements.filter(kind="region", deleted=True).values_list("element_id", flat=True)
    return sorted({*annotation.removed, *rows})


def find_in_base(base: Revision | None, ids: list[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
    """{(id, kind): bytes} of those of `ids` that the revision holds. Reads only the chunks that can hold them."""
    if base is None or not ids:
        return {}
    places = (
        {max(0, bisect_right(base.first_ids, element_id) - 1) for element_id, _ in ids} if base.first_ids else set()
    )
    wanted = set(ids)
    found: dict[tuple[str, str], bytes] = {}
    for body in chunk_bodies([base.chunks[place] for place in sorted(places)]):
        for kind, raw in unpack(body):
            key = (named(raw), kind)
            if key in wanted:
                found[key] = raw
    return found


def elements_of(entries: Iterator[Entry], *, most: int, most_bytes: int) -> tuple[list[msgspec.Raw] | None, int]:
    """(documents of the elements, how many), or (None, how many were read) when they are too many to come along."""
    found: list[msgspec.Raw] = []
    size = 0
    for entry in entries:
        document = entry.document()
        size += len(document)
        if len(found) >= most or size > most_bytes:
            return None, len(found) + 1
        found.append(msgspec.Raw(document))
    return found, len(found)
