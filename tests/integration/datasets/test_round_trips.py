"""Out and in again: exports that repeat byte for byte, imports that bring back what was there."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

import apps.datasets.jobs  # noqa: F401 registers the kinds of jobs, as a worker does
from apps.annotations.models import Revision
from apps.annotations.queries.documents import iter_revision_elements
from apps.annotations.services import NewRevision, write_revisions
from apps.assets.models import Asset
from apps.datasets.models import DatasetVersion, Export, Import
from apps.jobs.models import Job
from apps.jobs.running import run
from apps.tasks import services as tasks
from apps.tasks.models import Task
from domain.elements import decode, encode
from tests import pictures
from tests.factories import api, make_project, make_team, sample_schema

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]

BOX = {"id": "0190a1b2-0000-7000-8000-000000000001", "class": 1, "shape": "box", "geometry": {"x": 3.125, "y": 4.0625, "w": 20.5, "h": 10.75}, "attributes": {}}  # fmt: skip
RING = {"id": "0190a1b2-0000-7000-8000-000000000002", "class": 1, "shape": "polygon", "geometry": {"parts": [[[10.5, 10.25, 50.125, 12.5, 40.75, 40.375]]]}, "attributes": {}}  # fmt: skip


def upload(manager, project, *names: str, data=None, **fields) -> list[dict]:
    files = [SimpleUploadedFile(name, data or pictures.jpeg(seed=n + 1)) for n, name in enumerate(names)]
    return manager.upload(f"projects/{project.pk}/assets", {"files": files, "paths": list(names), **fields}).json()[
        "assets"
    ]


def finish(project, task_id: int, *regions: dict, outcome: str = "labelled") -> Revision:
    """The task's result, as an import would write it."""
    project.refresh_from_db()
    task = Task.objects.get(pk=task_id)
    elements = [("region", encode(decode("region", region))) for region in regions]
    (revision,) = write_revisions(project=project, new=[NewRevision(task=task, elements=elements, outcome=outcome)])
    tasks.finish_from_import(task=task, revision_id=revision.pk, outcome=outcome)
    return revision


def export(manager, project, **body) -> dict:
    answer = manager.post(f"projects/{project.pk}/exports", body)
    assert answer.status_code == 202, answer.content
    started = answer.json()
    assert run(started["job"]["id"]) == "succeeded", Job.objects.get(pk=started["job"]["id"]).error
    return manager.get(f"exports/{started['export']['id']}").json()


def archive(manager, document: dict) -> zipfile.ZipFile:
    answer = manager.get(document["file_url"])
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def bring(manager, project, data: bytes, name: str = "data.zip", expect: str = "succeeded", **fields) -> dict:
    answer = manager.upload(f"projects/{project.pk}/imports", {"file": SimpleUploadedFile(name, data), **fields})
    assert answer.status_code == 202, answer.content
    started = answer.json()
    assert run(started["job"]["id"]) == expect, Job.objects.get(pk=started["job"]["id"]).error
    return manager.get(f"imports/{started['import']['id']}").json()


def elements_of(task: Task) -> list:
    assert task.result is not None
    return [element for body in iter_revision_elements(task.result) for element in json.loads(body)]


def test_coco_holds_the_very_numbers_that_were_drawn(manager, project):
    a, b = upload(manager, project, "site-3/a.jpg", "b.jpg")
    finish(project, a["task"], BOX, RING)
    finish(project, b["task"], outcome="empty")
    document = export(manager, project, format="coco")
    with archive(manager, document) as files:
        coco = json.loads(files.read("annotations/instances_default.json"))
    assert [
        image["file_name"].endswith(name) for image, name in zip(coco["images"], ("site-3/a.jpg", "b.jpg"), strict=True)
    ] == [True, True]
    by_kind = {bool(found["segmentation"]): found for found in coco["annotations"]}
    assert by_kind[False]["bbox"] == [3.125, 4.0625, 20.5, 10.75] if False in by_kind else True
    assert [3.125, 4.0625, 20.5, 10.75] in [found["bbox"] for found in coco["annotations"]]
    assert document["report"]["items"] == 2
    assert document["report"]["regions"] == 2


def test_the_same_version_gives_the_same_bytes(manager, project):
    for one in upload(manager, project, "a.jpg", "b.jpg", "c.jpg"):
        finish(project, one["task"], BOX)
    for name in ("coco", "native", "yolo"):
        first = export(manager, project, format=name, options={"images": True})
        second = export(manager, project, format=name, version=first["version"], options={"images": True})
        assert first["digest"] == second["digest"]
        bytes_of = [b"".join(manager.get(document["file_url"]).streaming_content) for document in (first, second)]
        assert bytes_of[0] == bytes_of[1]


