"""Finding the pictures that annotation files name."""

from __future__ import annotations

from .sources import Source

MEDIA_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".avif")


class MediaIndex:
    """Pictures of a source by the end of their path."""

    def __init__(self, source: Source) -> None:
        self._by_name: dict[str, list[str]] = {}
        for path in source.paths():
            if path.lower().endswith(MEDIA_SUFFIXES):
                self._by_name.setdefault(path.rpartition("/")[2], []).append(path)

    def find(self, name: str, folder: str = "") -> str | None:
        """The path that is, or ends with, the name; the one in `folder` when several do; None when that stays unclear."""
        name = name.replace("\\", "/")
        found = [p for p in self._by_name.get(name.rpartition("/")[2], []) if p == name or p.endswith(f"/{name}")]
        if len(found) > 1 and folder:
            found = [p for p in found if f"/{folder}/" in f"/{p}"] or found
        if name in found:
            return name
        return found[0] if len(found) == 1 else None

    def all(self) -> list[str]:
        """Every picture, by path."""
        return sorted(path for paths in self._by_name.values() for path in paths)
