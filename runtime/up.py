"""`make up`: everything on this machine under one supervisor in the foreground."""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

from runtime import postgres, valkey
from runtime.build import PYTHON, say
from runtime.complaint import CannotStart, explain
from runtime.places import PROJECT, Places, as_owner, places, prepare
from runtime.supervisor import Child, Stopped, Supervisor, complain

HOST = "127.0.0.1"
LEAST_FREE_BYTES = 200 * 1024 * 1024
LEAST_WEB_PROCESSES = 2


def port() -> int:
    given = os.environ.get("LABELWRIGHT_PORT", "").strip() or "8080"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise CannotStart(f"LABELWRIGHT_PORT must be a port number, got {given!r}.")
    return int(given)


def check_port(number: int) -> None:
    """Say that the port is busy before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except PermissionError:
            raise CannotStart(f"Port {number} is for root only. Set LABELWRIGHT_PORT to one above 1023.") from None
        except OSError:
            raise CannotStart(f"Port {number} is busy. Stop what listens there, or set LABELWRIGHT_PORT.") from None


def check_disk(where: Places) -> None:
    for folder in (where.data, where.cluster.parent):
        free = shutil.disk_usage(folder).free
        if free < LEAST_FREE_BYTES:
            raise CannotStart(f"The disk of {folder} is full: {free // 2**20} MiB are left, 200 are needed.")


def environment(number: int) -> dict[str, str]:
    """What web, worker and commands run with."""
    own = {
        "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        "LABELWRIGHT_PORT": str(number),
        "PYTHONUNBUFFERED": "1",
    }
    return {**os.environ, **own}


def postgres_child(where: Places) -> Child:
    def before() -> None:
        postgres.initialise(where)
        postgres.clear_leftovers(where)

    return Child(
        name="PostgreSQL",
        command=lambda: postgres.command(where),
        ready=lambda: postgres.socket_there(where) and postgres.ready(where),
        before=before,
        stop_signal=signal.SIGINT,
        environment=postgres.environment(),
        how=as_owner(where),
        log=where.data / "log" / "postgres.log",
        serves=True,
    )


def valkey_child(where: Places) -> Child:
    return Child(
        name="Valkey",
        command=lambda: valkey.command(where),
        ready=lambda: valkey.ready(where),
        before=lambda: valkey.clear_leftovers(where),
        how=as_owner(where),
        log=where.data / "log" / "valkey.log",
        serves=True,
    )


def web_child(number: int, env: dict[str, str]) -> Child:
    processes = env.get("LABELWRIGHT_WEB_PROCESSES") or str(max(LEAST_WEB_PROCESSES, min(4, os.cpu_count() or 1)))
    command = [str(PYTHON.parent / "granian"), "config.asgi:application", "--interface", "asginl", "--no-ws"]
    command += ["--host", HOST, "--port", str(number), "--workers", processes, "--backlog", "256"]
    command += ["--workers-kill-timeout", "5", "--respawn-failed-workers", "--log-level", "warning"]
    command += ["--working-dir", str(PROJECT)]
    return Child(
        name="the web server",
        command=lambda: command,
        ready=lambda: answers(number),
        environment=env,
        how={"cwd": PROJECT},
    )


def worker_child(where: Places, env: dict[str, str]) -> Child:
    concurrency = env.get("LABELWRIGHT_WORKER_PROCESSES") or "2"
    command = [
        str(PYTHON),
        "-m",
        "celery",
        "--app",
        "config",
        "--quiet",
        "worker",
        "--beat",
        "--concurrency",
        concurrency,
    ]
    command += ["--schedule", str(where.data / "beat-schedule"), "--loglevel", "warning"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return Child(name="the worker", command=lambda: command, environment=env, how={"cwd": PROJECT}, stop_seconds=15.0)


def answers(number: int) -> bool:
    """Whether the web server says it is well."""
    connection = http.client.HTTPConnection(HOST, number, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def migrations_digest() -> str:
    """Changes when a migration comes or goes; comparing it costs a millisecond, asking Django a second."""
    files = sorted(str(file.relative_to(PROJECT)) for file in (PROJECT / "apps").glob("*/migrations/*.py"))
    pins = (PROJECT / "requirements" / "base.txt").read_text()  # a package may bring migrations too
    return hashlib.sha256("\n".join([*files, pins]).encode()).hexdigest()


def fill(where: Places, env: dict[str, str], *, new_cluster: bool) -> None:
    """Migrate, and on the first start make the first people and the demo: one process for all of it."""
    stamp = where.data / "migrated"
    digest = migrations_digest()
    ours = not env.get("DATABASE_URL")  # only our own cluster is known not to change behind our back
    if ours and not new_cluster and stamp.exists() and stamp.read_text() == digest:
        return
    say("preparing the database")
    done = subprocess.run([str(PYTHON), "manage.py", "prepare"], cwd=PROJECT, env=env, check=False)
    if done.returncode:
        raise CannotStart("The database could not be prepared; the messages stand above.")
    stamp.write_text(digest)


def run(supervisor: Supervisor) -> None:
    number = port()
    where = places()
    check_port(number)
    env = environment(number)
    prepare(where)
    check_disk(where)
    (where.data / "log").mkdir(exist_ok=True)
    if not env.get("DATABASE_URL") and (aside := postgres.set_orphan_aside(where)):
        say(f"the data folder is new, so its earlier database was set aside: {aside}")
    new_cluster = not env.get("DATABASE_URL") and postgres.initialise(where)
    servers = [] if env.get("DATABASE_URL") else [postgres_child(where)]
    servers += [] if env.get("REDIS_URL") else [valkey_child(where)]
    supervisor.start(*servers)
    if not env.get("DATABASE_URL") and not (where.data / "migrated").exists():
        postgres.create_database(where)
    fill(where, env, new_cluster=new_cluster)
    supervisor.start(web_child(number, env), worker_child(where, env))
    welcome(number, where)
    supervisor.watch()


def welcome(number: int, where: Places) -> None:
    say(f"ready at http://{HOST}:{number}")
    first = where.data / "first-login.txt"
    if first.exists():
        say(f"sign in with an address and password of {_short(first)}")
    say("Ctrl-C stops everything")


def _short(path: Path) -> str:
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)


def main() -> int:
    supervisor = Supervisor()
    supervisor.listen()
    try:
        with postgres.only_one(places()):
            try:
                run(supervisor)
            finally:
                if supervisor.children:
                    say("stopping")
                supervisor.stop()
    except Stopped:
        return 0
    except CannotStart as error:
        complain(error)
        return 1
    except OSError as error:
        complain(CannotStart(explain(error)))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
