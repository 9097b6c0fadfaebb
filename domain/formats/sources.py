"""Where readers find their files: a zip, one file, or files in memory. Limits hold before anything is unpacked."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from lzma import LZMAError
from threading import Lock
from typing import Any, BinaryIO, Protocol

from .sinks import safe_path

MAX_FILES = 200_000
MAX_UNPACKED = 64 << 30  # bytes in all
MAX_FILE = 4 << 30  # bytes of one text file that is read whole
MAX_RATIO = 200  # unpacked to packed, for files over 10 MB
RATIO_FROM = 10 << 20
CARD = frozenset(
    {"README.md", "datasheet.json", "labelwright-report.json"}
)  # what our exports say of themselves: no annotations of any format
# What Macs and Windows put beside people's files: folders of resource forks, views, thumbnails
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\._[^/]*$|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
COPY_BYTES = 1 << 20
UNPACKED_AT_ONCE = 1 << 16  # bytes


class SourceError(ValueError):
    """An archive that is broken, hostile or too large. `code` is stable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def is_wanted(path: str) -> bool:
    """Whether a file of an archive may be part of a data set: neither our own card nor an operating system's litter."""
    return path not in CARD and _LITTER.search(path) is None


class Source(Protocol):
    """A set of named files."""

    def paths(self) -> list[str]: ...

    def size(self, path: str) -> int: ...  # bytes, unpacked

    def open(self, path: str) -> BinaryIO: ...

    def read(self, path: str, limit: int = MAX_FILE) -> bytes: ...


class _Kept(io.RawIOBase):
    """A view of a file that stays open when the view is closed: sniffing and reading open it one after the other.

    `turn` is shared by views whose files share a place in one file: two threads read them.
    """

    def __init__(self, file: BinaryIO, turn: Lock | None = None) -> None:
        self._file, self._turn = file, turn or Lock()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        with self._turn:
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class FileSource:
    """One file under its name."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        self._name, self._file = name, file
        self._size = file.seek(0, io.SEEK_END)
        file.seek(0)

    def paths(self) -> list[str]:
        return [self._name]

    def size(self, path: str) -> int:
        return self._size

    def open(self, path: str) -> BinaryIO:
        self._file.seek(0)
        return io.BufferedReader(_Kept(self._file))

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        return _read(self.open(path), path, limit)


class FolderSource:
    """Files in memory by path."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def paths(self) -> list[str]:
        return sorted(self._files)

    def size(self, path: str) -> int:
        return len(self._files[path])

    def open(self, path: str) -> BinaryIO:
        return io.BytesIO(self._files[path])

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        return _read(self.open(path), path, limit)


# What zipfile makes of archives that are cut, twisted or locked
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    zlib.error,
    LZMAError,
)


class _Unpacking(io.RawIOBase):
    """A member of a zip whose faults have a name."""

    def __init__(self, file: Any, path: str) -> None:
        self._file, self._path = file, path

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._file.read(len(buffer))
        except _BROKEN_ZIP as error:
            raise SourceError("broken_archive", f"{self._path} cannot be unpacked: {error}") from None
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


class ZipSource:
    """A zip archive. Names are checked, links refused, and sizes added up before anything is unpacked."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
            infos = [info for info in self._zip.infolist() if not info.is_dir()]
        except _BROKEN_ZIP as error:
            raise SourceError("broken_archive", f"the zip cannot be read: {error}") from None
        if len(infos) > MAX_FILES:
            raise SourceError("too_many_files", f"the zip holds {len(infos)} files; at most {MAX_FILES} are allowed")
        if sum(info.file_size for info in infos) > MAX_UNPACKED:
            raise SourceError("archive_too_large", f"the zip would unpack to more than {MAX_UNPACKED >> 30} GB")
        self._infos = {path: info for info in infos if is_wanted(path := _checked(info))}
        self._paths = sorted(self._infos)

    def paths(self) -> list[str]:
        return self._paths.copy()

    def size(self, path: str) -> int:
        return self._infos[path].file_size

    def open(self, path: str) -> BinaryIO:
        """Raises SourceError, now or while it is read, where the archive is broken or asks for a password."""
        try:
            return io.BufferedReader(_Unpacking(self._zip.open(self._infos[path]), path), UNPACKED_AT_ONCE)
        except _BROKEN_ZIP as error:
            raise SourceError("broken_archive", f"{path} cannot be unpacked: {error}") from None

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        if self._infos[path].file_size > limit:
            raise SourceError(
                "file_too_large", f"{path} is {self._infos[path].file_size} bytes; at most {limit} are read"
            )
        with self.open(path) as file:
            return _read(file, path, limit)


class TarSource:
    """A tar archive, plain or compressed. All its headers are read and checked before any file is."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._turn = Lock()  # members share one file: a picture may be read while the annotations are
            self._tar = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115 read for as long as the source is
            members = [member for member in self._tar if not member.isdir()]
        except (tarfile.TarError, EOFError, OSError, ValueError) as error:
            raise SourceError("broken_archive", f"the tar cannot be read: {error}") from None
        if len(members) > MAX_FILES:
            raise SourceError("too_many_files", f"the tar holds {len(members)} files; at most {MAX_FILES} are allowed")
        if sum(member.size for member in members) > MAX_UNPACKED:
            raise SourceError("archive_too_large", f"the tar would unpack to more than {MAX_UNPACKED >> 30} GB")
        self._members = {path: member for member in members if is_wanted(path := _checked_member(member))}
        self._paths = sorted(self._members)

    def paths(self) -> list[str]:
        return self._paths.copy()

    def size(self, path: str) -> int:
        return self._members[path].size

    def open(self, path: str) -> BinaryIO:
        member = self._tar.extractfile(self._members[path])
        return io.BufferedReader(_Kept(member, self._turn))  # type: ignore[arg-type]

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        size = self._members[path].size
        if size > limit:
            raise SourceError("file_too_large", f"{path} is {size} bytes; at most {limit} are read")
        with self.open(path) as file:
            data = _read(file, path, limit)
        if len(data) != size:
            raise SourceError("broken_archive", f"{path} ends before its end")
        return data


