"""The commands of docker-compose.yml, started natively in server mode on PostgreSQL, Redis and an S3 server."""

from __future__ import annotations

import contextlib
import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto.server import ThreadedMotoServer

from runtime import servers
from tests import mainjob
from tests.client import Client
from tests.running import PROJECT, clean_environment, free_port, until

COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())["services"]
BUCKET = "labelwright-test"


@dataclass
class Installation:
    """Server mode on this machine."""

    environment: dict[str, str]
    folder: Path
    base: str

    def command(self, service: str) -> list[str]:
        """What compose would run, with our Python."""
        words: list[str] = COMPOSE[service]["command"]
        return [sys.executable, *words[1:]]

    def once(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=PROJECT, env=self.environment | more, capture_output=True, text=True, timeout=120, check=False
        )

    def manage(self, *words: str) -> str:
        done = self.once(sys.executable, "manage.py", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def bucket(self) -> Any:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        return boto3.resource("s3", endpoint_url=self.environment["LABELWRIGHT_S3_ENDPOINT"], **keys).Bucket(BUCKET)

    @contextlib.contextmanager
    def running(self, *services: str) -> Iterator[None]:
        children = []
        for service in services:
            with open(self.folder / f"{service}.log", "wb") as log:
                command = self.command(service)
                children.append(subprocess.Popen(command, cwd=PROJECT, env=self.environment, stdout=log, stderr=log))
        try:
            yield
            assert [child.poll() for child in children] == [None] * len(children), self.logs()
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(30)

    def logs(self) -> str:
        return "\n".join(file.read_text(errors="replace")[-3000:] for file in self.folder.glob("*.log"))


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    port, s3 = free_port(), ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    s3.start()
    host, s3_port = s3.get_host_and_port()
    folder = tmp_path_factory.mktemp("server")
    with servers.throw_away() as where:
        environment = clean_environment(
            DJANGO_SETTINGS_MODULE=COMPOSE["web"]["environment"]["DJANGO_SETTINGS_MODULE"],
            LABELWRIGHT_SECRET_KEY=secrets.token_urlsafe(60),
            LABELWRIGHT_ALLOWED_HOSTS="localhost",
            LABELWRIGHT_INSECURE_HTTP="1",
            LABELWRIGHT_BASE_URL=f"http://localhost:{port}",
            LABELWRIGHT_PORT=str(port),
            LABELWRIGHT_BEAT_FILE=str(folder / "beat"),
            LABELWRIGHT_WEB_PROCESSES="2",
            LABELWRIGHT_S3_BUCKET=BUCKET,
            LABELWRIGHT_S3_ENDPOINT=f"http://{host}:{s3_port}",
            LABELWRIGHT_S3_ADDRESSING="path",
            AWS_ACCESS_KEY_ID="test",
            AWS_SECRET_ACCESS_KEY="test",
            DATABASE_URL=where.database_url,
            REDIS_URL=where.redis_url,
        )
        made = Installation(environment=environment, folder=folder, base=f"http://localhost:{port}")
        done = made.once(*made.command("prepare"))
        assert done.returncode == 0, done.stderr
        yield made
    s3.stop()


def bucket_names(installation: Installation) -> set[str]:
    return {entry.key for entry in installation.bucket().objects.all()}


@pytest.fixture(scope="module")
def exported(installation: Installation) -> Any:
    """The main job done once through the running services; the job of its export."""
    people = [line.split() for line in installation.manage("firststart").splitlines() if "@" in line and "  " in line]
    roles = {email.partition("@")[0]: email for email, _ in people}
    printed = installation.manage("apitoken", *roles.values()).split()
    tokens = dict(zip(roles, printed[-len(roles) :], strict=True))
    with installation.running("web", "worker", "beat"):
        until(lambda: _ready(installation), 60)
        clients = {role: Client(installation.base, token) for role, token in tokens.items()}
        team = mainjob.Team(clients["manager"], clients["annotator"], clients["reviewer"])
        return mainjob.run(team)


def test_the_main_job_runs_on_real_servers_with_media_in_s3(installation, exported):
    assert exported["state"] == "succeeded"
    assert bucket_names(installation), "no media in the bucket"


@pytest.mark.usefixtures("exported")
def test_a_backup_brings_media_back_into_s3_and_only_files_that_nothing_names_are_tidied_away(installation):
    count = "from apps.accounts.models import User; print(User.objects.count())"
    people = installation.manage("shell", "-v", "0", "-c", count).strip()
    names, file = bucket_names(installation), installation.folder / "all.tar"
    bucket = installation.bucket()
    installation.manage("backup", str(file), "--media")
    lost = min(name for name in names if name.startswith("projects/"))
    bucket.Object(lost).delete()
    bucket.put_object(Key="projects/99999999/assets/ab/forgotten.jpg", Body=b"x")
    installation.manage("restore", str(file), "--replace")
    assert lost in bucket_names(installation)
    tidy = "from apps.datasets.services import tidy_media; print(*[tidy_media(grace_seconds=s) for s in (3600, -3600)])"
    assert installation.manage("shell", "-v", "0", "-c", f"{count}; {tidy}").split() == [people, "0", "1"]
    assert bucket_names(installation) == names


def _ready(installation: Installation) -> bool:
    try:
        return Client(installation.base).call("GET", "/readyz").status_code == 200
    except (OSError, AssertionError):
        return False


def test_probes_that_name_no_host_are_answered(installation):
    port = installation.environment["LABELWRIGHT_PORT"]
    with installation.running("web"):
        until(lambda: _ready(installation), 60)
        inside = Client(f"http://127.0.0.1:{port}")
        inside.call("GET", "/healthz", expect=(200,))
        inside.call("GET", "/healthz", headers={"Host": "evil.example"}, expect=(400,))


def test_logs_are_one_json_event_a_line_with_the_request_id(installation):
    with installation.running("web"):
        until(lambda: _ready(installation), 60)
        Client(installation.base).call(
            "GET", "/api/v1/auth/me", headers={"X-Request-ID": "asked-for-by-a-test"}, expect=(401,)
        )
        log = installation.folder / "web.log"
        until(lambda: "asked-for-by-a-test" in log.read_text())
    events = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert any(
        event.get("request_id") == "asked-for-by-a-test" and event["event"] == "request_finished" for event in events
    )


def test_more_threads_than_the_database_has_connections_are_refused(installation):
    done = installation.once(*installation.command("web"), LABELWRIGHT_WEB_PROCESSES="40")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "172 are needed" in line
    assert "LABELWRIGHT_WEB_PROCESSES" in line


def test_a_database_that_does_not_answer_is_one_clear_line(installation):
    nowhere = f"postgresql://a:b@127.0.0.1:{free_port()}/name"
    done = installation.once(*installation.command("web"), DATABASE_URL=nowhere)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("labelwright: ")
