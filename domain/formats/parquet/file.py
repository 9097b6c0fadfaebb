"""A Parquet file as records: read row group by row group, and written in plain pages without statistics.

https://parquet.apache.org/docs/file-format/ and parquet.thrift of apache/parquet-format name the fields.
"""

from __future__ import annotations

import struct as binary
from collections.abc import Iterator, Sequence
from itertools import chain
from struct import pack, unpack
from typing import Any, BinaryIO

import msgspec

from domain.formats.base import FormatError

from .levels import packed
from .pages import Triple, column
from .schema import insert, leaves, plain, tree
from .thrift import Long, broken, read_struct, struct

MAGIC = b"PAR1"
TEXT, BYTES, WHOLE, NUMBER, BOOL = "text", "bytes", "int64", "double", "bool"
_TYPES = {TEXT: 6, BYTES: 6, WHOLE: 2, NUMBER: 5, BOOL: 0}
_LIST = 3
# What comes of a header with one kind of value where another belongs
_LIES = (TypeError, AttributeError, KeyError, IndexError, OverflowError, ValueError, binary.error)


class Field(msgspec.Struct, frozen=True):
    """A column or group to write; everything may be missing. `kind` of a leaf; `of` the members of a list; else `fields`."""

    name: str
    kind: str = ""
    of: Field | None = None
    fields: list[Field] = []


