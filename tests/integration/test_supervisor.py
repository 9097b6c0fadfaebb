"""The supervisor with small children of its own: order, restart, stop, and its own death."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SECONDS = 15.0

PROGRAM = """
import sys
from pathlib import Path
from runtime.supervisor import Child, Supervisor, Stopped, complain
from runtime.complaint import CannotStart

folder = Path(sys.argv[1])
def child(name, script, **how):
    ready = (folder / f"{name}.ready").exists
    return Child(name=name, command=lambda: [sys.executable, "-c", script, str(folder), name], ready=ready, **how)

supervisor = Supervisor()
supervisor.listen()
try:
    BODY
    print("all ready", flush=True)
    supervisor.watch()
except CannotStart as error:
    complain(error)
except Stopped:
    print("stopped early", flush=True)
finally:
    supervisor.stop()
print("done", flush=True)
"""

STEADY = """
import os, signal, subprocess, sys, time
folder, name = sys.argv[1:]
note = lambda word: open(f"{folder}/story", "a").write(f"{name} {word}\\n")
def stop(*_): note("stopped"); sys.exit(0)
signal.signal(signal.SIGTERM, stop)
grandchild = subprocess.Popen(["sleep", "600"])
open(f"{folder}/{name}.pids", "a").write(f"{os.getpid()} {grandchild.pid}\\n")
note("started")
open(f"{folder}/{name}.ready", "w").close()
time.sleep(600)
"""
STUBBORN = STEADY.replace("signal.signal(signal.SIGTERM, stop)", "signal.signal(signal.SIGTERM, signal.SIG_IGN)")
BROKEN = "import sys; sys.exit(3)"


def until(check: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


class Run:
    """A supervisor in a process of its own, with the story that its children write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None

    def start(self, body: str) -> subprocess.Popen[str]:
        program = PROGRAM.replace("BODY", textwrap.indent(textwrap.dedent(body), "    ").strip())
        scripts = f"STEADY, STUBBORN, BROKEN = {STEADY!r}, {STUBBORN!r}, {BROKEN!r}\n"
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", scripts + program, self.folder],
            cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        return self.process

    def story(self) -> list[str]:
        file = self.folder / "story"
        return file.read_text().splitlines() if file.exists() else []

    def pids(self, name: str) -> list[int]:
        return [int(word) for word in (self.folder / f"{name}.pids").read_text().split()]

    def gone(self, name: str) -> bool:
        return not any(alive(pid) for pid in self.pids(name))

    def end(self) -> str:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=SECONDS)[0]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = Run(tmp_path)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()
    for file in tmp_path.glob("*.pids"):
        for pid in map(int, file.read_text().split()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_servers_start_before_and_stop_after_what_uses_them(run):
    run.start("""
        supervisor.start(child("server", STEADY, serves=True))
        supervisor.start(child("web", STEADY), child("worker", STEADY))
    """)
    until(lambda: len(run.story()) == 3)
    run.end()
    story = run.story()
    assert story[0] == "server started"
    assert sorted(story[1:3]) == ["web started", "worker started"]
    assert sorted(story[3:5]) == ["web stopped", "worker stopped"]
    assert story[5] == "server stopped"


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_leaves_no_process_not_even_a_grandchild(run, sign):
    process = run.start('supervisor.start(child("web", STEADY))')
    until(lambda: run.story())
    process.send_signal(sign)
    output = process.communicate(timeout=SECONDS)[0]
    assert output.splitlines()[-1] == "done"
    assert process.returncode == 0
    until(lambda: run.gone("web"))


def test_a_child_that_dies_is_started_again_and_said_so(run):
    run.start('supervisor.start(child("web", STEADY))')
    until(lambda: run.story())
    os.kill(run.pids("web")[0], signal.SIGKILL)
    until(lambda: run.story().count("web started") == 2)
    assert "web ended (killed by SIGKILL), starting it again" in run.end()
    until(lambda: run.gone("web"))


def test_a_child_that_does_not_listen_is_killed_with_all_it_started(run):
    run.start('supervisor.start(child("web", STUBBORN, stop_seconds=0.5))')
    until(lambda: run.story())
    run.end()
    until(lambda: run.gone("web"))


def test_a_child_that_cannot_start_is_one_clear_line_and_stops_the_others(run):
    process = run.start("""
        supervisor.start(child("server", STEADY, serves=True))
        supervisor.start(child("web", BROKEN))
    """)
    output = process.communicate(timeout=SECONDS)[0]
    assert "labelwright: web ended at once" in output
    assert "Traceback" not in output
    until(lambda: run.gone("server"))


def test_the_children_of_a_killed_supervisor_end_by_themselves(run):
    process = run.start('supervisor.start(child("web", STEADY))')
    until(lambda: run.story())
    process.kill()
    process.wait()
    until(lambda: "web stopped" in run.story())
    until(lambda: not alive(run.pids("web")[0]))


def test_a_stop_while_starting_is_heeded(run):
    process = run.start('supervisor.start(child("web", STEADY.replace(".ready", ".never")))')
    until(lambda: run.story())
    process.terminate()
    assert "stopped early" in process.communicate(timeout=SECONDS)[0]
    until(lambda: run.gone("web"))
