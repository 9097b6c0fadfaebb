"""The label schema in versions: what may change, what is refused, what it touches."""

from __future__ import annotations

import copy

import pytest

from apps.activity import counts
from apps.projects.models import BulkChange, SchemaVersion
from tests.factories import api

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(team):
    return api(team.manager)


@pytest.fixture
def url(project):
    return f"projects/{project.pk}/schema"


@pytest.fixture
def body(client, url):
    return client.get(url).json()["body"]


def test_a_put_makes_the_next_version_and_older_ones_stay_readable(client, url, body):
    body["classes"].append({"id": 9, "name": "bus", "color": "#47f5ff", "shapes": ["box"]})
    saved = client.put(url, {"body": body, "note": "Buses"}).json()
    assert (saved["number"], saved["note"], [c["kind"] for c in saved["changes"]]) == (2, "Buses", ["class_added"])
    assert len(client.get(f"{url}?number=1").json()["body"]["classes"]) == 3
    assert client.get(url).json()["number"] == 2
    assert [row["number"] for row in client.get(f"{url}/versions").json()["results"]] == [2, 1]


def test_the_bare_body_is_taken_too(client, url, body):
    body["classes"][0]["title"] = "Motor car"
    assert client.put(url, body).json()["number"] == 2


def test_the_same_body_makes_no_version(client, url, body):
    saved = client.put(url, {"body": body}).json()
    assert (saved["number"], saved["changes"]) == (1, [])


def test_somebody_was_faster(client, url, body):
    etag = client.get(url)["ETag"]
    first, second = copy.deepcopy(body), copy.deepcopy(body)
    first["classes"][0]["title"], second["classes"][0]["title"] = "Auto", "Wagon"
    assert client.put(url, {"body": first}, headers={"If-Match": etag}).status_code == 200
    assert client.put(url, {"body": second}, headers={"If-Match": etag}).json()["code"] == "stale_version"
    assert client.get(url).json()["body"]["classes"][0]["title"] == "Auto"


def test_removing_a_class_is_refused_with_its_place_and_nothing_saved(client, url, body):
    del body["classes"][1]
    answer = client.put(url, {"body": body})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_schema")
    assert answer.json()["errors"][0] == {
        "pointer": "/classes",
        "code": "class_removed",
        "detail": "the class 2 (person) is a permanent key: set `archived` or merge it",
    }
    assert SchemaVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda body: body["classes"][0].update(shapes=["blob"]), "unknown_shape"),
        (lambda body: body["classes"][0].update(color="red"), "bad_schema"),
        (lambda body: body["classes"][0].pop("name"), "bad_schema"),
        (lambda body: body["classes"].append(dict(body["classes"][0])), "duplicate"),
        (lambda body: body["classes"][2].update(parent=3), "parent_circle"),
        (lambda body: body["classes"][0]["attributes"][0].update(options=["none"]), "option_removed"),
        (lambda body: body["classes"][0]["attributes"][1].update(kind="text"), "kind_changed"),
        (lambda body: body["item_attributes"].clear(), "attribute_removed"),
    ],
)
def test_every_fault_is_named(client, url, body, change, code):
    change(body)
    preview = client.post(f"{url}/preview", {"body": body}).json()
    assert code in [problem["code"] for problem in preview["problems"]]
    answer = client.put(url, {"body": body})
    assert answer.status_code == 400
    assert code in [error["code"] for error in answer.json()["errors"]]
    assert client.get(url).json()["number"] == 1


@pytest.mark.parametrize(
    "sent", ["[]", "7", '{"body": 7}', '{"classes": NaN}', "", '{"body": {"classes": []}, "note": 5}']
)
def test_what_is_no_schema_is_a_named_problem(client, url, sent):
    answer = client.put(url, sent)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid", "bad_schema", "malformed_json")


def test_a_preview_tells_how_many_regions_a_change_touches_and_saves_nothing(client, url, body, project):
    counts.add(project.pk, "regions_by_class", "1", 40)
    counts.add(project.pk, "regions_by_class", "1", 2)
    body["classes"][0]["attributes"][0]["required"] = True
    (change,) = client.post(f"{url}/preview", {"body": body}).json()["changes"]
    assert (change["kind"], change["class_id"], change["regions"], change["touches_work"]) == (
        "attribute_required",
        1,
        42,
        True,
    )
    assert client.get(url).json()["number"] == 1


