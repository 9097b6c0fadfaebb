"""Writing an export: constant memory, and bytes that depend on the version and the options only."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection

from apps.annotations.models import Revision
from apps.annotations.queries.documents import bodies_by_digest, chunk_bodies
from apps.assets import queries as assets
from apps.core.ahead import ahead
from apps.core.errors import DomainError, NotFound
from apps.datasets.models import Export, VersionItem
from apps.datasets.services.asking import OWN_OPTIONS, augment_of, format_of, rework_of
from apps.datasets.services.describing import sheet_files
from apps.datasets.services.freezing import freeze
from apps.datasets.services.pictures import Picture, add_picture

Progress = Callable[[int, int, str], None]
ITEMS_AT_ONCE = 300
ELEMENTS_AT_ONCE = 6_000  # of items whose chunks are read together
SMALL = 1  # chunks; larger items are read one chunk at a time
SCRATCH_IN_MEMORY = 1 << 20  # bytes a part; the rest waits in a file
SCRATCH_BUFFER = 1 << 17
REPORT = "labelwright-report.json"

_ITEMS = """
SELECT i.ordinal, i.task_id, i.split, r.outcome, r.chunks, r.element_count, a.id, a.name, a.width, a.height, a.sha256,
       coalesce(a.external_id, ''), a."group", a.origin, a.licence, a.attribution, a.metadata::text, a.orientation, a.path,
       a.derivatives #>> '{display,path}', a.content_type
