"""Where things lie: the data folder, the cluster, the sockets, and under which user the servers run.

PostgreSQL refuses to run as root. So root's servers run as a system user, in a folder of our own that it
owns, named by the hash of the data folder: two checkouts stand side by side. An ordinary user's
servers run as that user, inside the data folder.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime.complaint import CannotStart

PROJECT = Path(__file__).resolve().parents[1]
SYSTEM_USER = "labelwright"
SYSTEM_FOLDER = Path("/var/lib/labelwright")
DATABASE = "labelwright"
DATABASE_USER = "labelwright"

# A Unix socket's path has at most 107 bytes; ours end with "/.s.PGSQL.5432" or "/valkey.sock".
_LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432") - 1
_PLAIN = re.compile(r"[A-Za-z0-9/._-]+")


@dataclass(frozen=True)
class Places:
    """All folders of one installation. Made by `places()`; nothing is created by asking."""

    data: Path  # the person's own: media, secret key, first-login.txt
    cluster: Path  # PostgreSQL's data
    sockets: Path  # mode 700; both servers' sockets
    owner: str | None  # the system user the servers run as, None: who runs us

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def database_url(self) -> str:
        return f"postgresql://{DATABASE_USER}@/{DATABASE}?host={self.sockets}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.valkey_socket}?db=0"


def data_folder() -> Path:
    """LABELWRIGHT_DATA, or `var/` in the checkout."""
    given = os.environ.get("LABELWRIGHT_DATA", "").strip()
    return Path(given).expanduser().resolve() if given else PROJECT / "var"


def places(data: Path | None = None) -> Places:
    """The places that belong to a data folder."""
    data = (data or data_folder()).resolve()
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    if os.geteuid() == 0:
        home = SYSTEM_FOLDER / mark
        return Places(data=data, cluster=home / "postgres", sockets=home / "run", owner=SYSTEM_USER)
    sockets = data / "run"
    if len(os.fsencode(sockets)) > _LONGEST_SOCKET_FOLDER or not _PLAIN.fullmatch(str(sockets)):
        sockets = Path(tempfile.gettempdir()) / f"labelwright-{os.geteuid()}-{mark}"
    return Places(data=data, cluster=data / "postgres", sockets=sockets, owner=None)


def prepare(where: Places) -> None:
    """Make the folders, mode 700. Folders that were there keep their mode and owner.

    Raises:
        CannotStart: a socket folder belongs to somebody else, or the system user cannot be made.
    """
    where.data.mkdir(parents=True, exist_ok=True)
    if where.owner is not None:
        _ensure_system_user(where.owner)
        _make(SYSTEM_FOLDER, 0o711, None)
        _make(where.cluster.parent, 0o700, where.owner)
    _make(where.sockets, 0o700, where.owner)
    expected = pwd.getpwnam(where.owner).pw_uid if where.owner else os.geteuid()
    found = where.sockets.lstat()
    if found.st_uid != expected or where.sockets.is_symlink():
        raise CannotStart(
            f"{where.sockets} belongs to another user. Remove it, or set LABELWRIGHT_DATA to a short path."
        )


def _make(folder: Path, mode: int, owner: str | None) -> None:
    if folder.exists():
        return
    folder.mkdir(parents=True, mode=mode)
    folder.chmod(mode)  # the umask took some of it; the folder is ours, it was made in the line above
    if owner is not None:
        record = pwd.getpwnam(owner)
        os.chown(folder, record.pw_uid, record.pw_gid)


def _ensure_system_user(name: str) -> None:
    try:
        pwd.getpwnam(name)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
            capture_output=True,
            text=True,
            check=False,
        )
        # 9: it exists by now, another start was faster
        if made.returncode not in (0, 9):
            raise CannotStart(f"The system user {name} could not be made: {made.stderr.strip()}") from None


def as_owner(where: Places) -> dict[str, Any]:
    """Arguments of `subprocess` that run a command as the servers' user, away from folders it cannot enter."""
    if where.owner is None:
        return {"cwd": "/"}
    record = pwd.getpwnam(where.owner)
    return {"cwd": "/", "user": record.pw_uid, "group": record.pw_gid, "extra_groups": []}
