"""axe finds nothing serious on any page, light and dark, English and German."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.client import box, put
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
SHOWN_IN = "(theme) => document.documentElement.dataset.mantineColorScheme === theme"
SERIOUS = {"serious", "critical"}
PAGES = (
    "/projects",
    "/projects/new",
    "/work",
    "/jobs",
    "/jobs/{job}",
    "/organisation",
    "/account",
    "/account/keyboard",
    "/tasks/{task}",
    "/projects/{project}",
    "/projects/{project}/data",
    "/projects/{project}/look-alikes",
    "/projects/{project}/regions",
    "/projects/{project}/findings",
    "/projects/{project}/schema",
    "/projects/{project}/guidelines",
    "/projects/{project}/questions",
    "/projects/{project}/feedback",
    "/projects/{project}/statistics",
    "/notifications",
    "/projects/{project}/settings",
    "/projects/{project}/settings/workflow",
    "/projects/{project}/settings/webhooks",
    "/projects/{project}/batches",
    "/projects/{project}/versions",
    "/projects/{project}/exchange",
    "/projects/{project}/models",
    "/projects/{project}/members",
    "/projects/{project}/review",
    "/assignments/{assignment}",
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


def serious_in_both(page: Page) -> list[str]:
    """In the light theme and in the dark one, without a second visit."""
    found = []
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.wait_for_function(SHOWN_IN, arg=theme)
        found += serious(page)
    return found


def settled(page: Page) -> None:
    """Until the page stands with all that it first asked for, and a task is on its canvas where it has one."""
    page.locator("main, [role=application]").first.wait_for()
    page.wait_for_function(STILL)


@dataclass
class Places:
    """What the addresses of pages name."""

    project: int
    task: int
    assignment: int
    job: int

    def faults(self, page: Page, *, dark: bool = False) -> list[str]:
        found: list[str] = []
        for path in PAGES:
            page.goto(path.format(**vars(self)))
            settled(page)
            page.add_script_tag(path=AXE)
            found += serious_in_both(page) if dark else serious(page)
        return found


@pytest.fixture
def places(people: People, make_project: MakeProject) -> Places:
    """A project with an accepted task, one in the manager's hands, and a job that has ended."""
    manager, annotator, reviewer = (people.client(role) for role in ("manager", "annotator", "reviewer"))
    project = make_project("Accessible", SCHEMA, [PHOTOS / "coffee.jpg", PHOTOS / "cat.jpg"])
    done = annotator.claim(project)
    annotator.save(done["annotation"]["id"], [put(box(1, 50, 50, 100, 80))])
    annotator.post(f"assignments/{done['assignment']['id']}/submit")
    judged = reviewer.claim(project, "review")["revision"]["id"]
    reviewer.post(f"revisions/{judged}/reviews", {"verdict": "accept"})
    own = manager.claim(project)["assignment"]["id"]
    job = manager.post(f"projects/{project}/exports", {"format": "coco"})["job"]["id"]
    manager.wait(job)
    return Places(project=project, task=done["task"]["id"], assignment=own, job=job)


@pytest.fixture
def in_german(people: People) -> Iterator[None]:
    """The manager reads German meanwhile."""
    people.client("manager").call("PATCH", "auth/me", {"language": "de"})
    yield
    people.client("manager").call("PATCH", "auth/me", {"language": "en"})


def test_no_page_has_a_serious_fault_light_or_dark(window: Window, places: Places) -> None:
    faults = places.faults(window("manager", bypass_csp=True), dark=True)
    assert faults == [], "\n".join(faults)


@pytest.mark.soak  # the same pages with longer words
@pytest.mark.usefixtures("in_german")
def test_no_page_has_a_serious_fault_in_german(window: Window, places: Places) -> None:
    page = window("manager", bypass_csp=True)
    faults = places.faults(page)
    assert faults == [], "\n".join(faults)
    assert page.locator("html").get_attribute("lang") == "de"


def test_the_sign_in_page_has_no_serious_fault(window: Window) -> None:
    page = window(None, bypass_csp=True)
    page.goto("/")
    page.get_by_role("button", name="Sign in").wait_for()
    page.add_script_tag(path=AXE)
    assert serious_in_both(page) == []


def test_the_invitation_page_has_no_serious_fault(window: Window, people: People) -> None:
    manager = people.client("manager")
    organisation = manager.get("auth/me")["organisations"][0]["id"]
    made = manager.post(f"organisations/{organisation}/invitations", {"role": "annotator"})
    page = window(None, bypass_csp=True)
    for address, heading in ((made["url"], "invites you to"), ("/invite/nobody-has-this", "cannot be used")):
        page.goto(address)
        page.get_by_role("heading", level=1).or_(page.get_by_role("link")).first.wait_for()
        settled(page)
        page.add_script_tag(path=AXE)
        assert serious_in_both(page) == []
        expect(page.locator("main")).to_contain_text(heading)


def test_judged_work_and_the_tools_of_the_queue_have_no_serious_fault(
    window: Window, places: Places, people: People
) -> None:
    page = window("reviewer", bypass_csp=True)
    mine = people.client("reviewer").get("assignments", params={"state": "submitted", "project": places.project})
    page.goto(f"/projects/{places.project}/review?assignment={mine['results'][0]['id']}&why=empty")
    expect(page.get_by_role("group", name="Verdict")).to_contain_text("You accepted this")
    settled(page)
    page.add_script_tag(path=AXE)
    faults = serious_in_both(page)
    page.get_by_role("button", name="Filter the queue").click()
    page.get_by_role("combobox", name="Reason to look").wait_for()
    faults += serious_in_both(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Order of the queue").click()
    page.get_by_role("menuitemradio").first.wait_for()
    faults += serious_in_both(page)
    assert faults == [], "\n".join(faults)
