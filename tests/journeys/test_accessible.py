"""axe finds nothing serious on any page, light and dark."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA
from tests.running import PROJECT

AXE = PROJECT / "frontend/node_modules/axe-core/axe.min.js"
RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
# Nothing stands in for what is still on its way: looked at twice, two frames apart.
STILL = """() => new Promise((resolve) => {
    const busy = () => document.querySelector('[aria-busy=true], .sk') !== null;
    const before = busy();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(!before && !busy())));
})"""
SERIOUS = {"serious", "critical"}
PAGES = (
    "/projects",
    "/projects/new",
    "/work",
    "/jobs",
    "/organisation",
    "/account",
    "/account/keyboard",
    "/tasks/{task}",
    "/projects/{project}",
    "/projects/{project}/data",
    "/projects/{project}/schema",
    "/projects/{project}/guidelines",
    "/projects/{project}/settings",
    "/projects/{project}/versions",
    "/projects/{project}/exchange",
    "/projects/{project}/members",
    "/projects/{project}/review",
    "/projects/{project}/label",
)


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical, with the first three places of each."""
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [
        f"{page.url} {one['id']}: {one['help']} {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in SERIOUS
    ]


def settled(page: Page) -> None:
    page.locator("main, [role=application]").first.wait_for()
    page.wait_for_function(STILL)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_serious_fault(window: Window, people: People, make_project: MakeProject, theme: str) -> None:
    project = make_project("Accessible", SCHEMA, [PHOTOS / "coffee.jpg"])
    task = people.client("manager").get(f"projects/{project}/tasks")["results"][0]["id"]
    page = window("manager", color_scheme=theme, bypass_csp=True)
    faults: list[str] = []
    for path in PAGES:
        page.goto(path.format(project=project, task=task))
        settled(page)
        page.add_script_tag(path=AXE)
        faults += serious(page)
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sign_in_page_has_no_serious_fault(window: Window, theme: str) -> None:
    page = window(None, color_scheme=theme, bypass_csp=True)
    page.goto("/")
    page.get_by_role("button", name="Sign in").wait_for()
    page.add_script_tag(path=AXE)
    assert serious(page) == []
