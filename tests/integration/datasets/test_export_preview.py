"""What an export would hold and lose, before it is written; and what it makes of regions."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

import apps.datasets.jobs  # noqa: F401 registers the kinds of jobs, as a worker does
from apps.datasets.models import Export
from apps.jobs.running import run
from apps.reviews.models import Review
from tests.integration.datasets.test_round_trips import BOX, RING, archive, export, finish
from tests.work import make_tasks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]


@pytest.fixture
def tasks(team, project):
    """Two done tasks: a box and an outline on the first, a box with a score on the second."""
    first, second = make_tasks(project, team.manager, 2)
    finish(project, first.pk, BOX, RING)
    finish(project, second.pk, BOX | {"id": str(UUID(int=7)), "score": 0.25})
    return first, second


def test_a_preview_writes_nothing_and_the_export_is_then_what_it_said(manager, project, tasks):
    looked = export(manager, project, format="yolo", preview=True)
    assert (looked["state"], looked["file_url"], looked["report"]) == ("succeeded", None, None)
    preview = looked["preview"]
    assert (preview["items"], preview["regions"]) == (2, 3)
    assert [(r["name"], r["shape"], r["regions"], r["converted"], r["not_expressible"]) for r in preview["table"]] == [
        ("car", "box", 2, 0, 0),
        ("car", "polygon", 1, 1, 0),
    ]
    started = manager.post(f"exports/{looked['id']}/go-on")
    assert started.status_code == 202, started.content
    assert run(started.json()["job"]["id"]) == "succeeded"
    written = manager.get(f"exports/{looked['id']}").json()
    assert written["report"] == preview
    with archive(manager, written) as files:
        assert json.loads(files.read("labelwright-report.json")) == preview
        assert len(files.namelist()) == preview["files"]


def test_an_export_is_written_once(manager, project, tasks):
    looked = export(manager, project, format="coco", preview=True)
    assert manager.post(f"exports/{looked['id']}/go-on").status_code == 202
    again = manager.post(f"exports/{looked['id']}/go-on")
    assert (again.status_code, again.json()["code"]) == (409, "not_ready")


def test_regions_are_written_as_they_were_asked_for(manager, project, tasks):
    options = {"regions": {"shapes": "box", "min_score": 0.5}}
    document = export(manager, project, format="coco", options=options)
    with archive(manager, document) as files:
        (name,) = [name for name in files.namelist() if name.startswith("annotations/")]
        coco = json.loads(files.read(name))
    assert [found["bbox"] for found in coco["annotations"]] == [
        [3.125, 4.0625, 20.5, 10.75],
        [10.5, 10.25, 39.625, 30.125],
    ]
    assert {loss["code"] for loss in document["report"]["losses"]} >= {"score_below", "bounds_only", "nothing_left"}


def test_only_what_a_reviewer_accepted_is_exported_where_that_is_asked(team, manager, project, tasks):
    first, _ = tasks
    first.refresh_from_db()
    Review.objects.create(task=first, revision=first.result, reviewer=team.reviewer, verdict="accept")
    assert export(manager, project, format="coco", filter={"accepted": True})["report"]["items"] == 1


@pytest.mark.parametrize("regions", [{"classes": {"99": 1}}, {"shapes": "star"}, {"depth": -1}, {"colour": 1}])
def test_what_cannot_be_asked_of_regions_is_refused_at_once(manager, project, tasks, regions):
    answer = manager.post(f"projects/{project.pk}/exports", {"format": "coco", "options": {"regions": regions}})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_options")
    assert not Export.objects.exists()
