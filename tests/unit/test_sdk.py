"""The package `labelwright`: every call is one that the API has, tries again where that is safe, and works without a server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "conformance" / "formats" / "samples"
sys.path.insert(0, str(ROOT / "sdk"))

from domain.formats import ImportClass, ImportHeader  # noqa: E402
from labelwright import Client, Problem, Unreachable  # noqa: E402
from labelwright.cli import main, recipe  # noqa: E402
from labelwright.offline import schema_of  # noqa: E402
from labelwright.transport import Transport  # noqa: E402
from labelwright.uploading import Picture, portions  # noqa: E402


def test_every_call_of_the_package_is_in_the_api():
    paths = {
        re.sub(r"\{[^}]+\}", "{}", path): known
        for path, known in json.loads((ROOT / "openapi.json").read_text())["paths"].items()
    }
    source = "".join(path.read_text() for path in sorted((ROOT / "sdk" / "labelwright").glob("*.py")))
    calls = re.findall(r'\.call\(\s*"([A-Z]+)",\s*f?"([^"]+)"', source)
    calls += [("GET", route) for route in re.findall(r'\.pages\(\s*f?"([^"]+)"', source)]
    calls += [("POST", route) for route in re.findall(r'\{PREFIX\}([^"]+)"', source) if "route" not in route]
    assert len(calls) > 15
    unknown = [(m, r) for m, r in calls if m.lower() not in paths.get("/api/v1" + re.sub(r"\{[^}]+\}", "{}", r), {})]
    assert unknown == []


class _Answer:
    def __init__(self, status, document=None, headers=None):
        self.status_code, self._document, self.headers, self.reason = status, document, headers or {}, ""
        self.content = b"x" if document is not None else b""
        self.ok = status < 400

    def json(self):
        return self._document


def talking(*answers):
    """A transport whose server gives these answers in turn; what it was sent, and how long it waited."""
    waits, sent, left = [], [], list(answers)
    transport = Transport("http://127.0.0.1:1", "lw_x", wait=waits.append)

    def request(method, address, **more):
        sent.append((method, address, more["headers"].get("Idempotency-Key")))
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    transport._session.request = request
    return transport, sent, waits


def test_copies_are_asked_for_by_name_and_value():
    assert recipe(["copies=2", "rotate=12.5", "flip=horizontal,vertical", "splits=train"]) == {
        "copies": 2,
        "rotate": 12.5,
        "flip": ["horizontal", "vertical"],
        "splits": ["train"],
    }


def test_a_call_that_makes_something_is_tried_again_under_one_key():
    transport, sent, waits = talking(_Answer(503, {}), _Answer(429, {}, {"Retry-After": "7"}), _Answer(201, {"id": 4}))
    assert transport.call("POST", "/projects/", makes=True, json={}) == {"id": 4}
    assert len({key for _, _, key in sent}) == 1
    assert sent[0][2]
    assert waits == [0.5, 7.0]


def test_a_call_that_could_do_harm_twice_is_made_once():
    import requests

    transport, sent, _ = talking(requests.ConnectionError(), _Answer(200, {}))
    with pytest.raises(Unreachable):
        transport.call("POST", "/jobs/1/cancel/")
    assert len(sent) == 1


def test_a_refusal_has_the_servers_code():
    transport, _, _ = talking(_Answer(409, {"code": "lease_lost", "detail": "Somebody else has it."}))
    with pytest.raises(Problem) as told:
        transport.call("POST", "/assignments/1/submit/")
    assert (told.value.status, told.value.code) == (409, "lease_lost")


def test_lists_are_read_page_by_page():
    transport, sent, _ = talking(
        _Answer(200, {"results": [{"id": 1}], "next": "c"}), _Answer(200, {"results": [{"id": 2}], "next": None})
    )
    assert [row["id"] for row in transport.pages("/projects/")] == [1, 2]
    assert len(sent) == 2


def test_portions_are_small_in_files_and_in_bytes(tmp_path):
    files = []
    for i in range(120):
        path = tmp_path / f"{i}.jpg"
        path.write_bytes(b"x")
        files.append(Picture(path, path.name))
    assert [len(portion) for portion in portions(files)] == [50, 50, 20]


def test_without_a_server_named_it_says_how_to_name_one(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("LABELWRIGHT_URL", raising=False)
    with pytest.raises(ValueError, match="labelwright login"):
        Client()


def told(capsys, *words):
    code = main([str(word) for word in words])
    return code, capsys.readouterr().out


def test_inspect_says_what_is_in_a_data_set_and_what_a_format_would_lose(capsys):
    code, out = told(capsys, "inspect", SAMPLES / "coco" / "coco_instances", "--to", "yolo", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["format"], found["images"]["pictures"]) == ("coco", 2)
    assert found["annotations"] == {"box": 1, "mask": 1, "polygon": 1}
    assert {loss["code"] for loss in found["losses"]} >= {"bounds_only"}


@pytest.mark.parametrize("to", ["voc", "cvat_xml", "labelme", "native", "yolo_segmentation", "masks"])
def test_convert_writes_the_same_bytes_twice_and_says_what_was_lost(capsys, tmp_path, to):
    source = SAMPLES / "coco" / "coco_instances"
    for name in ("a.zip", "b.zip"):
        code, out = told(capsys, "convert", source, tmp_path / name, "--to", to, "--images", "--json")
        assert code == 0
        assert json.loads(out)["items"] == 2
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert told(capsys, "inspect", tmp_path / "a.zip", "--json")[0] == 0


def test_classes_of_one_name_are_one_and_nobody_is_their_own_ancestor():
    rows = [(1, "cat", "animal"), (2, "animal", "being"), (3, "being", "cat"), (4, "cat", None)]
    classes = [ImportClass(key=key, name=name, parent=parent) for key, name, parent in rows]
    schema, ids = schema_of(ImportHeader(format="coco", classes=classes))
    assert ids == {1: 1, 2: 2, 3: 3, 4: 1}
    assert {c.name: c.parent for c in schema.classes} == {"cat": 2, "animal": 3, "being": None}


def test_convert_replaces_nothing_unasked_and_leaves_nothing_half(capsys, monkeypatch, tmp_path):
    source, out, folder = SAMPLES / "coco" / "coco_instances", tmp_path / "coco.zip", tmp_path / "coco"
    out.write_bytes(b"mine")
    (tmp_path / "voc").write_bytes(b"mine")
    assert main(["convert", str(source), str(out)]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert main(["convert", str(source), str(tmp_path / "voc")]) == 2
    assert out.read_bytes() == (tmp_path / "voc").read_bytes() == b"mine"
    assert main(["convert", str(source), str(out), "--overwrite"]) == 0
    assert out.read_bytes() != b"mine"

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("labelwright.offline.copy", full)
    assert main(["convert", str(source), str(folder), "--images"]) == 1
    assert not folder.exists()


def test_convert_that_brings_nothing_through_fails(capsys, tmp_path):
    (tmp_path / "kinds.csv").write_text("filename,label\na.png,cat\n")
    assert main(["convert", str(tmp_path / "kinds.csv"), str(tmp_path / "voc.zip"), "--to", "dota"]) == 1
    assert "no annotation came through" in capsys.readouterr().err


@pytest.mark.parametrize("json_too", [[], ["--json"]])
def test_a_terminal_of_few_letters_ends_nothing(tmp_path, json_too):
    (tmp_path / "t.csv").write_text("filename,class,xmin,ymin,xmax,ymax\na.png,Käfer,1,1,5,5\n", encoding="utf-8")
    env = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": f"{ROOT / 'sdk'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "labelwright", "inspect", str(tmp_path / "t.csv"), *json_too]
    done = subprocess.run(command, capture_output=True, env=env, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert not json_too or json.loads(done.stdout)["classes"][0]["name"] == "Käfer"


def test_convert_takes_the_format_that_the_target_is_called_after(capsys, tmp_path):
    source = SAMPLES / "coco" / "coco_instances"
    code, out = told(capsys, "convert", source, tmp_path / "voc.zip", "--json")
    assert (code, json.loads(out)["to"]) == (0, "voc")
    assert main(["convert", str(source), str(tmp_path / "mine.zip")]) == 2
    assert "name the format with --to" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["inspect", "/nowhere"], 2),
        (["convert", SAMPLES / "kitti" / "detection", "x.zip", "--to", "nothing"], 1),
        (["convert", SAMPLES / "kitti" / "detection", "x.zip", "--to", "voc", "--option", "origin"], 2),
        (["convert", SAMPLES / "kitti" / "detection", "x.zip", "--to", "voc", "--option", "origin=7"], 1),
        (["inspect", ROOT / "LICENSE"], 1),
        ([], 2),
    ],
)
def test_wrong_words_are_one_line_and_an_exit_code(capsys, monkeypatch, tmp_path, words, code):
    monkeypatch.chdir(tmp_path)
    assert main([str(word) for word in words]) == code
    assert "Traceback" not in capsys.readouterr().err
    assert not (tmp_path / "x.zip").exists()


def test_the_package_installs_alone_with_its_formats(tmp_path):
    """As a wheel in a folder of its own: the command works there without the rest of the tree."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheel = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, ROOT / "sdk"]
    subprocess.run([str(word) for word in wheel], check=True, capture_output=True, cwd=tmp_path)
    (built,) = tmp_path.glob("labelwright-*.whl")
    install = [*pip, "install", "--no-deps", "--target", tmp_path / "site", built]
    subprocess.run([str(word) for word in install], check=True, capture_output=True, cwd=tmp_path)
    command = [sys.executable, "-m", "labelwright", "inspect", SAMPLES / "kitti" / "detection", "--json"]
    done = subprocess.run(
        [str(word) for word in command],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site")},
    )
    assert json.loads(done.stdout)["format"] == "kitti"
