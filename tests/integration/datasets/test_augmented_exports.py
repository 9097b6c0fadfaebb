"""Exports with augmented copies: of the training items, the same bytes again, and shown before they are written."""

from __future__ import annotations

import base64
import io
import json
from uuid import UUID

import numpy as np
import pytest
from PIL import Image

import apps.datasets.jobs  # noqa: F401 registers the kinds of jobs, as a worker does
from apps.datasets.models import DatasetVersion, Export
from tests.integration.datasets.test_round_trips import BOX, archive, export, finish, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]

TURNED = {"copies": 2, "seed": 7, "flip": ["horizontal"], "rotate": 20, "noise": 0.02}


def white_on_black(place):
    picture = np.zeros((48, 64, 3), dtype=np.uint8)
    x, y, w, h = place
    picture[y : y + h, x : x + w] = 255
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def items(manager, project):
    """Two done items whose one region is the white part of the picture."""
    made = []
    for number, place in enumerate([(10, 8, 30, 20), (4, 30, 20, 12)]):
        (asset,) = upload(manager, project, f"{number}.png", data=white_on_black(place), group=f"scene {number}")
        box = BOX | {"id": str(UUID(int=number + 1)), "geometry": dict(zip("xywh", map(float, place), strict=True))}
        finish(project, asset["task"], box)
        made.append(asset)
    return made


def test_copies_stand_beside_the_training_items_and_their_regions_lie_on_their_pixels(manager, project, items):
    augment = {"copies": 3, "flip": ["horizontal", "vertical"], "quarter_turns": True, "crop": 0.2}
    document = export(manager, project, format="coco", options={"images": True, "augment": augment})
    with archive(manager, document) as files:
        (name,) = [name for name in files.namelist() if name.startswith("annotations/")]
        coco = json.loads(files.read(name))
        pictures = {name: np.asarray(Image.open(files.open(name)).convert("L")) for name in files.namelist() if name.endswith(".png")}  # fmt: skip
    assert document["report"]["items"] == len(coco["images"]) == len(pictures) == 8
    told = {loss["code"]: loss["count"] for loss in document["report"]["losses"]}
    assert told["copy_added"] == 6
    of = {found["id"]: found for found in coco["images"]}
    assert len(of) == 8
    for found in coco["annotations"]:
        image = of[found["image_id"]]
        (pixels,) = [
            array
            for name, array in pictures.items()
            if name == image["file_name"] or name.endswith("/" + image["file_name"])
        ]
        assert pixels.shape == (image["height"], image["width"])
        x, y, w, h = (round(value) for value in found["bbox"])
        assert (pixels[y : y + h, x : x + w] == 255).all()
        assert (pixels == 255).sum() == w * h


def test_the_same_version_and_recipe_give_the_same_bytes(manager, project, items):
    first = export(manager, project, format="coco", options={"images": True, "augment": TURNED})
    version = (
        DatasetVersion.objects.get(pk=first["version_id"]) if "version_id" in first else DatasetVersion.objects.get()
    )
    again = export(manager, project, format="coco", version=version.pk, options={"images": True, "augment": TURNED})
    other = export(manager, project, format="coco", version=version.pk, options={"images": True, "augment": TURNED | {"seed": 8}})  # fmt: skip
    assert Export.objects.count() == 3
    assert first["digest"] == again["digest"] != other["digest"]


def test_copies_keep_the_group_of_their_item_and_say_that_they_are_augmented(manager, project, items):
    document = export(manager, project, format="native", options={"images": True, "augment": TURNED})
    with archive(manager, document) as files:
        lines = [json.loads(line)["asset"] for line in files.read("items.jsonl").splitlines()]
    assert [(line["group"], line["origin"]) for line in lines] == [
        (f"scene {n}", origin) for n in (0, 1) for origin in ("real", "augmented", "augmented")
    ]
    assert len({line["id"] for line in lines}) == 6


def test_a_preview_of_the_export_counts_the_copies(manager, project, items):
    looked = export(manager, project, format="yolo", preview=True, options={"images": True, "augment": TURNED})
    assert looked["preview"]["items"] == 6


def test_examples_show_copies_with_their_regions_before_anything_is_written(manager, project, items):
    answer = manager.post(f"projects/{project.pk}/exports/copies", {"augment": TURNED | {"noise": 0}})
    assert answer.status_code == 200, answer.content
    shown = answer.json()["results"]
    assert [(one["name"], one["regions"]) for one in shown] == [
        (f"{n}__copy{c}.png", 1) for n in (0, 1) for c in (1, 2)
    ]
    picture = Image.open(io.BytesIO(base64.b64decode(shown[0]["picture"].split(",", 1)[1])))
    assert picture.size == (shown[0]["width"], shown[0]["height"]) == (64, 48)
    assert not Export.objects.exists()
    assert not DatasetVersion.objects.exists()


@pytest.mark.parametrize(
    "augment",
    [{"copies": 2}, {"copies": 0, "rotate": 5}, {"copies": 10**6, "rotate": 5}, {"rotate": -1}, {"rotate": "NaN"}, {"flip": ["up"]}, {"colour": 1}, {"splits": "train", "rotate": 1}],
)  # fmt: skip
def test_what_cannot_be_asked_of_copies_is_refused_at_once(manager, project, items, augment):
    body = {"format": "coco", "options": {"images": True, "augment": augment}}
    for answer in (
        manager.post(f"projects/{project.pk}/exports", body),
        manager.post(f"projects/{project.pk}/exports/copies", {"augment": augment}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_options")
    assert not Export.objects.exists()


def test_copies_without_pictures_are_refused(manager, project, items):
    answer = manager.post(f"projects/{project.pk}/exports", {"format": "coco", "options": {"augment": TURNED}})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_options")


def test_no_example_where_no_item_is_copied(manager, project, items):
    answer = manager.post(f"projects/{project.pk}/exports/copies", {"augment": TURNED | {"splits": ["x"]}})
    assert answer.json()["code"] == "nothing_to_export"
    assert (
        manager.post(f"projects/{project.pk}/exports/copies", {"augment": TURNED, "version": 10**9}).status_code == 404
    )
