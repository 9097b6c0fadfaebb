"""Uploading by form: what goes in, what is refused by name, and that it can be claimed at once."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.activity.queries import totals
from apps.assets.models import Asset
from apps.tasks.models import Task
from tests import pictures
from tests.factories import api, make_team

pytestmark = pytest.mark.django_db


def file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def send(client, project, *files, **fields):
    return client.upload(f"projects/{project.pk}/assets", {"files": list(files), **fields})


def test_photos_are_there_with_a_task_each_when_the_upload_answers(manager, project):
    answer = send(manager, project, *(file(f"p{n}.jpg", pictures.jpeg(seed=n + 1)) for n in range(5)))
    assert answer.status_code == 201
    document = answer.json()
    assert document["errors"] == []
    assert [asset["name"] for asset in document["assets"]] == [f"p{n}.jpg" for n in range(5)]
    assert {(a["width"], a["height"], a["duplicate_of"]) for a in document["assets"]} == {(64, 48, None)}
    assert (
        Task.objects.filter(project=project, state="waiting", pk__in=[a["task"] for a in document["assets"]]).count()
        == 5
    )


def test_wrong_files_are_named_with_a_code_and_the_rest_goes_in(manager, project):
    wrong = pictures.wrong_files()
    files = [file(name, data) for name, (data, _) in wrong.items()]
    answer = send(
        manager,
        project,
        file("good.jpg", pictures.jpeg()),
        *files,
        file("good.png", pictures.encoded(pictures.gradient(), "PNG")),
    )
    assert answer.status_code == 201
    document = answer.json()
    assert [asset["name"] for asset in document["assets"]] == ["good.jpg", "good.png"]
    told = {error["name"]: error["code"] for error in document["errors"]}
    assert told.keys() == wrong.keys()
    assert all(told[name] in codes for name, (_, codes) in wrong.items())
    assert Asset.objects.filter(project=project).count() == 2


def test_duplicates_are_taken_and_named(manager, project):
    first = send(manager, project, file("a.jpg", pictures.jpeg())).json()["assets"][0]
    again = send(
        manager,
        project,
        file("b.jpg", pictures.jpeg()),
        file("c.jpg", pictures.jpeg(seed=3)),
        file("d.jpg", pictures.jpeg(seed=3)),
    ).json()
    assert again["errors"] == []
    assert again["assets"][0]["duplicate_of"] == first["id"]
    by_name = {asset["name"]: asset for asset in again["assets"]}
    assert by_name["d.jpg"]["duplicate_of"] == by_name["c.jpg"]["id"]
    assert Asset.objects.filter(project=project).values("path").distinct().count() == 2


def test_duplicates_can_be_skipped(manager, project):
    first = send(manager, project, file("a.jpg", pictures.jpeg())).json()["assets"][0]
    again = send(manager, project, file("b.jpg", pictures.jpeg()), duplicates="skip").json()["assets"][0]
    assert again["id"] == again["duplicate_of"] == first["id"]
    assert again["task"] == first["task"]
    assert Asset.objects.filter(project=project).count() == 1


def test_metadata_rows_name_files_and_become_fields(manager, project):
    rows = "\n".join(
        json.dumps(row)
        for row in (
            {
                "name": "a.jpg",
                "external_id": "A-1",
                "group": "patient 7",
                "licence": "CC0",
                "metadata": {"iso": 200, "indoor": True},
            },
            {"name": "b.jpg", "origin": "synthetic", "weather": "rain"},
        )
    )
    answer = send(
        manager, project, file("a.jpg", pictures.jpeg()), file("b.jpg", pictures.jpeg(seed=2)),
        metadata=file("rows.jsonl", rows.encode()), group="all",
    )  # fmt: skip
    assert answer.status_code == 201, answer.content
    a, b = Asset.objects.filter(project=project).order_by("name")
    assert (a.external_id, a.group, a.licence, a.metadata) == ("A-1", "patient 7", "CC0", {"iso": 200, "indoor": True})
    assert (b.external_id, b.group, b.origin, b.metadata) == (None, "all", "synthetic", {"weather": "rain"})


def test_csv_metadata_has_typed_values(manager, project):
    rows = "file_name,external_id,iso,indoor,plate\na.jpg,001,200,false,007\n"
    send(manager, project, file("a.jpg", pictures.jpeg()), metadata=file("rows.csv", rows.encode()))
    asset = Asset.objects.get(project=project)
    assert asset.external_id == "001"
    assert asset.metadata == {"iso": 200, "indoor": False, "plate": "007"}


def test_bad_metadata_names_its_line_and_nothing_goes_in(manager, project):
    answer = send(
        manager,
        project,
        file("a.jpg", pictures.jpeg()),
        metadata=file("rows.jsonl", b'{"name": "a.jpg"}\n{"iso": NaN}\n'),
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_form"
    assert "Line 2" in answer.json()["detail"]
    assert not Asset.objects.filter(project=project).exists()


def test_nested_metadata_refuses_that_file_only(manager, project):
    rows = json.dumps({"name": "a.jpg", "metadata": {"gps": {"lat": 1}}})
    answer = send(
        manager, project, file("a.jpg", pictures.jpeg()), file("b.jpg", pictures.jpeg(seed=2)), metadata=rows
    ).json()
    assert [(e["name"], e["code"]) for e in answer["errors"]] == [("a.jpg", "bad_metadata")]
    assert [a["name"] for a in answer["assets"]] == ["b.jpg"]


def test_an_external_id_is_unique_in_the_project(manager, project):
    send(manager, project, file("a.jpg", pictures.jpeg()), external_id="X")
    answer = send(manager, project, file("b.jpg", pictures.jpeg(seed=2)), external_id="X").json()
    assert [(e["name"], e["code"]) for e in answer["errors"]] == [("b.jpg", "external_id_taken")]


def test_pages_become_items_when_asked(manager, project):
    answer = send(manager, project, file("scan.tif", pictures.many_pages()), pages="split").json()
    assert [(a["name"], a["page"], a["file"]) for a in answer["assets"]] == [
        ("scan_page0001.png", 0, "scan.tif"), ("scan_page0002.png", 1, "scan.tif"), ("scan_page0003.png", 2, "scan.tif"),
    ]  # fmt: skip
    assert set(Asset.objects.values_list("group", flat=True)) == {"scan.tif"}


def test_folder_paths_become_names_without_a_way_out(manager, project):
    answer = send(manager, project, file("x.jpg", pictures.jpeg()), paths=["../../etc/site-3\\.\\x.jpg"]).json()
    assert answer["assets"][0]["name"] == "etc/site-3/x.jpg"


def test_a_form_without_files_or_with_unknown_parts_says_so(manager, project):
    assert manager.upload(f"projects/{project.pk}/assets", {"group": "x"}).json()["code"] == "bad_form"
    answer = send(manager, project, file("x.jpg", pictures.jpeg()), colour="red")
    assert answer.status_code == 400
    assert "colour" in answer.json()["detail"]


def test_too_many_files_in_one_form_is_413(manager, project, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 3
    answer = send(manager, project, *(file(f"{n}.jpg", pictures.jpeg()) for n in range(5)))
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_many_files"


def test_an_upload_beyond_the_limit_is_413(manager, project, settings):
    settings.LABELWRIGHT_MAX_UPLOAD_BYTES = 100
    assert send(manager, project, file("a.jpg", pictures.jpeg())).status_code == 413


def test_annotators_may_not_add_and_strangers_see_no_project(team, project):
    assert send(api(team.annotator), project, file("a.jpg", pictures.jpeg())).status_code == 403
    assert send(api(make_team().manager), project, file("a.jpg", pictures.jpeg())).status_code == 404


def test_filters_find_assets_and_unknown_ones_are_refused(manager, project):
    rows = json.dumps(
        [{"name": "a/1.jpg", "metadata": {"iso": 200}, "group": "g"}, {"name": "b/2.jpg", "metadata": {"iso": "200"}}]
    )
    send(
        manager, project, file("1.jpg", pictures.jpeg()), file("2.jpg", pictures.jpeg(seed=2)), file("3.jpg", pictures.jpeg(seed=3)),
        paths=["a/1.jpg", "b/2.jpg", "b/3.jpg"], metadata=rows,
    )  # fmt: skip

    def names(query: str) -> list[str]:
        return [row["name"] for row in manager.get(f"projects/{project.pk}/assets?{query}").json()["results"]]

    assert names("name=b/") == ["b/3.jpg", "b/2.jpg"]
    assert names("metadata.iso=200") == ["b/2.jpg", "a/1.jpg"]
    assert names("group=g") == ["a/1.jpg"]
    assert names("origin=synthetic") == []
    for query in ("project__organisation=1", "created_by__password__startswith=a", "metadata.=1", "name__regex=."):
        assert manager.get(f"projects/{project.pk}/assets?{query}").status_code == 400


def test_lists_come_in_pages_by_cursor(manager, project):
    send(manager, project, *(file(f"{n}.jpg", pictures.jpeg(seed=n + 1)) for n in range(5)))
    first = manager.get(f"projects/{project.pk}/assets?limit=3").json()
    second = manager.get(f"projects/{project.pk}/assets?limit=3&cursor={first['next']}").json()
    assert [row["name"] for row in first["results"] + second["results"]] == [f"{n}.jpg" for n in (4, 3, 2, 1, 0)]
    assert second["next"] is None


def test_trash_takes_the_tasks_along_and_gives_them_back(manager, project):
    asset = send(manager, project, file("a.jpg", pictures.jpeg())).json()["assets"][0]
    assert manager.post(f"projects/{project.pk}/assets/trash", {"ids": [asset["id"]]}).json() == {"changed": 1}
    assert manager.get(f"projects/{project.pk}/assets").json()["results"] == []
    assert Task.objects.get(pk=asset["task"]).trashed_at is not None
    assert [row["id"] for row in manager.get(f"projects/{project.pk}/assets?trashed=true").json()["results"]] == [
        asset["id"]
    ]
    assert manager.post(f"projects/{project.pk}/assets/restore", {"ids": [asset["id"]]}).json() == {"changed": 1}
    assert Task.objects.get(pk=asset["task"]).trashed_at is None


def test_nobody_is_handed_a_task_whose_asset_is_in_the_trash(team, manager, project):
    asset = send(manager, project, file("a.jpg", pictures.jpeg())).json()["assets"][0]
    annotator = api(team.annotator)
    manager.post(f"projects/{project.pk}/assets/trash", {"ids": [asset["id"]]})
    assert totals([project.pk], "tasks_by_state") in ({}, {project.pk: {}})
    assert annotator.post(f"projects/{project.pk}/tasks/claim", {"stage": "annotate"}).status_code == 204
    manager.post(f"projects/{project.pk}/assets/restore", {"ids": [asset["id"]]})
    assert totals([project.pk], "tasks_by_state")[project.pk] == {"waiting": 1}
    claimed = annotator.post(f"projects/{project.pk}/tasks/claim", {"stage": "annotate"})
    assert (claimed.status_code, claimed.json()["asset"]["id"]) == (200, asset["id"])


def test_a_task_that_was_in_the_trash_before_stays_there(manager, project):
    asset = send(manager, project, file("a.jpg", pictures.jpeg())).json()["assets"][0]
    Task.objects.filter(pk=asset["task"]).update(trashed_at="2024-01-01T00:00:00Z")
    manager.post(f"projects/{project.pk}/assets/trash", {"ids": [asset["id"]]})
    manager.post(f"projects/{project.pk}/assets/restore", {"ids": [asset["id"]]})
    assert Task.objects.get(pk=asset["task"]).trashed_at is not None


def test_what_is_known_of_an_asset_can_be_changed(manager, project):
    asset = send(manager, project, file("a.jpg", pictures.jpeg())).json()["assets"][0]
    answer = manager.patch(f"assets/{asset['id']}", {"group": "g", "external_id": "E", "metadata": {"x": 1.5}})
    assert answer.status_code == 200
    assert (answer.json()["group"], answer.json()["external_id"], answer.json()["metadata"]) == ("g", "E", {"x": 1.5})
    assert manager.patch(f"assets/{asset['id']}", {"window": {"low": 1, "high": 2}}).json()["code"] == "no_window"
    assert manager.patch(f"assets/{asset['id']}", {"metadata": {"x": {"y": 1}}}).status_code == 400


def test_blobs_are_kept_under_their_hash_only(manager, project):
    from hashlib import sha256

    data = b"0123" * 9000
    digest = sha256(data).hexdigest()
    where = f"/api/v1/projects/{project.pk}/blobs/{digest}"
    assert manager.put(where, data, "application/octet-stream").status_code == 201
    assert manager.put(where, data, "application/octet-stream").status_code == 200
    assert manager.get(where).content == data
    wrong = manager.put(where, data + b"x", "application/octet-stream")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "hash_mismatch")
    assert manager.get(f"projects/{project.pk}/blobs/{'0' * 64}").status_code == 404
