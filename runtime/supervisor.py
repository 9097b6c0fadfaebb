"""Keeps children running: starts them in order, restarts what dies, stops all in the opposite order."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runtime.build import say
from runtime.complaint import CannotStart
from runtime.lifeline import die_with

POLL_SECONDS = 0.1
WAIT_POLL_SECONDS = 0.01
FIRST_PAUSE = 0.25  # seconds before a restart; doubled each time the child does not live long
LONGEST_PAUSE = 10.0
LIVES_LONG = 20.0  # seconds after which a child counts as well


@dataclass
class Child:
    """One process, its command and how it is stopped."""

    name: str
    command: Callable[[], list[str]]
    ready: Callable[[], bool] = lambda: True
    before: Callable[[], None] = lambda: None  # runs before each start: clears what a killed one left
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    ready_seconds: float = 30.0
    environment: Mapping[str, str] | None = None
    how: Mapping[str, Any] = field(default_factory=dict)  # arguments of subprocess: user, cwd
    log: Path | None = None  # its output; None: ours
    serves: bool = False  # others use it: it is stopped after them
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    restart_at: float | None = None

    def start(self) -> None:
        self.before()
        out: Any = open(self.log, "ab") if self.log else None  # noqa: SIM115 - handed to the child
        try:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=None if self.environment is None else dict(self.environment),
                start_new_session=True,
                preexec_fn=die_with(os.getpid(), self.stop_signal),
                **self.how,
            )
        finally:
            if out is not None:
                out.close()
        self.started = time.monotonic()
        self.restart_at = None

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal_group(self, sign: signal.Signals) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, sign)


class Supervisor:
    """Start with `start`, then `watch` until asked to stop; `stop` ends all children, whatever happened."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stopping = False

    def listen(self) -> None:
        """SIGTERM, SIGINT and a closed terminal ask for a clean stop; a second one is not needed and changes nothing."""
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sign, self._ask_to_stop)

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True

    def start(self, *children: Child) -> None:
        """Start these at once, then wait until all are ready.

        Raises:
            CannotStart: one ended at once or did not get ready.
            Stopped: a stop was asked for meanwhile.
        """
        for child in children:
            self.children.append(child)
            child.start()
        for child in children:
            deadline = time.monotonic() + child.ready_seconds
            while not child.ready():
                if self.stopping:
                    raise Stopped
                if not child.alive():
                    raise CannotStart(f"{child.name} ended at once{_why(child)}")
                if time.monotonic() > deadline:
                    raise CannotStart(f"{child.name} was not ready within {child.ready_seconds:.0f} s{_why(child)}")
                time.sleep(WAIT_POLL_SECONDS)

    def watch(self) -> None:
        """Until a stop is asked for: start again what died, sooner or later by how long it had lived."""
        while not self.stopping:
            for child in self.children:
                if not child.alive():
                    self._revive(child)
            time.sleep(POLL_SECONDS)

    def _revive(self, child: Child) -> None:
        now = time.monotonic()
        if child.restart_at is None:
            code = child.process.returncode if child.process else None
            child.pause = FIRST_PAUSE if now - child.started > LIVES_LONG else min(child.pause * 2, LONGEST_PAUSE)
            child.restart_at = now + child.pause
            child.signal_group(signal.SIGKILL)  # nothing of its group may hold a port or a lock
            say(f"{child.name} ended ({_cause(code)}), starting it again")
        elif now >= child.restart_at:
            try:
                child.start()
            except (OSError, CannotStart) as error:
                child.restart_at = now + LONGEST_PAUSE
                say(f"{child.name} could not be started: {error}")

    def stop(self) -> None:
        """End all children, servers after what uses them; what does not end in time is killed with its group."""
        self.stopping = True
        users = [child for child in self.children if not child.serves]
        servers = [child for child in self.children if child.serves]
        for group in (users, servers):
            for child in group:
                if child.alive() and child.process is not None:
                    child.process.send_signal(child.stop_signal)
            for child in group:
                if child.process is not None:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        child.process.wait(child.stop_seconds)
                child.signal_group(signal.SIGKILL)
                if child.process is not None:
                    child.process.wait()


class Stopped(Exception):
    """A stop was asked for before everything had started."""


def _cause(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"


def _why(child: Child) -> str:
    """The last line a child wrote to its log, where it has one."""
    if child.log is None or not child.log.exists():
        return "; its messages stand above."
    lines = child.log.read_text(errors="replace").strip().splitlines()
    return f": {lines[-1]} (all of it in {child.log})" if lines else f" (see {child.log})"


def complain(error: BaseException) -> None:
    print(f"labelwright: {error}", file=sys.stderr, flush=True)
