"""A mounted folder. Only below what the operator allows, and never out of it: links are not followed."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from django.conf import settings

from apps.assets.storages.base import (
    BucketMissing,
    CannotWrite,
    Entry,
    FolderRefused,
    ObjectChanged,
    ObjectGone,
    Reading,
    StorageDenied,
)
from apps.assets.storages.options import FolderOptions

READ_BYTES = 1 << 20
PART = ".part-"  # how files begin that are being written


class FolderDriver:
    ordered = True

    def __init__(self, options: FolderOptions) -> None:
        self.root = allowed_folder(options.path)

    def entries(self, prefix: str) -> Iterator[Entry]:
        folder = prefix.rpartition("/")[0]
        yield from (entry for entry in self._below(folder, prefix) if entry.key.startswith(prefix))

    def _below(self, folder: str, prefix: str) -> Iterator[Entry]:
        """In the order of whole keys: a folder sorts as its name with a slash. One folder's names are in memory."""
        try:
            with os.scandir(self._path(folder) if folder else self.root) as found:
                names = sorted((_order(one), one) for one in found if not one.name.startswith(PART))
        except (FileNotFoundError, NotADirectoryError, ObjectGone):
            return
        except PermissionError as error:
            raise StorageDenied(f"The folder {folder or '/'!r} may not be read.") from error
        for _, one in names:
            if not _is_text(one.name):
                continue  # a name that is no UTF-8 can stand in no list of ours
            key = f"{folder}/{one.name}" if folder else one.name
            if one.is_dir(follow_symlinks=False):
                if prefix.startswith(key + "/") or (key + "/").startswith(prefix):
                    yield from self._below(key, prefix)
            elif one.is_file(follow_symlinks=False):
                with suppress(FileNotFoundError):
                    yield _entry(key, one.stat(follow_symlinks=False))

    @contextmanager
    def reading(self, key: str, *, etag: str = "", first: int = 0, last: int | None = None) -> Iterator[Reading]:
        try:
            number = os.open(self._path(key), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise ObjectGone() from error
        with os.fdopen(number, "rb") as file:
            info = os.fstat(file.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise ObjectGone()
            entry = _entry(key, info)
            if etag and entry.etag != etag:
                raise ObjectChanged()
            file.seek(first)
            yield Reading(entry, _chunks(file, (info.st_size - 1 if last is None else last) - first + 1))

    def write(self, key: str, file: IO[bytes], size: int) -> None:
        """Beside its place, then moved there: all at once."""
        target = self._path(key, new=True)
        part = target.parent / f"{PART}{secrets.token_hex(8)}"
        try:
            with open(part, "xb") as out:
                while data := file.read(READ_BYTES):
                    out.write(data)
                out.flush()
                os.fsync(out.fileno())
            os.replace(part, target)
        except (PermissionError, FileExistsError, IsADirectoryError) as error:
            raise CannotWrite("The server's account may not write in this folder.") from error
        except OSError as error:
            if error.errno == 30:  # EROFS
                raise CannotWrite("The folder is mounted for reading only.") from error
            raise
        finally:
            with suppress(OSError):
                part.unlink()

    def remove(self, key: str) -> None:
        try:
            self._path(key).unlink(missing_ok=True)
        except PermissionError as error:
            raise CannotWrite("The server's account may not remove files in this folder.") from error

    def address(self, key: str, seconds: int) -> str | None:
        return None

    def _path(self, key: str, *, new: bool = False) -> Path:
        """The file of a key. Raises ObjectGone where any step of it leads out of the folder."""
        steps = key.split("/")
        if any(step in ("", ".", "..") for step in steps):
            raise ObjectGone()
        path = self.root.joinpath(*steps)
        if new:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise CannotWrite("The server's account may not make folders there.") from error
        real = Path(os.path.realpath(path.parent))
        if real != path.parent:
            raise ObjectGone()  # a link on the way
        return path


def allowed_folder(text: str) -> Path:
    """The real folder.

    Raises:
        FolderRefused: it is not below one of LABELWRIGHT_STORAGE_FOLDERS, wherever links lead.
        BucketMissing: it is not there.
    """
    roots = [Path(os.path.realpath(root)) for root in settings.LABELWRIGHT_STORAGE_FOLDERS]
    if not roots:
        raise FolderRefused("No folders may be connected here. The operator allows them: LABELWRIGHT_STORAGE_FOLDERS.")
    real = Path(os.path.realpath(text))
    if not text.startswith("/") or not any(real == root or root in real.parents for root in roots):
        raise FolderRefused("The folder is not below one that the operator allows.")
    if not real.is_dir():
        raise BucketMissing("There is no such folder on the server.")
    return real


def _order(one: os.DirEntry[str]) -> bytes:
    return os.fsencode(one.name) + (b"/" if one.is_dir(follow_symlinks=False) else b"")


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _entry(key: str, info: os.stat_result) -> Entry:
    return Entry(key, info.st_size, f"{info.st_mtime_ns:x}-{info.st_size:x}")


def _chunks(file: IO[bytes], left: int) -> Iterator[bytes]:
    while left > 0 and (data := file.read(min(left, READ_BYTES))):
        left -= len(data)
        yield data
