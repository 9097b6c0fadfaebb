"""Looking into a file before it is brought in: what is in it, which class is which, and options of the format."""

from __future__ import annotations

import io
import json
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import apps.datasets.jobs  # noqa: F401 registers the kinds of jobs, as a worker does
from apps.annotations.models import Revision
from apps.annotations.queries.documents import iter_revision_elements
from apps.assets.models import Asset
from apps.datasets.models import Import
from apps.datasets.services.importing import by_name, names_of
from apps.jobs.running import run
from domain.elements import decode_chunk
from domain.schema import parse
from tests import pictures
from tests.factories import api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]
VOC = """<annotation><filename>a.jpg</filename><size><width>64</width><height>48</height></size>
<object><name>CAR</name><bndbox><xmin>5</xmin><ymin>6</ymin><xmax>20</xmax><ymax>30</ymax></bndbox></object>
<object><name>sign</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>"""


@pytest.fixture
def manager(team, project):
    client = api(team.manager)
    photo = SimpleUploadedFile("a.jpg", pictures.jpeg(width=64, height=48))
    assert client.upload(f"projects/{project.pk}/assets", {"files": [photo]}).status_code == 201
    return client


def send(manager, project, **more):
    file = SimpleUploadedFile("a.xml", VOC.encode())
    return manager.upload(f"projects/{project.pk}/imports", {"file": file, **more})


def looked_into(manager, project, **more):
    """The import's id after its file was read."""
    started = send(manager, project, preview="true", **more).json()
    run(started["job"]["id"])
    return started["import"]["id"]


def boxes(project):
    revision = Revision.objects.filter(project=project).order_by("-id").first()
    if revision is None:
        return {}
    found = [entry.element for body in iter_revision_elements(revision) for entry in decode_chunk(body)]
    return {region.class_id: region.geometry.bounds() for region in found}


def test_a_look_says_what_is_in_the_file_and_changes_nothing(manager, project):
    schema = project.schema_id
    found = manager.get(f"imports/{looked_into(manager, project)}").json()
    preview = found["preview"]
    assert (found["state"], found["report"], preview["format"]) == ("succeeded", None, "voc")
    assert (preview["items"], preview["matched"], preview["regions"]) == (1, 1, 2)
    assert [(c["name"], c["regions"], c["shapes"], c["class_id"]) for c in preview["classes"]] == [
        ("CAR", 1, ["box"], 1),
        ("sign", 1, ["box"], None),
    ]
    project.refresh_from_db()
    assert (boxes(project), project.schema_id) == ({}, schema)


def test_classes_become_what_was_chosen_and_none_is_made_unasked(manager, project):
    number = looked_into(manager, project)
    answer = manager.post(f"imports/{number}/go-on", {"mode": "accepted", "classes": {"CAR": None, "sign": 1}})
    assert answer.status_code == 202, answer.content
    run(answer.json()["job"]["id"])
    report = manager.get(f"imports/{number}").json()["report"]
    project.refresh_from_db()
    assert [c.name for c in parse(project.schema.body).classes if c.name in ("CAR", "sign")] == []
    assert boxes(project) == {1: (1.0, 1.0, 9.0, 9.0)}
    assert [p["code"] for p in report["problems"]] == ["class_left_out"]


def test_a_file_is_brought_in_once(manager, project):
    number = looked_into(manager, project)
    assert manager.post(f"imports/{number}/go-on", {}).status_code == 202
    again = manager.post(f"imports/{number}/go-on", {})
    assert (again.status_code, again.json()["code"]) == (409, "not_ready")


