"""The package against a server that is made of `openapi.json` alone.

It takes only what the document describes: paths, methods, query parameters, and members of bodies. It answers with every
member that the document promises and no other. So a call, a member or a field that the API does not have fails here.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "sdk"))

from labelwright import Client  # noqa: E402
from labelwright import cli as command  # noqa: E402
from labelwright.project import Project  # noqa: E402
from labelwright.quality import COLUMNS, PARTS, as_csv  # noqa: E402

DOCUMENT = json.loads((ROOT / "openapi.json").read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]
PLAIN = {"integer": 1, "number": 0.5, "boolean": False, "null": None, "string": "x"}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without references, and without the alternative null."""
    while True:
        if "$ref" in schema:
            schema = SCHEMAS[schema["$ref"].rsplit("/", 1)[1]]
        elif several := schema.get("anyOf", schema.get("oneOf")):
            schema = next(one for one in several if one.get("type") != "null")
        else:
            return schema


def example(schema: dict[str, Any], name: str = "") -> Any:
    """A value with every member; lists have one element, jobs have succeeded, and pages are the last."""
    if name == "next":
        return None
    schema = resolved(schema)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return "succeeded" if "succeeded" in schema["enum"] else schema["enum"][0]
    if schema.get("type") == "array":
        if "prefixItems" in schema:
            return [example(one) for one in schema["prefixItems"]]
        return [example(schema["items"])] if schema.get("items") else []
    if "properties" in schema:
        return {name: example(one, name) for name, one in schema["properties"].items()}
    if schema.get("type") == "object":
        return {}
    return PLAIN[schema.get("type", "null")]


def check(value: Any, schema: dict[str, Any], where: str) -> None:
    """Every member that is sent is described; every one that is asked for is sent."""
    schema = resolved(schema)
    if isinstance(value, dict) and "properties" in schema:
        assert set(value) <= set(schema["properties"]), (where, set(value) - set(schema["properties"]))
        assert set(schema.get("required", ())) <= set(value), where
        for name, one in value.items():
            if one is not None:
                check(one, schema["properties"][name], f"{where}.{name}")
    elif isinstance(value, list) and schema.get("items"):
        for one in value:
            check(one, schema["items"], f"{where}[]")
    elif "enum" in schema:
        assert value in schema["enum"], (where, value)


