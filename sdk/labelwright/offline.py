"""Data sets without a server: what is in one, and one format as another."""

from __future__ import annotations

import io
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

try:
    from domain import formats
except ImportError as error:  # the client alone was installed
    raise ImportError("reading data sets needs more packages: pip install 'labelwright[formats]'") from error

from PIL import Image, UnidentifiedImageError

from domain.elements import encode, kind_of, pack
from domain.elements.placing import place
from domain.elements.structs import Answer, Region, Track
from domain.formats.embedded import pictures_from, pictures_into
from domain.formats.sinks import safe_path
from domain.problems import errors
from domain.schema import Class, LabelSchema, next_color
from domain.shapes import SHAPE_NAMES

Advance = Callable[[int, int | None], None]
EXAMPLES = 5
_SWAPPED = (5, 6, 7, 8)  # EXIF orientations that turn a picture by a quarter
_ORIENTATION = 0x0112


class DiskSource:
    """A folder on disk as the readers want it; links are not followed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._paths = sorted(
            path.relative_to(root).as_posix()
            for path in root.rglob("*")
            if path.is_file()
            and not path.is_symlink()
            and not any(part.startswith(".") for part in path.relative_to(root).parts)
        )

    def paths(self) -> list[str]:
        return self._paths

    def size(self, path: str) -> int:
        return (self._root / path).stat().st_size

    def open(self, path: str) -> BinaryIO:
        return (self._root / path).open("rb")

    def read(self, path: str, limit: int = formats.sources.MAX_FILE) -> bytes:
        with self.open(path) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise formats.sources.SourceError("file_too_large", f"{path} is over {limit} bytes")
        return data


class DiskSink:
    """A folder to write into; files appear as they are finished."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def scratch(self) -> BinaryIO:
        import tempfile

        return tempfile.TemporaryFile()

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        target = self._root / safe_path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise ValueError(f"{path!r} is already there")
        with target.open("wb") as file:
            yield file

    def write(self, path: str, data: bytes) -> None:
        with self.open(path) as file:
            file.write(data)


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A folder, a zip, or one file, as a source.

    Raises:
        FormatError, SourceError: it cannot be read. FileNotFoundError
    """
    if path.is_dir():
        yield DiskSource(path)
        return
    with path.open("rb") as file:
        yield formats.open_source(path.name, file)


def size_in(source: Any) -> Callable[[str], tuple[int, int] | None]:
    """Displayed sizes of a source's pictures."""
    paths = set(source.paths())

    def size_of(name: str) -> tuple[int, int] | None:
        if name not in paths:
            return None
        try:
            with Image.open(io.BytesIO(source.read(name))) as image:
                turned = image.getexif().get(_ORIENTATION, 1) in _SWAPPED
                return (image.height, image.width) if turned else (image.width, image.height)
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return None

    return size_of


def reader_of(source: Any, name: str = "auto", options: dict[str, str] | None = None) -> tuple[Any, Any]:
    """(format, reader). Raises FormatError."""
    found = formats.detect(source) if name == "auto" else formats.get(name)
    return found, formats.open_reader(found, source, size_of=size_in(source), options=options)


def inspect(
    path: str | Path, *, format: str = "auto", to: str | None = None, advance: Advance | None = None
) -> dict[str, Any]:
    """What is in a data set: format, images, classes, annotations by shape, and what would be lost.

    Args:
        to: a format; then `losses` says what it could not hold.

    Raises:
        FormatError, SourceError: it cannot be read.
    """
    with opened(Path(path)) as source:
        found, reader = reader_of(source, format)
        header = reader.header()
        names = {c.key: c.name for c in header.classes}
        by_class: dict[str, Counter[str]] = {name: Counter() for name in names.values()}
        shapes: Counter[str] = Counter()
        splits: Counter[str] = Counter()
        counts: Counter[str] = Counter()
        problems: dict[str, dict[str, Any]] = {}
        for item in reader.items():
            counts["items"] += 1
            counts["pictures"] += item.media is not None
            counts["labelled"] += item.outcome == "labelled"
            counts["empty"] += item.outcome == "empty"
            splits[item.split or ""] += 1
            for element in item.elements:
                if isinstance(element, Region):
                    shapes[element.shape] += 1
                    by_class.setdefault(names.get(element.class_id, "?"), Counter())[element.shape] += 1
                else:
                    counts["answers"] += isinstance(element, Answer)
                    counts["tracks"] += isinstance(element, Track)
            for problem in item.problems:
                note(problems, problem.code, problem.detail, item.asset.name)
            if advance is not None:
                advance(counts["items"], header.items)
        return {
            "format": found.name,
            "title": found.title,
            "files": len(source.paths()),
            "images": {name: counts[name] for name in ("items", "pictures", "labelled", "empty")},
            "splits": {name: n for name, n in sorted(splits.items()) if name},
            "classes": [{"name": name, "annotations": dict(sorted(n.items()))} for name, n in by_class.items()],
            "annotations": dict(sorted(shapes.items())),
            "answers": counts["answers"],
            "attributes": sorted({a.name for c in header.classes for a in c.attributes}),
            "item_attributes": [a.name for a in header.item_attributes],
            "problems": list(problems.values()),
            "losses": losses(Path(path), format, to) if to is not None else [],
        }


