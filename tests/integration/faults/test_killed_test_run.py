"""A test run that is killed outright leaves no server behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from runtime import servers
from runtime.places import places
from tests.running import PROJECT, clean_environment, until

pytestmark = pytest.mark.alone
SLEEPER = "import time\ndef test_sleeps(db):\n    open({mark!r}, 'w').close()\n    time.sleep(600)\n"


def of_folder(folder: Path) -> list[str]:
    """Command lines of the servers that work on this test folder."""
    where = places(folder)
    marks = [os.fsencode(where.cluster), os.fsencode(where.sockets)]
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(file.read_bytes())
        except OSError:
            continue
    return [line.replace(b"\0", b" ").decode() for line in lines if any(mark in line for mark in marks)]


@pytest.mark.parametrize("workers", [0, 1])
def test_servers_of_a_killed_test_run_die_with_it(workers):
    home = Path(tempfile.mkdtemp(prefix="lw-"))
    folder, mark = home / "run", home / "started"
    (home / "test_sleeper.py").write_text(SLEEPER.format(mark=str(mark)))
    words = ["-m", "pytest", "-c", "pyproject.toml", "-p", "tests.conftest", "-p", "no:cacheprovider", "--nomigrations"]
    words += ["-n", str(workers), str(home / "test_sleeper.py")]
    environment = clean_environment(LABELWRIGHT_TEST_FOLDER=str(folder), PYTHONPATH=str(PROJECT))
    run = subprocess.Popen([sys.executable, *words], cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
    try:
        until(lambda: mark.exists() or run.poll() is not None, 180)
        assert run.poll() is None
        during = of_folder(folder)
        run.send_signal(signal.SIGKILL)
        run.wait()
        assert any("postgres" in line for line in during)
        assert sum("valkey-server" in line for line in during) == workers + 1
        until(lambda: not of_folder(folder), 20)
    finally:
        run.kill()
        servers.remove(places(folder))
        shutil.rmtree(home)
