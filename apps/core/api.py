"""How views read bodies and write answers: msgspec structs in, msgspec structs out."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec
from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.errors import Invalid, MalformedJson, TooLarge, UnsupportedMedia

T = TypeVar("T")
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # the escape of a character that PostgreSQL's text cannot hold
_encoder = msgspec.json.Encoder()


def raw_body(request: Request, *, limit: int | None = None) -> bytes:
    """The body's bytes, refused with 413 beyond `limit` bytes (default: settings.LABELWRIGHT_MAX_JSON_BYTES).

    Raises:
        UnsupportedMedia: a body of another type than JSON. One that names no type is taken for JSON.
    """
    limit = limit or settings.LABELWRIGHT_MAX_JSON_BYTES
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > limit:
        raise TooLarge(f"The body has {length} bytes, at most {limit} are taken in one call. Split it.")
    data = request._request.body
    media = (request.META.get("CONTENT_TYPE") or "").partition(";")[0].strip().lower()
    if data and media and media != "application/json" and not media.endswith("+json"):
        raise UnsupportedMedia(f"The body is {media[:80]!r}; send JSON with `Content-Type: application/json`.")
    if _NUL.search(data):
        raise Invalid("A text in the body holds the character U+0000, which no text can have. Leave it out.")
    return data


def body(request: Request, struct: type[T], *, limit: int | None = None) -> T:
    """Decode the JSON body into `struct`.

    Raises:
        MalformedJson: not JSON (a NaN literal is not JSON either).
        Invalid: a member is missing or of the wrong type; `errors` has a JSON pointer.
        TooLarge: over the limit.
    """
    decoder = _decoders.get(struct)
    if decoder is None:
        decoder = _decoders[struct] = msgspec.json.Decoder(struct)
    data = raw_body(request, limit=limit) or b"{}"
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        raise invalid_from(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedJson(f"The body is not valid JSON: {error}") from error


def invalid_from(error: msgspec.ValidationError) -> Invalid:
    """Turn msgspec's message (`Expected … - at `$.a[0]``) into a field error with a JSON pointer."""
    text, _, path = str(error).partition(" - at `")
    pointer = path.rstrip("`").removeprefix("$").replace("[", "/").replace("]", "").replace(".", "/").replace("//", "/")
    return Invalid(str(error).replace("`", "'"), fields=[{"pointer": pointer, "code": "invalid", "detail": text}])


def answer(content: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    """Encode a struct (or plain containers) as the JSON answer."""
    return HttpResponse(_encoder.encode(content), status=status, content_type="application/json", headers=headers)


def nothing() -> HttpResponse:
    """204, no content."""
    return HttpResponse(status=204)