def test_an_option_of_the_format_is_kept_from_the_look_to_the_bringing_in(manager, project):
    number = looked_into(manager, project, format="voc", options=json.dumps({"read": {"origin": "0"}}))
    run(manager.post(f"imports/{number}/go-on", {"classes": {"sign": None}}).json()["job"]["id"])
    assert list(boxes(project).values()) == [(5.0, 6.0, 20.0, 30.0)]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"options": "{"}, "bad_options"),
        ({"options": '{"classes": {"sign": 99}}'}, "bad_options"),
        ({"options": '{"read": {"origin": "0"}}'}, "bad_options"),
        ({"format": "voc", "options": '{"read": {"origin": "7"}}'}, "bad_options"),
        ({"format": "voc", "options": '{"read": {"colour": "0"}}'}, "bad_options"),
        ({"mode": "perhaps"}, "invalid"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_kept(manager, project, fields, code):
    answer = send(manager, project, **fields)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Import.objects.exists()


def test_annotators_bring_nothing_in(team, manager, project):
    number = looked_into(manager, project)
    assert api(team.annotator).post(f"imports/{number}/go-on", {}).status_code in (403, 404)


def test_classes_that_a_file_makes_each_others_ancestors_come_in_without_the_last_link(manager, project):
    rows = [(70, "lynx", "feline"), (71, "feline", "hunter"), (10**25, "hunter", "lynx")]
    categories = [{"id": number, "name": name, "supercategory": above} for number, name, above in rows]
    whole = {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [], "categories": categories}
    file = SimpleUploadedFile("x.json", json.dumps(whole).encode())
    run(manager.upload(f"projects/{project.pk}/imports", {"file": file}).json()["job"]["id"])
    project.refresh_from_db()
    found = {c.name: c for c in parse(project.schema.body).classes}
    assert [found[name].parent for _, name, _ in rows] == [found["feline"].id, found["hunter"].id, None]
    assert max(c.id for c in found.values()) == 72  # an id that no database holds is not kept


def test_labels_without_pictures_find_the_projects_image_whatever_it_ends_with(manager, project):
    """YOLO's files do not say how their image ends, and need its size."""
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("data.yaml", "train: images/train\nnames: [car]\n")
        archive.writestr("labels/train/a.txt", "0 0.5 0.5 0.25 0.25\n")
    packed.seek(0)
    file = SimpleUploadedFile("yolo.zip", packed.read())
    started = manager.upload(f"projects/{project.pk}/imports", {"file": file, "preview": "true"}).json()
    run(started["job"]["id"])
    preview = manager.get(f"imports/{started['import']['id']}").json()["preview"]
    assert (preview["matched"], preview["regions"], preview["problems"]) == (1, 1, [])
    answer = manager.post(f"imports/{started['import']['id']}/go-on", {"mode": "accepted"})
    run(answer.json()["job"]["id"])
    assert list(boxes(project).values()) == [(24.0, 18.0, 40.0, 30.0)]


def test_a_guessed_ending_is_taken_only_where_one_image_is_meant():
    def found(*there):
        return by_name({name: name for name in there}, names_of("labels/cafe\u0301"))

    assert found("caf\u00e9.png") == "caf\u00e9.png"
    assert found("cafe\u0301.JPG") == "cafe\u0301.JPG"
    assert found("cafe\u0301.jpg", "cafe\u0301.png") is None
    assert found("labels/cafe\u0301", "cafe\u0301.png") == "labels/cafe\u0301"


def test_the_split_that_a_file_names_stays_with_the_images_that_it_brings(manager, project):
    packed = io.BytesIO()
    whole = {"images": [{"id": 1, "file_name": "new.jpg"}], "annotations": [], "categories": []}
    with ZipFile(packed, "w") as archive:
        archive.writestr("annotations/instances_val2017.json", json.dumps(whole))
        archive.writestr("val2017/new.jpg", pictures.jpeg(width=32, height=24))
    file = SimpleUploadedFile("x.zip", packed.getvalue())
    run(manager.upload(f"projects/{project.pk}/imports", {"file": file}).json()["job"]["id"])
    assert Asset.objects.get(project=project, name="new.jpg").metadata == {"split": "val"}
