"""The processes of server mode: `python -m config.serve web | worker | beat | prepare`.

docker-compose.yml, the Helm chart and systemd units call these, so that all of them start the same thing.
Each replaces itself by the real program: signals go straight to it.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.server")

import psycopg2
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

SPARE_CONNECTIONS = 10  # for migrations, backups and people


def connections_needed() -> int:
    web = settings.LABELWRIGHT_WEB_PROCESSES * settings.LABELWRIGHT_WEB_THREADS
    return web + settings.LABELWRIGHT_WORKER_PROCESSES + SPARE_CONNECTIONS


def check_connections() -> None:
    """Refuse to start with more threads than the database has connections.

    Raises:
        ImproperlyConfigured: says both numbers and what to change.
    """
    link = psycopg2.connect(**connection.get_connection_params())
    with closing(link), link.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        allowed = int(cursor.fetchone()[0])
    if connections_needed() > allowed:
        raise ImproperlyConfigured(
            f"PostgreSQL allows {allowed} connections, {connections_needed()} are needed: lower LABELWRIGHT_WEB_PROCESSES, "
            "LABELWRIGHT_WEB_THREADS or LABELWRIGHT_WORKER_PROCESSES, or raise max_connections."
        )


def web() -> list[str]:
    check_connections()
    host, port = os.environ.get("LABELWRIGHT_HOST", "127.0.0.1"), os.environ.get("LABELWRIGHT_PORT", "8000")
    line = ["granian", "config.asgi:application", "--interface", "asginl", "--no-ws", "--host", host, "--port", port]
    line += ["--workers", str(settings.LABELWRIGHT_WEB_PROCESSES), "--backlog", "1024", "--respawn-failed-workers"]
    return [*line, "--workers-kill-timeout", "10", "--log-level", "warning"]


def _celery(*words: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "config", "--quiet", *words, "--loglevel", "warning"]


def worker() -> list[str]:
    concurrency = str(settings.LABELWRIGHT_WORKER_PROCESSES)
    return _celery(
        "worker", "--concurrency", concurrency, "--without-gossip", "--without-mingle", "--without-heartbeat"
    )


def beat() -> list[str]:
    return _celery("beat", "--schedule", os.environ.get("LABELWRIGHT_BEAT_FILE", "/tmp/labelwright-beat"))  # noqa: S108


def prepare() -> list[str]:
    return [sys.executable, "manage.py", "prepare"]


ROLES = {"web": web, "worker": worker, "beat": beat, "prepare": prepare}


def main(words: list[str]) -> int:
    if len(words) != 1 or words[0] not in ROLES:
        print(f"usage: python -m config.serve {' | '.join(ROLES)}", file=sys.stderr)
        return 2
    try:
        line = ROLES[words[0]]()
    except (ImproperlyConfigured, psycopg2.OperationalError) as error:
        print(f"labelwright: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    folder = os.path.dirname(sys.executable)
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"
    return os.execvp(line[0], line)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
