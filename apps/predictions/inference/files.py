"""Model files as files of this machine."""

from __future__ import annotations

import os
import secrets
from hashlib import sha256
from pathlib import Path
from typing import IO

from django.conf import settings

from apps.core import storage
from apps.predictions.errors import ModelDamaged
from apps.predictions.models import ModelFile

COPY_BYTES = 1 << 20


def local_file(file: ModelFile) -> Path:
    """The file here, its bytes checked against their hash. From an object store it is fetched once a machine.

    Raises:
        ModelDamaged: what is stored is not what was registered.
        NotFound: the store does not have it.
    """
    here = storage.local_path(file.path)
    if here is None:
        here = Path(settings.LABELWRIGHT_DATA) / "models" / f"{file.sha256}.onnx"
        if not here.exists():
            _fetch(file, here)
    with _opened(here) as content:
        if digest(content) != file.sha256:
            raise ModelDamaged(f"The stored file {file.name!r} is not the one that was registered. Upload it again.")
    return here


def digest(content: IO[bytes]) -> str:
    """The SHA-256 of a file, from where it stands to its end."""
    mark = sha256()
    while data := content.read(COPY_BYTES):
        mark.update(data)
    return mark.hexdigest()


def _opened(here: Path) -> IO[bytes]:
    try:
        return here.open("rb")
    except FileNotFoundError as error:
        raise ModelDamaged("The stored file of the model is gone. Upload it again.") from error


def _fetch(file: ModelFile, here: Path) -> None:
    here.parent.mkdir(parents=True, exist_ok=True)
    part = here.with_name(f".part-{secrets.token_hex(8)}")
    try:
        with storage.open_file(file.path) as content, part.open("wb") as out:
            while data := content.read(COPY_BYTES):
                out.write(data)
        os.replace(part, here)
    finally:
        part.unlink(missing_ok=True)
