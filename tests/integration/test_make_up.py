"""`make up` whole: first start, sign-in, events, a killed child, a clean stop, a second start, clear refusals."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.client import Client, box, put
from tests.running import PROJECT, Stack, clean_environment, free_port, stack, until

SECOND_START_SECONDS = 3.0
WRITERS, SAVES = 8, 12
ONE_CLASS = {"classes": [{"id": 1, "name": "thing", "color": "#3da3ff", "shapes": ["box"]}]}
NOISE = 3.0  # a machine that runs other tests beside is this much slower


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    with stack(first=True) as made:
        made.start()
        assert made.process is not None
        assert made.process.poll() is None, made.output()
        yield made


@pytest.fixture(scope="module")
def token(running: Stack) -> str:
    return running.token("owner")


def event_stream(
    running: Stack, token: str, **headers: str
) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    connection.request("GET", "/api/v1/events", headers={"Authorization": f"Token {token}", **headers})
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.getheader("content-type") == "text/event-stream; charset=utf-8"
    return connection, answer


def next_event(answer: http.client.HTTPResponse) -> dict[str, str]:
    """The next event with data."""
    event: dict[str, str] = {}
    while True:
        line = answer.readline().decode().rstrip("\n")
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = value
        elif not line:
            if "data" in event:
                return event
            event = {}


def publish(running: Stack, channel: str, kind: str, data: dict[str, object]) -> None:
    code = f"from apps.activity.events import publish; publish({channel!r}, {kind!r}, {data!r})"
    running.manage("shell", "-v", "0", "-c", code)


def test_the_first_start_says_where_it_is_and_how_to_sign_in(running):
    assert f"ready at http://127.0.0.1:{running.port}" in running.output()
    assert all(
        f"{role}@labelwright.local" in running.output() for role in ("owner", "manager", "annotator", "reviewer")
    )


def test_the_first_passwords_are_kept_for_their_owner_only_and_work(running):
    assert (running.data / "first-login.txt").stat().st_mode & 0o777 == 0o600
    for role, password in running.passwords().items():
        body = {"email": f"{role}@labelwright.local", "password": password}
        status, _, answer = running.ask("POST", "/api/v1/auth/login", body)
        assert status == 200, answer


def test_health_and_readiness_answer(running):
    assert running.ask("GET", "/healthz")[0] == 200
    status, _, body = running.ask("GET", "/readyz/")
    assert (status, json.loads(body)["parts"]) == (200, {"database": "ok", "redis": "ok"})


def test_every_page_is_isolated_and_may_load_nothing_from_elsewhere(running):
    _, headers, _ = running.ask("GET", "/projects")
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_built_files_are_sent_with_a_long_life(running):
    script = next((PROJECT / "frontend" / "dist" / "assets").glob("*.js")).name
    status, headers, _ = running.ask("GET", f"/static/assets/{script}")
    assert status == 200
    assert "immutable" in headers["cache-control"]
    assert headers["cross-origin-embedder-policy"] == "require-corp"


def test_it_listens_on_loopback_only(running):
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    addresses = {words[1].split(":")[0] for words in listening if words[1].endswith(f":{running.port:04X}")}
    assert addresses == {"0100007F"}


def test_events_need_a_person(running):
    status, headers, body = running.ask("GET", "/api/v1/events")
    assert (status, json.loads(body)["code"]) == (401, "not_signed_in")
    assert headers["content-type"] == "application/problem+json"


def test_a_published_event_arrives_and_a_returning_client_gets_what_it_missed(running, token):
    me = json.loads(running.ask("GET", "/api/v1/auth/me", Authorization=f"Token {token}")[2])
    connection, answer = event_stream(running, token)
    publish(running, f"user:{me['id']}", "test.first", {"n": 1})
    first = next_event(answer)
    connection.close()
    assert (first["event"], json.loads(first["data"])) == ("test.first", {"n": 1})
    publish(running, f"user:{me['id']}", "test.missed", {"n": 2})
    connection, answer = event_stream(running, token, **{"Last-Event-ID": first["id"]})
    kinds = [next_event(answer)["event"], next_event(answer)["event"]]
    connection.close()
    assert kinds[-1] == "test.missed"


def test_forty_open_streams_leave_the_server_free_to_answer(running, token):
    streams = [event_stream(running, token) for _ in range(40)]
    try:
        assert [running.ask("GET", "/readyz")[0] for _ in range(10)] == [200] * 10
    finally:
        for connection, _ in streams:
            connection.close()


def test_eight_writers_lose_nothing_while_forty_streams_are_open(running, token):
    """Each saves into work of its own; every stroke is there afterwards, and the streams heard of the tasks."""
    base = f"http://127.0.0.1:{running.port}"
    owner = Client(base, token)
    organisation = owner.get("auth/me")["organisations"][0]["id"]
    project = owner.post("projects", {"name": "Eight hands", "organisation": organisation})["id"]
    owner.call("PUT", f"projects/{project}/schema", {"body": ONE_CLASS})
    owner.upload(project, sorted((PROJECT / "demo/photos").glob("*.jpg"))[:WRITERS])
    works = [owner.claim(project)["assignment"]["id"] for _ in range(WRITERS)]
    streams = [event_stream(running, token) for _ in range(40)]
    try:
        with ThreadPoolExecutor(WRITERS) as pool:
            drawn = list(pool.map(lambda work: _write(base, token, work), works))
        for work, ids in zip(works, drawn, strict=True):
            kept = {row["element"]["id"] for row in owner.get(f"assignments/{work}")["annotation"]["elements"]}
            assert kept == ids
        owner.post(f"assignments/{works[0]}/release", {})
        assert all(next_event(answer)["event"] for _, answer in streams)
    finally:
        for connection, _ in streams:
            connection.close()


def _write(base: str, token: str, assignment: int) -> set[str]:
    client = Client(base, token)
    annotation = client.get(f"assignments/{assignment}")["annotation"]["id"]
    ids = set()
    for n in range(SAVES):
        edit = put(box(1, n, n, 20.5, 10.25))
        assert len(client.save(annotation, [edit])["accepted"]) == 1  # any other answer raises
        ids.add(edit["region"]["id"])
    return ids


def test_a_body_over_the_limit_is_refused_before_it_is_read(running):
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as link:
        link.sendall(b"POST /api/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n")
        assert b"413" in link.recv(4096).split(b"\r\n")[0]


@pytest.mark.parametrize("name", ["web", "worker", "valkey", "postgres"])
def test_a_killed_child_is_started_again(running, name):
    until(lambda: len(running.children()) == 4)
    before = running.children()[name]
    os.kill(before, signal.SIGKILL)
    until(lambda: running.children().get(name, before) != before)
    until(lambda: _is_ready(running))
    assert "ended (killed by SIGKILL), starting it again" in running.output()


def _is_ready(running: Stack) -> bool:
    try:
        return running.ask("GET", "/readyz")[0] == 200
    except OSError:
        return False


def test_a_second_start_on_the_same_data_or_port_is_one_clear_line(running):
    same_port = clean_environment(
        LABELWRIGHT_DATA=str(running.data.parent / "other"), LABELWRIGHT_PORT=str(running.port)
    )
    same_data = running.environment() | {"LABELWRIGHT_PORT": str(free_port())}
    try:
        for environment, words in ((same_port, f"Port {running.port} is busy"), (same_data, "already runs")):
            assert words in _refusal(environment)
    finally:
        shutil.rmtree(running.data.parent / "other", ignore_errors=True)


def _refusal(environment: dict[str, str]) -> str:
    """The one line with which a start ends at once."""
    command = [sys.executable, "-m", "runtime.up"]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 1
    (line,) = (done.stdout + done.stderr).splitlines()
    assert line.startswith("labelwright: ")
    return line


def test_a_stop_leaves_nothing_and_the_next_start_is_quick():
    with stack() as made:
        made.start()
        assert made.stop() == 0
        assert made.processes() == []
        made.start()
        assert made.started_in < SECOND_START_SECONDS * NOISE
        assert "preparing the database" not in made.output()
        assert made.stop() == 0


def test_after_the_supervisor_was_killed_nothing_stays_and_all_starts_again():
    with stack() as made:
        made.start()
        assert made.process is not None
        made.process.kill()
        made.process.wait()
        until(lambda: made.processes() == [])
        made.start()
        assert made.process.poll() is None, made.output()


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("LABELWRIGHT_PORT", "eighty", "LABELWRIGHT_PORT must be a port number"),
        ("LABELWRIGHT_DATA", "/proc/nowhere", ""),
    ],
)
def test_wrong_words_in_the_environment_are_one_clear_line(variable, value, words):
    assert words in _refusal(clean_environment(**{variable: value}))


def test_a_missing_node_is_one_clear_line():
    folder = Path(tempfile.mkdtemp(prefix="lw-"))
    try:
        code = "from runtime import build; from pathlib import Path; build.DIST = Path('/nowhere'); build.front_end()"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=PROJECT,
            env={"PATH": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        shutil.rmtree(folder)
    assert "CannotStart: Node.js is missing" in done.stderr


def test_nothing_heavy_is_imported_at_start():
    """scipy, shapely and their like cost a second of CPU in every process."""
    heavy = "('scipy', 'shapely', 'pycocotools', 'onnxruntime', 'matplotlib', 'pandas', 'cv2')"
    code = f"import sys, config.asgi, config.urls; from config import celery_app; celery_app.loader.import_default_modules()\nprint([m for m in {heavy} if m in sys.modules])"
    with stack() as made:
        environment = made.environment() | {"DJANGO_SETTINGS_MODULE": "config.settings.embedded"}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
        )
    assert done.stdout.strip() == "[]", done.stderr
