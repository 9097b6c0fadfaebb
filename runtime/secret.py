"""The secret key of an embedded installation: made once, kept in the data folder, readable by its owner only."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

_FILE = "secret-key"
_BYTES = 48


def secret_key(data: Path) -> str:
    """The key; made on the first call. Two first calls at once agree on one key."""
    path = data / _FILE
    with contextlib.suppress(FileNotFoundError):
        return path.read_text().strip()
    data.mkdir(parents=True, exist_ok=True)
    side = path.with_name(f"{_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(side, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(_BYTES) + "\n")
    try:
        os.link(side, path)  # unlike a rename, fails where the other call was first
    except FileExistsError:
        pass
    finally:
        side.unlink()
    return path.read_text().strip()
