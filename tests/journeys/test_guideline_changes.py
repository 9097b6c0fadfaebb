"""From a question to a better guideline: asked, answered, published, read by everybody, and older work asked for again."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.client import box, put
from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA, Bench
from tests.pictures import jpeg
from tests.running import until

GUIDELINE = "# What to label\n\nCups and spoons.\n\n## Cup\n\nDraw every cup.\n\n## Spoon\n\nDraw every spoon."
ACCEPTED = 40
SHOTS = os.environ.get("LABELWRIGHT_SHOTS")


def shot(page: Page, name: str) -> None:
    """A picture to look at, where somebody wants them."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def test_a_question_becomes_guideline_and_forty_tasks_are_asked_for_again(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    project = _forty_accepted_and_one_open(people, make_project, tmp_path)
    annotator = window("annotator")
    _ask(annotator, project)
    reviewer = window("reviewer")
    _answer(reviewer, project)
    manager = window("manager")
    _publish(manager, project)
    _read(annotator, project)
    _ask_again(manager, people, project)


def _forty_accepted_and_one_open(people: People, make_project: MakeProject, folder: Path) -> int:
    files = [PHOTOS / "coffee.jpg"]
    for number in range(1, ACCEPTED + 1):
        file = folder / f"photo-{number:02}.jpg"
        file.write_bytes(jpeg(seed=number))
        files.append(file)
    project = make_project("Guideline", SCHEMA, files)
    manager, annotator = people.client("manager"), people.client("annotator")
    manager.call("PUT", f"projects/{project}/guidelines", {"markdown": GUIDELINE})
    manager.call("PUT", f"projects/{project}/workflow", {"stages": [{"kind": "annotate"}]})
    held = annotator.claim(project)  # the photo, which is left for the browser
    for _ in range(ACCEPTED):
        claim: dict[str, Any] = annotator.claim(project)
        annotator.save(claim["annotation"]["id"], [put(box(1, 5, 5, 20, 20))])
        annotator.post(f"assignments/{claim['assignment']['id']}/submit")
    assert held["asset"]["name"] == "coffee.jpg"
    return project


def _ask(page: Page, project: int) -> None:
    page.goto(f"/projects/{project}/label")
    bench = Bench(page).ready()
    bench.box("1", (150, 60), (430, 330))
    bench.regions(1)
    page.get_by_role("button", name="Other ways to end this task").click()
    page.get_by_role("menuitem", name="Park with a question…").click()
    dialog = page.get_by_role("dialog", name="Park with a question")
    expect(dialog).to_contain_text("About Cup 1")
    dialog.get_by_label("Question").fill("Does the handle belong to the cup?")
    dialog.get_by_role("button", name=re.compile("^Park with this question")).click()
    expect(page.get_by_text("Nothing left to label")).to_be_visible()


def _answer(page: Page, project: int) -> None:
    page.goto(f"/projects/{project}/questions")
    detail = page.get_by_role("region", name="The question")
    expect(detail).to_contain_text("Does the handle belong to the cup?")
    expect(detail.get_by_role("img", name="The region that is asked about")).to_be_visible()
    shot(page, "question-open")
    detail.get_by_label("Answer").fill("Yes, the handle is part of it.")
    page.keyboard.press("Control+Enter")
    detail.get_by_role("button", name="As a good example").click()
    expect(detail).to_contain_text("in the draft")
    shot(page, "question-answered")


def _publish(page: Page, project: int) -> None:
    page.goto(f"/projects/{project}/guidelines")
    page.get_by_role("button", name="Go on with the draft").click()
    preview = page.get_by_role("article", name="Preview")
    expect(preview).to_contain_text("Yes, the handle is part of it.")
    expect(preview.get_by_role("img", name="Does the handle")).to_be_visible()
    shot(page, "guideline-draft")
    page.get_by_role("button", name=re.compile("^Publish…")).click()
    dialog = page.get_by_role("dialog", name="Publish version 2?")
    dialog.get_by_role("textbox", name="What changed").fill("Handles of cups")
    expect(dialog).to_contain_text("Does the handle belong to the cup?")
    shot(page, "guideline-publish")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("version 2", exact=True)).to_be_visible()
    expect(page.get_by_role("complementary", name="About this version")).to_contain_text("1 of 2 who work here")


def _read(page: Page, project: int) -> None:
    page.goto(f"/projects/{project}/label")
    changed = page.get_by_role("region", name="The guideline has changed")
    expect(changed).to_contain_text("Yes, the handle is part of it.")
    expect(changed).to_contain_text("Why: Handles of cups")
    shot(page, "guideline-changed")
    page.keyboard.press("Control+Enter")
    bench = Bench(page).ready()  # the parked task came back, with its draft
    bench.regions(1)
    expect(page.get_by_label("Your question was answered")).to_contain_text("the handle is part of it")


def _ask_again(page: Page, people: People, project: int) -> None:
    side = page.get_by_role("complementary", name="About this version")
    expect(side).to_contain_text("All 2 who work here have read it.")
    expect(side).to_contain_text("40 accepted tasks were made before this version.")
    shot(page, "guideline-page")
    side.get_by_role("button", name="Ask for it again").click()
    dialog = page.get_by_role("dialog", name="Ask for accepted work again?")
    expect(dialog.get_by_role("checkbox", name=re.compile("Cup"))).to_be_checked()
    expect(dialog.get_by_role("status")).to_contain_text("40 tasks come back")
    shot(page, "guideline-ask-again")
    dialog.get_by_role("button", name="Ask for it again").click()
    expect(page.get_by_text("40 tasks were asked for again")).to_be_visible()
    states = lambda: people.client("manager").get(f"projects/{project}/stats")["states"]  # noqa: E731
    until(lambda: states().get("rework") == ACCEPTED)