def note(problems: dict[str, dict[str, Any]], code: str, detail: str, item: str) -> None:
    found = problems.setdefault(code, {"code": code, "count": 0, "examples": []})
    found["count"] += 1
    if len(found["examples"]) < EXAMPLES:
        found["examples"].append({"item": item, "detail": detail})


def losses(path: Path, format: str, to: str) -> list[dict[str, Any]]:
    """What a format could not hold of a data set, without writing it."""
    report = convert(path, None, to=to, format=format)
    return [{name: loss[name] for name in ("code", "effect", "detail", "count")} for loss in report["losses"]]


def convert(
    path: str | Path,
    out: str | Path | None,
    *,
    to: str,
    format: str = "auto",
    images: bool = False,
    options: dict[str, Any] | None = None,
    read_options: dict[str, str] | None = None,
    advance: Advance | None = None,
    overwrite: bool = False,
) -> dict[str, Any]:
    """One format as another. The same input and options give the same bytes.

    Args:
        out: a `.zip`, or a folder that is empty or not there yet; None writes nothing and only counts.
        images: write the pictures too.
        overwrite: replace a zip that is there.

    Returns:
        What was read and written: items, regions, problems of reading, losses of writing.

    Raises:
        FormatError, SourceError: the input cannot be read, or an option does not fit. FileExistsError
    """
    target = formats.get(to)
    if target.writer is None:
        raise formats.FormatError("not_writable", f"{target.title} can be read and not written")
    with opened(Path(path)) as source:
        found, reader = reader_of(source, format, read_options)
        header = reader.header()
        schema, ids = schema_of(header)
        blobs: dict[str, bytes] = {}
        problems: dict[str, dict[str, Any]] = {}
        with sink_of(Path(out) if out is not None else None, overwrite=overwrite) as sink:
            writer = target.writer(sink, schema=schema, options=options, load_blob=blobs.__getitem__)
            for number, item in enumerate(reader.items(), start=1):
                for problem in item.problems:
                    note(problems, problem.code, problem.detail, item.asset.name)
                blobs.clear()
                blobs.update(item.blobs)
                chunks = packed(item, ids, problems)
                asset = formats.AssetMeta(
                    **{f: getattr(item.asset, f) for f in item.asset.__struct_fields__} | {"id": number}
                )
                given = formats.ExportItem(asset=asset, chunks=chunks, outcome=outcome(item, chunks), split=item.split)
                where = writer.add(given)
                if images and where is not None and item.media is not None:
                    copy(pictures_from(reader, source), item.media, pictures_into(writer, sink), where)
                if advance is not None:
                    advance(number, header.items)
            report = writer.finish()
    return {
        "from": found.name,
        "to": target.name,
        "items": report.items,
        "regions": report.regions,
        "problems": list(problems.values()),
        "losses": [
            {
                "code": loss.code,
                "effect": loss.effect,
                "detail": loss.detail,
                "count": loss.count,
                "examples": [e.item for e in loss.examples],
            }
            for loss in report.losses
        ],
    }


def outcome(item: Any, chunks: list[bytes]) -> str:
    """An item that the file judged and found nothing in is empty; one that it does not judge is not labelled."""
    return (
        "empty"
        if item.outcome == "empty" or (item.outcome == "labelled" and not chunks)
        else item.outcome or "labelled"
    )


