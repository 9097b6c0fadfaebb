"""The command and the package `labelwright` against the running stack: sign in, upload, import, export, version."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile

import pytest

from tests.running import PROJECT

PHOTOS = PROJECT / "demo" / "photos"
SDK = os.pathsep.join([str(PROJECT / "sdk"), str(PROJECT)])


@pytest.fixture
def command(base, passwords, tmp_path):
    """Runs the command as a process of its own, signed in as the manager."""
    environment = os.environ | {"PYTHONPATH": SDK, "XDG_CONFIG_HOME": str(tmp_path / "config")}

    def run(*words, code=0, **more):
        done = subprocess.run(
            [sys.executable, "-m", "labelwright", *map(str, words)],
            cwd=tmp_path,
            env=environment | more,
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout) if "--json" in words else done.stdout + done.stderr

    run("login", base, "--email", "manager@labelwright.local", LABELWRIGHT_PASSWORD=passwords["manager"])
    assert (tmp_path / "config" / "labelwright" / "login.json").stat().st_mode & 0o077 == 0
    return run


def test_a_team_works_from_its_shell(command, tmp_path):
    photos = tmp_path / "photos"
    (photos / "inner").mkdir(parents=True)
    for name, to in (("coffee.jpg", "coffee.jpg"), ("gravel.jpg", "inner/gravel.jpg")):
        (photos / to).write_bytes((PHOTOS / name).read_bytes())
    (photos / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    project = str(command("project", "create", "From a shell", "--json")["id"])
    first = command("upload", project, photos, "--recursive", "--json", code=1)
    assert (first["uploaded"], [e["name"] for e in first["errors"]]) == (2, ["broken.png"])
    again = command("upload", project, photos, "--recursive", "--resume", "--json", code=1)
    assert (again["uploaded"], again["left_out"]) == (0, 2)

    size = dict(zip(("width", "height"), size_of(photos / "coffee.jpg"), strict=True))
    coco = {"images": [{"id": 1, "file_name": "coffee.jpg", **size}], "categories": [{"id": 3, "name": "cup"}]}
    coco["annotations"] = [{"id": 1, "image_id": 1, "category_id": 3, "bbox": [10.5, 20.25, 40, 30], "iscrowd": 0}]
    (tmp_path / "coco.json").write_text(json.dumps(coco))
    report = command("import", project, "coco.json", "--mode", "accepted", "--json")
    assert (report["format"], report["regions"]) == ("coco", 1)
    again = command("import", project, "coco.json", "--mode", "merge", "--dry-run", "--json")
    assert (again["changed"], again["unchanged"]) == (0, 1)
    pushed = command("predict", "push", project, "coco.json", "--model", "yolo:3", "--json")
    assert (pushed["changed"], pushed["regions"]) == (1, 1)

    frozen = command("version", project, "first delivery", "--split", "train=1", "--json")
    assert (frozen["item_count"], frozen["region_count"]) == (1, 1)
    out = command(
        "export",
        project,
        "voc",
        "out.zip",
        "--dataset-version",
        frozen["id"],
        "--images",
        "--option",
        "origin=0",
        "--json",
    )
    assert out["items"] == 1
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert {"Annotations/coffee.xml", "JPEGImages/coffee.jpg"} <= set(archive.namelist())
        assert b"<xmin>10.5</xmin><ymin>20.25</ymin><xmax>50.5</xmax>" in archive.read("Annotations/coffee.xml")
    assert command("inspect", "out.zip", "--json")["annotations"] == {"box": 1}
    assert "accepted at the first review" in command("quality", "report", project)
    figures = command("quality", "report", project, "--json")
    assert {row["part"] for row in figures} >= {"progress", "agreement", "gold", "statistics"}
    assert not [row for row in figures if row["measure"] == "not shown"]
    assert [row["value"] for row in figures if row["part"] == "progress" and row["measure"] == "done"] == [1]


def size_of(path):
    from PIL import Image

    with Image.open(path) as image:
        return image.size


def test_what_is_wrong_is_one_line_and_a_code(command, base):
    assert "no projects are called 'nowhere'" in command("export", "nowhere", "coco", "a.zip", code=2)
    assert "[not_found]" in command("project", "show", "999999999", code=1)
    assert "[not_signed_in]" in command("--token", "lw_wrong", "project", "list", code=1)
    assert "does not answer" in command("--url", "http://127.0.0.1:9", "project", "list", code=1)
