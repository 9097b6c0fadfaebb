"""The lossless native format: a zip of `labelwright.json` (header and schema), `items.jsonl` and `blobs/<sha256>`.

A line of `items.jsonl` is one item; its elements are the stored canonical bytes, untouched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec
from msgspec.structs import replace

from domain.elements import decode, unpack
from domain.elements.codec import ElementError
from domain.elements.structs import Element, Keyframe, Region
from domain.schema import LabelSchema, SchemaError
from domain.schema import parse as parse_schema
from domain.shapes import SHAPE_NAMES
from domain.shapes.mask import Mask

from .base import (
    AssetMeta,
    ExportItem,
    Format,
    FormatError,
    ImportClass,
    ImportHeader,
    ImportItem,
    ImportProblem,
    LoadBlob,
    SizeOf,
    parse_options,
)
from .making import outside
from .report import LossReport
from .sinks import Sink, safe_name
from .sources import Source

FORMAT_NAME = "labelwright"
FORMAT_VERSION = 1
HEADER, ITEMS = "labelwright.json", "items.jsonl"
MAX_LINE = 1 << 30


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    pass


class _Header(msgspec.Struct, kw_only=True):
    format: str
    version: int
    items: int | None = None
    schema: msgspec.Raw


class _Stored(msgspec.Struct, frozen=True):
    kind: str
    element: msgspec.Raw


class _Line(msgspec.Struct, kw_only=True):
    asset: AssetMeta
    outcome: str = "labelled"
    split: str | None = None
    media: str | None = None
    elements: list[_Stored] = []


_LINE = msgspec.json.Decoder(_Line)


class NativeWriter:
    """Writes items as they come; nothing is lost."""

    def __init__(
        self,
        sink: Sink,
        *,
        schema: LabelSchema,
        options: dict[str, Any] | None = None,
        load_blob: LoadBlob | None = None,
    ) -> None:
        parse_options(options, _Options)
        self._sink, self._schema, self._load_blob = sink, schema, load_blob
        self._lines = sink.open(ITEMS)
        self._file: BinaryIO = self._lines.__enter__()
        self._report = LossReport()
        self._blobs: set[str] = set()
        self._names: set[str] = set()

    def add(self, item: ExportItem) -> str:
        media = f"images/{safe_name(item.asset.name)}"
        if media in self._names:
            media = f"images/{item.asset.id}/{safe_name(item.asset.name)}"
        self._names.add(media)
        elements: list[bytes] = []
        for body in item.chunks:
            inner = bytes(body)[1:-1]
            if inner:
                elements.append(inner)
            self._report.regions += inner.count(b'{"kind":"region","element":')
            if b'"blob":"' in inner:
                self._keep_blobs(body)
        head = {"asset": item.asset, "outcome": item.outcome, "split": item.split, "media": media}
        self._file.write(msgspec.json.encode(head)[:-1] + b',"elements":[' + b",".join(elements) + b"]}\n")
        self._report.items += 1
        return media

    def _keep_blobs(self, body: bytes) -> None:
        for kind, raw in unpack(body):
            sha = _blob_of(decode(kind, raw))
            if sha is not None and sha not in self._blobs:
                if self._load_blob is None:
                    raise FormatError("no_blobs", "the items have masks in blobs, and no way to load them was given")
                self._blobs.add(sha)
                self._sink.write(f"blobs/{sha}", self._load_blob(sha))

    def finish(self) -> LossReport:
        self._lines.__exit__(None, None, None)
        header = _Header(
            format=FORMAT_NAME,
            version=FORMAT_VERSION,
            items=self._report.items,
            schema=msgspec.Raw(msgspec.json.encode(self._schema)),
        )
        self._sink.write(HEADER, msgspec.json.encode(header) + b"\n")
        return self._report


class NativeReader:
    """Reads what `NativeWriter` wrote, also with files added or its folder zipped whole."""

    def __init__(self, source: Source, *, size_of: SizeOf | None = None) -> None:
        self._source = source
        self._root = _root(source)
        if self._root is None:
            raise FormatError("not_native", f"there is no {HEADER} in the file")
        self._paths = set(source.paths())

    def header(self) -> ImportHeader:
        try:
            found = msgspec.json.decode(self._source.read(f"{self._root}{HEADER}"), type=_Header)
            if found.format != FORMAT_NAME or found.version != FORMAT_VERSION:
                raise FormatError(
                    "wrong_version", f"this reads {FORMAT_NAME} {FORMAT_VERSION}, got {found.format} {found.version}"
                )
            schema = parse_schema(bytes(found.schema))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, SchemaError) as error:
            raise FormatError("bad_header", f"{HEADER}: {error}") from None
        classes = [ImportClass(key=c.id, name=c.name, shapes=c.shapes, skeleton=c.skeleton) for c in schema.classes]
        return ImportHeader(format="native", classes=classes, schema=schema, items=found.items)

    def items(self) -> Iterator[ImportItem]:
        path = f"{self._root}{ITEMS}"
        if path not in self._paths:
            raise FormatError("no_items", f"there is no {ITEMS} in the file")
        with self._source.open(path) as file:
            number = 0
            while line := file.readline(MAX_LINE):
                number += 1
                if line.strip():
                    yield self._item(line, number)

    def _item(self, line: bytes, number: int) -> ImportItem:
        try:
            found = _LINE.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise FormatError("bad_item", f"{ITEMS} line {number}: {error}") from None
        elements: list[Element] = []
        problems: list[ImportProblem] = []
        blobs: dict[str, bytes] = {}
        for stored in found.elements:
            try:
                element = decode(stored.kind, stored.element)
            except ElementError as error:
                problems.append(ImportProblem(error.code, error.detail))
                continue
            if isinstance(element, Region | Keyframe) and isinstance(element.geometry, Mask):
                mask = outside(element.geometry, blobs)  # long ones stand inline where an export made them
                element = element if mask is element.geometry else replace(element, geometry=mask)
            elements.append(element)
            sha = _blob_of(element)
            if sha is not None and f"{self._root}blobs/{sha}" in self._paths:
                blobs[sha] = self._source.read(f"{self._root}blobs/{sha}")
        media = f"{self._root}{found.media}" if found.media else None
        return ImportItem(
            asset=found.asset,
            elements=elements,
            outcome=found.outcome,
            split=found.split,
            media=media if media in self._paths else None,
            blobs=blobs,
            problems=problems,
        )


def _blob_of(element: Element) -> str | None:
    geometry = element.geometry if isinstance(element, Region | Keyframe) else None
    return geometry.blob if isinstance(geometry, Mask) else None


def _root(source: Source) -> str | None:
    """The folder that holds the header, as a prefix; None when there is none."""
    found = [path for path in source.paths() if path == HEADER or path.endswith(f"/{HEADER}")]
    return min(found, key=len).removesuffix(HEADER) if found else None


FORMAT = Format(
    name="native",
    title="Labelwright (lossless)",
    shapes=SHAPE_NAMES,
    lossless=True,
    tracks=True,
    writer=NativeWriter,
    reader=NativeReader,
    sniff=lambda source: _root(source) is not None,
)
