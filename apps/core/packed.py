"""Bytes as the database keeps them: packed with LZ4, at a tenth of what PostgreSQL's own packing costs on the way in and out."""

from __future__ import annotations

from typing import Any

import cramjam
from django.db import models

# Before a packed body. Bodies are JSON, which never begins with it: rows of earlier releases stand as they were.
MARK = b"\x04"


def packed(body: bytes) -> bytes:
    """The body as it is stored: packed where that is shorter."""
    small = MARK + bytes(cramjam.lz4.compress_block(body))
    return small if len(small) < len(body) else body


def unpacked(stored: bytes | memoryview) -> bytes:
    """The body of what was stored."""
    body = bytes(stored)
    return bytes(cramjam.lz4.decompress_block(body[1:])) if body[:1] == MARK else body


class PackedField(models.BinaryField):  # type: ignore[type-arg]
    """JSON that is packed in its column, and plain in the program."""

    def from_db_value(self, value: memoryview | None, *_: Any) -> bytes | None:
        return None if value is None else unpacked(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(None if value is None else packed(bytes(value)), connection, prepared)
