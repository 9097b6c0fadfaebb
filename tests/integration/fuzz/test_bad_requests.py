"""Requests that no client of ours sends: each gets a named problem, none a fault of the server."""

from __future__ import annotations

import base64
import json

import pytest

from tests.factories import api, make_project
from tests.work import Person, make_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(team):
    made = api(team.manager)
    made.project = make_project(team.organisation, team.manager).pk
    return made


@pytest.mark.parametrize(
    "path",
    ["nope", "projects/-1", "projects/9223372036854775808", "tasks/abc", "jobs/1.5", "tasks/%00", "tasks/%ff", ""],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_is_none_is_a_404_problem(client, path, method):
    answer = getattr(client, method)(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["name", "search", "external_id", "group", "origin", "metadata.a", "a%00"])
@pytest.mark.parametrize("listing", ["tasks", "tasks/window", "assets"])
def test_a_character_that_no_text_can_hold_is_refused_by_name(client, listing, query):
    answer = client.get(f"projects/{client.project}/{listing}?{query}=%00")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize("value", [["x", 1], ["\x00", 1], [1, "x"], [1], [], {}, [None, 1], "x", 5])
@pytest.mark.parametrize("listing", ["tasks", "assets", "issues", "questions", "assignments", "members", "jobs"])
def test_a_cursor_that_the_list_did_not_give_out_is_refused_by_name(client, listing, value):
    cursor = base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    answer = client.get(f"projects/{client.project}/{listing}?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize("limit", ["0", "-1", "x", "²", "501", "99999999999999999999"])
def test_a_limit_that_is_none_is_refused_by_name(client, limit):
    answer = client.get(f"projects/{client.project}/tasks?limit={limit}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize("depth", [900, 5_000, 100_000])
def test_a_body_that_is_nested_too_deeply_is_refused_by_name(client, depth):
    body = b'{"body": ' + b'{"a": ' * depth + b"1" + b"}" * (depth + 1)
    answer = client.generic("PUT", f"projects/{client.project}/schema", body)
    assert (answer.status_code, answer.json()["code"]) in {
        (400, "malformed_json"),
        (400, "invalid"),
        (400, "bad_schema"),
    }


@pytest.mark.parametrize("bbox", ["nan,0,1,1", "0,0,inf,1", "0,-inf,1,1", "0,0,1,1e999", "1,2,3", "a,b,c,d"])
def test_a_box_that_is_none_is_refused_by_name(client, team, bbox):
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager)
    annotation = Person(team.annotator).claim(project)["annotation"]["id"]
    answer = api(team.annotator).get(f"annotations/{annotation}/elements?bbox={bbox}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize("area", ["nan", "inf", "x"])
def test_an_area_that_is_none_is_refused_by_name(client, area):
    answer = client.get(f"projects/{client.project}/regions?min_area={area}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "projects/"), ("PATCH", "projects/{}"), ("PUT", "projects/{}/schema"), ("POST", "projects/{}/tasks/claim")]
)  # fmt: skip
def test_a_body_that_does_not_say_it_is_json_is_not_taken(client, media, method, path):
    answer = client.generic(method, path.format(client.project), b'{"name": "x"}', media)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "application/problem+json", ""])
def test_json_by_any_of_its_names_is_taken(client, media):
    answer = client.generic("PATCH", f"projects/{client.project}", b'{"name": "Renamed"}', media)
    assert answer.status_code == 200, answer.content
