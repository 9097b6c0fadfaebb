"""What formats take and give."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, Protocol, get_args, get_origin, get_type_hints

import msgspec

from domain.elements.structs import Element
from domain.geometry import rle
from domain.schema import Attribute, ItemAttribute, LabelSchema, SkeletonTemplate
from domain.shapes.mask import Mask

from .report import LossReport
from .sinks import Sink
from .sources import Source

_NUL = re.compile(rb"((?<!\\)(?:\\\\)*)\\u0000")  # as JSON escapes it; behind another backslash it is a text
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LoadBlob = Callable[[str], bytes]  # sha256 → compressed run lengths, as ASCII
SizeOf = Callable[[str], tuple[int, int] | None]  # a media file's name → its displayed (width, height)


class FormatError(ValueError):
    """A file that is not what its format says. `code` is stable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class AssetMeta(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """What an export says about an asset, and what an import may say."""

    name: str
    width: int
    height: int
    id: int = 0  # a stable positive id in exports
    sha256: str = ""
    external_id: str = ""
    group: str = ""
    origin: str = ""
    licence: str = ""
    attribution: str = ""
    metadata: dict[str, Any] = {}


class ExportItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a dataset version: the chunks of its result revision, read one at a time."""

    asset: AssetMeta
    chunks: Iterable[bytes]
    outcome: str = "labelled"
    split: str | None = None


class ImportClass(msgspec.Struct, frozen=True, kw_only=True):
    """A class as the file has it; `key` is what the items' regions carry as their class.

    `attributes` are those that the file declares, or that its regions show.
    """

    key: int
    name: str
    parent: str | None = None
    shapes: list[str] = []
    skeleton: SkeletonTemplate | None = None
    attributes: list[Attribute] = []
    color: str | None = None  # #rrggbb


class ImportHeader(msgspec.Struct, frozen=True, kw_only=True):
    """What is known before the first item. `schema` only where the format holds a whole one."""

    format: str
    classes: list[ImportClass]
    schema: LabelSchema | None = None
    items: int | None = None
    item_attributes: list[ItemAttribute] = []


class ImportProblem(msgspec.Struct, frozen=True):
    """Something in the file that could not be taken as it is."""

    code: str
    detail: str


class ImportItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item read from a file.

    `outcome` is empty where the file does not say that a person judged the item. `media` is the path of its picture in
    the source, where that holds it. `blobs` are run lengths, by hash, of masks too long to stand in their region.
    """

    asset: AssetMeta
    elements: list[Element]
    outcome: str = "labelled"
    split: str | None = None
    media: str | None = None
    blobs: dict[str, bytes] = {}
    problems: list[ImportProblem] = []


class Writer(Protocol):
    """Takes items in the version's order. `add` returns the path where the item's picture belongs, None if left out.

    A writer whose files hold pictures has a sink `pictures` for them: `embedded.pictures_into`.
    """

    def add(self, item: ExportItem) -> str | None: ...

    def finish(self) -> LossReport: ...


class Reader(Protocol):
    """`header` first, then `items` once. One whose files hold pictures has a source `pictures`: `embedded.pictures_from`."""

    def header(self) -> ImportHeader: ...

    def items(self) -> Iterator[ImportItem]: ...


class MakeWriter(Protocol):
    def __call__(
        self,
        sink: Sink,
        *,
        schema: LabelSchema,
        options: dict[str, Any] | None = None,
        load_blob: LoadBlob | None = None,
    ) -> Writer: ...


class MakeReader(Protocol):
    """A format with `read_options` has a reader that takes `options` too; `open_reader` gives them."""

    def __call__(self, source: Source, *, size_of: SizeOf | None = None) -> Reader: ...


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """A registered format. `lossless` keeps everything; `shapes` are held as drawn; `tracks`: the number of a region's track is.

    `sniff` says how sure it is that a source is of this format, from its contents: 0 no, 1 certainly.
    """

    name: str
    title: str
    shapes: tuple[str, ...]
    lossless: bool = False
    tracks: bool = False
    writer: MakeWriter | None = None
    reader: MakeReader | None = None
    sniff: Callable[[Source], float] | None = None
    options: dict[str, str] = {}  # of the writer: name → what it does
    read_options: dict[str, str] = {}  # of the reader, which then takes `options`


def choices_of(maker: Any) -> dict[str, list[str]]:
    """The values that each option of a writer or reader may have, as texts; none for one that takes anything."""
    kind = getattr(getattr(maker, "func", maker), "options_type", None)
    if kind is None:
        return {}
    out: dict[str, list[str]] = {}
    for name, hint in get_type_hints(kind).items():
        parts = [part for part in (hint, *get_args(hint)) if get_origin(part) is Literal]
        out[name] = list(dict.fromkeys(str(value) for part in parts for value in get_args(part)))
    return out


def open_reader(
    found: Format, source: Source, *, size_of: SizeOf | None = None, options: dict[str, Any] | None = None
) -> Reader:
    """The format's reader of a source.

    Raises:
        FormatError: it has no reader, an option that it does not know, or the source is not of the format.
    """
    if found.reader is None:
        raise FormatError("not_readable", f"{found.title} can be written and not read")
    unknown = sorted(set(options or {}) - set(found.read_options))
    if unknown:
        known = ", ".join(found.read_options) or "none"
        raise FormatError("bad_options", f"{found.title} has no option {unknown[0]!r} for reading; it has {known}")
    return found.reader(source, size_of=size_of, **({"options": options} if options else {}))


def compressed_runs(mask: Mask, load: LoadBlob | None) -> str:
    """The compressed run lengths of a mask's crop, also from a blob.

    Raises:
        FormatError: they are in a blob, and nobody gave a way to load it.
    """
    if mask.blob is None:
        return mask.counts or ""
    if load is None:
        raise FormatError("no_blobs", "the items have masks in blobs, and no way to load them was given")
    return load(mask.blob).decode("ascii")


def runs_of(mask: Mask, load: LoadBlob | None) -> list[int]:
    """The run lengths of a mask's crop. Raises FormatError as `compressed_runs`."""
    return mask.runs() if mask.blob is None else rle.decompress(compressed_runs(mask, load))


def without_nul(header: ImportHeader) -> ImportHeader:
    """The header with the mark of a broken letter for NUL characters: broken files have them, and a database takes none."""
    data = msgspec.json.encode(header)
    if rb"\u0000" not in data:
        return header
    return msgspec.json.decode(_NUL.sub(rb"\1\\ufffd", data), type=ImportHeader)


def wide_text(source: Source) -> str | None:
    """The first file that begins with the mark of UTF-16 or UTF-32."""
    for path in source.paths()[:100]:
        with source.open(path) as file:
            if file.read(2) in (b"\xff\xfe", b"\xfe\xff") and not path.lower().endswith((".csv", ".tsv", ".xml")):
                return path
    return None


def json_file(source: Source, path: str, *, type: Any = Any, code: str = "bad_json") -> Any:
    """A JSON file of a source, with or without a byte order mark.

    Raises:
        FormatError: it is no JSON, or not of the type.
    """
    try:
        return msgspec.json.decode(source.read(path).removeprefix(BYTE_ORDER_MARK), type=type)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(code, f"{path}: {error}") from None


def parse_options(options: dict[str, Any] | None, kind: Any) -> Any:
    """Options as the format's struct. Raises FormatError for unknown names and wrong types."""
    try:
        return msgspec.convert(options or {}, kind)
    except msgspec.ValidationError as error:
        raise FormatError("bad_options", str(error)) from None
