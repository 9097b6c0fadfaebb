"""`make reference`: random cases of every metric against other people's libraries, and our exports in those that load data sets.

They live in environments of their own below `var`: some clash with what the product needs, and with each other.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from runtime.build import say
from runtime.complaint import CannotStart
from runtime.places import PROJECT

SETS = ("reference", "reference-irr", "reference-loaders", "reference-readers")
TESTS, LOADERS, READERS = "tests/reference", "tests/reference/loaders", "tests/reference/readers"


def environment(name: str) -> Path:
    """The Python of an environment with the pinned packages of a set, made or renewed when the pins changed."""
    folder, pins = PROJECT / "var" / name, PROJECT / "requirements" / f"{name}.txt"
    python, stamp = folder / "bin" / "python", folder / "stamp"
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return python
    say(f"installing the packages of requirements/{pins.name}")
    shutil.rmtree(folder, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(folder)])
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(pins)])
    stamp.write_text(digest)
    return python


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotStart(f"{' '.join(command[:4])} failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")


def main(arguments: list[str]) -> int:
    try:
        python, irr, loaders, readers = (environment(name) for name in SETS)
    except CannotStart as error:
        print(f"labelwright: {error}", file=sys.stderr)
        return 1
    env = os.environ | {"LABELWRIGHT_IRRCAC": str(irr)}
    ended = 0
    for own, tests in ((python, TESTS), (loaders, LOADERS), (readers, READERS)):
        command = [str(own), "-m", "pytest", "-c", f"{TESTS}/pytest.ini", "--rootdir", ".", tests, *arguments]
        ended |= subprocess.run(command, cwd=PROJECT, env=env, check=False).returncode
    return ended


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
