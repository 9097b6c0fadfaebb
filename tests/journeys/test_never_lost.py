"""No stroke is lost: a killed tab, a session that ended, somebody else at the same device, a reload in the middle of undo."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from playwright.sync_api import Error, Page, expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import EXACT
from tests.journeys.pages import SCHEMA, Bench, assignment_of, sign_in
from tests.running import until

STROKES = 500
BY_HAND = STROKES if os.environ.get("LABELWRIGHT_SOAK") else 25
COLUMNS = 25


def kill_tab(page: Page) -> None:
    """The process of the tab ends at once, as when the machine runs out of memory."""
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=5_000)


def session_ends(page: Page) -> None:
    """The session is over, and the page learns it at once, whatever it is asking just now."""
    page.context.clear_cookies()
    page.evaluate(
        "new BroadcastChannel('labelwright-events').postMessage({ id: '', type: 'session.ended', data: null })"
    )
    expect(page.get_by_role("dialog", name="Your session ended")).to_be_visible()


def opened(page: Page, people: People) -> tuple[Bench, int]:
    bench = Bench(page).ready()
    return bench, assignment_of(page)


def test_strokes_drawn_offline_survive_a_killed_tab(window: Window, people: People, make_project: MakeProject) -> None:
    project = make_project("Killed tab", SCHEMA, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench, assignment = opened(page, people)
    page.context.set_offline(True)
    page.keyboard.press("b")
    page.keyboard.press("1")
    corners = [(8 + 23 * (n % COLUMNS), 6 + 19 * (n // COLUMNS)) for n in range(STROKES)]
    drawn = bench.drags([((x, y), (x + 15, y + 12)) for x, y in corners], by_hand=BY_HAND)
    bench.regions(STROKES)
    expect(page.locator(".pill")).to_contain_text(f"{STROKES} waiting")
    assert people.elements(assignment) == []

    context = page.context
    kill_tab(page)
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(f"/assignments/{assignment}")

    Bench(again).ready().regions(STROKES)
    expect(again.locator(".pill")).to_contain_text("Saved")
    saved = until(lambda: (found := people.elements(assignment)) and len(found) == STROKES and found)
    boxes = sorted(tuple(one["geometry"][side] for side in "xywh") for one in saved)
    off = max(
        abs(a - b) for one, other in zip(boxes, sorted(drawn), strict=True) for a, b in zip(one, other, strict=True)
    )
    assert off < EXACT


def test_signing_in_again_over_the_canvas_sends_what_was_drawn_meanwhile(
    window: Window, people: People, make_project: MakeProject, passwords: dict[str, str]
) -> None:
    project = make_project("Session ended", SCHEMA, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench, assignment = opened(page, people)
    bench.box("1", (100, 60), (200, 160))
    until(lambda: len(people.elements(assignment)) == 1)

    dialog = page.get_by_role("dialog", name="Your session ended")
    page.keyboard.press("2")
    bench.drag((220, 60), (320, 160), meanwhile=lambda: session_ends(page))
    expect(dialog.get_by_label("E-mail")).to_have_value("annotator@labelwright.local")
    sign_in(page, "annotator@labelwright.local", passwords["annotator"])

    expect(dialog).to_be_hidden()
    expect(page.locator(".pill")).to_contain_text("Saved")
    bench.regions(2)
    assert len(people.elements(assignment)) == 2
    bench.box("1", (340, 60), (440, 160))
    until(lambda: len(people.elements(assignment)) == 3)


def test_what_one_person_left_is_never_sent_as_another_s_and_goes_out_when_they_are_back(
    window: Window, people: People, make_project: MakeProject, passwords: dict[str, str]
) -> None:
    project = make_project("Two at one device", SCHEMA, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench, assignment = opened(page, people)
    page.keyboard.press("b")
    page.keyboard.press("1")
    bench.drag((100, 60), (200, 160), meanwhile=lambda: session_ends(page))
    dialog = page.get_by_role("dialog", name="Your session ended")
    sign_in(page, "reviewer@labelwright.local", passwords["reviewer"])
    expect(dialog).to_be_hidden()

    page.goto("/projects")
    notice = page.get_by_role("status").filter(has_text="on this device")
    expect(notice).to_contain_text("1 edit by")
    expect(notice).to_contain_text("It is sent when they sign in here.")
    assert people.elements(assignment) == []

    page.context.clear_cookies()
    page.goto("/projects")
    sign_in(page, "annotator@labelwright.local", passwords["annotator"])
    page.get_by_role("link", name="Open the task and send them").click()
    Bench(page).ready().regions(1)
    until(lambda: len(people.elements(assignment)) == 1)
    page.goto("/projects")
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="this device")).to_have_count(0)


def test_undo_goes_on_after_a_reload_where_it_was(window: Window, people: People, make_project: MakeProject) -> None:
    project = make_project("Undo", SCHEMA, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench, assignment = opened(page, people)
    for x in (40, 180, 320):
        bench.box("1", (x, 60), (x + 100, 160))
    page.keyboard.press("Control+z")
    bench.regions(2)
    until(lambda: len(people.elements(assignment)) == 2)

    page.reload()
    bench.ready().regions(2)
    page.keyboard.press("Control+Shift+z")
    bench.regions(3)
    for left in (2, 1, 0):
        page.keyboard.press("Control+z")
        bench.regions(left)
    until(lambda: people.elements(assignment) == [])
    page.keyboard.press("Control+y")
    bench.regions(1)


def test_a_second_tab_shows_each_stroke_and_the_one_that_is_drawn_in_sends(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Two tabs", SCHEMA, [PHOTOS / "coffee.jpg"])
    first = window("annotator")
    first.goto(f"/projects/{project}/label")
    bench, assignment = opened(first, people)
    bench.box("1", (100, 60), (200, 160))
    until(lambda: len(people.elements(assignment)) == 1)

    second = first.context.new_page()
    second.goto(f"/assignments/{assignment}")
    other = Bench(second).ready()
    expect(second.locator(".pill")).to_contain_text("Open in another tab")
    first.bring_to_front()
    bench.box("1", (340, 60), (440, 160))
    other.regions(2)

    second.bring_to_front()
    other.box("2", (220, 60), (320, 160))
    until(lambda: len(people.elements(assignment)) == 3)
    bench.regions(3)
    expect(first.locator(".pill")).to_contain_text("Open in another tab")

    # By turns within a moment, and one region again before the other tab may have sent it.
    moved = other.box("2", (100, 200), (140, 240))
    drawn = bench.box("1", (160, 200), (200, 240))
    second.keyboard.press("ArrowRight")
    for n, one in enumerate((bench, other) * 3):
        one.drags([((220 + 50 * n, 200), (250 + 50 * n, 240))])
    second.keyboard.press("v")
    for one in (bench, other):
        one.regions(11)
    saved = until(lambda: (found := people.elements(assignment)) and len(found) == 11 and found)
    lefts = sorted(each["geometry"]["x"] for each in saved)
    assert min(abs(x - drawn[0]) for x in lefts) < EXACT
    until(lambda: any(abs(e["geometry"]["x"] - moved[0] - 1) < EXACT for e in people.elements(assignment)))
    expect(first.locator(".pill")).to_contain_text("Open in another tab")
    expect(second.locator(".pill")).to_contain_text("Saved")
    second.close()
    expect(first.locator(".pill")).to_contain_text("Saved")


def test_a_refused_region_can_be_kept_in_a_file_and_tried_again(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project("Refused", SCHEMA, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench, assignment = opened(page, people)

    def refuse(route) -> None:  # type: ignore[no-untyped-def]
        edits = json.loads(route.request.post_data)["edits"]
        rejected = [{"id": edit["id"], "code": "unknown_class", "detail": "No such class."} for edit in edits]
        answer = {
            "version": 0,
            "accepted": [],
            "conflicts": [],
            "rejected": rejected,
            "findings": [],
            "rules_pending": [],
        }
        route.fulfill(json=answer)

    page.route("**/edits", refuse)
    bench.box("1", (100, 60), (200, 160))
    page.get_by_role("button", name="1 region refused").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("No such class.")
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="Save as a file").click()
    waiting.value.save_as(tmp_path / "unsent.json")
    content = json.loads((tmp_path / "unsent.json").read_text())
    assert content["image"]["name"] == "coffee.jpg"
    assert [(edit["state"], edit["code"]) for edit in content["edits"]] == [("refused", "unknown_class")]
    assert content["edits"][0]["after"]["shape"] == "box"

    page.unroute("**/edits")
    dialog.get_by_role("button", name="Try again").click()
    until(lambda: len(people.elements(assignment)) == 1)


def test_a_task_taken_while_the_network_was_gone_leaves_what_was_drawn_in_a_file(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project("Taken meanwhile", SCHEMA, [PHOTOS / "coffee.jpg", PHOTOS / "cat.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    bench, assignment = opened(page, people)
    bench.box("1", (100, 60), (200, 160))
    until(lambda: len(people.elements(assignment)) == 1)

    page.context.set_offline(True)
    drawn = bench.box("2", (220, 60), (320, 160))
    bench.regions(2)
    manager = people.client("manager")
    manager.post(f"assignments/{assignment}/hand-over", {"to": manager.get("auth/me")["id"]})
    page.context.set_offline(False)

    told = page.get_by_role("alert").filter(has_text="not in your hands any more")
    with page.expect_download() as waiting:
        told.get_by_role("button", name="Save what is not sent").click()
    waiting.value.save_as(tmp_path / "unsent.json")
    edits = json.loads((tmp_path / "unsent.json").read_text())["edits"]
    assert [edit["after"]["class"] for edit in edits] == [2]
    kept = edits[0]["after"]["geometry"]
    assert max(abs(kept[side] - value) for side, value in zip("xywh", drawn, strict=True)) <= EXACT
    bench.regions(2)


def test_a_photo_that_does_not_load_is_named_and_comes_when_asked_for_again(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("No photo", SCHEMA, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    page.route("**/media/**", lambda route: route.abort())
    page.goto(f"/projects/{project}/label")
    told = page.get_by_role("alert").filter(has_text="did not load")
    expect(told).to_contain_text("coffee.jpg")

    page.unroute("**/media/**")
    told.get_by_role("button", name="Try again").click()
    bench, assignment = opened(page, people)
    bench.pictured()
    expect(told).to_have_count(0)
    bench.box("1", (100, 60), (200, 160))
    until(lambda: len(people.elements(assignment)) == 1)
