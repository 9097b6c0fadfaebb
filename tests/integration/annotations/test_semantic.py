"""Projects with one class a pixel: a submit below the asked coverage goes in with a warning that says the share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from apps.tasks.models import Task
from domain.geometry.masks import encode_runs
from domain.shapes.mask import Mask
from tests.factories import api, make_project, sample_schema
from tests.work import Person, make_tasks, put, region

pytestmark = pytest.mark.django_db
WIDTH, HEIGHT = 60, 40


@pytest.fixture
def project(team: Any) -> Any:
    schema = sample_schema(classes=[{"id": n, "name": f"c{n}", "color": "#3da3ff", "shapes": ["mask"]} for n in (1, 2)])
    project = make_project(team.organisation, team.manager, schema=schema)
    answer = api(team.manager).patch(f"projects/{project.pk}", {"settings": {"semantic": True, "coverage": 0.9}})
    assert answer.status_code == 200
    make_tasks(project, team.manager, width=WIDTH, height=HEIGHT)
    return project


def mask(class_id: int, columns: slice) -> dict[str, Any]:
    pixels = np.zeros((HEIGHT, WIDTH), np.uint8)
    pixels[:, columns] = 1
    made = Mask.from_runs(encode_runs(pixels), HEIGHT)
    assert made is not None
    geometry = {"x": made.x, "y": made.y, "size": list(made.size), "counts": made.counts}
    return region(class_id, shape="mask", geometry=geometry)


@pytest.mark.parametrize(("end", "found"), [(30, ["50.00%"]), (54, []), (60, [])])
def test_too_few_labelled_pixels_warn_and_do_not_stop(team: Any, project: Any, end: int, found: list[str]) -> None:
    annotator = Person(team.annotator)
    claim = annotator.claim(project)
    assert (claim["project"]["semantic"], claim["project"]["coverage"]) == (True, 0.9)
    annotator.save(claim["annotation"]["id"], [put(mask(1, slice(0, 20))), put(mask(2, slice(20, end)))])
    done = annotator.submit(claim)
    assert [finding["detail"].split(" ")[0] for finding in done["findings"] if finding["code"] == "coverage"] == found
    assert Task.objects.get(pk=claim["task"]["id"]).state == "in_review"


def test_coverage_is_a_share(team: Any, project: Any) -> None:
    answer = api(team.manager).patch(f"projects/{project.pk}", {"settings": {"coverage": 1.5}})
    assert answer.status_code == 400
