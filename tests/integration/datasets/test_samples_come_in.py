"""Real files of the interchange formats, through the server: uploaded, brought in by the worker's job, and written again."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

import apps.datasets.jobs  # noqa: F401 registers the kinds of jobs, as a worker does
from domain.formats import FORMATS
from tests.factories import api, make_project, make_team
from tests.integration.datasets.test_round_trips import archive, bring, export

SAMPLES = Path(__file__).parents[2] / "conformance" / "formats"
EXPECTED = json.loads((SAMPLES / "samples.json").read_text())
WRITABLE = [name for name, found in FORMATS.items() if found.writer is not None]

pytestmark = [pytest.mark.soak, pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]


def packed(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            files.write(path, str(path.relative_to(folder)))
    return out.getvalue()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_file_comes_in_whole_and_goes_out_in_every_format(name):
    team = make_team()
    manager = api(team.manager)
    project = make_project(team.organisation, team.manager)
    data, expected = packed(SAMPLES / "samples" / name), EXPECTED[name]
    report = bring(manager, project, data, enter="accepted")["report"]
    told = {one["code"]: one["count"] for one in report["problems"]}
    assert (report["format"], report["items"]) == (expected["format"], expected["items"])
    assert report["assets"] + told.get("image_missing", 0) + told.get("not_decodable", 0) == expected["items"]
    again = bring(manager, project, data, enter="accepted")["report"]
    assert (again["assets"], again["effect"]["added"]) == (0, 0)
    if report["regions"]:
        for written in WRITABLE:
            document = export(manager, project, format=written, options={"images": True})
            table = document["report"]["table"]
            assert sum(row["regions"] for row in table) == report["regions"], written
            kept = document["report"]["regions"] + sum(row["not_expressible"] for row in table)
            # these hold a skeleton in the annotation of the region that it belongs to
            assert kept >= report["regions"] or (
                written in ("coco", "yolo_pose") and "skeleton" in expected["shapes"]
            ), written
            with archive(manager, document) as files:
                assert files.testzip() is None
