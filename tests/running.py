"""A whole stack of one's own for tests that kill things: `make up` on a free port with its own data folder."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runtime import servers
from runtime.places import places, prepare

PROJECT = Path(__file__).resolve().parents[1]
OWN = ("LABELWRIGHT_", "DATABASE_", "REDIS_", "DJANGO_", "PYTEST_")
READY_SECONDS = 90.0
ROLES = ("owner", "manager", "reviewer", "annotator")
PREPARED = "LABELWRIGHT_TEST_PREPARED"  # the folder in which the suites keep what one first start made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def clean_environment(**more: str) -> dict[str, str]:
    """Ours, without what the test run itself is told by."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OWN)} | more


def until(check: Callable[[], Any], seconds: float = 30.0, every: float = 0.05) -> Any:
    """The first true answer of `check`, which is asked again `every` so many seconds."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s"
        time.sleep(every)
    return found


@dataclass
class Stack:
    """A running (or ended) `make up`."""

    data: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    started_in: float = 0.0  # seconds until it said that it is ready
    more: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.log")

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def environment(self) -> dict[str, str]:
        return clean_environment(LABELWRIGHT_DATA=str(self.data), LABELWRIGHT_PORT=str(self.port), **self.more)

    def start(self) -> Stack:
        before = time.monotonic()
        with open(self.log, "wb") as out:
            command = [sys.executable, "-m", "runtime.up"]
            self.process = subprocess.Popen(command, cwd=PROJECT, env=self.environment(), stdout=out, stderr=out)
        process = self.process
        until(lambda: "ready at" in self.output() or process.poll() is not None, READY_SECONDS)
        self.started_in = time.monotonic() - before
        return self

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def children(self) -> dict[str, int]:
        """Process ids of the four children by a short name."""
        assert self.process is not None
        pids = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace") for pid in pids}
        words = {"postgres": "postgres\0-D", "valkey": "valkey", "web": "granian", "worker": "celery"}
        return {name: pid for name, word in words.items() for pid, line in lines.items() if word in line}

    def passwords(self) -> dict[str, str]:
        """{role: password} out of first-login.txt."""
        text = (self.data / "first-login.txt").read_text()
        return dict(re.findall(r"^(\w+)@\S+  (\S+)$", text, re.M))

    def manage(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=PROJECT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def token(self, role: str) -> str:
        """One of each person, made by the first call for all: every command is a process that starts Django."""
        if not self.tokens:
            printed = self.manage("apitoken", *(f"{role}@labelwright.local" for role in ROLES)).split()
            self.tokens = dict(zip(ROLES, printed[-len(ROLES) :], strict=True))
        return self.tokens[role]

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            text = None if body is None else json.dumps(body)
            kind = {} if body is None else {"Content-Type": "application/json"}
            connection.request(method, path, text, kind | headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def processes(self) -> list[str]:
        """Command lines of all processes that work on this data folder or listen on this port."""
        where = places(self.data)
        marks = [os.fsencode(where.cluster), os.fsencode(where.sockets), os.fsencode(self.data), b"\0%d\0" % self.port]
        found = []
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                line = file.read_bytes()
                if any(mark in line for mark in marks):
                    found.append(line.replace(b"\0", b" ").decode(errors="replace"))
        return found


def _copy(source: Path, target: Path) -> None:
    """With owners and modes; `target` does not exist yet."""
    subprocess.run(["cp", "--archive", "--reflink=auto", str(source), str(target)], check=True)


def _fill_from(kept: Path, data: Path) -> None:
    """What a first start leaves behind, out of `kept`; whoever comes first makes it there."""
    with open(kept / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (kept / "whole").exists():
            for half in ("data", "postgres"):
                shutil.rmtree(kept / half, ignore_errors=True)
            with stack(first=True) as made:
                made.start()
                assert made.stop() == 0, made.output()
                _copy(made.data, kept / "data")
                _copy(places(made.data).cluster, kept / "postgres")
            shutil.rmtree(kept / "data" / "postgres", ignore_errors=True)  # an ordinary user's cluster lies in there
            (kept / "whole").touch()
    where = places(data)
    _copy(kept / "data", data)
    prepare(where)
    _copy(kept / "postgres", where.cluster)
    (data / "cluster").write_text(f"{where.cluster}\n")


@contextlib.contextmanager
def stack(*, first: bool = False, **more: str) -> Iterator[Stack]:
    """A stack that is stopped and removed at the end. Not started yet.

    Its start is the first on its data where `first` says so, or where a test runs by itself. Under the suites others
    begin with a copy of what one first start made.
    """
    home = Path(tempfile.mkdtemp(prefix="lw-"))
    made = Stack(data=home / "data", port=free_port(), more=more)
    try:
        if not first and (kept := os.environ.get(PREPARED)):
            _fill_from(Path(kept), made.data)
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.stop()
        made.log.unlink(missing_ok=True)
        servers.remove(places(made.data))
        home.rmdir()
