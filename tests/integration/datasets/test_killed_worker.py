"""SIGKILL of the worker or of PostgreSQL in the middle of an export or of a sync: it ends by itself, as if nothing had been."""

from __future__ import annotations

import io
import json
import os
import signal
import time
import zipfile
from pathlib import Path

import pytest

from tests import pictures
from tests.client import Client
from tests.running import Stack, stack, until

pytestmark = pytest.mark.alone
ITEMS, BOXES = 600, 20
LINKED = 320  # photos of a connected folder


def archive() -> bytes:
    images = [{"id": n + 1, "file_name": f"p{n}.jpg", "width": 64, "height": 48} for n in range(ITEMS)]
    annotations = [
        {"id": n * BOXES + k + 1, "image_id": n + 1, "category_id": 1, "bbox": [k + 0.25, 1.5, 10, 12], "area": 120, "iscrowd": 0}
        for n in range(ITEMS)
        for k in range(BOXES)
    ]  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        document = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "thing"}]}
        files.writestr("annotations/instances_default.json", json.dumps(document))
        for n in range(ITEMS):
            files.writestr(f"images/p{n}.jpg", pictures.jpeg(seed=n + 1))
    return out.getvalue()


def descendants(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        children = Path(f"/proc/{parent}/task/{parent}/children")
        found += [int(child) for child in children.read_text().split()] if children.exists() else []
    return found


def kill_worker(running: Stack) -> None:
    for pid in reversed(descendants(running.children()["worker"])):
        os.kill(pid, signal.SIGKILL)


def kill_postgres(running: Stack) -> None:
    """The postmaster alone; its backends notice and end."""
    os.kill(running.children()["postgres"], signal.SIGKILL)


def state_of(manager: Client, job: int) -> str | None:
    """None while the database is away."""
    answer = manager.call("GET", f"jobs/{job}", expect=(200, 503))
    return answer.json()["state"] if answer.status_code == 200 else None


@pytest.mark.parametrize("kill", [kill_worker, kill_postgres])
def test_an_export_whose_worker_or_database_is_killed_ends_by_itself_with_the_same_bytes(kill):
    with stack(LABELWRIGHT_JOB_LEASE_SECONDS="2", LABELWRIGHT_JOB_QUEUED_SECONDS="2") as running:
        running.start()
        assert running.process is not None
        assert running.process.poll() is None, running.output()
        manager = Client(f"http://127.0.0.1:{running.port}", running.token("manager"))
        organisation = manager.get("auth/me")["organisations"][0]["id"]
        project = manager.post("projects", {"name": "Killed", "organisation": organisation})["id"]
        started = manager.post(
            f"projects/{project}/imports", files=[("file", ("data.zip", archive()))], data={"format": "coco"}
        )
        assert manager.wait(started["job"]["id"])["state"] == "succeeded"
        body = {"format": "native", "options": {"images": True}}
        whole = manager.post(f"projects/{project}/exports", body)
        assert manager.wait(whole["job"]["id"])["state"] == "succeeded"

        again = manager.post(f"projects/{project}/exports", body | {"version": whole["export"]["version"]})
        job = again["job"]["id"]
        part = running.data / "jobs" / str(job) / "1" / "export.zip"
        until(part.exists, every=0.002)  # it is there for some tenths of a second
        kill(running)
        begun = time.monotonic()
        assert until(lambda: state_of(manager, job)) in ("running", "queued"), "the export was over before the kill"
        until(lambda: state_of(manager, job) not in (None, "running", "queued"), 60)
        assert state_of(manager, job) == "succeeded"
        assert time.monotonic() - begun < 60

        first, second = (manager.get(f"exports/{one['export']['id']}") for one in (whole, again))
        assert first["digest"] == second["digest"]
        contents = [manager.call("GET", document["file_url"]).content for document in (first, second)]
        assert contents[0] == contents[1]
        assert len(zipfile.ZipFile(io.BytesIO(contents[1])).namelist()) == ITEMS + 5


def test_a_sync_whose_worker_is_killed_goes_on_and_adds_nothing_twice(tmp_path):
    for n in range(LINKED):
        (tmp_path / f"{n:03d}.jpg").write_bytes(pictures.jpeg(seed=n + 1))
    more = {"LABELWRIGHT_JOB_LEASE_SECONDS": "2", "LABELWRIGHT_JOB_QUEUED_SECONDS": "2"}
    with stack(**more, LABELWRIGHT_STORAGE_FOLDERS=str(tmp_path)) as running:
        running.start()
        manager = Client(f"http://127.0.0.1:{running.port}", running.token("manager"))
        organisation = manager.get("auth/me")["organisations"][0]["id"]
        project = manager.post("projects", {"name": "Linked", "organisation": organisation})["id"]
        options = {"kind": "folder", "path": str(tmp_path)}
        storage = manager.post(f"organisations/{organisation}/storages", {"name": "Photos", "options": options})
        source = manager.post(f"projects/{project}/sources", {"storage": storage["id"]})
        job, url = source["job"]["id"], f"sources/{source['id']}"
        until(lambda: (manager.get(url)["last"] or {"counts": {"new": 0}})["counts"]["new"], every=0.005)
        kill_worker(running)
        assert until(lambda: state_of(manager, job)) in ("running", "queued"), "the sync was over before the kill"
        until(lambda: state_of(manager, job) not in (None, "running", "queued"), 60)
        assert state_of(manager, job) == "succeeded"
        counts = manager.get(url)["last"]["counts"]
        names = [asset["name"] for asset in manager.get(f"projects/{project}/assets?limit=500")["results"]]
    assert (counts["new"], counts["same"] > 0, counts["failed"]) == (LINKED, True, 0)
    assert sorted(names) == [f"{n:03d}.jpg" for n in range(LINKED)]