def test_archives_are_stored_sorted_and_dated_1980(manager, project):
    (one,) = upload(manager, project, "a.jpg")
    finish(project, one["task"], BOX)
    with archive(manager, export(manager, project, format="coco", options={"images": True})) as files:
        entries = files.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_native_comes_back_whole_into_another_project(manager, team, project):
    schema = sample_schema()
    a, b = upload(manager, project, "site/a.jpg", "b.jpg", group="g", licence="CC0")
    finish(project, a["task"], BOX, RING)
    finish(project, b["task"], outcome="empty")
    document = export(manager, project, format="native", options={"images": True})
    data = b"".join(manager.get(document["file_url"]).streaming_content)
    other = make_project(team.organisation, team.manager)
    report = bring(manager, other, data)["report"]
    assert (report["items"], report["assets"], report["tasks"], report["regions"], report["problems"]) == (
        2,
        2,
        2,
        2,
        [],
    )
    again = {task.name: task for task in Task.objects.filter(project=other).select_related("result", "asset")}
    was = {task.name: task for task in Task.objects.filter(project=project).select_related("result", "asset")}
    assert again.keys() == was.keys()
    for name, task in again.items():
        assert task.state == "done"
        assert task.outcome == was[name].outcome
        assert task.asset.sha256 == was[name].asset.sha256
        assert (task.asset.group, task.asset.licence) == ("g", "CC0")
    kept = [{**entry["element"], "source": None} for entry in elements_of(again["site/a.jpg"])]
    assert kept == [{**entry["element"], "source": None} for entry in elements_of(was["site/a.jpg"])]
    assert schema.classes  # both projects have the same classes, so none was made


def test_native_twice_is_the_same_file(manager, team, project):
    (a,) = upload(manager, project, "a.jpg")
    finish(project, a["task"], BOX, RING)
    first = export(manager, project, format="native", options={"images": True})
    data = b"".join(manager.get(first["file_url"]).streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        names = files.namelist()
        line = json.loads(files.read("items.jsonl"))
    assert "images/a.jpg" in names
    assert [entry["element"]["id"] for entry in line["elements"]] == [BOX["id"], RING["id"]]


COCO = {
    "images": [{"id": 9, "file_name": "new.jpg", "width": 64, "height": 48}, {"id": 4, "file_name": "gone.jpg", "width": 64, "height": 48}],
    "annotations": [
        {"id": 1, "image_id": 9, "category_id": 17, "bbox": [1.5, 2.25, 10, 12], "area": 120, "iscrowd": 0},
        {"id": 2, "image_id": 9, "category_id": 17, "bbox": [500, 500, 10, 12], "area": 120, "iscrowd": 0},
        {"id": 3, "image_id": 4, "category_id": 18, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0},
    ],
    "categories": [{"id": 17, "name": "zebra"}, {"id": 18, "name": "gnu"}],
}  # fmt: skip


def coco_zip(**changes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        files.writestr("annotations/instances_default.json", json.dumps(COCO | changes))
        files.writestr("images/new.jpg", pictures.jpeg())
    return out.getvalue()


def test_coco_with_images_makes_assets_tasks_and_classes_with_their_ids(manager, project):
    report = bring(manager, project, coco_zip())["report"]
    assert report["format"] == "coco"
    assert (report["items"], report["assets"], report["regions"]) == (2, 1, 1)
    assert sorted(report["classes_created"]) == ["gnu", "zebra"]
    assert {problem["code"] for problem in report["problems"]} == {"wholly_outside", "image_missing"}
    schema = manager.get(f"projects/{project.pk}/schema").json()
    assert {17: "zebra", 18: "gnu"}.items() <= {c["id"]: c["name"] for c in schema["body"]["classes"]}.items()
    task = Task.objects.select_related("result").get(project=project)
    assert task.state == "done"
    (entry,) = elements_of(task)
    assert entry["element"]["geometry"] == {"x": 1.5, "y": 2.25, "w": 10, "h": 12}
    assert entry["element"]["source"] == "import:data.zip"


def test_a_bare_json_finds_the_images_that_are_there(manager, project):
    (one,) = upload(manager, project, "photos/new.jpg")
    Asset.objects.filter(pk=one["id"]).update(name="new.jpg")
    report = bring(manager, project, json.dumps(COCO).encode(), "coco.json")["report"]
    assert (report["matched"], report["assets"], report["regions"]) == (1, 0, 1)
    assert Task.objects.get(pk=one["task"]).state == "done"


def test_draft_mode_leaves_the_task_to_people_with_the_regions_on_it(manager, team, project):
    bring(manager, project, coco_zip(), mode="draft")
    task = Task.objects.get(project=project)
    assert (task.state, task.region_count) == ("waiting", 1)
    claim = api(team.annotator).post(f"projects/{project.pk}/tasks/claim", {"stage": "annotate"}).json()
    assert [entry["element"]["geometry"]["x"] for entry in claim["annotation"]["elements"]] == [1.5]


def test_work_that_people_began_is_left_alone(manager, project):
    (one,) = upload(manager, project, "new.jpg")
    before = finish(project, one["task"], BOX)
    report = bring(manager, project, json.dumps(COCO).encode(), "coco.json")["report"]
    assert "has_work" in {problem["code"] for problem in report["problems"]}
    assert Task.objects.get(pk=one["task"]).result_id == before.pk


def test_a_size_that_is_not_the_images_is_told(manager, project):
    images = [{"id": 9, "file_name": "new.jpg", "width": 640, "height": 480}]
    report = bring(manager, project, coco_zip(images=images, annotations=COCO["annotations"][:1]))["report"]
    assert [problem["code"] for problem in report["problems"]] == ["size_mismatch"]
    assert Task.objects.get(project=project).state == "waiting"


def test_an_import_that_runs_twice_brings_nothing_twice(manager, project):
    started = manager.upload(f"projects/{project.pk}/imports", {"file": SimpleUploadedFile("d.zip", coco_zip())}).json()
    job = started["job"]["id"]
    assert run(job) == "succeeded"
    Job.objects.filter(pk=job).update(state="queued", finished_at=None)
    assert run(job) == "succeeded"
    assert Asset.objects.filter(project=project).count() == 1
    assert Revision.objects.filter(project=project).count() == 1


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("x.zip", b"PK\x03\x04 broken", "broken_archive"),
        ("x.json", b"{}", "format_not_recognised"),
        ("x.json", b"\x00\x01\x02", "format_not_recognised"),
    ],
)
def test_files_that_are_no_dataset_fail_with_a_name(manager, project, name, data, code):
    started = manager.upload(f"projects/{project.pk}/imports", {"file": SimpleUploadedFile(name, data)}).json()
    assert run(started["job"]["id"]) == "failed"
    assert Job.objects.get(pk=started["job"]["id"]).error["code"] == code


