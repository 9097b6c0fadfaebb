"""Files of the product: content-addressed writing, and sending with ranges. Folder or object store, the same calls."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from apps.core.errors import NotFound

COPY_BYTES = 1 << 20
LATELY_SECONDS = 3600  # an object written within is not written again
_RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
# An original that was never copied here: it lies in a connected storage, and is read from there by whoever is registered.
_LINKED = re.compile(r"projects/\d+/linked/[0-9a-f]{2}/[0-9a-f]{64}\.[a-z]+")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A file in another storage. Both calls raise a DomainError where it is gone or is not what it was."""

    size: int
    open: Callable[[], IO[bytes]]  # a local copy, removed when it is closed
    parts: Callable[[int, int], Iterator[bytes]]  # the bytes from the first to the last


_find_elsewhere: list[Callable[[str], Elsewhere]] = []


def originals_elsewhere(find: Callable[[str], Elsewhere]) -> None:
    """Register who knows where linked originals lie."""
    _find_elsewhere[:] = [find]


def is_linked(path: str) -> bool:
    """Whether a path names an original that was never copied here."""
    return _LINKED.fullmatch(path) is not None


def elsewhere(path: str) -> Elsewhere | None:
    """Where a linked original lies; None for a file of our own."""
    return _find_elsewhere[0](path) if is_linked(path) else None


def local_path(path: str) -> Path | None:
    """The file in the file system, or None where the store is no folder, or the file lies elsewhere."""
    if is_linked(path):
        return None
    try:
        return Path(default_storage.path(path))
    except NotImplementedError:
        return None


def exists(path: str) -> bool:
    return bool(default_storage.exists(path))


def put(path: str, content: bytes | IO[bytes]) -> None:
    """Write a file whose name says what is in it: what is there already stays, as if written now. Linked originals are not."""
    if is_linked(path):
        return
    target = local_path(path)
    if target is None:
        if not _written_lately(path):
            default_storage.save(path, ContentFile(content) if isinstance(content, bytes) else File(content))
        return
    try:
        os.utime(target)  # so that it is not taken for forgotten, see `remove_old`
        return
    except FileNotFoundError:
        pass
    part = f"{target.parent}/.part-{secrets.token_hex(8)}"
    try:
        with _create(part) as out:
            if isinstance(content, bytes):
                out.write(content)
            else:
                shutil.copyfileobj(content, out, COPY_BYTES)
        os.replace(part, target)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _written_lately(path: str) -> bool:
    try:
        return time.time() - default_storage.get_modified_time(path).timestamp() < LATELY_SECONDS
    except Exception:  # noqa: BLE001 - however the store says that it is not there: writing it again does no harm
        return False


def _create(part: str) -> IO[bytes]:
    """A new file for us alone, in a folder that is made where it is missing."""
    flags, mode = os.O_WRONLY | os.O_CREAT | os.O_EXCL, settings.FILE_UPLOAD_PERMISSIONS or 0o640
    try:
        return os.fdopen(os.open(part, flags, mode), "wb")
    except FileNotFoundError:
        _ensure_folder(Path(part).parent)
        return os.fdopen(os.open(part, flags, mode), "wb")


def move_in(source: Path, path: str) -> None:
    """Take over a finished local file; the last writer wins, all at once."""
    target = local_path(path)
    if target is None:
        if default_storage.exists(path):
            default_storage.delete(path)
        with source.open("rb") as file:
            default_storage.save(path, File(file))
        source.unlink(missing_ok=True)
        return
    _ensure_folder(target.parent)
    try:
        os.replace(source, target)
    except OSError:  # another file system
        part = target.with_name(f".part-{target.name}")
        try:
            shutil.copyfile(source, part)
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
        source.unlink(missing_ok=True)
    os.chmod(target, settings.FILE_UPLOAD_PERMISSIONS or 0o640)


def _ensure_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


def read(path: str) -> bytes:
    """The whole file. Raises NotFound when the store does not have it."""
    with open_file(path) as file:
        return file.read()


def open_file(path: str) -> IO[bytes]:
    """Open for reading. Raises NotFound when the store does not have it."""
    if found := elsewhere(path):
        return found.open()
    try:
        return default_storage.open(path, "rb")  # type: ignore[return-value]
    except FileNotFoundError as error:
        raise NotFound("The file is not in the media store.") from error


def remove(path: str) -> None:
    if path and not is_linked(path) and default_storage.exists(path):
        default_storage.delete(path)


