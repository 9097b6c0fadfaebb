"""Bodies that are no JSON: forms with files, and raw bytes."""

from __future__ import annotations

from typing import IO, Any

from rest_framework.parsers import BaseParser, MultiPartParser


class StreamedForm(MultiPartParser):
    """multipart/form-data; files over a few MB wait on disk, not in memory."""


class RawParser(BaseParser):
    """Any content type; the view reads the bytes itself, with its own limit."""

    media_type = "*/*"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        return {}
