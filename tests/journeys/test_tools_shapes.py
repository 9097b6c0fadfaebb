"""Every shape but polygons and masks, drawn on a photo by pointer and keys: what is saved is where the hand was."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import SHAPES, Hand, flat, near
from tests.journeys.pages import assignment_of


@pytest.fixture
def hand(window: Window, people: People, make_project: MakeProject) -> Hand:
    project = make_project("Shapes", SHAPES, [PHOTOS / "coffee.jpg"])
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    made = Hand(page, people=people)
    made.ready()
    made.assignment = assignment_of(page)
    return made


def test_a_box_by_a_drag_by_two_clicks_from_its_centre_and_by_four_points(hand: Hand) -> None:
    hand.take("b")
    (ax, ay), (bx, by) = hand.pull((100, 80), (220, 160))
    assert hand.only("box") == near({"x": ax, "y": ay, "w": bx - ax, "h": by - ay})
    hand.press("Delete")

    (ax, ay), (bx, by) = hand.click((300, 90), (250, 200))
    saved = hand.saved_when(lambda all_: len(all_) == 1 and all_[0]["geometry"]["x"] > 240)
    assert saved[0]["geometry"] == near({"x": bx, "y": ay, "w": ax - bx, "h": by - ay})
    hand.press("Delete")
    hand.saved_when(lambda all_: not all_)

    (cx, cy), (ex, ey) = hand.pull((400, 200), (440, 230), modifiers=("Alt",))
    assert hand.only("box") == near({"x": cx - (ex - cx), "y": cy - (ey - cy), "w": 2 * (ex - cx), "h": 2 * (ey - cy)})
    hand.press("Delete")
    hand.saved_when(lambda all_: not all_)

    hand.choose("Four outermost points")
    points = hand.click((300, 100), (240, 150), (310, 260), (420, 170))
    xs, ys = [x for x, _ in points], [y for _, y in points]
    box = {"x": min(xs), "y": min(ys), "w": max(xs) - min(xs), "h": max(ys) - min(ys)}
    assert hand.only("box") == near(box)


def test_how_a_box_is_drawn_is_kept_for_the_next_visit(hand: Hand) -> None:
    hand.take("b")
    hand.choose("Four outermost points")
    hand.page.reload()
    hand.ready()
    hand.take("b")
    expect(hand.page.get_by_role("radio", name="Four outermost points")).to_have_attribute("aria-checked", "true")


def test_a_rotated_box_by_its_first_edge_and_its_width_turned_by_its_handle(hand: Hand) -> None:
    hand.take("r")
    a, b, c = hand.click((150, 100), (270, 190), (200, 230))
    length = math.dist(a, b)
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    width = (c[1] - a[1]) * ux - (c[0] - a[0]) * uy
    expected = {
        "cx": (a[0] + b[0]) / 2 - uy * width / 2,
        "cy": (a[1] + b[1]) / 2 + ux * width / 2,
        "w": length,
        "h": width,
        "angle": math.degrees(math.atan2(uy, ux)),
    }
    assert hand.only("rotated_box") == near(expected)

    # A side is dragged outwards in the box's own direction: the opposite side stays.
    hand.press("v")
    side = (expected["cx"] + ux * length / 2, expected["cy"] + uy * length / 2)
    start, end = hand.pull(side, (side[0] + 40 * ux, side[1] + 40 * uy))
    grown = (end[0] - expected["cx"]) * ux + (end[1] - expected["cy"]) * uy + length / 2
    saved = hand.saved_when(lambda all_: all_[0]["geometry"]["w"] > length + 20)[0]["geometry"]
    assert saved["w"] == near(grown)
    assert saved["h"] == near(width)
    assert saved["angle"] == near(expected["angle"])
    assert math.dist(start, side) < 2


def test_an_ellipse_in_a_frame_as_a_circle_and_by_its_axis(hand: Hand) -> None:
    hand.take("e")
    (ax, ay), (bx, by) = hand.pull((200, 100), (320, 180))
    expected = {"cx": (ax + bx) / 2, "cy": (ay + by) / 2, "rx": (bx - ax) / 2, "ry": (by - ay) / 2, "angle": 0}
    assert hand.only("ellipse") == near(expected)
    hand.press("Delete")
    hand.saved_when(lambda all_: not all_)

    (cx, cy), (ex, ey) = hand.pull((300, 200), (340, 210), modifiers=("Shift", "Alt"))
    radius = max(abs(ex - cx), abs(ey - cy))
    assert hand.only("ellipse") == near({"cx": cx, "cy": cy, "rx": radius, "ry": radius, "angle": 0})
    hand.press("Delete")
    hand.saved_when(lambda all_: not all_)

    hand.choose("Axis, then width")
    a, b, c = hand.click((200, 200), (300, 150), (260, 200))
    length = math.dist(a, b)
    beside = ((c[1] - a[1]) * (b[0] - a[0]) - (c[0] - a[0]) * (b[1] - a[1])) / length
    saved = hand.only("ellipse")
    assert (saved["rx"], saved["ry"]) == near((length / 2, abs(beside)))
    assert (saved["cx"], saved["cy"]) == near(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2))
    assert saved["angle"] == near(math.degrees(math.atan2(b[1] - a[1], b[0] - a[0])))


def test_a_polyline_of_clicks_takes_one_back_and_ends_with_enter(hand: Hand) -> None:
    hand.take("l")
    points = hand.click((100, 100), (180, 140), (260, 90))
    hand.click((400, 300))
    hand.press("Control+z", "Enter")
    assert hand.only("polyline")["points"] == near(flat(points))


def test_points_gather_until_enter(hand: Hand) -> None:
    hand.take("k")
    points = hand.click((100, 100), (180, 140), (260, 90))
    hand.regions(0)
    hand.press("Enter")
    hand.regions(1)
    assert hand.only("points")["points"] == near(flat(points))


def test_a_skeleton_in_a_frame_has_its_joints_hidden_taken_away_and_swapped(hand: Hand) -> None:
    hand.take("j")
    (ax, ay), (bx, by) = hand.pull((200, 80), (320, 280))
    joints = hand.only("skeleton")["joints"]
    assert joints["head"] == near([(ax + bx) / 2, ay, 2])
    assert joints["left hand"] == near([bx, by, 2])
    assert joints["right hand"] == near([ax, by, 2])

    hand.press("v")
    hand.click(((ax + bx) / 2, ay))
    hand.saved_when(lambda all_: all_[0]["geometry"]["joints"]["head"][2] == 1)
    hand.press("Shift+W")
    saved = hand.saved_when(lambda all_: all_[0]["geometry"]["joints"]["left hand"][0] < 220)
    assert saved[0]["geometry"]["joints"]["left hand"] == near([ax, by, 2])
    hand.click((bx, by), modifiers=("Alt",))
    hand.saved_when(lambda all_: all_[0]["geometry"]["joints"]["right hand"][2] == 0)
    hand.press("Shift+J")
    hand.saved_when(lambda all_: all_[0]["geometry"]["joints"]["right hand"][2] == 1)


def test_a_skeleton_joint_by_joint(hand: Hand) -> None:
    hand.take("j")
    hand.choose("Joint by joint")
    (head,) = hand.click((260, 90))
    (left,) = hand.click((320, 240), modifiers=("Shift",))
    hand.click((200, 240), modifiers=("Alt",))
    joints = hand.only("skeleton")["joints"]
    assert joints["head"] == near([*head, 2])
    assert joints["left hand"] == near([*left, 1])
    assert joints["right hand"] == [0, 0, 0]


def test_a_cuboid_by_its_front_and_its_far_corner(hand: Hand) -> None:
    hand.press("Escape", "Escape")
    hand.page.get_by_role("button", name="Cuboid").click()
    (ax, ay), (bx, by) = hand.pull((150, 150), (260, 240))
    ((fx, fy),) = hand.click((310, 200))
    w, h = bx - ax, by - ay
    saved = hand.only("cuboid2d")
    assert saved["front"] == near([ax, ay, w, h])
    assert saved["back"] == near([ax + fx - bx, ay + fy - by, w, h])


def test_what_has_no_area_is_told_at_once_and_not_drawn(hand: Hand) -> None:
    hand.take("b")
    hand.click((200, 200), (200, 200))
    expect(hand.page.get_by_text("Too small: nothing was drawn").first).to_be_visible()
    hand.regions(0)
