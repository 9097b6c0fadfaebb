"""A stack of its own for measuring: fresh data folder, free port, started as `make up` starts it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.client import Client
from tests.running import free_port

PROJECT = Path(__file__).resolve().parents[1]
START_SECONDS = 120.0


@dataclass
class Stack:
    base: str
    data: Path
    supervisor: subprocess.Popen[bytes]
    ready_seconds: float

    @property
    def pid(self) -> int:
        return self.supervisor.pid

    def client(self, person: str) -> Client:
        """A client with a fresh token of `person`@labelwright.local."""
        return Client(self.base, self.command("apitoken", f"{person}@labelwright.local").split()[-1])

    def password(self, person: str) -> str:
        """Of the first start's people."""
        listed = (self.data / "first-login.txt").read_text()
        found = re.search(rf"{person}@labelwright\.local\s+(\S+)", listed)
        assert found, listed
        return found[1]

    def restart(self) -> None:
        """All processes anew on the same data: memory that was needed before is not counted any more."""
        stop_process(self.supervisor)
        fresh = start(self.data)
        self.base, self.supervisor, self.ready_seconds = fresh.base, fresh.supervisor, fresh.ready_seconds

    def command(self, *words: str) -> str:
        """What `manage.py words…` prints, run against this stack."""
        environment = os.environ | {"LABELWRIGHT_DATA": str(self.data)}
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(words)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        return done.stdout


def start(data: Path) -> Stack:
    """Start the stack on `data` and wait until it is ready."""
    port = free_port()
    environment = os.environ | {"LABELWRIGHT_DATA": str(data), "LABELWRIGHT_PORT": str(port)}
    begun = time.monotonic()
    log = (data.parent / f"{data.name}.log").open("ab")
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "runtime", "up"],
        cwd=PROJECT,
        env=environment,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    base = f"http://127.0.0.1:{port}"
    while time.monotonic() - begun < START_SECONDS:
        if supervisor.poll() is not None:
            raise RuntimeError(f"the stack ended while starting, see {log.name}")
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            if requests.get(f"{base}/readyz", timeout=2).status_code == 200:
                return Stack(base, data, supervisor, time.monotonic() - begun)
        time.sleep(0.02)
    stop_process(supervisor)
    raise RuntimeError(f"the stack was not ready within {START_SECONDS} s, see {log.name}")


def stop_process(supervisor: subprocess.Popen[bytes]) -> None:
    supervisor.send_signal(signal.SIGTERM)
    supervisor.wait(30)


@contextlib.contextmanager
def running() -> Iterator[Stack]:
    """A stack on an empty data folder, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="labelwright-bench-"))
    stack = start(folder / "var")
    try:
        yield stack
    finally:
        if stack.supervisor.poll() is None:
            stop_process(stack.supervisor)
        shutil.rmtree(folder, ignore_errors=True)
