"""What a version says of itself: changes with pictures, leaks, the datasheet, trainings."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from apps.annotations.services import NewRevision, write_revisions
from apps.assets.models import Asset
from apps.datasets.models import DatasetVersion, Export
from apps.tasks import services as tasks
from domain.datasheet import render
from domain.elements import decode, encode
from tests.factories import make_project, run_job
from tests.integration.datasets.test_splits import THREE, finished, freeze, splits_of
from tests.work import region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]


@pytest.fixture
def project(team):
    return make_project(team.organisation, team.manager, description="Count cars at crossings.")


def relabel(project, task, *regions) -> None:
    elements = [("region", encode(decode("region", one))) for one in regions]
    (revision,) = write_revisions(project=project, new=[NewRevision(task=task, elements=elements, outcome="labelled")])
    tasks.finish_from_import(task=task, revision_id=revision.pk, outcome="labelled")


def leaks(manager, version: dict, **body) -> dict:
    job = manager.post(f"versions/{version['id']}/leaks", body)
    assert job.status_code == 202, job.content
    assert run_job(job.json()["id"]) == "succeeded"
    return manager.get(f"versions/{version['id']}/leaks").json()


def test_changes_show_which_regions_of_an_item_are_new_gone_or_other(manager, team, project):
    task, *_ = finished(team, project, 3)
    kept, gone, other = region(), region(x=100), region(x=200)
    relabel(project, task, kept, gone, other)
    old = freeze(manager, project)
    new = region(2, x=300)
    relabel(project, task, kept, other | {"class": 2}, new)
    (added,) = finished(team, project, 1)
    version = freeze(manager, project)
    url = f"versions/{version['id']}"
    (changed,) = manager.get(f"{url}/changes?against={old['id']}&kind=relabelled").json()["results"]
    found = sorted((one["change"], one["class_id"], one["bounds"][0]) for one in changed["regions"])
    assert found == [("added", 2, 300.0), ("changed", 2, 200.0), ("removed", 1, 100.0)]
    (came,) = manager.get(f"{url}/changes?against={old['id']}&kind=added").json()["results"]
    assert (came["task"], came["split_before"]) == (added.pk, None)
    difference = manager.get(f"{url}/diff?against={old['id']}").json()
    assert (difference["regions_before"], difference["regions"]) == (5, 6)
    assert difference["classes"] == [{"class_id": 1, "before": 5, "now": 4}, {"class_id": 2, "before": 0, "now": 2}]
    assert manager.get(f"{url}/changes?against={old['id']}&kind=magic").status_code == 400


def test_pages_of_changes_go_on_where_they_ended(manager, team, project):
    finished(team, project, 1)
    old = freeze(manager, project)
    came = finished(team, project, 5)
    url = f"versions/{freeze(manager, project)['id']}/changes?against={old['id']}&kind=added&limit=2"
    seen, cursor = [], ""
    while cursor is not None:
        page = manager.get(url + (f"&cursor={cursor}" if cursor else "")).json()
        seen += [one["task"] for one in page["results"]]
        cursor = page["next"]
    assert seen == [task.pk for task in came]


def test_a_leak_is_the_same_file_in_two_groups_or_a_look_alike_and_is_gone_once_it_is_moved(manager, team, project):
    for n in range(12):
        finished(team, project, 1, group=f"g{n}", likeness=n * 0x0F0F_1234_5678_9ABC % 2**62)
    old = freeze(manager, project)
    dealt = splits_of(manager, old)
    first = next(iter(dealt))
    second, third = [task for task in dealt if dealt[task] != dealt[first]][:2]
    named = {asset.tasks.get().pk: asset for asset in Asset.objects.filter(project=project)}
    Asset.objects.filter(pk=named[second].pk).update(sha256=named[first].sha256)
    Asset.objects.filter(pk=named[third].pk).update(likeness=named[first].likeness ^ 0b101)
    version = freeze(manager, project)
    found = leaks(manager, version, within=2)
    pairs = {one["kind"]: one for one in found["results"]}
    assert {pairs["same_file"][side]["task"] for side in ("first", "second")} == {first, second}
    assert {pairs["look_alike"][side]["task"] for side in ("first", "second")} == {first, third}
    assert pairs["look_alike"]["distance"] == 2
    assert found["counts"]["same_group"] == 0
    assert leaks(manager, version, within=1)["counts"]["look_alike"] == 0
    for task in (second, third):
        manager.post(f"versions/{version['id']}/moves", {"task": task, "split": dealt[first]})
    assert leaks(manager, freeze(manager, project), within=2)["results"] == []


def test_leaks_are_looked_for_by_themselves_when_a_named_version_is_split(manager, team, project):
    finished(team, project, 8)
    version = freeze(manager, project)
    page = manager.get(f"versions/{version['id']}/leaks").json()
    assert (page["counts"], page["job"]["state"]) == (None, "queued")
    whole = manager.post(f"projects/{project.pk}/versions", {"name": "whole"}).json()
    answer = manager.post(f"versions/{whole['id']}/leaks", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


def exported(manager, project, version: dict) -> tuple[str, dict[str, bytes]]:
    started = manager.post(f"projects/{project.pk}/exports", {"format": "coco", "version": version["id"]}).json()
    return run_and_read(manager, started)


def run_and_read(manager, started) -> tuple[str, dict[str, bytes]]:
    assert run_job(started["job"]["id"]) == "succeeded"
    export = manager.get(f"exports/{started['export']['id']}").json()
    data = b"".join(manager.get(export["file_url"]).streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        return export["digest"], {name: files.read(name) for name in files.namelist()}


def test_every_export_carries_its_datasheet_and_an_edit_changes_only_later_ones(manager, team, project):
    finished(team, project, 4, group="scene | 1", licence="CC0", metadata={"site": "north"})
    finished(team, project, 4, class_id=2, metadata={"site": "south"})
    version = freeze(manager, project, stratify="class")
    digest, files = exported(manager, project, version)
    sheet = json.loads(files["datasheet.json"])
    assert sheet["said"]["purpose"] == "Count cars at crossings."
    assert [(one["name"], one["regions"]) for one in sheet["classes"]] == [("car", 4), ("person", 4), ("van", 0)]
    assert sheet["metadata"] == {"site": {"distinct": 2, "values": {"north": 4, "south": 4}}}
    assert sheet["licences"] == {"CC0": 4, "": 4}
    assert sheet["quality"]["agreement"]["value"] is None
    assert sheet["quality"]["agreement"]["reason"]
    assert "Classes without a region: Van." in sheet["gaps"]
    assert files["README.md"].decode() == render(sheet)
    assert exported(manager, project, version)[0] == digest
    waiting = manager.post(f"projects/{project.pk}/exports", {"format": "coco", "version": version["id"]}).json()
    changed = manager.patch(f"versions/{version['id']}/datasheet", {"limits": "Not for night scenes."})
    assert "Not for night scenes." in changed.json()["readme"]
    assert run_and_read(manager, waiting)[0] == digest
    later, files = exported(manager, project, version)
    assert later != digest
    assert b"Not for night scenes." in files["README.md"]


def test_a_datasheet_names_no_people_and_tells_what_changed(manager, team, project):
    finished(team, project, 2)
    freeze(manager, project)
    finished(team, project, 1)
    document = manager.get(f"versions/{freeze(manager, project)['id']}/datasheet").json()
    assert document["sheet"]["changes"] == {"against": 1, "added": 1, "removed": 0, "relabelled": 0, "moved": 0}
    for person in team.everybody.values():
        assert person.name not in json.dumps(document)
        assert person.email not in json.dumps(document)


def test_an_export_of_before_there_were_datasheets_still_writes_one(manager, team, project):
    finished(team, project, 2)
    version = freeze(manager, project)
    DatasetVersion.objects.filter(pk=version["id"]).update(datasheet=None)
    _, files = exported(manager, project, version)
    assert json.loads(files["datasheet.json"])["classes"][0]["regions"] == 2
    assert Export.objects.get().said["purpose"]


def test_trainings_are_compared_on_the_same_test_split_alone(manager, team, project):
    for n in range(12):
        finished(team, project, 1, group=f"g{n}")
    one = freeze(manager, project, stratify="class")
    run = {"model": "yolo11n", "metrics": {"mAP50": 0.71}, "per_class": {"car": {"mAP50": 0.8}}}
    recorded = manager.post(f"versions/{one['id']}/runs", run)
    assert recorded.status_code == 201, recorded.content
    same = freeze(manager, project, stratify="class")
    assert same["test_sha256"] == one["test_sha256"] != ""
    tested = next(task for task, split in splits_of(manager, same).items() if split == "test")
    relabel(project, project.tasks.get(pk=tested), region(2))
    assert freeze(manager, project, stratify="class")["test_sha256"] != one["test_sha256"]
    manager.post(f"versions/{same['id']}/runs", run | {"model": "yolo11s", "metrics": {"mAP50": 0.75}})
    listed = manager.get(f"projects/{project.pk}/trainings").json()["results"]
    assert [(r["model"], r["version_number"], r["metrics"]) for r in listed] == [
        ("yolo11s", 2, {"mAP50": 0.75}), ("yolo11n", 1, {"mAP50": 0.71}),
    ]  # fmt: skip
    assert {r["test_sha256"] for r in listed} == {one["test_sha256"]}
    assert manager.delete(f"trainings/{recorded.json()['id']}").status_code == 204
    assert len(manager.get(f"projects/{project.pk}/trainings").json()["results"]) == 1


@pytest.mark.parametrize("metrics", [{"f1": "high"}, {"": 0.5}, {"f1": None}])
def test_metrics_are_numbers_with_a_name(manager, team, project, metrics):
    finished(team, project, 1)
    version = freeze(manager, project, shares={**THREE})
    assert manager.post(f"versions/{version['id']}/runs", {"model": "m", "metrics": metrics}).status_code == 400