class ParquetReader:
    """Raises FormatError where the file is none."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        size = file.seek(0, 2)
        file.seek(max(0, size - 8))
        tail = file.read(8)
        if size < 12 or tail[4:] != MAGIC:
            raise broken("the file does not end as Parquet does")
        (length,) = unpack("<I", tail[:4])
        if length > size - 12:
            raise broken(f"the file's footer would have {length} bytes")
        file.seek(size - 8 - length)
        try:
            self._take(read_struct(file))
        except FormatError:
            raise
        except _LIES as error:
            raise broken(f"the file's footer is none: {error}") from None

    def _take(self, meta: dict[int, Any]) -> None:
        self.rows = int(meta.get(3, 0))
        self._groups: list[dict[int, Any]] = meta.get(4) or []
        self.root = tree(meta.get(2) or [])
        self._leaves = leaves(self.root)
        self.said = {
            one.get(1, b"").decode("utf-8", "replace"): one.get(2, b"").decode("utf-8", "replace")
            for one in meta.get(5) or []
        }

    def records(self, wanted: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """Each row as plain values; of `wanted` columns only, where they are named.

        Raises:
            FormatError: `bad_parquet`, or `parquet_encoding` for what is not read.
        """
        try:
            yield from self._records(wanted)
        except FormatError:
            raise
        except _LIES as error:
            raise broken(f"the file's headers are wrong: {error}") from None

    def _records(self, wanted: Sequence[str] | None) -> Iterator[dict[str, Any]]:
        tops = [node for node in self.root.children if wanted is None or node.name in wanted]
        names = {node.name for node in tops}
        for group in self._groups:
            chunks = group.get(1) or []
            if len(chunks) != len(self._leaves):
                raise broken("a row group has not all columns")
            parts = [
                (leaf, _records(column(self._file, leaf, chunk)))
                for leaf, chunk in zip(self._leaves, chunks, strict=True)
                if leaf.path[0].name in names
            ]
            for _ in range(int(group.get(3, 0))):
                record: dict[str, Any] = {}
                for leaf, values in parts:
                    triples = next(values, None)
                    if triples is None:
                        raise broken(f"column {leaf.dotted} has fewer rows than its group")
                    insert(record, leaf, triples)
                yield {node.name: plain(record.get(node.name), node) for node in tops}


def _records(triples: Iterator[Triple]) -> Iterator[list[Triple]]:
    """Values of one record after the other."""
    here: list[Triple] = []
    for triple in triples:
        if triple[0] == 0 and here:
            yield here
            here = []
        here.append(triple)
    if here:
        yield here


class ParquetWriter:
    """Rows of one file; `flush` ends a row group. The same rows and groups are the same bytes."""

    def __init__(self, file: BinaryIO, fields: Sequence[Field], said: dict[str, str]) -> None:
        self._file, self._fields, self._said = file, fields, said
        self._columns = [_Column(path) for field in fields for path in _paths(field)]
        self._groups: list[dict[int, Any]] = []
        self._rows = self._waiting = 0
        file.write(MAGIC)
        self._at = len(MAGIC)

    def add(self, row: dict[str, Any]) -> None:
        columns = iter(self._columns)
        for field in self._fields:
            _shred(field, row.get(field.name), 0, 0, 0, columns)
        self._waiting += 1

    @property
    def size(self) -> int:
        """Bytes of values that wait for `flush`."""
        return sum(column.size for column in self._columns)

    def flush(self) -> None:
        if not self._waiting:
            return
        chunks, before = [], self._at
        for one in self._columns:
            page = one.page()
            head = struct({1: 0, 2: len(page), 3: len(page), 5: {1: len(one.levels), 2: 0, 3: 3, 4: 3}})
            self._file.write(head + page)
            size = len(head) + len(page)
            meta = {
                1: _TYPES[one.kind],
                2: [0, 3],
                3: one.names,
                4: 0,
                5: Long(len(one.levels)),
                6: Long(size),
                7: Long(size),
                9: Long(self._at),
            }
            chunks.append({2: Long(self._at), 3: meta})
            self._at += size
            one.clear()
        self._groups.append({1: chunks, 2: Long(self._at - before), 3: Long(self._waiting)})
        self._rows += self._waiting
        self._waiting = 0

    def close(self) -> None:
        """Write the footer. The file stays open."""
        self.flush()
        elements = [{4: "schema", 5: len(self._fields)}, *chain.from_iterable(map(_elements, self._fields))]
        said = [{1: name, 2: text} for name, text in sorted(self._said.items())]
        footer = struct({1: 1, 2: elements, 3: Long(self._rows), 4: self._groups, 5: said or None, 6: "labelwright"})
        self._file.write(footer + pack("<I", len(footer)) + MAGIC)


class _Column:
    """The levels and values of one leaf that wait."""

    def __init__(self, path: list[str]) -> None:
        self.names, self.kind = path[:-2], path[-2]
        self.definition, self.repetition = (int(level) for level in path[-1].split("/"))
        self.clear()

    def clear(self) -> None:
        self.levels: list[tuple[int, int]] = []
        self.size = 0
        self._values: list[bytes] = []
        self._bits: list[bool] = []

    def put(self, repeated: int, defined: int, value: Any) -> None:
        self.levels.append((repeated, defined))
        self.size += 8
        if value is None:
            return
        if self.kind == BOOL:
            self._bits.append(bool(value))
            return
        if self.kind in (TEXT, BYTES):
            data = value.encode() if isinstance(value, str) else bytes(value)
            data = pack("<I", len(data)) + data
        else:
            data = pack("<q", int(value)) if self.kind == WHOLE else pack("<d", float(value))
        self.size += len(data)
        self._values.append(data)

    def page(self) -> bytes:
        parts = []
        for highest, which in ((self.repetition, 0), (self.definition, 1)):
            if highest:
                runs = packed([level[which] for level in self.levels], highest.bit_length())
                parts += [pack("<I", len(runs)), runs]
        if self._bits:
            whole = sum(bit << i for i, bit in enumerate(self._bits))
            parts.append(whole.to_bytes((len(self._bits) + 7) // 8, "little"))
        return b"".join([*parts, *self._values])


def _paths(field: Field, before: Sequence[str] = (), defined: int = 0, repeated: int = 0) -> Iterator[list[str]]:
    """Of each leaf: its path, its kind, and its levels."""
    here = [*before, field.name]
    if field.of is not None:
        yield from _paths(msgspec.structs.replace(field.of, name="element"), [*here, "list"], defined + 2, repeated + 1)
    elif field.fields:
        for inner in field.fields:
            yield from _paths(inner, here, defined + 1, repeated)
    else:
        yield [*here, field.kind, f"{defined + 1}/{repeated}"]


def _shred(field: Field, value: Any, again: int, defined: int, repeated: int, columns: Iterator[_Column]) -> None:
    """Put a value into the columns below a field, which `columns` gives in order."""
    if field.of is None and not field.fields:
        next(columns).put(again, defined + (value is not None), value)
        return
    below = [next(columns) for _ in _paths(field)]
    if value is None or (field.of is not None and not value):
        for one in below:
            one.put(again, defined + (value is not None), None)
        return
    if field.of is not None:
        for number, member in enumerate(value):
            _shred(field.of, member, again if number == 0 else repeated + 1, defined + 2, repeated + 1, iter(below))
        return
    rest = iter(below)
    for inner in field.fields:
        _shred(inner, value.get(inner.name), again, defined + 1, repeated, rest)


def _elements(field: Field) -> Iterator[dict[int, Any]]:
    """The field's part of the schema, in the order of a walk."""
    if field.of is not None:
        yield {3: 1, 4: field.name, 5: 1, 6: _LIST}
        yield {3: 2, 4: "list", 5: 1}
        yield from _elements(msgspec.structs.replace(field.of, name="element"))
    elif field.fields:
        yield {3: 1, 4: field.name, 5: len(field.fields)}
        yield from chain.from_iterable(map(_elements, field.fields))
    else:
        yield {1: _TYPES[field.kind], 3: 1, 4: field.name, 6: 0 if field.kind == TEXT else None}
