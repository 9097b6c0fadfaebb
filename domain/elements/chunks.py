"""Chunks: runs of elements of a revision in id order, as bytes that are the same wherever the elements are the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from .codec import kind_of
from .structs import Answer, AnyKeyframe, AnyRegion, Element, Kind, Track, all_regions

MAX_CHUNK_ELEMENTS = 512
MAX_CHUNK_BYTES = 1_000_000


class Chunk(msgspec.Struct, frozen=True):
    """A JSON array of `{"kind": …, "element": …}`."""

    sha256: bytes
    body: bytes
    count: int


class _Stored(msgspec.Struct, frozen=True):
    kind: str
    element: msgspec.Raw


class RegionEntry(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="region"):
    element: AnyRegion


class TrackEntry(msgspec.Struct, frozen=True, tag_field="kind", tag="track"):
    element: Track


class KeyframeEntry(msgspec.Struct, frozen=True, tag_field="kind", tag="keyframe"):
    element: AnyKeyframe


class AnswerEntry(msgspec.Struct, frozen=True, tag_field="kind", tag="answer"):
    element: Answer


Entry = RegionEntry | TrackEntry | KeyframeEntry | AnswerEntry
_OF_KIND: dict[Kind, Any] = {
    "region": RegionEntry,
    "track": TrackEntry,
    "keyframe": KeyframeEntry,
    "answer": AnswerEntry,
}
_STORED = msgspec.json.Decoder(list[_Stored])
_ENTRIES: msgspec.json.Decoder[Any] = msgspec.json.Decoder(list[Entry])
_ENCODER = msgspec.json.Encoder()


def pack(elements: Iterable[tuple[str, bytes]]) -> Iterator[Chunk]:
    """Cut (kind, canonical bytes) pairs, given in element-id order, into chunks of at most 512 elements or 1 MB."""
    parts: list[bytes] = []
    size = 0
    for kind, raw in elements:
        part = b'{"kind":"%s","element":%s}' % (kind.encode("ascii"), raw)
        if parts and (len(parts) >= MAX_CHUNK_ELEMENTS or size + len(part) + 1 > MAX_CHUNK_BYTES):
            yield _chunk(parts)
            parts, size = [], 0
        parts.append(part)
        size += len(part) + 1
    if parts:
        yield _chunk(parts)


def pack_elements(elements: Sequence[Element]) -> list[Chunk]:
    """As `pack`, for elements in id order that are not bytes yet: a chunk that holds all of them is encoded at once."""
    if not elements:
        return []
    if all_regions(elements):  # by far the most
        entries: list[Any] = list(map(RegionEntry, elements))
    else:
        entries = [_OF_KIND[kind_of(element)](element) for element in elements]
    if len(entries) <= MAX_CHUNK_ELEMENTS:
        body = _ENCODER.encode(entries)
        if len(body) <= MAX_CHUNK_BYTES:
            return [Chunk(sha256(body).digest(), body, len(entries))]
    return list(pack((kind_of(element), _ENCODER.encode(element)) for element in elements))


def _chunk(parts: list[bytes]) -> Chunk:
    body = b"[" + b",".join(parts) + b"]"
    return Chunk(sha256(body).digest(), body, len(parts))


def unpack(body: bytes | memoryview) -> list[tuple[str, bytes]]:
    """The (kind, canonical bytes) pairs of a chunk, without reading the elements themselves."""
    return [(entry.kind, bytes(entry.element)) for entry in _STORED.decode(body)]


def decode_chunk(body: bytes | memoryview) -> list[Entry]:
    """The elements of a chunk as structs, each as `.element`."""
    entries: list[Entry] = _ENTRIES.decode(body)
    return entries