def test_renaming_reordering_and_archiving_is_undone_as_one(client, url, body):
    changed = copy.deepcopy(body)
    changed["classes"][0]["title"] = "Vehicle"
    changed["classes"][1]["archived"] = True
    changed["classes"][2]["order"] = 5
    changed["classes"].append({"id": 9, "name": "bus", "color": "#47f5ff", "shapes": ["box"]})
    changed["classes"][0]["attributes"][0]["options"].append("full")
    changed["item_attributes"].append({"name": "night", "kind": "boolean"})
    client.put(url, {"body": changed})
    back = client.post(f"{url}/undo").json()["body"]
    assert back["classes"][1:3] == body["classes"][1:]
    assert back["classes"][0]["title"] == "Car"
    assert back["classes"][0]["attributes"][0]["archived_options"] == ["full"]
    assert (back["classes"][3]["id"], back["classes"][3]["archived"]) == (9, True)
    assert (back["item_attributes"][1]["name"], back["item_attributes"][1]["archived"]) == ("night", True)


def test_there_is_nothing_to_undo_in_the_first_version(client, url):
    assert client.post(f"{url}/undo").json()["code"] == "nothing_to_undo"


def test_a_merge_archives_the_class_and_asks_for_the_job(client, url, project):
    counts.add(project.pk, "regions_by_class", "3", 7)
    preview = client.post(f"{url}/merge/preview", {"classes": [3], "into": 1}).json()
    assert (preview["regions"], preview["problems"]) == (7, [])
    started = client.post(f"{url}/merge", {"classes": [3], "into": 1})
    assert started.status_code == 202
    assert started.json()["bulk_change"]["title"] == "Merge Van into Car"
    assert started.json()["job"]["state"] == "queued"
    schema = client.get(url).json()
    assert schema["number"] == 2
    assert [c["archived"] for c in schema["body"]["classes"]] == [False, False, True]
    assert "van" in schema["body"]["classes"][0]["aliases"]
    assert client.get(f"projects/{project.pk}/bulk-changes").json()["results"][0]["state"] == "running"


def test_only_one_bulk_change_runs_at_a_time(client, url):
    client.post(f"{url}/merge", {"classes": [3], "into": 1})
    assert client.post(f"{url}/merge", {"classes": [2], "into": 1}).status_code == 409


@pytest.mark.parametrize(
    "sent", [{"classes": [1], "into": 1}, {"classes": [77], "into": 1}, {"classes": [2], "into": 77}]
)
def test_a_merge_that_makes_no_sense_is_refused(client, url, sent):
    answer = client.post(f"{url}/merge", sent)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_schema")
    assert not BulkChange.objects.exists()


def test_annotators_read_the_schema_and_do_not_change_it(team, url, body):
    annotator = api(team.annotator)
    assert annotator.get(url).status_code == 200
    assert annotator.put(url, {"body": body}).status_code == 403
    assert annotator.post(f"{url}/merge", {"classes": [3], "into": 1}).status_code == 403


@pytest.mark.parametrize(
    ("stages", "code"),
    [
        ([], "bad_stages"),
        ([{"kind": "review"}], "bad_stages"),
        ([{"kind": "annotate", "overlap": 0}], "bad_workflow"),
        ([{"kind": "annotate"}, {"kind": "adjudicate"}], "bad_stages"),
        ([{"kind": "annotate"}, {"kind": "dance"}], "bad_workflow"),
    ],
)
def test_a_workflow_that_cannot_run_is_refused(client, project, stages, code):
    answer = client.put(f"projects/{project.pk}/workflow", {"body": {"stages": stages}})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_workflow")
    assert answer.json()["errors"][0]["code"] == code
    assert client.get(f"projects/{project.pk}/workflow").json()["number"] == 1


def test_a_workflow_gets_more_annotators_and_a_second_review(client, project):
    stages = [
        {"kind": "annotate", "overlap": 3},
        {"kind": "review", "sample": 0.5},
        {"kind": "review"},
        {"kind": "adjudicate"},
    ]
    saved = client.put(f"projects/{project.pk}/workflow", {"body": {"stages": stages}}).json()
    assert (saved["number"], saved["current"], len(saved["body"]["stages"])) == (2, True, 4)
