"""What most tests of the server begin with. A file that needs another team or project makes its own under the same name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings

from apps.projects.models import Project
from tests.factories import ApiClient, Team, api, make_project, make_team
from tests.work import Person

WORKER = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "--concurrency", "1"]
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR"]

StartWorker = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def team() -> Team:
    """An organisation with a person of each role."""
    return make_team()


@pytest.fixture
def project(team: Team) -> Project:
    return make_project(team.organisation, team.manager)


@pytest.fixture
def manager(team: Team) -> ApiClient:
    return api(team.manager)


@pytest.fixture
def annotator(team: Team) -> Person:
    return Person(team.annotator)


@pytest.fixture
def reviewer(team: Team) -> Person:
    return Person(team.reviewer)


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are written and not sent: the test runs them itself."""
    monkeypatch.setattr("apps.jobs.services.asking.send", lambda kind, job_id: None)


@pytest.fixture
def workers(process_environment: dict[str, str]) -> Iterator[StartWorker]:
    """Starts a worker that may call servers on loopback; all of them are gone at the end."""
    own = process_environment | {"LABELWRIGHT_OUTGOING_NETWORKS": "127.0.0.1/32"}
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([*WORKER, *QUIET], cwd=settings.BASE_DIR, env=own))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
        worker.wait(20)