def walk(folder: str) -> Iterator[tuple[str, float]]:
    """(path, when it was written) of every file below a folder of the store."""
    here = local_path(folder)
    if here is None:
        store: Any = default_storage
        for item in store.bucket.objects.filter(Prefix=f"{store._normalize_name(folder)}/"):
            yield folder + item.key.removeprefix(store._normalize_name(folder)), item.last_modified.timestamp()
        return
    for found, _, names in os.walk(here):
        for name in names:
            file = Path(found, name)
            with contextlib.suppress(FileNotFoundError):
                yield f"{folder}/{file.relative_to(here).as_posix()}", file.stat().st_mtime


def remove_old(path: str, before: float) -> bool:
    """Remove a file unless it was written, or found again by `put`, since `before`; whether it is gone."""
    file = local_path(path)
    if file is None:
        default_storage.delete(path)
        return True
    aside = file.with_name(f".part-gone-{secrets.token_hex(8)}")
    try:
        os.rename(file, aside)
    except FileNotFoundError:
        return False
    if aside.stat().st_mtime >= before:  # `put` found it in between
        os.replace(aside, file)
        return False
    aside.unlink()
    return True


def remove_empty_folders(roots: Iterable[str], before: float) -> None:
    """Remove folders below `roots` that have been empty since `before`."""
    for root in roots:
        here = local_path(root)
        found = [(folder, os.stat(folder).st_mtime) for folder, _, _ in os.walk(here)] if here else []
        for folder, changed in reversed(found):  # deepest first; their times as they were before any went
            if Path(folder) != here and changed < before:
                with contextlib.suppress(OSError):
                    os.rmdir(folder)  # refused where anything is in it


def send_file(
    request: HttpRequest,
    *,
    path: str,
    content_type: str,
    etag: str = "",
    attachment: str | None = None,
    cache: str = "private, no-cache",
    headers: dict[str, str] | None = None,
) -> HttpResponseBase:
    """Answer with a stored file: whole, one range of it (206), or 304; by the front server where it has the folder."""
    extra = {"Cache-Control": cache, "Accept-Ranges": "bytes", "X-Content-Type-Options": "nosniff"} | (headers or {})
    if etag:
        extra["ETag"] = f'"{etag}"'
        if request.headers.get("If-None-Match") == extra["ETag"]:
            return HttpResponse(status=304, headers=extra)
    if attachment is not None:
        extra["Content-Disposition"] = _disposition(attachment)
    local = local_path(path)
    if local is not None and settings.LABELWRIGHT_X_ACCEL_PREFIX:
        extra["X-Accel-Redirect"] = settings.LABELWRIGHT_X_ACCEL_PREFIX.rstrip("/") + "/" + quote(path)
        return HttpResponse(content_type=content_type, headers=extra)
    far = elsewhere(path)
    size = far.size if far else _size(path)
    wanted = _range(request.headers.get("Range"), size)
    if wanted is not None and etag and request.headers.get("If-Range", extra["ETag"]) != extra["ETag"]:
        wanted = None
    if wanted == ():
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if wanted:
        first, last = wanted
        part: HttpResponseBase = StreamingHttpResponse(
            far.parts(first, last) if far else _stream(path, first, last),
            status=206,
            content_type=content_type,
            headers=extra,
        )
        part.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        part.headers["Content-Length"] = str(last - first + 1)
        return part
    whole: HttpResponseBase
    if far:
        whole = StreamingHttpResponse(far.parts(0, size - 1), content_type=content_type, headers=extra)
    else:
        whole = FileResponse(open_file(path), content_type=content_type, headers=extra)
    whole.headers["Content-Length"] = str(size)
    return whole


def _disposition(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


def _size(path: str) -> int:
    try:
        return default_storage.size(path)
    except FileNotFoundError as error:
        raise NotFound("The file is not in the media store.") from error
    except Exception as error:
        if type(error).__name__ == "ClientError":  # botocore's, without importing it here
            raise NotFound("The file is not in the media store.") from error
        raise


def _range(header: str | None, size: int) -> tuple[int, int] | tuple[()] | None:
    """(first, last) of a single range; () where it lies outside; None where the whole file is meant."""
    match = _RANGE.match(header or "")
    if not match or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        begin, end = max(0, size - int(last)), size - 1
    else:
        begin, end = int(first), min(int(last) if last else size - 1, size - 1)
    return (begin, end) if begin <= end and begin < size else ()


def _stream(path: str, first: int, last: int) -> Iterator[bytes]:
    if local_path(path) is None:
        yield from _object_stream(path, first, last)
        return
    with open_file(path) as file:
        file.seek(first)
        left = last - first + 1
        while left and (data := file.read(min(left, COPY_BYTES))):
            left -= len(data)
            yield data


def _object_stream(path: str, first: int, last: int) -> Iterator[bytes]:
    store: Any = default_storage
    key = store._normalize_name(path)
    found = store.bucket.Object(key).get(Range=f"bytes={first}-{last}")
    yield from found["Body"].iter_chunks(COPY_BYTES)
