"""Regions put in order by keys and by the menu: what is saved is exact, and each is one step back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import Hand, near
from tests.journeys.pages import SCHEMA, assignment_of


@pytest.fixture
def hand(window: Window, people: People, make_project: MakeProject) -> Hand:
    project = make_project("Arrange", SCHEMA, [PHOTOS / "coffee.jpg", PHOTOS / "cat.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    made = Hand(page, people=people)
    made.ready().pictured()
    made.assignment = assignment_of(page)
    return made


Box = tuple[float, float, float, float]


def three(hand: Hand) -> list[Box]:
    """Three boxes from left to right; all are selected, the first one first."""
    drawn = [
        hand.box("1", (60, 60), (140, 120)),
        hand.box("1", (220, 110), (260, 150)),
        hand.box("2", (400, 90), (520, 210)),
    ]
    hand.saved_when(lambda all_: len(all_) == 3)
    choose_all(hand, drawn)
    return drawn


def choose_all(hand: Hand, boxes: list[Box]) -> None:
    hand.press("Escape", "Escape", "v")
    for x, y, w, h in boxes:
        hand.click((x + w / 2, y + h / 2), modifiers=("Shift",))
    expect(hand.page.get_by_role("heading", name=f"{len(boxes)} regions selected")).to_be_visible()


def geometries(hand: Hand) -> list[dict[str, Any]]:
    """The saved boxes, from the first that was drawn."""
    return [one["geometry"] for one in hand.saved()]


def awaited(hand: Hand, boxes: list[Box]) -> None:
    wanted = [near({"x": x, "y": y, "w": w, "h": h}) for x, y, w, h in boxes]
    hand.saved_when(lambda all_: [one["geometry"] for one in all_] == wanted)


def test_boxes_are_aligned_spread_sized_and_nudged_each_in_one_step(hand: Hand) -> None:
    boxes = three(hand)
    (ax, ay, aw, ah), (bx, by, bw, bh), (cx, cy, cw, ch) = boxes

    hand.press("Alt+a")
    awaited(hand, [(ax, ay, aw, ah), (ax, by, bw, bh), (ax, cy, cw, ch)])
    hand.press("Control+z")
    awaited(hand, boxes)

    hand.press("Alt+s")
    low = max(ay + ah, by + bh, cy + ch)
    awaited(hand, [(ax, low - ah, aw, ah), (bx, low - bh, bw, bh), (cx, low - ch, cw, ch)])
    hand.press("Control+z")
    awaited(hand, boxes)

    # By the menu: the one in the middle gets the same room on both sides.
    hand.page.get_by_role("button", name="Arrange", exact=True).click()
    hand.page.get_by_role("menuitem", name="Same room across").click()
    middle = ax + aw + (cx + cw - ax - aw - bw - cw) / 2
    awaited(hand, [boxes[0], (middle, by, bw, bh), boxes[2]])
    hand.press("Control+z")
    awaited(hand, boxes)

    hand.press("Alt+z")
    sized = [(x + w / 2 - aw / 2, y + h / 2 - ah / 2, aw, ah) for x, y, w, h in boxes]
    awaited(hand, sized)
    hand.press("Shift+ArrowRight", "ArrowDown")
    awaited(hand, [(x + 10, y + 1, w, h) for x, y, w, h in sized])
    hand.press("Control+z", "Control+z", "Control+z")
    awaited(hand, boxes)


def test_groups_parents_layers_flags_and_locks_are_saved_as_they_should(hand: Hand) -> None:
    three(hand)
    hand.press("Control+g")
    grouped = hand.saved_when(lambda all_: all("group" in one for one in all_))
    assert len({one["group"] for one in grouped}) == 1
    hand.press("Control+Shift+g")
    hand.saved_when(lambda all_: not any("group" in one for one in all_))

    hand.press("Shift+p")
    first, *others = hand.saved_when(lambda all_: sum("parent" in one for one in all_) == 2)
    assert {one["parent"] for one in others} == {first["id"]}
    hand.press("Alt+p")
    hand.saved_when(lambda all_: not any("parent" in one for one in all_))

    for number, flag in enumerate(("truncated", "difficult", "crowd", "ignore", "uncertain"), start=1):
        hand.press(f"Alt+{number}")
        hand.saved_when(lambda all_, flag=flag: all(flag in one.get("flags", []) for one in all_))  # type: ignore[misc]
    hand.press("Alt+3")
    hand.saved_when(lambda all_: all("crowd" not in one["flags"] and "ignore" in one["flags"] for one in all_))
    hand.press("q")
    hand.saved_when(lambda all_: all(one.get("occluded") for one in all_))
    hand.page.get_by_role("button", name="Flags").click()
    hand.page.get_by_role("menuitemcheckbox", name="ignore").click()
    hand.saved_when(lambda all_: all("ignore" not in one["flags"] for one in all_))
    hand.page.keyboard.press("Escape")
    expect(hand.page.get_by_role("heading", name="3 regions selected")).to_be_visible()

    # Locked ones stay where they are; hidden ones are not to be hit.
    before = geometries(hand)
    hand.canvas.focus()
    hand.press("Shift+l", "Alt+a", "ArrowRight", "Delete")
    hand.press("Shift+l", "ArrowRight")
    # One step, all three of them: edits come in order, so that the step before and the deletion did nothing.
    hand.saved_when(lambda all_: all_[0]["geometry"]["x"] == near(before[0]["x"] + 1))
    assert len(geometries(hand)) == len(before)


def test_the_order_of_layers_is_saved_with_the_regions(hand: Hand) -> None:
    small = hand.box("1", (120, 120), (180, 170))
    hand.box("2", (100, 100), (300, 300))
    hand.saved_when(lambda all_: len(all_) == 2)
    hand.press("Shift+PageUp")
    first, second = hand.saved_when(lambda all_: any(one.get("z") for one in all_))
    assert second["z"] > first.get("z", 0)
    # Under the pointer the smallest is taken whatever lies above it, and the one beneath by a second click.
    x, y, w, h = small
    hand.press("v")
    for name in ("Cup 1", "Spoon 2", "Cup 1"):
        hand.click((x + w / 2, y + h / 2))
        expect(hand.page.get_by_role("heading", name=name)).to_be_visible()


def test_a_class_is_given_by_typing_and_by_the_eyedropper(hand: Hand) -> None:
    three(hand)
    hand.press("c")
    hand.page.keyboard.type("spo")
    hand.press("Enter")
    hand.saved_when(lambda all_: {one["class"] for one in all_} == {2})
    hand.press("Control+z")
    regions = hand.saved_when(lambda all_: [one["class"] for one in all_] == [1, 1, 2])
    third = regions[2]["geometry"]
    hand.press("Escape", "Escape", "v")
    first = regions[0]["geometry"]
    hand.click((first["x"] + 5, first["y"] + 5))
    hand.page.mouse.move(*hand.screen(third["x"] + 20, third["y"] + 20))
    hand.press("i")
    hand.saved_when(lambda all_: [one["class"] for one in all_] == [2, 1, 2])


def test_copies_go_beside_under_the_pointer_and_to_the_next_image(hand: Hand) -> None:
    x, y, w, h = hand.box("1", (60, 60), (140, 120))
    hand.saved_when(lambda all_: len(all_) == 1)
    zoom, *_ = hand.camera()
    hand.press("Control+d")
    aside = 12 / zoom
    saved = hand.saved_when(lambda all_: len(all_) == 2)
    assert saved[1]["geometry"] == near({"x": x + aside, "y": y + aside, "w": w, "h": h})

    hand.press("Control+c")
    hand.page.mouse.move(*(at := hand.screen(400, 250)))
    hand.press("Control+v")
    px, py = hand.image(at)
    saved = hand.saved_when(lambda all_: len(all_) == 3)
    assert saved[2]["geometry"] == near({"x": px - w / 2, "y": py - h / 2, "w": w, "h": h})
    all_of_them = [one["geometry"] for one in saved]
    first = hand.assignment

    hand.press("Control+Enter")
    hand.page.wait_for_url(lambda url: "/assignments/" in url and not url.endswith(f"/{first}"))
    hand.assignment = assignment_of(hand.page)
    assert hand.assignment != first
    hand.size = (451, 300)
    hand.ready().pictured()
    hand.page.mouse.move(*(at := hand.screen(220, 150)))
    hand.press("Control+v")
    px, py = hand.image(at)
    assert hand.only("box") == near({"x": px - w / 2, "y": py - h / 2, "w": w, "h": h})
    hand.press("Delete")
    hand.saved_when(lambda all_: not all_)

    # All of the last image's regions again, as far as this one holds them.
    hand.press("Shift+r")
    saved = hand.saved_when(lambda all_: len(all_) == 3)
    for one, before in zip(saved, all_of_them, strict=True):
        inside = {
            **before,
            "w": min(before["w"], 451 - before["x"]),
            "h": min(before["h"], 300 - before["y"]),
        }
        assert one["geometry"] == near(inside)
    hand.press("Control+z")
    hand.saved_when(lambda all_: not all_)
