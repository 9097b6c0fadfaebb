"""Originals that lie in connected storages: how `core.storage` reads them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from itertools import chain
from typing import IO

from apps.assets.models import LinkedObject
from apps.assets.services.probing import is_direct
from apps.assets.services.storages import open_storage
from apps.assets.storages import Reading
from apps.assets.storages.base import ObjectChanged, ObjectGone
from apps.core.errors import NotFound
from apps.core.storage import Elsewhere

IN_MEMORY = 4 << 20
ADDRESS_SECONDS = 3600  # a signed address; the redirect to it is kept a little shorter


def find_linked(path: str) -> Elsewhere:
    """Where an original lies: at any of the keys that held these bytes when they were last looked at.

    Raises:
        ObjectGone: no key is known any more.
    """
    objects = _objects(path)
    size = objects[0].asset.file_bytes  # type: ignore[union-attr]
    return Elsewhere(
        size=size,
        open=lambda: _copied(objects, path),
        parts=lambda first, last: _parts(objects, first, None if (first, last) == (0, size - 1) else last),
    )


def direct_address(path: str) -> str | None:
    """A signed address that browsers may be sent to, where the storage's test found that they can be."""
    for one in _objects(path):
        if one.state == LinkedObject.State.HERE and is_direct(one.source.storage):
            return open_storage(one.source.storage).address(one.key, ADDRESS_SECONDS)
    return None


def _objects(path: str) -> list[LinkedObject]:
    _, project, _, _, name = path.split("/")
    rows = LinkedObject.objects.select_related("source__storage", "asset").filter(
        asset__project_id=int(project), asset__sha256=name.partition(".")[0], asset__path=path
    )
    found = sorted(rows, key=lambda one: (one.state != LinkedObject.State.HERE, one.pk))
    if not found:
        raise ObjectGone("The original was removed from its storage, or replaced by another one.")
    return found


def _opened(objects: list[LinkedObject], first: int, last: int | None) -> tuple[ExitStack, Reading]:
    """The first of the objects that is still what it was."""
    missing: NotFound = ObjectGone()
    for one in objects:
        with ExitStack() as stack:
            try:
                driver = open_storage(one.source.storage)
                reading = stack.enter_context(driver.reading(one.key, etag=one.etag, first=first, last=last))
            except NotFound as error:
                missing = error
                continue
            return stack.pop_all(), reading
    raise missing


def _parts(objects: list[LinkedObject], first: int, last: int | None) -> Iterator[bytes]:
    """The first piece is read now, so that what is wrong is told before anything is answered."""
    stack, reading = _opened(objects, first, last)
    with ExitStack() as guard:
        guard.push(stack)
        head = next(reading.chunks, b"")
        guard.pop_all()
    return _closing(stack, chain([head], reading.chunks))


def _closing(stack: ExitStack, pieces: Iterator[bytes]) -> Iterator[bytes]:
    with stack:
        yield from pieces


def _copied(objects: list[LinkedObject], path: str) -> IO[bytes]:
    """A local copy whose hash is what it was. Raises ObjectChanged."""
    stack, reading = _opened(objects, 0, None)
    out: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # type: ignore[assignment]  # noqa: SIM115
    digest = sha256()
    with stack:
        for data in reading.chunks:
            digest.update(data)
            out.write(data)
    if digest.hexdigest() != path.rpartition("/")[2].partition(".")[0]:
        out.close()
        raise ObjectChanged()
    out.seek(0)
    return out
