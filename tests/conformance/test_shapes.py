"""The shapes' golden vectors, which the front end reads too."""

from __future__ import annotations

import json
from math import inf
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from domain.geometry import affine
from domain.geometry.masks import encode_runs
from domain.shapes import SHAPE_NAMES, get
from domain.shapes.convert import convert
from domain.shapes.mask import Mask
from tests.conformance.mask_vectors import counts_of

FOLDER = Path(__file__).parent / "shapes"
FILES = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
CASES = [
    pytest.param(name, case, id=f"{name}: {case['name']}") for name, file in FILES.items() for case in file["cases"]
]
PLACED = [param for param in CASES if "bounds" in param.values[1]]


def geometry(shape: str, case: dict[str, Any]) -> Any:
    return msgspec.convert(case["geometry"], get(shape))


def test_every_shape_has_vectors():
    assert sorted(FILES) == sorted(SHAPE_NAMES)


@pytest.mark.parametrize(("shape", "case"), CASES)
def test_check_names_the_problems_of_the_vectors(shape, case):
    width, height = case["image"]
    assert [p.code for p in geometry(shape, case).check(width=width, height=height)] == case["problems"]


@pytest.mark.parametrize(("shape", "case"), PLACED)
def test_bounds_and_area_are_those_of_the_vectors(shape, case):
    found = geometry(shape, case)
    assert found.bounds() == (None if case["bounds"] is None else pytest.approx(tuple(case["bounds"]), abs=1e-9))
    assert found.area() == pytest.approx(case["area"], abs=1e-9)


@pytest.mark.parametrize(("shape", "case"), PLACED)
def test_points_are_inside_where_the_vectors_say(shape, case):
    found = geometry(shape, case)
    assert [found.contains(*hit["at"]) for hit in case["hits"]] == [hit["inside"] for hit in case["hits"]]


def plain(value: Any) -> Any:
    """Numbers are compared to 1e-9, all else exactly."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items() if part is not None}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return pytest.approx(value, abs=1e-9) if isinstance(value, int | float) else value


def told(found: Any) -> Any:
    """A geometry as the vectors have it."""
    if found is None:
        return None
    return {key: value for key, value in json.loads(msgspec.json.encode(found)).items() if value is not None}


def mapping(step: dict[str, Any]) -> affine.Affine:
    return (
        affine.rotation(step["turn"], *step["about"])
        if "turn" in step
        else affine.scaling(*step["scale"], *step["about"])
    )


@pytest.mark.parametrize(("shape", "case"), PLACED)
def test_distances_are_those_of_the_vectors(shape, case):
    found = geometry(shape, case)
    for hit in case["hits"]:
        wanted = inf if hit["distance"] is None else pytest.approx(hit["distance"], abs=1e-9)
        assert found.hit_distance(*hit["at"]) == wanted


@pytest.mark.parametrize(("shape", "case"), PLACED)
def test_moving_turning_scaling_and_flipping_are_those_of_the_vectors(shape, case):
    found = geometry(shape, case)
    assert told(found.moved(*case["moved"]["by"])) == plain(case["moved"]["geometry"])
    for step in case["transforms"]:
        assert told(found.transformed(mapping(step))) == plain(step["geometry"]), step


@pytest.mark.parametrize(("shape", "case"), [p for p in PLACED if "clipped" in p.values[1]])
def test_what_is_cut_to_the_image_is_that_of_the_vectors(shape, case):
    width, height = case["image"]
    assert told(geometry(shape, case).clamp(width=width, height=height)) == plain(case["clipped"])


@pytest.mark.parametrize(("shape", "case"), PLACED)
def test_pixels_are_those_of_the_vectors_and_their_text_is_that_of_pycocotools(shape, case):
    width, height = case["image"]
    if not get(shape).is_area:
        assert case["mask"] is None
        with pytest.raises(TypeError):
            geometry(shape, case).to_mask(width=width, height=height)
        return
    pixels = geometry(shape, case).to_mask(width=width, height=height)
    assert told(Mask.from_runs(encode_runs(pixels), height)) == case["mask"]
    if case["mask"] is not None:
        rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
        crop = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        assert counts_of(crop) == case["mask"]["counts"]


@pytest.mark.parametrize(("shape", "case"), PLACED)
def test_what_a_shape_becomes_is_that_of_the_vectors_and_a_mask_comes_back_from_its_polygon(shape, case):
    width, height = case["image"]
    found = geometry(shape, case)
    made = {to: convert(found, to, width=width, height=height) for to in ("box", "polygon", "mask")}
    assert told(made["box"]) == plain(case["as_box"])
    assert told(made["polygon"]) == plain(case["as_polygon"])
    if shape != "mask":
        assert told(made["mask"]) == case["mask"]
    if made["mask"] is not None:
        outline = convert(made["mask"], "polygon", width=width, height=height)
        assert outline is not None
        back = convert(outline, "mask", width=width, height=height)
        assert told(back) == case["mask"]
