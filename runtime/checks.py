"""`make check`: everything that can be said about the code without running it. All checks run; the end names what failed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from runtime import api, weight
from runtime.build import FRONTEND, PYTHON, node_modules
from runtime.complaint import CannotStart
from runtime.places import PROJECT

BIN = PYTHON.parent
_LOCKS = re.compile(
    r'"resolved": *"https?://|registry *= *"?https?://|--(extra-)?index-url|--find-links|--trusted-host'
)
_LOCK_FILES = ("*package-lock.json", "*.txt", "*.in", "*.toml", "*.npmrc", "*.cfg")
TOGETHER = 2  # checks at a time

Outcome = tuple[bool, str]


def _command(*words: str, folder: Path = PROJECT, settings: str = "config.settings.test") -> Callable[[], Outcome]:
    def run() -> Outcome:
        env = os.environ | {"DJANGO_SETTINGS_MODULE": settings}
        done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)
        return done.returncode == 0, done.stdout + done.stderr

    return run


def generated_files() -> Outcome:
    try:
        stale = api.stale()
    except CannotStart as error:
        return False, str(error)
    names = ", ".join(str(path.relative_to(PROJECT)) for path in stale)
    return not stale, f"not up to date: {names}. Run `make api` and commit." if stale else ""


def download_addresses() -> Outcome:
    """Lock files must not say where a package was downloaded: it differs from place to place."""
    listed = subprocess.run(
        ["git", "ls-files", "--", *_LOCK_FILES], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if listed.returncode or not listed.stdout:
        return False, f"git could not list the lock files: {listed.stderr.strip()}"
    found = []
    for name in listed.stdout.splitlines():
        for number, line in enumerate((PROJECT / name).read_text(errors="replace").splitlines(), 1):
            if _LOCKS.search(line) and not line.startswith("#"):
                found.append(f"{name}:{number}: {line.strip()}")
    return not found, "\n".join(found)


CHECKS: dict[str, Callable[[], Outcome]] = {
    "mypy": _command(str(BIN / "mypy"), "--no-error-summary"),
    "tsc": _command("npm", "run", "--silent", "types", folder=FRONTEND),
    "ruff check": _command(str(BIN / "ruff"), "check", "--quiet", "."),
    "ruff format": _command(str(BIN / "ruff"), "format", "--check", "--quiet", "."),
    "layers": _command(str(BIN / "lint-imports"), "--no-cache"),
    "biome": _command("npm", "run", "--silent", "lint", folder=FRONTEND),
    "generated files": generated_files,
    "migrations": _command(str(PYTHON), "manage.py", "makemigrations", "--check", "--dry-run", "--skip-checks"),
    "download addresses": download_addresses,
    "page weight": weight.too_heavy,
}


def timed(name: str) -> tuple[str, bool, str, float]:
    start = time.monotonic()
    good, text = CHECKS[name]()
    return name, good, text.strip(), time.monotonic() - start


def main(wanted: list[str]) -> int:
    names = wanted or list(CHECKS)
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"labelwright: unknown check {', '.join(unknown)}; there are {', '.join(CHECKS)}", file=sys.stderr)
        return 2
    node_modules(FRONTEND)
    with ThreadPoolExecutor(TOGETHER) as pool:
        outcomes = list(pool.map(timed, names))
    for name, good, text, seconds in outcomes:
        print(f"{'ok  ' if good else 'FAIL'} {name} ({seconds:.1f} s)")
        if not good:
            print(text)
    return 0 if all(good for _, good, _, _ in outcomes) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CannotStart as error:
        sys.exit(f"labelwright: {error}")