def packed(item: Any, ids: dict[int, int], problems: dict[str, dict[str, Any]]) -> list[bytes]:
    """The item's elements as a revision would hold them; what lies outside of the image is cut, and told."""
    from msgspec.structs import replace

    kept: list[tuple[str, bytes]] = []
    for element in item.elements:
        if isinstance(element, Region | Track):
            element = replace(element, class_id=ids[element.class_id]) if element.class_id in ids else element
        placed = element
        if min(item.asset.width, item.asset.height) > 0:
            found = place(element, width=item.asset.width, height=item.asset.height)
            wrong = errors(found.problems)
            if wrong or found.element is None:
                note(
                    problems,
                    wrong[0].code if wrong else "empty",
                    wrong[0].detail if wrong else "nothing is left",
                    item.asset.name,
                )
                continue
            if found.problems:
                note(problems, "clamped", found.problems[0].detail, item.asset.name)
            placed = found.element
        kept.append((kind_of(placed), encode(placed)))
    return [chunk.body for chunk in pack(kept)]


def schema_of(header: Any) -> tuple[LabelSchema, dict[int, int]]:
    """(schema, the file's class keys → ids): the file's own ids where they are positive and free; one class a name."""
    if header.schema is not None:
        return header.schema, {c.id: c.id for c in header.schema.classes}
    ids: dict[int, int] = {}
    classes: list[Class] = []
    by_name: dict[str, int] = {}
    for order, found in enumerate(header.classes):
        if found.name in by_name:
            ids[found.key] = by_name[found.name]
            continue
        kept = 1 <= found.key < 1 << 31 and found.key not in ids.values()  # numbers made of texts are larger
        own = found.key if kept else max(ids.values(), default=0) + 1
        ids[found.key] = by_name[found.name] = own
        classes.append(
            Class(
                id=own,
                name=found.name,
                color=found.color or next_color([c.color for c in classes]),
                shapes=list(SHAPE_NAMES),
                order=order,
                attributes=found.attributes,
                skeleton=found.skeleton,
            )
        )
    return LabelSchema(classes=with_parents(header, classes, ids), item_attributes=header.item_attributes), ids


def with_parents(header: Any, classes: list[Class], ids: dict[int, int]) -> list[Class]:
    from msgspec.structs import replace

    by_name = {found.name: found.id for found in classes}
    parents: dict[int, int | None] = {}
    for found in header.classes:
        parent = above = by_name.get(found.parent or "")
        while above is not None and above != ids[found.key]:
            above = parents.get(above)
        parents.setdefault(ids[found.key], parent if above is None else None)  # none where it would be its own ancestor
    return [replace(c, parent=parents[c.id]) for c in classes]


@contextmanager
def sink_of(out: Path | None, *, overwrite: bool = False) -> Iterator[Any]:
    """A zip or a folder; nothing of it stays when writing fails.

    Raises:
        FileExistsError: the zip is there, or the folder is not empty.
    """
    if out is None:
        yield formats.FolderSink()
    elif out.suffix.lower() == ".zip" and out.exists() and not overwrite:
        raise FileExistsError(f"{out} is already there; --overwrite replaces it")
    elif out.exists() and not out.is_dir() and out.suffix.lower() != ".zip":
        raise FileExistsError(f"{out} is a file; name a folder or a .zip")
    elif out.suffix.lower() == ".zip":
        part = out.with_name(f"{out.name}.part")
        with part.open("wb") as file:
            sink = formats.ZipSink(file)
            try:
                yield sink
            except BaseException:
                sink.discard()
                part.unlink(missing_ok=True)
                raise
            sink.close()
        part.replace(out)
    else:
        if out.exists() and any(out.iterdir()):
            raise FileExistsError(f"{out} is not empty")
        made = not out.exists()
        out.mkdir(parents=True, exist_ok=True)
        try:
            yield DiskSink(out)
        except BaseException:
            for found in [out] if made else out.iterdir():
                shutil.rmtree(found) if found.is_dir() else found.unlink()
            raise


def copy(source: Any, path: str, sink: Any, where: str) -> None:
    with source.open(path) as file, sink.open(where) as out:
        while block := file.read(1 << 20):
            out.write(block)


def known(names: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The formats there are."""
    return [
        {
            "name": f.name,
            "title": f.title,
            "reads": f.reader is not None,
            "writes": f.writer is not None,
            "shapes": list(f.shapes),
        }
        for f in formats.FORMATS.values()
        if not names or f.name in names
    ]