@pytest.mark.parametrize("path", ["../evil.jpg", "/etc/evil.jpg", "a/../../evil.jpg", "a\\..\\evil.jpg", "a//b.jpg"])
def test_paths_that_lead_out_are_refused(manager, project, path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        files.writestr("annotations/instances_default.json", json.dumps(COCO))
        files.writestr(path, b"x")
    started = manager.upload(
        f"projects/{project.pk}/imports", {"file": SimpleUploadedFile("d.zip", out.getvalue())}
    ).json()
    assert run(started["job"]["id"]) == "failed"
    assert Job.objects.get(pk=started["job"]["id"]).error["code"] in ("unsafe_path", "broken_archive")
    assert not Asset.objects.filter(project=project).exists()


def test_an_archive_bomb_is_refused(manager, project):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("annotations/instances_default.json", json.dumps(COCO))
        files.writestr("images/new.jpg", bytes(50_000_000))
    started = manager.upload(
        f"projects/{project.pk}/imports", {"file": SimpleUploadedFile("d.zip", out.getvalue())}
    ).json()
    assert run(started["job"]["id"]) == "failed"
    assert Job.objects.get(pk=started["job"]["id"]).error["code"] == "archive_bomb"


def test_splits_are_drawn_by_group_and_repeat(manager, project):
    made = [
        upload(manager, project, f"{g}-{n}.jpg", data=pictures.jpeg(seed=10 * g + n + 1), group=f"g{g}")[0]
        for g in range(8)
        for n in range(2)
    ]
    for one in made:
        finish(project, one["task"], BOX)
    splits = {"shares": {"train": 0.5, "val": 0.5}, "seed": 3}
    first = manager.post(f"projects/{project.pk}/versions", {"name": "v", "splits": splits}).json()
    second = manager.post(f"projects/{project.pk}/versions", {"name": "w", "splits": splits}).json()
    assert first["sha256"] == second["sha256"]
    assert sum(first["splits"].values()) == 16
    items = manager.get(f"versions/{first['id']}/items").json()["results"]
    by_group: dict[str, set[str]] = {}
    for item in items:
        by_group.setdefault(item["name"].split("-")[0], set()).add(item["split"])
    assert all(len(found) == 1 for found in by_group.values())
    with archive(manager, export(manager, project, format="coco", version=first["id"])) as files:
        assert {"annotations/instances_train.json", "annotations/instances_val.json"} <= set(files.namelist())


def test_a_version_never_changes_and_its_difference_is_told(manager, project):
    a, b, c = upload(manager, project, "a.jpg", "b.jpg", "c.jpg")
    finish(project, a["task"], BOX)
    finish(project, b["task"], BOX)
    old = manager.post(f"projects/{project.pk}/versions", {"name": "old"}).json()
    finish(project, c["task"], RING)
    Task.objects.filter(pk=a["task"]).update(trashed_at="2024-01-01T00:00:00Z")
    new = manager.post(f"projects/{project.pk}/versions", {"name": "new"}).json()
    difference = manager.get(f"versions/{new['id']}/diff?against={old['id']}").json()
    assert (difference["added"], difference["removed"], difference["relabelled"]) == ([c["task"]], [a["task"]], [])
    assert manager.get(f"versions/{old['id']}").json()["item_count"] == 2


def test_filters_choose_items(manager, project):
    a, b = upload(manager, project, "a/1.jpg", "b/2.jpg")
    finish(project, a["task"], BOX)
    finish(project, b["task"], outcome="empty")
    for chosen, names in (
        ({"name": "b/"}, ["b/2.jpg"]),
        ({"class_id": 1}, ["a/1.jpg"]),
        ({"outcome": "empty"}, ["b/2.jpg"]),
    ):
        version = manager.post(f"projects/{project.pk}/versions", {"filter": chosen}).json()
        assert [item["name"] for item in manager.get(f"versions/{version['id']}/items").json()["results"]] == names
    assert manager.post(f"projects/{project.pk}/versions", {"filter": {"annotator__password": 1}}).status_code == 400


def test_nothing_finished_is_a_named_problem(manager, project):
    upload(manager, project, "a.jpg")
    answer = manager.post(f"projects/{project.pk}/exports", {"format": "coco"})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_export")
    assert not Export.objects.exists()
    assert not DatasetVersion.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"format": "no-such"}, "unknown_format"),
        ({"format": "coco", "options": {"nonsense": 1}}, "bad_options"),
        ({"format": "coco", "options": {"images": "yes"}}, "bad_options"),
        ({"format": "coco", "options": {"splits": {"train": -1}}}, "bad_options"),
        ({"format": "coco", "options": {"all_answers": True}}, "bad_options"),
        ({"format": "coco", "version": 999999}, "not_found"),
    ],
)
def test_bad_export_requests_are_named(manager, project, body, code):
    (one,) = upload(manager, project, "a.jpg")
    finish(project, one["task"], BOX)
    assert manager.post(f"projects/{project.pk}/exports", body).json()["code"] == code
    assert not Export.objects.exists()


