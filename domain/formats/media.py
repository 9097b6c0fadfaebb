"""Finding the pictures that annotation files name."""

from __future__ import annotations

import re
from itertools import takewhile
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from .sinks import stem
from .sources import Source

MEDIA_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".avif")


_FOREIGN = re.compile(r"/|[A-Za-z]:|file:|\.\./")  # a path that has no place in a data set
_ADDRESS = re.compile(r"(?:https?|s3|gs|azure|az|gcs)://", re.IGNORECASE)


_SPLITS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
    "testing": "test",
}


def folder_split(path: str) -> str | None:
    """The split that a folder of the path is called after, the innermost first."""
    return next((_SPLITS[part] for part in reversed(path.lower().split("/")[:-1]) if part in _SPLITS), None)


def plain_name(name: str) -> str:
    """The path in a name that may be an address: without host, query and escapes; other names as they are."""
    return unquote(urlsplit(name).path).lstrip("/") or name if _ADDRESS.match(name) else name


def _alike(name: str) -> str:
    """A name as disks hold it that keep neither case nor Unicode form."""
    return normalize("NFC", name).casefold()


def _closest(name: str, paths: list[str]) -> list[str]:
    """Those that share the most folders with the end of the name."""

    def shared(path: str) -> int:
        pairs = zip(reversed(name.split("/")), reversed(path.split("/")), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    most = max(map(shared, paths), default=0)
    return [path for path in paths if shared(path) == most]


class MediaIndex:
    """Pictures of a source by the end of their path."""

    def __init__(self, source: Source) -> None:
        self._by_name: dict[str, list[str]] = {}
        self._by_plain: dict[str, list[str]] = {}
        self._by_form: dict[str, list[str]] = {}
        for path in source.paths():
            if path.lower().endswith(MEDIA_SUFFIXES):
                self._by_name.setdefault(path.rpartition("/")[2], []).append(path)

    def find(self, name: str, *folders: str) -> str | None:
        """The path that is, or ends with, the name; the one in the first of `folders` that tells when several do.

        A name from another machine (`/home/a/b.png`, `C:\\a\\b.png`) is the path that shares most of its end. A name that no
        picture has is that of one which differs in escapes, case or Unicode form only. None when it stays unclear.
        """
        name = name.replace("\\", "/")
        name = f"/{plain_name(name)}" if _ADDRESS.match(name) else name
        found = self._find(name, folders)
        if found is None and name.rpartition("/")[2] not in self._by_name:
            form = f"/{_alike(unquote(name)).removeprefix('./')}"
            alike = [p for p in self._formed(form) if (own := f"/{_alike(p)}").endswith(form) or form.endswith(own)]
            found = alike[0] if len(alike) == 1 else None
        return found

    def _formed(self, form: str) -> list[str]:
        if not self._by_form:
            for path in self.all():
                self._by_form.setdefault(_alike(path.rpartition("/")[2]), []).append(path)
        return self._by_form.get(form.rpartition("/")[2], [])

    def _find(self, name: str, folders: tuple[str, ...]) -> str | None:
        called = self._by_name.get(name.rpartition("/")[2], [])
        found = [p for p in called if p == name or p.endswith(f"/{name}") or name.endswith(f"/{p}")]
        if not found and _FOREIGN.match(name):
            found = _closest(name, called)
        for folder in folders:
            inside = [p for p in found if f"/{folder}/" in f"/{p}"] if len(found) > 1 and folder else []
            found = inside or found
        if name in found:
            return name
        return found[0] if len(found) == 1 else None

    def sharing(self, plain: str) -> list[str]:
        """Pictures whose name without folders and suffix is that of this path."""
        if not self._by_plain:
            for path in self.all():
                self._by_plain.setdefault(stem(path).rpartition("/")[2], []).append(path)
        return self._by_plain.get(plain.rpartition("/")[2], [])

    def exactly(self, plain: str) -> str | None:
        """The first picture whose path without its suffix is this."""
        return next((path for path in self.sharing(plain) if stem(path) == plain), None)

    def called(self, plain: str) -> str | None:
        """The one picture whose path without its suffix is, or ends with, this name."""
        named = self.sharing(plain)
        found = [path for path in named if f"/{stem(path)}".endswith(f"/{plain}")]
        return found[0] if len(found) == 1 else None

    def named(self, name: str) -> str | None:
        """The picture of a name with or without its suffix."""
        return self.find(name) or self.called(name)

    def all(self) -> list[str]:
        """Every picture, by path."""
        return sorted(path for paths in self._by_name.values() for path in paths)