class Answer:
    """As `requests` gives it."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self.status_code, self.headers, self._body = status, headers or {}, body
        self.content = b"" if body is None else b"x"

    def json(self) -> Any:
        return self._body


class Server:
    """Stands in for a session of `requests`."""

    def __init__(self) -> None:
        self.called: set[tuple[str, str]] = set()
        self.headers: dict[str, str] = {}
        self.offset = 0

    def request(self, method: str, address: str, **more: Any) -> Answer:
        path = urlsplit(address).path
        template, operation = self._operation(method, path)
        self.called.add((method, template))
        known = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
        assert set(more.get("params") or ()) - {"cursor", "limit"} <= known, (template, more["params"])
        content = operation.get("requestBody", {}).get("content", {})
        if "json" in more:
            check(more["json"], content["application/json"]["schema"], template)
        if "files" in more:
            fields = {part[0] for part in more["files"]} if isinstance(more["files"], list) else set(more["files"])
            fields |= {part[0] for part in more["data"]} if isinstance(more["data"], list) else set(more["data"])
            assert fields <= set(resolved(content["multipart/form-data"]["schema"])["properties"]), (template, fields)
        headers = {"Upload-Offset": str(self.offset)}
        self.offset += len(more.get("data") or b"") if method == "PATCH" else 0
        status, answer = next((int(code), one) for code, one in operation["responses"].items() if code.startswith("2"))
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        return Answer(status, example(schema) if schema else None, headers)

    def _operation(self, method: str, path: str) -> tuple[str, dict[str, Any]]:
        """HEAD is asked where GET is."""
        for template, methods in sorted(DOCUMENT["paths"].items()):
            if re.fullmatch(re.sub(r"\{[^}]+\}", r"[^/]+", template), path):
                found = methods.get(method.lower()) or (methods.get("get") if method == "HEAD" else None)
                if found:
                    return template, found
        raise AssertionError(f"the API has no {method} {path}")


@pytest.fixture
def server(monkeypatch: Any) -> Server:
    made = Server()
    monkeypatch.setattr("labelwright.transport.requests.Session", lambda: made)
    monkeypatch.setattr("labelwright.runs.time.sleep", lambda _: None)
    return made


@pytest.fixture
def client(server: Server) -> Client:
    return Client("http://127.0.0.1:1", "lw_x")


def everything(client: Client, folder: Path) -> Project:
    """Calls each public function once."""
    picture, archive, answers = folder / "a.jpg", folder / "b.zip", folder / "c.json"
    for file in (picture, archive):
        file.write_bytes(b"x" * 10)
    answers.write_text(json.dumps([{"image": "x", "class": "x", "box": [1, 2, 3, 4], "score": 0.5}]))
    client.me(), list(client.projects()), client.formats(), client.job(1), client.watch(1), client.cancel(1)
    client.project("x"), client.create_project("x", organisation=1)
    project = client.project(1)
    project.upload([picture, archive], metadata={"a.jpg": {"group": "g"}})
    project.import_file(picture, classes={"car": 3}, source="s")
    project.try_import(picture, classes={"car": 3}, source="s")
    project.push_predictions(answers, model="m:1"), project.undo_import(1)
    list(project.predictions(model="m:1", task=1)), list(project.predictions(elements=True))
    project.export("coco", version=1, filter={}, options={}), project.freeze("v", splits={"train": 1.0}, seed=3)
    list(project.versions()), list(project.tasks()), list(project.regions(class_id=1)), project.schema()
    project.set_schema(example(SCHEMAS["SchemaOut"])["body"]), project.quality(), project.quality_report()
    return project


def test_every_call_member_and_field_of_the_package_is_in_the_api(client: Client, server: Server, tmp_path: Path, monkeypatch: Any) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    everything(client, tmp_path)
    source = "".join(path.read_text() for path in sorted((ROOT / "sdk" / "labelwright").glob("*.py")))
    written = re.findall(r'\.call\(\s*"([A-Z]+)",\s*f?"([^"]+)"', source)
    written += [("GET", route) for route in re.findall(r'\.pages\(\s*f?"([^"]+)"', source)]
    plain = {(method, re.sub(r"\{[^}]+\}", "{}", template)) for method, template in server.called}
    missed = [(m, r) for m, r in written if (m, "/api/v1" + re.sub(r"\{[^}]+\}", "{}", r)) not in plain]
    assert missed == [], "a call that no function above makes"


def test_every_public_function_is_called_above() -> None:
    import inspect

    body = inspect.getsource(everything)
    public = [name for kind in (Client, Project) for name in vars(kind) if not name.startswith("_")]
    left = {"frame", "regions_frame", "quality_frame", "answers"}  # of pandas; of push_predictions
    assert [name for name in public if f".{name}(" not in body and name not in left] == []


def test_the_command_has_a_figure_for_each_part_as_a_table_as_json_and_as_csv(server: Server, capsys: Any) -> None:
    words = ["--url", "http://127.0.0.1:1", "--token", "lw_x", "quality", "report", "1"]
    assert command.main(words) == 0
    shown = capsys.readouterr().out
    assert all(re.search(rf"^{part} ", shown, re.M) for part in PARTS)
    assert command.main([*words, "--json", "--part", "agreement"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {tuple(row) for row in rows} == {COLUMNS}
    assert {row["part"] for row in rows} == {"agreement"}
    assert command.main([*words, "--csv"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head == ",".join(COLUMNS)
    assert len(lines) > len(PARTS)


def test_text_that_a_spreadsheet_would_run_stays_text() -> None:
    row = dict.fromkeys(COLUMNS) | {"of": "=HYPERLINK(1)", "value": -0.5}
    assert as_csv([row]).splitlines()[1] == ",,'=HYPERLINK(1),-0.5,,,,,"


def test_frames_say_what_to_install_where_pandas_is_not(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"labelwright\[pandas\]"):
        client.project(1).frame()


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ('[{"image": "y", "class": "x", "box": [1, 2, 3, 4], "score": 1}]', 2, "no image is called 'y'"),
        ('[{"image": "x", "class": "cat", "box": [1, 2, 3, 4], "score": 1}]', 2, "no class is called 'cat'"),
        ('[{"image": "x", "class": "x", "box": [1, 2, 0, 4], "score": 1}]', 2, "has no area"),
        ('[{"image": "x", "class": "x", "box": [1, 2, 3], "score": 1}]', 2, "a box is [x, y, width, height]"),
        ('[{"image": "x", "class": "x", "polygon": [1, 2, 3, 4], "score": 1}]', 2, "of 3 points or more"),
        ('[{"image": "x", "class": "x", "box": [1, 2, 3, 4], "score": 7}]', 2, "a score is a number from 0 to 1"),
        ('[{"image": "x", "class": "x", "score": 1}]', 2, "no shape"),
        ('[{"image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 1}]', 2, "(--coco)"),
        ("[]", 2, "there are no answers in it"),
        ('[{"score": 1}, 3]', 2, "row 2: expected an object"),
        ('[{"image": "x", "score":', 2, "is not JSON"),
    ],
)
def test_wrong_answers_are_one_line_with_the_row(server: Server, capsys: Any, tmp_path: Path, text: str, code: int, said: str) -> None:  # fmt: skip
    (tmp_path / "a.json").write_text(text)
    words = [
        "--url",
        "http://127.0.0.1:1",
        "--token",
        "lw_x",
        "predict",
        "push",
        "1",
        str(tmp_path / "a.json"),
        "--model",
        "m",
    ]
    assert command.main(words) == code
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert said in told[0]
    assert ("POST", "/api/v1/projects/{project_id}/imports/") not in server.called


def test_what_fits_is_sent_and_the_rest_is_named(server: Server, capsys: Any, tmp_path: Path) -> None:
    good = {"image": "x", "class": "x", "polygon": [[0, 0, 9, 0, 9, 9]], "score": 0.5}
    (tmp_path / "a.jsonl").write_text(json.dumps(good) + "\n" + json.dumps(good | {"image": "y"}) + "\n")
    words = [
        "--url",
        "http://127.0.0.1:1",
        "--token",
        "lw_x",
        "predict",
        "push",
        "1",
        str(tmp_path / "a.jsonl"),
        "--model",
        "m",
        "--json",
    ]
    assert command.main(words) == 1
    told = capsys.readouterr()
    assert [row["row"] for row in json.loads(told.out)["left_out"]] == [2]
    assert "1 rows were left out" in told.err


def test_coco_results_are_named_by_a_coco_file(client: Client) -> None:
    named = {"images": [{"id": 7, "file_name": "x"}], "categories": [{"id": 90, "name": "x"}]}
    told = client.project(1).answers(
        [{"image_id": 7, "category_id": 90, "bbox": [1, 2, 3, 4], "score": 0.5}], coco=named
    )
    (one,) = told.document["annotations"]
    assert (one["image_id"], one["category_id"], one["bbox"], one["score"]) == (1, 1, [1, 2, 3, 4], 0.5)


@pytest.mark.parametrize("name", [*command.EXAMPLES])
def test_help_of_every_command_shows_an_example_that_parses(name: str, capsys: Any) -> None:
    import shlex

    with pytest.raises(SystemExit) as ended:
        command.main([name, "--help"])
    assert ended.value.code == 0
    assert "exit codes" in capsys.readouterr().out
    asked = command._parser().parse_args(shlex.split(command.EXAMPLES[name])[1:])
    assert asked.run.__name__.strip("_") == name
