"""The shapes' golden vectors, which the front end reads too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.shapes import SHAPE_NAMES, get

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
