"""Answers of a model in the project's own classes and shapes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from domain.elements import decode
from domain.geometry.masks import encode_runs
from domain.inference import Answer, Found
from domain.inference.mapping import Elements, guessed, to_elements
from domain.inference.targets import Target, Thresholds
from domain.schema import parse
from domain.shapes.box import Box
from domain.shapes.mask import Mask
from domain.shapes.polygon import Polygon
from domain.shapes.skeleton import Skeleton

SCHEMA = parse(
    {
        "classes": [
            {"id": 1, "name": "roof", "title": "Roof", "color": "#3da3ff", "shapes": ["polygon"], "aliases": ["Dach"]},
            {"id": 2, "name": "tree", "color": "#ffa31f", "shapes": ["box"]},
            {
                "id": 3,
                "name": "person",
                "color": "#c26629",
                "shapes": ["skeleton"],
                "skeleton": {"joints": ["head", "foot"]},
            },
        ],
        "item_attributes": [
            {"name": "season", "kind": "select", "options": ["summer", "winter"]},
            {"name": "seen", "kind": "multiselect", "options": ["snow", "sun"]},
        ],
    }
)
SIZE = (200, 100)


def kept(*found: Found, targets: dict[str, Target | None], **thresholds: float) -> Elements:
    return to_elements(
        Answer(list(found)),
        labels=list(targets),
        targets=targets,
        thresholds=Thresholds(**thresholds),  # type: ignore[arg-type]
        schema=SCHEMA,
        size=SIZE,
        source="m:1",
        key="7",
    )


def disc(radius: int) -> Mask:
    y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    pixels = (x * x + y * y <= radius * radius).astype(np.uint8)
    pixels[0, 0] = 1  # a speck apart
    mask = Mask.from_runs(encode_runs(pixels), 2 * radius + 1)
    assert mask is not None
    return Mask(mask.x + 20, mask.y + 10, mask.size, mask.counts)


def test_a_mask_becomes_an_outline_of_few_points_where_the_class_is_drawn_as_one():
    mask = disc(35)
    made = kept(Found(0, 0.9, mask), targets={"roof": Target(class_id=1)})
    polygon = decode("region", made.elements[0][1]).geometry
    assert isinstance(polygon, Polygon)
    assert (len(polygon.parts), len(polygon.parts[0])) == (1, 1)
    assert len(polygon.parts[0][0]) / 2 < 40
    assert polygon.area() == pytest.approx(mask.area(), rel=0.03)


def test_joints_get_the_names_of_the_class_in_their_order():
    skeleton = Skeleton({"1": (10.0, 10.0, 2), "2": (10.0, 50.0, 1)})
    made = kept(Found(0, 0.9, skeleton), targets={"person": Target(class_id=3)})
    assert decode("region", made.elements[0][1]).geometry.joints == {"head": (10.0, 10.0, 2), "foot": (10.0, 50.0, 1)}
    three = Skeleton({"1": (1.0, 1.0, 2), "2": (2.0, 2.0, 2), "3": (3.0, 3.0, 2)})
    assert kept(Found(0, 0.9, three), targets={"person": Target(class_id=3)}).problems == {"shape_not_allowed": 1}


def test_the_same_answer_is_the_same_bytes():
    found = [Found(0, 0.9, Box(1.0, 2.0, 30.0, 40.0)), Found(0, 0.8, Box(50.0, 2.0, 30.0, 40.0))]
    targets: dict[str, Target | None] = {"tree": Target(class_id=2)}
    assert kept(*found, targets=targets).elements == kept(*reversed(found), targets=targets).elements


def test_the_best_label_answers_a_question_and_all_of_them_one_with_several_answers():
    targets: dict[str, Target | None] = {
        "a": Target(attribute="season", value="summer"),
        "b": Target(attribute="season", value="winter"),
        "c": Target(attribute="seen", value="snow"),
        "d": Target(attribute="seen", value="sun"),
        "e": Target(attribute="season", value="spring"),
    }
    answers = [Found(place, score, None) for place, score in enumerate((0.4, 0.6, 0.5, 0.45))]
    made = kept(*answers, targets=targets)
    assert {one.id: one.value for one in (decode("answer", raw) for _, raw in made.elements)} == {
        "season": "winter",
        "seen": ["snow", "sun"],
    }
    assert kept(Found(4, 0.9, None), targets=targets).problems == {"answer_does_not_fit": 1}


def test_scores_that_are_none_and_labels_that_there_are_not_are_counted():
    box = Box(1.0, 2.0, 30.0, 40.0)
    made = kept(
        Found(0, math.nan, box), Found(9, 0.9, box), Found(-1, 0.9, box), Found(0, 0.1, box),
        targets={"tree": Target(class_id=2)},
    )  # fmt: skip
    assert (made.regions, made.problems) == (0, {"not_finite": 1, "unknown_class": 2})


def test_labels_find_the_class_that_is_called_alike():
    found = guessed(["Roof", "dach", "TREE", "sea"], SCHEMA, "detect")
    assert [one and one.class_id for one in found.values()] == [1, 1, 2, None]
    assert guessed(["winter"], SCHEMA, "classify") == {"winter": Target(attribute="season", value="winter")}
