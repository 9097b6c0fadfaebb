"""PostgreSQL and Valkey for a while: for tests, benchmarks and tools. `make up` supervises its own.

Both end with the thread that started them, even when its process is killed outright.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from runtime import postgres, valkey
from runtime.complaint import CannotStart
from runtime.lifeline import die_with
from runtime.places import SYSTEM_FOLDER, Places, as_owner, places, prepare

POLL_SECONDS = 0.01
READY_SECONDS = 30.0


def wait_until(
    check: Callable[[], bool], *, child: subprocess.Popen[Any], name: str, seconds: float = READY_SECONDS
) -> None:
    """Wait for a server to answer; its early end is an error at once."""
    deadline = time.monotonic() + seconds
    while not check():
        if child.poll() is not None:
            raise CannotStart(f"{name} ended at once with exit code {child.returncode}.")
        if time.monotonic() > deadline:
            raise CannotStart(f"{name} did not answer within {seconds:.0f} s.")
        time.sleep(POLL_SECONDS)


def start_postgres(where: Places, *, throw_away: bool = False, log: Path | None = None) -> subprocess.Popen[bytes]:
    """Start the server and wait until it takes connections."""
    prepare(where)
    postgres.initialise(where)
    postgres.clear_leftovers(where)
    child = _start(postgres.command(where, throw_away=throw_away), where, postgres.environment(), log)
    wait_until(lambda: postgres.socket_there(where) and postgres.ready(where), child=child, name="PostgreSQL")
    return child


def start_valkey(
    where: Places, *, socket_name: str = "valkey.sock", log: Path | None = None
) -> subprocess.Popen[bytes]:
    prepare(where)
    valkey.clear_leftovers(where, socket_name=socket_name)
    child = _start(valkey.command(where, socket_name=socket_name), where, None, log)
    wait_until(lambda: valkey.ready(where, socket_name=socket_name), child=child, name="Valkey")
    return child


def _start(
    command: list[str], where: Places, environment: dict[str, str] | None, log: Path | None
) -> subprocess.Popen[bytes]:
    with open(log or "/dev/null", "ab") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=environment,
            start_new_session=True,
            preexec_fn=die_with(os.getpid(), signal.SIGINT),
            **as_owner(where),
        )


def stop(child: subprocess.Popen[bytes], *, sign: signal.Signals = signal.SIGINT, seconds: float = 10.0) -> None:
    """SIGINT is PostgreSQL's fast shutdown; Valkey takes it too."""
    if child.poll() is None:
        child.send_signal(sign)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextlib.contextmanager
def throw_away(folder: Path | None = None) -> Iterator[Places]:
    """Both servers with an empty cluster that is removed at the end; nothing is flushed to disk."""
    home = folder or Path(tempfile.mkdtemp(prefix="lw-"))
    where = places(home)
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(start_postgres(where, throw_away=True, log=home / "postgres.log"))
        started.append(start_valkey(where, log=home / "valkey.log"))
        postgres.create_database(where)
        yield where
    finally:
        for child in reversed(started):
            stop(child)
        remove(where)


def remove(where: Places) -> None:
    """Remove a throw-away installation: its data and, for root, its part of the system folder."""
    shutil.rmtree(where.data, ignore_errors=True)
    if where.owner is not None and where.cluster.parent.parent == SYSTEM_FOLDER:
        shutil.rmtree(where.cluster.parent, ignore_errors=True)
    elif where.sockets.parent != where.data:
        shutil.rmtree(where.sockets, ignore_errors=True)
