"""`make test`: installs what it lacks, then runs every suite. A suite that could not run is a failure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from runtime.build import FRONTEND, PYTHON, say
from runtime.places import PROJECT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_VARIABLE = "LABELWRIGHT_BROWSER"
WORKERS = "2"
TIMED = ("tests/journeys/test_slow_line.py", "tests/journeys/test_next_task.py", "tests/journeys/test_classify.py")


def browser() -> str | None:
    """A Chromium: the one that is named, one that is installed, else Debian's when we may install it, else Playwright's."""
    named = os.environ.get(BROWSER_VARIABLE)
    if named:
        return named if Path(named).exists() else None
    return _installed() or _from_packages() or _playwrights()


def _installed() -> str | None:
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def _from_packages() -> str | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    say("installing Chromium for the browser journeys")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            say(f"`{' '.join(command)}` failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
            return None
    return _installed()


def _playwrights() -> str | None:
    """A browser that Playwright once downloaded for this user."""
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    found = sorted(cache.glob("chromium-*/chrome-linux*/chrome"))
    return str(found[-1]) if found else None


def suite(name: str, command: list[str], folder: Path, env: dict[str, str]) -> bool:
    say(f"{name}: {' '.join(Path(command[0]).name if i == 0 else word for i, word in enumerate(command))}")
    start = time.monotonic()
    done = subprocess.run(command, cwd=folder, env=env, check=False)
    say(f"{name}: {'passed' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - start:.0f} s")
    return done.returncode == 0


def main() -> int:
    # Most stacks that tests start begin with a copy of what one first start made (tests/running.py).
    with tempfile.TemporaryDirectory(prefix="lw-prepared-") as prepared:
        return run(dict(os.environ) | {"LABELWRIGHT_TEST_PREPARED": prepared})


def run(env: dict[str, str]) -> int:
    outcomes: dict[str, bool] = {}
    chromium = browser()
    pytest = [str(PYTHON), "-m", "pytest", "-q"]
    parallel = ["-n", WORKERS, "--dist", "worksteal"]
    quick = [*pytest, "tests", "--ignore=tests/journeys", *parallel]
    outcomes["Python tests"] = suite("Python tests", quick, PROJECT, env)
    outcomes["Vitest"] = suite("Vitest", ["npm", "run", "--silent", "test"], FRONTEND, env)
    if chromium is None:
        say("Browser journeys could not run: no Chromium here. As root it is installed; else `apt install chromium`,")
        say(f"or name one in {BROWSER_VARIABLE}. Not run: every test in tests/journeys")
        outcomes["Browser journeys"] = outcomes["Timed journeys"] = False
    else:
        env[BROWSER_VARIABLE] = chromium
        # Each worker has a stack and a browser of its own. What takes the time is measured with nothing beside it.
        soak = env.get("LABELWRIGHT_SOAK") == "1"
        beside = [*pytest, "tests/journeys", *(f"--ignore={path}" for path in TIMED), *([] if soak else parallel)]
        outcomes["Browser journeys"] = suite("Browser journeys", beside, PROJECT, env)
        outcomes["Timed journeys"] = suite("Timed journeys", [*pytest, *TIMED], PROJECT, env)
    for name, good in outcomes.items():
        say(f"{'ok  ' if good else 'FAIL'} {name}")
    return 0 if all(outcomes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