FROM (
    SELECT * FROM datasets_versionitem WHERE version_id = %s AND ordinal >= %s ORDER BY ordinal LIMIT %s
) i JOIN annotations_revision r ON r.id = i.revision_id JOIN assets_asset a ON a.id = i.asset_id ORDER BY i.ordinal
"""


class ExportFailed(DomainError):
    code = "export_failed"


class _Row(msgspec.Struct, array_like=True):
    """One line of `_ITEMS`."""

    ordinal: int
    task: int
    split: str
    outcome: str
    chunks: list[bytes]
    elements: int
    asset: int
    name: str
    width: int
    height: int
    sha256: str
    external_id: str
    group: str
    origin: str
    licence: str
    attribution: str
    metadata: str
    orientation: int
    path: str
    display: str | None
    content_type: str


def write_export(*, export: Export, part: Path, progress: Progress) -> tuple[str, dict[str, Any]]:
    """Write the archive to `part`; (digest, report). The report stands in it too.

    Raises:
        ExportFailed: the format could not write it.
    """
    from domain.formats import ZipSink

    with part.open("wb") as out:
        sink = ZipSink(out, make_scratch=_scratch(part))
        with _discarded_on_failure(sink):
            report = _fill(export, sink, progress, images=bool(export.options.get("images")))
            if export.options.get("all_answers"):
                _add_answers(export, sink)
            document = report | {"files": len(sink._entries) + 1}
            sink.write(REPORT, msgspec.json.format(msgspec.json.encode(document)))
            sink.close()
    return sink.digest, document


def preview_export(*, export: Export, part: Path, progress: Progress) -> dict[str, Any]:
    """The report of the export as it would be; nothing of it is kept.

    Raises:
        ExportFailed: the format could not write it.
    """
    from domain.formats import ZipSink

    with part.open("wb") as out:
        sink = ZipSink(out, make_scratch=_scratch(part))
        with _discarded_on_failure(sink):
            report = _fill(export, sink, progress, images=False)
            files = len(sink._entries) + 1
        sink.discard()
    part.unlink(missing_ok=True)
    return report | {"files": files}


def _scratch(part: Path) -> Callable[[], Any]:
    """Makes the files that a writer keeps beside the archive while it grows."""
    return partial(tempfile.SpooledTemporaryFile, max_size=SCRATCH_IN_MEMORY, buffering=SCRATCH_BUFFER, dir=part.parent)


@contextmanager
def _discarded_on_failure(sink: Any) -> Iterator[None]:
    from domain.formats import FormatError

    try:
        yield
    except FormatError as error:
        sink.discard()
        raise ExportFailed(error.detail, reason=error.code) from error
    except BaseException:
        sink.discard()
        raise


def _fill(export: Export, sink: Any, progress: Progress, *, images: bool) -> dict[str, Any]:
    """Write every item; the report."""
    from domain.augmentation import Copier
    from domain.formats.counting import CountingWriter
    from domain.formats.reworking import Reworker
    from domain.schema import parse

    version = freeze(version=export.version)
    found = format_of(export.format, writes=True)
    special = {name: value for name, value in export.options.items() if name not in OWN_OPTIONS}
    load_blob = partial(assets.blob_bytes, export.project)
    schema = parse(version.schema_version.body)
    asked = rework_of(export.options.get("regions") or {})
    worker = Reworker(asked, schema, load_blob) if asked else None
    recipe = augment_of(export.options.get("augment") or {})
    copier = Copier(recipe, schema, load_blob) if recipe is not None else None
    writer = CountingWriter(
        found.writer(sink, schema=worker.schema if worker else schema, options=special, load_blob=load_blob)
    )
    _add_items(export, _Line(writer, sink, worker, copier, images), progress)
    report = writer.finish()
    for changed in (copier, worker):
        if changed is not None:
            report.join(changed.report)
    names = {one.id: one.name for one in schema.classes}
    document: dict[str, Any] = msgspec.to_builtins(report)
    for row in document["table"]:
        row["name"] = names.get(row["class_id"], str(row["class_id"]))
    for name, content in sheet_files(version, export.said).items():
        sink.write(name, content)
    return document


class _Line:
    """The way of an item: its copies made, its regions reworked, written, and its picture laid beside it."""

    def __init__(self, writer: Any, sink: Any, worker: Any | None, copier: Any | None, images: bool) -> None:
        from domain.formats.embedded import pictures_into

        self._writer, self._sink = writer, pictures_into(writer, sink)
        self._worker, self._copier, self._images = worker, copier, images
        self._written: set[str] = set()

    def add(self, row: _Row, item: Any) -> None:
        if self._copier is None:
            self._write(item, lambda place: add_picture(self._sink, place, row))
            return
        self._write(self._copier.original(item), lambda place: add_picture(self._sink, place, row))
        picture = Picture(row)
        for made, plan in self._copier.copies(item):
            self._write(made, partial(self._add_copy, picture, plan))

    def _add_copy(self, picture: Picture, plan: Any, place: str) -> None:
        self._sink.write(place, picture.copy(plan, place))

    def _write(self, item: Any, add_picture: Callable[[str], object]) -> None:
        place = self._writer.add(self._worker.item(item) if self._worker is not None else item)
        if self._images and place is not None and place not in self._written:
            self._written.add(place)
            add_picture(place)


def _add_items(export: Export, line: _Line, progress: Progress) -> None:
    from domain.formats import AssetMeta, ExportItem

    total = VersionItem.objects.filter(version_id=export.version_id).count()
    metadata = msgspec.json.Decoder(dict[str, Any])
    with closing(_items(export.version_id)) as items:
        for row, chunks in items:
            meta = AssetMeta(
                name=row.name,
                width=row.width,
                height=row.height,
                id=row.asset,
                sha256=row.sha256,
                external_id=row.external_id,
                group=row.group,
                origin=row.origin,
                licence=row.licence,
                attribution=row.attribution,
                metadata={} if row.metadata == "{}" else metadata.decode(row.metadata),
            )
            item = ExportItem(asset=meta, chunks=chunks, outcome=row.outcome, split=row.split or None)
            try:
                line.add(row, item)
            except NotFound as error:  # of a linked original: no export without it in silence
                raise ExportFailed(f"{row.name}: {error.detail}", reason=error.code) from error
            if row.ordinal % 100 == 99:
                progress(row.ordinal + 1, total, "")
    progress(total, total, "")


class _Chunks:
    """Chunks of a large item, read one at a time, and from the start whenever somebody asks again."""

    def __init__(self, digests: list[bytes]) -> None:
        self._digests = digests

    def __iter__(self) -> Iterator[bytes]:
        return iter(chunk_bodies(self._digests))


def _items(version_id: int) -> Generator[tuple[_Row, Iterable[bytes]]]:
    """Items in order with their chunks. Small items' chunks are read together and ahead, large ones' one at a time."""
    with ahead(_pages(version_id)) as pages:
        for rows, small in pages:
            for row in rows:
                digests = [bytes(digest) for digest in row.chunks]
                yield row, [small[digests[0]]] if len(digests) == SMALL else _Chunks(digests)


def _pages(version_id: int) -> Generator[tuple[list[_Row], dict[bytes, bytes]]]:
    """Up to 300 items or 6,000 elements at a time, with the chunks of the items that have one."""
    at = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_ITEMS, [version_id, at, ITEMS_AT_ONCE])
            rows = [_Row(*line) for line in cursor.fetchall()]
        if not rows:
            return
        for some in _together(rows):
            yield some, bodies_by_digest({bytes(row.chunks[0]) for row in some if len(row.chunks) == SMALL})
        at = rows[-1].ordinal + 1


def _together(rows: list[_Row]) -> Iterator[list[_Row]]:
    some: list[_Row] = []
    elements = 0
    for row in rows:
        more = row.elements if len(row.chunks) == SMALL else 0
        if some and elements + more > ELEMENTS_AT_ONCE:
            yield some
            some, elements = [], 0
        some.append(row)
        elements += more
    yield some


def _add_answers(export: Export, sink: Any) -> None:
    """`answers.jsonl`: every submitted answer up to the result of each item, in order; people by number, not by name."""
    people: dict[int | None, int] = {}
    with sink.open("answers.jsonl") as out:
        items = VersionItem.objects.filter(version_id=export.version_id).order_by("ordinal")
        for item in items.select_related("revision").iterator(chunk_size=500):
            answers = Revision.objects.filter(task_id=item.task_id, number__lte=item.revision.number, kind="answer")
            for answer in answers.order_by("number"):
                person = people.setdefault(answer.author_id, len(people) + 1)
                head = {"asset": item.asset_id, "number": answer.number, "person": person, "outcome": answer.outcome}
                bodies = chain.from_iterable((body[1:-1], b",") for body in chunk_bodies(list(answer.chunks)))
                elements = b"".join(bodies).rstrip(b",")
                out.write(msgspec.json.encode(head)[:-1] + b',"elements":[' + elements + b"]}\n")
