"""Elements of an annotation: region, track, keyframe and answer, and their one canonical encoding."""

from __future__ import annotations

from .chunks import MAX_CHUNK_BYTES, MAX_CHUNK_ELEMENTS, Chunk, decode_chunk, pack, pack_elements, unpack
from .codec import KINDS, MAX_ELEMENT_BYTES, ElementError, decode, element_id, encode, kind_of
from .placing import Placed, bounds_of, place
from .structs import (
    Answer,
    Element,
    Flag,
    Keyframe,
    Kind,
    Region,
    Track,
    Value,
    all_regions,
    keyframe_type,
    region_type,
)

__all__ = [
    "KINDS",
    "MAX_CHUNK_BYTES",
    "MAX_CHUNK_ELEMENTS",
    "MAX_ELEMENT_BYTES",
    "Answer",
    "Chunk",
    "Element",
    "ElementError",
    "Flag",
    "Keyframe",
    "Kind",
    "Placed",
    "Region",
    "Track",
    "Value",
    "all_regions",
    "bounds_of",
    "decode",
    "decode_chunk",
    "element_id",
    "encode",
    "keyframe_type",
    "kind_of",
    "pack",
    "pack_elements",
    "place",
    "region_type",
    "unpack",
]
