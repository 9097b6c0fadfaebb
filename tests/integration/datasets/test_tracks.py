"""Tracks from a file through the work of people into every export: the number of a thing is never lost on the way."""

from __future__ import annotations

import io
import json
import re
import zipfile
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import apps.datasets.jobs  # noqa: F401 registers the kinds of jobs, as a worker does
from apps.assets.models import Asset
from apps.tasks.models import Task
from tests import pictures
from tests.factories import api, make_project, make_team
from tests.integration.datasets.test_round_trips import archive, bring, elements_of, export
from tests.work import Person, put, region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]
TRUTH = "1,4,1,2,8,6,1,1,1\n2,4,3,2,8,6,1,1,1\n2,9,20,4,6,6,1,2,1\n3,9,22,4,6,6,1,2,1\n"
TRACKS = {1: [(4, "car")], 2: [(4, "car"), (9, "person")], 3: [(9, "person")]}


def video() -> bytes:
    """A sequence of three frames with two tracks, as MOT has it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        files.writestr("street/gt/gt.txt", TRUTH)
        files.writestr("street/gt/labels.txt", "car\nperson\n")
        files.writestr(
            "street/seqinfo.ini", "[Sequence]\nname=street\nimWidth=64\nimHeight=48\nimExt=.jpg\nseqLength=3\n"
        )
        for frame in (1, 2, 3):
            files.writestr(f"street/img1/{frame:06d}.jpg", pictures.jpeg(seed=frame))
    return out.getvalue()


@pytest.fixture
def world():
    team = make_team()
    return SimpleNamespace(
        team=team, project=make_project(team.organisation, team.manager), manager=api(team.manager),
        annotator=Person(team.annotator), reviewer=Person(team.reviewer),
    )  # fmt: skip


def accepted(world, **edited) -> None:
    """Whatever a person has at hand is handed in with its first region changed, and accepted by another."""
    claim = world.annotator.claim(world.project)
    first, *_ = claim["annotation"]["elements"]
    geometry = first["element"]["geometry"] | edited
    moved = first["element"] | {"geometry": geometry, "changed": True}
    saved = world.annotator.save(claim["annotation"]["id"], [put(moved, over=first["version"])])
    assert (saved["conflicts"], saved["rejected"]) == ([], [])
    world.annotator.submit(claim)
    judged = world.reviewer.claim(world.project, "review")["revision"]["id"]
    assert world.reviewer.http.post(f"revisions/{judged}/reviews", {"verdict": "accept"}).status_code in (200, 201)


def stored(project) -> dict[str, list[int]]:
    rows = Task.objects.filter(project=project).select_related("result", "asset")
    return {task.name: [row["element"]["track"] for row in elements_of(task)] for task in rows}


def test_boxes_that_people_move_keep_their_track_into_every_export(world):
    found = bring(world.manager, world.project, video(), enter="draft")["report"]
    assert (found["items"], found["regions"], found["problems"]) == (3, 4, [])
    assert set(Asset.objects.filter(project=world.project).values_list("group", flat=True)) == {"street"}
    for step in range(3):
        accepted(world, x=5.5 + step)
    names = {f"street/{frame:06d}.jpg": [track for track, _ in rows] for frame, rows in TRACKS.items()}
    assert {name: sorted(tracks) for name, tracks in stored(world.project).items()} == names

    mot = export(world.manager, world.project, format="mot", options={"images": True})
    with archive(world.manager, mot) as files:
        rows = [line.split(",") for line in files.read("street/gt/gt.txt").decode().splitlines()]
        assert {name for name in files.namelist() if "img1" in name} == {f"street/img1/{n:06d}.jpg" for n in (1, 2, 3)}
    assert sorted((int(row[0]), int(row[1])) for row in rows) == [(1, 4), (2, 4), (2, 9), (3, 9)]
    assert {row[2] for row in rows} >= {"5.5", "6.5", "7.5"}
    assert not {loss["code"] for loss in mot["report"]["losses"]} & {
        "track",
        "no_track",
        "no_sequence",
        "frame_renamed",
    }

    version = mot["version"]
    with archive(
        world.manager,
        export(world.manager, world.project, format="cvat_xml", version=version, options={"form": "video"}),
    ) as files:
        text = files.read("street/annotations.xml").decode()
    assert re.findall(r'<track id="(\d)" label="(\w+)"', text) == [("4", "car"), ("9", "person")]
    with archive(world.manager, export(world.manager, world.project, format="coco", version=version)) as files:
        coco = json.loads(files.read("annotations/instances_default.json"))
    assert sorted(one["track_id"] for one in coco["annotations"]) == [4, 4, 9, 9]
    assert coco["videos"] == [{"id": 1, "name": "street"}]

    native = export(world.manager, world.project, format="native", version=version, options={"images": True})
    data = b"".join(world.manager.get(native["file_url"]).streaming_content)
    other = make_project(world.team.organisation, world.team.manager)
    assert bring(world.manager, other, data)["report"]["problems"] == []
    assert {name: sorted(tracks) for name, tracks in stored(other).items()} == names


def test_what_a_tracker_says_keeps_its_numbers(world):
    bring(world.manager, world.project, video(), enter="draft")
    drawn = {"class": "car", "shape": "box", "geometry": {"x": 1, "y": 2, "w": 8, "h": 6}}
    items = [{"name": f"street/{n:06d}.jpg", "regions": [drawn | {"track": 31}]} for n in (1, 2)]
    url = f"projects/{world.project.pk}/predictions"
    told = world.manager.post(url, {"model": "tracker:1", "items": items}).json()
    assert [one["state"] for one in told["results"]] == ["kept", "kept"]
    listed = world.manager.get(url, {"elements": "true"}).json()["results"]
    assert [row["element"]["track"] for one in listed for row in one["elements"]] == [31, 31]
    wrong = [{"name": "street/000001.jpg", "regions": [drawn | {"track": -1}]}]
    assert world.manager.post(url, {"model": "tracker:1", "items": wrong}).status_code == 400


def test_the_preview_tells_that_a_format_has_no_tracks(world):
    bring(world.manager, world.project, video())
    preview = export(world.manager, world.project, format="yolo", preview=True)["preview"]
    assert {loss["code"]: loss["count"] for loss in preview["losses"]}["track"] == 4


def test_a_track_that_is_no_whole_number_is_refused_by_name(world):
    file = SimpleUploadedFile("a.jpg", pictures.jpeg())
    world.manager.upload(f"projects/{world.project.pk}/assets", {"files": [file]})
    claim = world.annotator.claim(world.project)
    wrong = [put(region(track=track)) for track in (-1, 1.5, "seven", True, 2**60)]
    saved = world.annotator.save(claim["annotation"]["id"], wrong)
    assert [row["code"] for row in saved["rejected"]] == ["bad_element"] * len(wrong)
