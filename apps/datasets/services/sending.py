"""Exports that are written to a connected storage instead of being kept here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from apps.assets.models import Storage
from apps.assets.services import open_storage
from apps.assets.services.storages import clean_prefix
from apps.core.errors import NotFound
from apps.datasets.errors import NotForExports
from apps.datasets.models import Export
from apps.projects.models import Project


def target_of(*, project: Project, storage_id: int | None, folder: str) -> tuple[Storage | None, str]:
    """The storage and the folder in it that an export shall be written to; (None, "") where it is kept here.

    Raises:
        NotFound: the project's organisation has no such storage.
        NotForExports: it was not connected for them.
        Invalid: a folder that leads elsewhere.
    """
    if storage_id is None:
        return None, ""
    found = Storage.objects.filter(pk=storage_id, organisation_id=project.organisation_id).first()
    if found is None:
        raise NotFound("The project's organisation has no such storage.")
    if not found.for_exports:
        raise NotForExports("This storage was not connected for exports. An owner or manager can allow it.")
    return found, "/".join(step for step in clean_prefix(folder).split("/") if step not in ("", "."))


def send_to_storage(*, export: Export, part: Path, digest: str, check: Callable[[], None]) -> str:
    """Write the archive there, all at once under its name; the key. Written again, it is the same key and the same bytes.

    Args:
        check: called between pieces; raises where the job was cancelled or lost, and nothing of it is seen then.

    Raises:
        SecretUnreadable, FetchRefused, StorageDenied, BucketMissing, CannotWrite, StorageUnreachable
    """
    assert export.target is not None
    folder = f"{export.target_folder}/" if export.target_folder else ""
    key = export.target.options.get("prefix", "") + folder + _name(export, digest)
    with part.open("rb") as file:
        checked = cast(IO[bytes], _Checked(file, check))
        open_storage(export.target).write(key, checked, part.stat().st_size)
    return key


def _name(export: Export, digest: str) -> str:
    """Says what is in it; never that of another export, since the hash of its contents is a part."""
    plain = unicodedata.normalize("NFKD", export.project.name).encode("ascii", "ignore").decode()
    title = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:60] or f"project-{export.project_id}"
    return f"{title}-version-{export.version.number}-{export.format}-{digest[:12]}.zip"


class _Checked:
    """A file whose reader is asked to stop where the job was."""

    def __init__(self, file: IO[bytes], check: Callable[[], None]) -> None:
        self.file, self.check = file, check

    def read(self, size: int = -1) -> bytes:
        self.check()
        return self.file.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)
