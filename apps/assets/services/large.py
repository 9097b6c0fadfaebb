"""Images too large to decode in one piece: kept by the upload, cut into tiles by a job, then rows and tasks."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Literal

import msgspec

from apps.accounts.models import User
from apps.assets.images import CONTENT_TYPES, pyramid
from apps.assets.images.probe import Kind
from apps.core import storage
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.projects.models import Project

COPY_BYTES = 1 << 20
THREADS = 8  # writing small files to an object store waits, it does not work


def tiled_values(
    content: IO[bytes], kind: Kind, digest: str, path: str, size: int, progress: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Store an original and its pyramid; what the asset's row will say.

    Raises:
        FileRefused: the file cannot be read to its end.
    """
    with tempfile.TemporaryDirectory(prefix="labelwright-tiles-") as name:
        folder = Path(name)
        source = folder / "source"
        content.seek(0)
        with source.open("wb") as copy:
            shutil.copyfileobj(content, copy, COPY_BYTES)
        made = pyramid.build(source, kind, folder, progress or (lambda percent: None))
        content.seek(0)
        storage.put(path, content)
        derivatives = _kept(made, path)
    return {
        "sha256": digest, "file_bytes": size, "content_type": CONTENT_TYPES[kind],
        "width": made.width, "height": made.height, "orientation": made.orientation,
        "bit_depth": 8, "window": None, "path": path, "derivatives": derivatives,
    }  # fmt: skip


def _kept(made: pyramid.Pyramid, path: str) -> dict[str, Any]:
    files = [one for one in made.folder.rglob(f"*.{made.suffix}") if one.is_file()]
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(lambda file: _put(file, f"{path}.tiles/{file.relative_to(made.folder)}"), files):
            pass
    entries: dict[str, Any] = {
        "tiles": {
            "path": f"{path}.tiles", "type": made.content_type, "suffix": made.suffix,
            "tile": pyramid.TILE, "levels": made.levels, "width": made.width, "height": made.height,
        }
    }  # fmt: skip
    for variant, data, size in (
        ("preview", made.preview, made.preview_size),
        ("thumb", made.thumb, made.thumb_size),
    ):
        target = f"{path}.{variant}.{made.suffix}"
        storage.put(target, data)
        entries[variant] = {"path": target, "type": made.content_type, "width": size[0], "height": size[1]}
    if made.upright:
        target = f"{path}.display.jpg"
        _put(made.upright, target)
        entries["display"] = {"path": target, "type": "image/jpeg", "width": made.width, "height": made.height}
    return entries


def _put(file: Path, target: str) -> None:
    with file.open("rb") as content:
        storage.put(target, content)


class LargeFile(msgspec.Struct):
    """What the job needs to know of a kept upload."""

    path: str
    name: str
    size: int
    fields: dict[str, Any]
    duplicates: Literal["keep", "skip"]


def ask_for_tiles(
    *,
    project: Project,
    user: User,
    content: IO[bytes],
    name: str,
    size: int,
    fields: dict[str, Any],
    duplicates: Literal["keep", "skip"],
) -> Job:
    """Keep the upload and enqueue the job that takes it in."""
    path = f"projects/{project.pk}/incoming/{uuid.uuid4().hex}"
    content.seek(0)
    storage.put(path, content)
    kept = LargeFile(path, name, size, fields, duplicates)
    return enqueue(
        kind="assets.take_large",
        title=f"Cut {name} into tiles",
        organisation=project.organisation_id,
        project=project,
        user=user,
        arguments={"project": project.pk, "file": msgspec.to_builtins(kept)},
    )