def _checked_member(member: tarfile.TarInfo) -> str:
    try:
        path = safe_path(member.name.removeprefix("./"))
    except ValueError as error:
        raise SourceError("unsafe_path", str(error)) from None
    if not member.isreg():
        raise SourceError("unsafe_path", f"{path!r} is a link or a device; archives may hold files only")
    return path


def _unpacked(file: BinaryIO) -> BinaryIO:
    """A gzip as what is in it, in a file of its own, measured while it is unpacked."""
    packed = file.seek(0, io.SEEK_END)
    file.seek(0)
    most = min(MAX_UNPACKED, max(RATIO_FROM, MAX_RATIO * packed))
    out = tempfile.TemporaryFile()  # noqa: SIM115 handed on
    try:
        with gzip.GzipFile(fileobj=file) as unpacked:
            while data := unpacked.read(COPY_BYTES):
                if out.tell() + len(data) > most:
                    raise SourceError("archive_bomb", f"the archive unpacks to more than {most} bytes out of {packed}")
                out.write(data)
    except (OSError, EOFError, zlib.error) as error:
        out.close()
        raise SourceError("broken_archive", f"the gzip cannot be unpacked: {error}") from None
    except SourceError:
        out.close()
        raise
    out.seek(0)
    return out


def alike(paths: Iterable[str]) -> list[tuple[str, str]]:
    """(name, what is wrong) of names that differ from an earlier one in case or Unicode form only: some disks hold but one."""
    first: dict[str, str] = {}
    out = []
    for path in paths:
        before = first.setdefault(unicodedata.normalize("NFC", path).casefold(), path)
        if before != path:
            out.append((path, f"It differs from {before!r} in case or Unicode form only; both are taken."))
    return out


def _checked(info: zipfile.ZipInfo) -> str:
    try:
        path = safe_path(info.filename)
    except ValueError as error:
        raise SourceError("unsafe_path", str(error)) from None
    if (info.external_attr >> 16) & 0o170000 == 0o120000:
        raise SourceError("unsafe_path", f"{path!r} is a link; archives may hold files only")
    if info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * max(1, info.compress_size):
        raise SourceError(
            "archive_bomb", f"{path!r} would unpack to {info.file_size} bytes out of {info.compress_size}"
        )
    return path


def _read(file: BinaryIO, path: str, limit: int) -> bytes:
    data = file.read(limit + 1)
    if len(data) > limit:
        raise SourceError("file_too_large", f"{path} is over {limit} bytes")
    return data


_OTHER_KINDS = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
}


def open_source(name: str, file: BinaryIO) -> Source:
    """A zip, tar or tar.gz as its files, anything else as one file of this name."""
    head = _head(file)
    if head[:4] in (b"PK\3\4", b"PK\5\6"):
        return ZipSource(file)
    for mark, kind in _OTHER_KINDS.items():
        if head.startswith(mark):
            raise SourceError("archive_kind", f"{name} is packed as {kind}; zip, tar and tar.gz are read")
    if head[:2] == b"\x1f\x8b":
        file = _unpacked(file)
        head, name = _head(file), name.removesuffix(".gz")
    return TarSource(file) if head[257:262] == b"ustar" else FileSource(name, file)


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    head = file.read(512)
    file.seek(0)
    return head
