"""One throw-away PostgreSQL a test run, a Valkey a worker, and fixed seeds.

`config/settings/test.py` names the places; this file starts what they name. With xdist the controller
starts PostgreSQL and the workers inherit its address; each worker has its own database and Valkey.
"""

from __future__ import annotations

import gc
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from runtime import postgres, servers
from runtime.places import places

hypothesis_settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], database=None
)
hypothesis_settings.register_profile("soak", deadline=None, max_examples=3_000, database=None)
hypothesis_settings.load_profile(os.environ.get("LABELWRIGHT_HYPOTHESIS", "ci"))

_started: list[subprocess.Popen[bytes]] = []


def _is_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def _folder() -> Path:
    return Path(os.environ["LABELWRIGHT_TEST_FOLDER"])


def pytest_configure(config: pytest.Config) -> None:
    where = places(_folder())
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if not _is_worker() and "DATABASE_URL" not in os.environ:
        _started.append(servers.start_postgres(where, throw_away=True, log=_folder() / "postgres.log"))
        postgres.create_database(where)
    if "REDIS_URL" not in os.environ:
        log = _folder() / f"valkey-{worker}.log"
        _started.append(servers.start_valkey(where, socket_name=f"valkey-{worker}.sock", log=log))


def pytest_unconfigure(config: pytest.Config) -> None:
    for child in reversed(_started):
        servers.stop(child)
    _started.clear()
    if not _is_worker():
        servers.remove(places(_folder()))


@pytest.fixture(autouse=True)
def _own_cache_and_bus(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nothing of one test's cache or event streams is seen by the next."""
    yield
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        from django.core.cache import cache

        cache.clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The tables of the tests are made as a first start makes them; that the migrations end with the same is a test of its own."""
    from django.core.management.commands.migrate import Command

    from apps.core.tables import make_tables

    migrate = Command.handle

    def once(command: Command, *args: Any, **options: Any) -> None:
        Command.handle = migrate  # type: ignore[method-assign]
        make_tables()

    Command.handle = once  # type: ignore[method-assign]


@pytest.fixture
def process_environment(transactional_db: None) -> dict[str, str]:
    """The environment of a real process (web server, Celery worker) that works on this test's own servers."""
    from django.conf import settings
    from django.db import connection

    database: dict[str, Any] = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": os.environ.get("DATABASE_URL_PROCESS", url),
        "REDIS_URL": settings.REDIS_URL,
        "PYTHONPATH": str(settings.BASE_DIR),
    }


def pytest_collection_finish(session: pytest.Session) -> None:
    """As in the servers: what stands by now stays, and is not looked through again and again. A tenth of a run's CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The full numbers belong to `make soak`; `make test` has its own, smaller test of each promise."""
    if os.environ.get("LABELWRIGHT_SOAK") == "1":
        return
    soak = [item for item in items if item.get_closest_marker("soak")]
    config.hook.pytest_deselected(items=soak)
    items[:] = [item for item in items if item not in set(soak)]
