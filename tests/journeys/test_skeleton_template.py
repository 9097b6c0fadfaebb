"""A manager makes a skeleton's template on the schema page; a skeleton that is then drawn lies as the template says."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import Hand, near
from tests.journeys.pages import assignment_of
from tests.journeys.test_accessible import AXE, serious

BIRD = {
    "classes": [{"id": 1, "name": "bird", "color": "#ffa31f", "shapes": ["skeleton"]}],
    "item_attributes": [],
}


def click_frame(page: Page, x: float, y: float) -> None:
    """A click at a place of the frame of 1 × 1; the drawing is 300 units wide with 18 around the frame."""
    box = page.get_by_label("Template of the skeleton").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + (18 + x * 264) / 300 * box["width"], box["y"] + (18 + y * 264) / 300 * box["height"])


def test_joints_are_placed_joined_paired_and_drawn(window: Window, people: People, make_project: MakeProject) -> None:
    project = make_project("Birds", BIRD, [PHOTOS / "coffee.jpg"])
    page = window("manager", bypass_csp=True)
    page.goto(f"/projects/{project}/schema")
    editor = page.get_by_role("region", name="Skeleton")
    editor.scroll_into_view_if_needed()
    for x, y in ((0.5, 0.1), (0.9, 0.5), (0.1, 0.7)):
        click_frame(page, x, y)
    for number, name in enumerate(("beak", "left wing", "right wing"), start=1):
        editor.get_by_label(f"Name of joint {number}").fill(name)

    # The third hangs on the second, as it was set after it: it belongs on the first.
    editor.get_by_role("radio", name="Edges").click()
    editor.get_by_role("button", name="Joint 2: left wing").click()
    editor.get_by_role("button", name="Joint 3: right wing").click()
    page.keyboard.press("Escape")
    editor.get_by_role("radio", name="Left and right").click()
    editor.get_by_role("button", name="Joint 2: left wing").focus()
    page.keyboard.press("Enter")
    editor.get_by_role("button", name="Joint 3: right wing").focus()
    page.keyboard.press("Enter")
    expect(editor.get_by_text("↔ left wing")).to_be_visible()
    editor.get_by_role("button", name="Make symmetric").click()

    page.add_script_tag(path=AXE)
    assert serious(page) == []

    # By keys alone: the first joint moves down by a tenth and left by a hundredth.
    editor.get_by_role("radio", name="Joints").click()
    editor.get_by_role("button", name="Joint 1: beak").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowLeft")

    def stored() -> dict[str, object]:
        body = people.client("manager").get(f"projects/{project}/schema")
        return dict(body["body"]["classes"][0]["skeleton"] or {})

    page.get_by_role("button", name=re.compile("Publish version")).first.click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Publish")).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    template = stored()
    assert template["joints"] == ["beak", "left wing", "right wing"]
    assert template["edges"] == [[0, 1]]
    assert template["mirror"] == [[1, 2]]
    (bx, by), (lx, ly), (rx, ry) = template["positions"]  # type: ignore[misc]
    assert abs(bx - 0.49) < 0.005
    assert abs(by - 0.2) < 0.005
    assert abs(lx - 0.9) < 0.005
    assert ly == ry
    assert rx == round(1 - lx, 3)

    drawing = window("annotator")
    drawing.goto(f"/projects/{project}/label")
    hand = Hand(drawing, people=people)
    hand.ready()
    hand.assignment = assignment_of(drawing)
    hand.take("j")
    (ax, ay), (ex, ey) = hand.pull((100, 100), (300, 250))
    joints = hand.only("skeleton")["joints"]
    # The outermost joints touch the frame that was drawn.
    assert joints["left wing"] == near([ex, ey, 2])
    assert joints["right wing"] == near([ax, ey, 2])
    assert joints["beak"] == near([ax + (bx - rx) / (lx - rx) * (ex - ax), ay, 2])