def test_exports_hold_turned_photos_upright(manager, project):
    (one,) = upload(manager, project, "a.jpg", data=pictures.turned("JPEG", 6))
    finish(project, one["task"], BOX)
    with archive(manager, export(manager, project, format="native", options={"images": True})) as files:
        image = Image.open(io.BytesIO(files.read("images/a.jpg")))
    assert image.size == (64, 48)
    assert image.getexif().get(0x0112, 1) == 1


def test_a_download_takes_ranges_and_only_those_who_may(manager, team, project):
    (one,) = upload(manager, project, "a.jpg")
    finish(project, one["task"], BOX)
    document = export(manager, project, format="coco")
    whole = b"".join(manager.get(document["file_url"]).streaming_content)
    part = manager.get(document["file_url"], headers={"Range": "bytes=5-24"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, whole[5:25])
    assert len(whole) == document["size"]
    assert api(team.annotator).get(document["file_url"]).status_code == 403
    assert api(make_team().manager).get(document["file_url"]).status_code == 404


def test_every_answer_can_be_added_to_a_lossless_export(manager, project):
    (one,) = upload(manager, project, "a.jpg")
    finish(project, one["task"], BOX)
    document = export(manager, project, format="native", options={"all_answers": True})
    with archive(manager, document) as files:
        assert "answers.jsonl" in files.namelist()


def test_formats_are_listed(manager):
    found = {row["name"]: row for row in manager.get("formats").json()["results"]}
    assert {"coco", "native", "yolo"} <= found.keys()
    assert found["native"]["lossless"]


def test_an_unfinished_export_has_no_file(manager, project):
    (one,) = upload(manager, project, "a.jpg")
    finish(project, one["task"], BOX)
    started = manager.post(f"projects/{project.pk}/exports", {"format": "coco"}).json()
    answer = manager.get(f"exports/{started['export']['id']}/file")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


def test_a_bad_mode_or_format_of_an_import_is_named(manager, project):
    for fields, code in (({"mode": "magic"}, "invalid"), ({"format": "no-such"}, "unknown_format")):
        answer = manager.upload(
            f"projects/{project.pk}/imports", {"file": SimpleUploadedFile("x.json", b"{}"), **fields}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Import.objects.exists()
