"""Images by address: a job that takes what it may, names what it may not, and adds nothing twice."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import apps.assets.jobs  # noqa: F401 registers the kind of job, as a worker does
from apps.assets.models import Asset
from apps.jobs.models import Job
from apps.jobs.running import run
from apps.tasks.models import Task
from tests import pictures
from tests.factories import api, make_project, make_team

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]

FILES = {"/a.jpg": pictures.jpeg(), "/deep/b%20c.jpg": pictures.jpeg(seed=2), "/page": b"<html></html>"}


class Photos(BaseHTTPRequestHandler):
    def do_GET(self):
        data = FILES.get(self.path.partition("?")[0])
        self.send_response(200 if data else 404)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *args):
        pass


@pytest.fixture
def base(settings):
    settings.LABELWRIGHT_OUTGOING_NETWORKS = ["127.0.0.1/32"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Photos)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_list_of_addresses_becomes_assets_with_tasks(base):
    team = make_team()
    project = make_project(team.organisation, team.manager)
    manager = api(team.manager)
    urls = [
        f"{base}/a.jpg?size=1",
        {"url": f"{base}/deep/b%20c.jpg", "external_id": "B", "metadata": {"n": 2}},
        f"{base}/page",
        f"{base}/missing.jpg",
        "http://169.254.169.254/latest/meta-data/",
    ]
    answer = manager.post(f"projects/{project.pk}/assets", {"urls": urls, "group": "web"})
    assert answer.status_code == 202
    job = answer.json()["job"]["id"]
    assert run(job) == "succeeded"
    outcome = Job.objects.get(pk=job).outcome
    assert (outcome["assets"], outcome["failed"]) == (2, 3)
    assert {error["code"] for error in outcome["errors"]} == {"unsupported_format", "fetch_failed", "address_refused"}
    a, b = Asset.objects.filter(project=project).order_by("name")
    assert (a.name, a.group) == ("a.jpg", "web")
    assert (b.name, b.external_id, b.metadata) == ("b c.jpg", "B", {"n": 2})
    assert Task.objects.filter(project=project, state="waiting").count() == 2
    Job.objects.filter(pk=job).update(state="queued", finished_at=None)
    assert run(job) == "succeeded"
    assert Asset.objects.filter(project=project).count() == 2


def test_a_list_that_is_no_list_is_refused_with_its_place(base):
    team = make_team()
    project = make_project(team.organisation, team.manager)
    answer = api(team.manager).post(f"projects/{project.pk}/assets", {"urls": [f"{base}/a.jpg", 7]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/urls/1")
