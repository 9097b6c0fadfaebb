"""One canonical encoding: msgspec JSON, fields in the structs' order, defaults left out, ids in lower case."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec.structs import replace

from .structs import Answer, AnyKeyframe, AnyRegion, Element, Keyframe, Kind, Region, Track

KINDS: Final[tuple[Kind, ...]] = ("region", "track", "keyframe", "answer")
MAX_ELEMENT_BYTES = 1_000_000

_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    "region": msgspec.json.Decoder(AnyRegion),
    "track": msgspec.json.Decoder(Track),
    "keyframe": msgspec.json.Decoder(AnyKeyframe),
    "answer": msgspec.json.Decoder(Answer),
}
_ENCODER = msgspec.json.Encoder()


class ElementError(ValueError):
    """An element that cannot be read. `code` is stable, `detail` says what was got and expected."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def encode(element: Element) -> bytes:
    """The canonical bytes of an element."""
    return _ENCODER.encode(element)


def element_id(element: Element) -> str:
    """The id as text: a UUID in lower case, or an answer's attribute name."""
    return str(element.id)


def kind_of(element: Element) -> Kind:
    """region, track, keyframe or answer."""
    if isinstance(element, Region):
        return "region"
    return "track" if isinstance(element, Track) else "answer" if isinstance(element, Answer) else "keyframe"


def decode(kind: str, raw: bytes | bytearray | memoryview | msgspec.Raw | dict[str, Any]) -> Element:
    """Read one element.

    Args:
        kind: region, track, keyframe or answer.
        raw: its JSON, or the object parsed from it.

    Raises:
        ElementError: `unknown_kind`, `unknown_shape`, `element_too_large`, `malformed_json` or `bad_element`. What the
            geometry says about itself is for `Geometry.check`.
    """
    decoder = _DECODERS.get(kind)
    if decoder is None:
        raise ElementError("unknown_kind", f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    data = _as_bytes(raw)
    if len(data) > MAX_ELEMENT_BYTES:
        raise ElementError(
            "element_too_large", f"the element is {len(data)} bytes; at most {MAX_ELEMENT_BYTES} are allowed"
        )
    try:
        element = decoder.decode(data)
    except msgspec.ValidationError as error:
        raise ElementError(_code_of(str(error)), str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ElementError("malformed_json", str(error)) from None
    return _canonical(element)


def _as_bytes(raw: Any) -> bytes:
    if isinstance(raw, bytes):
        return raw
    if isinstance(raw, bytearray | memoryview | msgspec.Raw):
        return bytes(raw)
    try:
        return _ENCODER.encode(raw)  # NaN and infinity become null, which no coordinate accepts
    except (TypeError, ValueError, OverflowError) as error:
        raise ElementError("bad_element", f"not a JSON object: {error}") from None


def _code_of(message: str) -> str:
    return "unknown_shape" if message.endswith("`$.shape`") else "bad_element"


def _canonical(element: Element) -> Element:
    """Flags sorted and once each."""
    if isinstance(element, Region | Track) and len(element.flags) > 1:
        flags = sorted(set(element.flags))
        if flags != element.flags:
            return replace(element, flags=flags)
    return element


__all__ = [
    "KINDS",
    "MAX_ELEMENT_BYTES",
    "Element",
    "ElementError",
    "Keyframe",
    "decode",
    "element_id",
    "encode",
    "kind_of",
]
