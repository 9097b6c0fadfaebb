"""What was acknowledged is there after PostgreSQL or the web server was killed in the middle of saving."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

import pytest
import requests

from tests.client import Client, Refused, box, put
from tests.mainjob import PHOTOS, SCHEMA
from tests.running import Stack, stack, until

pytestmark = pytest.mark.alone
EDITS = 240
KILL_AFTER = 60  # acknowledged edits
PATIENCE = 60.0  # seconds until an edit must have been taken again


def claimed_annotation(running: Stack) -> tuple[Client, dict[str, Any]]:
    base = f"http://127.0.0.1:{running.port}"
    manager, annotator = Client(base, running.token("manager")), Client(base, running.token("annotator"))
    organisation = manager.get("auth/me")["organisations"][0]["id"]
    project = manager.post("projects", {"name": "Killed", "organisation": organisation})["id"]
    manager.call("PUT", f"projects/{project}/schema", {"body": SCHEMA})
    manager.upload(project, [PHOTOS / "coffee.jpg"])
    return annotator, annotator.claim(project)


def save_stubbornly(client: Client, annotation: int, edit: dict[str, Any]) -> None:
    """As the browser does it: the same edit again until it is acknowledged."""

    def acknowledged() -> bool:
        try:
            saved = client.save(annotation, [edit])
        except (requests.ConnectionError, requests.Timeout):
            return False
        except Refused as refused:
            if refused.response.status_code not in (502, 503):
                raise
            return False
        return [one["id"] for one in saved["accepted"]] == [edit["id"]]

    until(acknowledged, PATIENCE)


@pytest.mark.parametrize("victim", ["postgres", "web"])
def test_every_acknowledged_stroke_survives_a_killed_server(victim: str) -> None:
    with stack() as running:
        running.start()
        client, claim = claimed_annotation(running)
        annotation = claim["annotation"]["id"]
        pid = running.children()[victim]
        reached = threading.Event()

        def kill() -> None:
            assert reached.wait(PATIENCE)
            os.kill(pid, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        sent = []
        for number in range(EDITS):
            edit = put(box(1, number % 500, number % 300, 20.5, 15.25))
            save_stubbornly(client, annotation, edit)
            sent.append(edit["region"]["id"])
            if number == KILL_AFTER:
                reached.set()
        killer.join()

        assert running.children()[victim] != pid, "the server was not killed and started again"
        document = client.get(f"annotations/{annotation}")
        assert sorted(one["element"]["id"] for one in document["elements"]) == sorted(sent)
        client.post(f"assignments/{claim['assignment']['id']}/submit", {"active_ms": 1})
        assert "all counts agree" in running.manage("recount", "--check")
