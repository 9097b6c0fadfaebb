"""The main job over REST: import photos, label, reject, fix, accept, export, and read the export with pycocotools.

Used against the embedded stack, against server mode, and by whoever wants to see that a deployment works.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.client import Client, box, polygon, put

PHOTOS = Path(__file__).resolve().parent.parent / "demo" / "photos"
SCHEMA = {
    "classes": [
        {"id": 1, "name": "cup", "color": "#ffa31f", "shapes": ["box", "polygon"]},
        {"id": 2, "name": "coin", "color": "#3da3ff", "shapes": ["box"]},
    ],
    "item_attributes": [],
}
BOX = (31.25, 20.5, 64.125, 48.0)
FIXED_BOX = (30.5, 20.25, 66.75, 50.5)
RING = [100.5, 40.25, 160.0, 42.5, 150.75, 110.0, 98.25, 100.5]


@dataclass(frozen=True)
class Team:
    """Clients of three people of one organisation."""

    manager: Client
    annotator: Client
    reviewer: Client


def run(team: Team, *, name: str = "Main job") -> dict[str, Any]:
    """Carries the main job out and asserts every step.

    Returns:
        The finished export document, with `coco` (the parsed annotation file) beside it.
    """
    project = _set_up(team.manager, name)
    task = _draw_and_submit(team.annotator, project)
    _reject(team.reviewer, project, task)
    _redo(team.annotator, project, task)
    _accept(team.reviewer, project, task)
    return _export(team.manager, project)


def _set_up(manager: Client, name: str) -> int:
    organisation = manager.get("auth/me")["organisations"][0]["id"]
    project: int = manager.post("projects", {"name": name, "organisation": organisation})["id"]
    manager.call("PUT", f"projects/{project}/schema", {"body": SCHEMA})
    uploaded = manager.upload(project, [PHOTOS / "coffee.jpg"])
    assert [asset["name"] for asset in uploaded["assets"]] == ["coffee.jpg"], uploaded
    assert uploaded["errors"] == []
    return project


def _draw_and_submit(annotator: Client, project: int) -> int:
    claim = annotator.claim(project)
    assert (claim["asset"]["width"], claim["asset"]["height"]) == (600, 400)
    edits = [put(box(1, *BOX)), put(polygon(1, RING))]
    saved = annotator.save(claim["annotation"]["id"], edits)
    assert len(saved["accepted"]) == 2, saved
    assert annotator.save(claim["annotation"]["id"], edits)["accepted"] == saved["accepted"], (
        "a repeat gets its first answer"
    )
    reopened = annotator.get(f"assignments/{claim['assignment']['id']}")
    assert len(reopened["annotation"]["elements"]) == 2
    annotator.post(f"assignments/{claim['assignment']['id']}/submit", {"active_ms": 5000})
    return int(claim["task"]["id"])


def _reject(reviewer: Client, project: int, task: int) -> None:
    claim = reviewer.claim(project, "review")
    assert claim["task"]["id"] == task
    element = next(e["element"] for e in claim["annotation"]["elements"] if e["element"]["shape"] == "box")
    review = {
        "verdict": "reject",
        "reason": "The box is loose.",
        "marks": [{"kind": "loose", "element": element["id"], "note": "left side"}],
    }
    assert reviewer.post(f"revisions/{claim['revision']['id']}/reviews", review)["task_state"] == "rework"


def _redo(annotator: Client, project: int, task: int) -> None:
    claim = annotator.claim(project)
    assert claim["task"]["id"] == task, "rejected work comes back to its author first"
    assert claim["last_review"]["reason"] == "The box is loose."
    assert [mark["kind"] for mark in claim["marks"]] == ["loose"]
    old = next(e for e in claim["annotation"]["elements"] if e["element"]["shape"] == "box")
    x, y, w, h = FIXED_BOX
    region = old["element"] | {"geometry": {"x": x, "y": y, "w": w, "h": h}}
    saved = annotator.save(claim["annotation"]["id"], [put(region, over=old["version"])])
    assert len(saved["accepted"]) == 1, saved
    annotator.post(f"assignments/{claim['assignment']['id']}/submit", {"active_ms": 3000})


def _accept(reviewer: Client, project: int, task: int) -> None:
    claim = reviewer.claim(project, "review")
    assert claim["task"]["id"] == task
    assert claim["previous"] is not None, "a resubmission shows what was judged before"
    done = reviewer.post(f"revisions/{claim['revision']['id']}/reviews", {"verdict": "accept", "active_ms": 900})
    assert done["task_state"] == "done"


def _export(manager: Client, project: int) -> dict[str, Any]:
    started = manager.post(f"projects/{project}/exports", {"format": "coco", "options": {"images": True}})
    job = manager.wait(started["job"]["id"])
    assert job["state"] == "succeeded", job
    document: dict[str, Any] = manager.get(f"exports/{started['export']['id']}")
    archive = zipfile.ZipFile(io.BytesIO(manager.call("GET", document["file_url"]).content))
    annotations = archive.read("annotations/instances_default.json")
    assert any(name.endswith("coffee.jpg") for name in archive.namelist())
    check_coco(annotations)
    return document | {"coco": json.loads(annotations)}


def check_coco(annotations: bytes) -> None:
    """pycocotools reads the very numbers that were drawn, to 0.01 px."""
    from pycocotools.coco import COCO  # here: only this step needs it, and it takes a second to import

    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = json.loads(annotations)
        coco.createIndex()
    boxes = sorted((a for a in coco.loadAnns(coco.getAnnIds())), key=lambda a: len(a.get("segmentation") or []))
    assert len(boxes) == 2, boxes
    assert all(abs(got - want) < 0.01 for got, want in zip(boxes[0]["bbox"], FIXED_BOX, strict=True)), boxes[0]
    assert all(abs(got - want) < 0.01 for got, want in zip(boxes[1]["segmentation"][0], RING, strict=True)), boxes[1]


def team_from_tokens(base: str, *, manager: str, annotator: str, reviewer: str) -> Team:
    """Three clients from three API tokens."""
    return Team(manager=Client(base, manager), annotator=Client(base, annotator), reviewer=Client(base, reviewer))


if __name__ == "__main__":
    team = team_from_tokens(
        os.environ["LABELWRIGHT_URL"],
        manager=os.environ["MANAGER_TOKEN"],
        annotator=os.environ["ANNOTATOR_TOKEN"],
        reviewer=os.environ["REVIEWER_TOKEN"],
    )
    print(run(team)["report"])
