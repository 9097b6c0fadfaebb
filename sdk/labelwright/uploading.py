"""Which files to send, in what portions, and what was sent before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".avif")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
IN_PARTS = 64 << 20  # bytes from which on a file goes in parts
PART = 16 << 20
PORTION_FILES = 50
PORTION_BYTES = 64 << 20
JOURNAL = ".labelwright-upload.json"


@dataclass(frozen=True, slots=True)
class Picture:
    """A file and the name that it gets."""

    path: Path
    name: str

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def mark(self) -> str:
        """What says that it is still the same file."""
        found = self.path.stat()
        return hashlib.sha256(f"{self.name}\0{found.st_size}\0{found.st_mtime_ns}".encode()).hexdigest()[:24]


def pictures(paths: Iterable[str | Path], *, recursive: bool) -> Iterator[Picture]:
    """Pictures of files and folders, by name. A file of a folder is called by its path in it.

    Raises:
        FileNotFoundError: a path that is not there.
    """
    for given in paths:
        path = Path(given)
        if path.is_file():
            yield Picture(path, path.name)
        elif path.is_dir():
            for found in sorted(path.rglob("*") if recursive else path.glob("*")):
                if found.is_file() and found.name.lower().endswith((*PICTURES, *ARCHIVES)):
                    yield Picture(found, found.relative_to(path).as_posix())
        else:
            raise FileNotFoundError(f"{path} is neither a file nor a folder")


def portions(files: Iterable[Picture]) -> Iterator[list[Picture]]:
    """Up to 50 files or 64 MB at a time: what breaks is small, and what went through stays."""
    portion: list[Picture] = []
    size = 0
    for file in files:
        if portion and (len(portion) >= PORTION_FILES or size + file.size > PORTION_BYTES):
            yield portion
            portion, size = [], 0
        portion.append(file)
        size += file.size
    if portion:
        yield portion


def is_apart(file: Picture) -> bool:
    """Archives and large files go in parts, each on its own."""
    return file.path.name.lower().endswith(ARCHIVES) or file.size > IN_PARTS


class Journal:
    """What was sent to a project, kept in the working folder: a second run with `resume` leaves it out."""

    def __init__(self, url: str, project: int, *, resume: bool, folder: Path | None = None) -> None:
        self._path = (folder or Path.cwd()) / JOURNAL
        self._key = f"{url} {project}"
        self._all: dict[str, list[str]] = self._read()
        self.sent: set[str] = set(self._all.get(self._key, [])) if resume else set()

    def _read(self) -> dict[str, list[str]]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def begun(self, file: Picture) -> int | None:
        """The upload that an earlier run began for a file."""
        found = self._all.get(f"{self._key} {file.mark()}")
        return int(found[0]) if found else None

    def begin(self, file: Picture, upload: int) -> None:
        """Remember it, so that a later run goes on with it."""
        self._all[f"{self._key} {file.mark()}"] = [str(upload)]
        self._write()

    def note(self, files: Iterable[Picture]) -> None:
        for file in files:
            self.sent.add(file.mark())
            self._all.pop(f"{self._key} {file.mark()}", None)
        self._all[self._key] = sorted(self.sent)
        self._write()

    def _write(self) -> None:
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(self._all), encoding="utf-8")
        part.replace(self._path)
