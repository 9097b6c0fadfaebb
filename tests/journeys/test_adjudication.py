"""Three people answer, they differ, somebody settles it by keys, and it is the result; the quality page leads to the difference."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.client import Client, box, put
from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA
from tests.journeys.test_accessible import AXE, serious
from tests.running import until

WORKFLOW = {
    "stages": [
        {"kind": "annotate", "overlap": 3},
        {"kind": "consensus", "method": "box_fusion"},
        {"kind": "adjudicate"},
    ]
}
CUP = (220, 120, 180, 190)


@pytest.fixture
def project(people: People, make_project: MakeProject) -> int:
    """One photo that three people have answered: a cup that they agree on, a spoon to one and a cup to another, and a cup that one has."""
    project = make_project("Adjudication", SCHEMA, [])
    manager = people.client("manager")
    manager.call("PUT", f"projects/{project}/workflow", {"body": WORKFLOW})
    assert manager.upload(project, [PHOTOS / "coffee.jpg"])["errors"] == []
    x, y, w, h = CUP
    answers = (
        ("annotator", [box(1, x, y, w, h), box(2, 66, 40, 90, 70)]),
        ("manager", [box(1, x + 1, y, w, h), box(1, 70, 40, 90, 70), box(1, 470, 280, 80, 60)]),
        ("owner", [box(1, x + 2, y, w, h)]),
    )
    for role, drawn in answers:
        answer(people.client(role), project, drawn)
    until(lambda: state(manager, project) == "conflict")
    return project


def answer(client: Client, project: int, regions: list[dict[str, Any]]) -> None:
    claim = client.claim(project)
    client.save(claim["annotation"]["id"], [put(region) for region in regions])
    client.post(f"assignments/{claim['assignment']['id']}/submit", {})


def state(client: Client, project: int) -> str:
    return str(client.get(f"projects/{project}/tasks")["results"][0]["state"])


def open_conflicts(page: Page, count: int) -> None:
    rows = page.get_by_role("complementary", name="Conflicts").locator(".cfr")
    expect(rows).to_have_count(count)


def test_three_people_differ_and_a_fourth_settles_it_by_keys(window: Window, people: People, project: int) -> None:
    page = window("reviewer")
    page.goto(f"/projects/{project}/adjudicate")
    open_conflicts(page, 2)
    expect(page.get_by_text("0 of 2 settled").first).to_be_visible()
    finish = page.get_by_role("button", name=re.compile("^Finish"))
    expect(finish).to_be_disabled()

    page.keyboard.press("1")
    expect(page.get_by_text("1 of 2 settled").first).to_be_visible()
    page.keyboard.press("0")
    expect(page.get_by_text("2 of 2 settled").first).to_be_visible()
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("is settled")).to_be_visible()
    manager = people.client("manager")
    until(lambda: state(manager, project) == "done")
    task = manager.get(f"projects/{project}/tasks")["results"][0]
    result = manager.get(f"revisions/{task['result']}")
    assert result["revision"]["kind"] == "consensus"
    assert len(result["elements"]) == 2


def test_a_figure_leads_to_its_regions_and_these_to_all_answers(window: Window, people: People, project: int) -> None:
    manager = people.client("manager")
    until(lambda: manager.get(f"projects/{project}/quality/agreement")["tasks"] == 1)
    page = window("manager")
    page.goto(f"/projects/{project}/quality")
    expect(page.get_by_role("heading", name="What is mixed up")).to_be_visible()
    page.get_by_role("button", name=re.compile("Cup against Spoon|Spoon against Cup")).first.click()
    cards = page.locator(".lw-difference")
    expect(cards.first).to_contain_text("Another class")
    cards.first.click()
    expect(page.get_by_role("complementary", name="Conflicts")).to_contain_text("Agreement in pairs")
    page.go_back()
    expect(cards.first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_agreement_have_nothing_serious(window: Window, people: People, project: int, scheme: str) -> None:
    manager = people.client("manager")
    until(lambda: manager.get(f"projects/{project}/quality/agreement")["tasks"] == 1)
    found: list[str] = []
    for role, path in (("manager", "quality"), ("manager", "quality?show=differences"), ("reviewer", "adjudicate")):
        page = window(role, color_scheme=scheme, bypass_csp=True)
        page.goto(f"/projects/{project}/{path}")
        page.locator(".quality, .lw-adjudicate .cfr").first.wait_for()
        page.add_script_tag(path=AXE)
        found += serious(page)
    assert found == []
