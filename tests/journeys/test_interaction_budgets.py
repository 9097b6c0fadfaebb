"""What a person has to do for the things done all day long, counted: presses of the pointer and of keys."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.client import box, put
from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import Hand
from tests.journeys.pages import SCHEMA, assignment_of

# Every press that reaches the page: a chord is one, and a key held down is not many.
COUNT = """
window.effort = {clicks: 0, keys: 0};
addEventListener("pointerdown", () => { window.effort.clicks++; }, true);
addEventListener("keydown", (event) => {
    if (!event.repeat && !["Shift", "Control", "Alt", "Meta"].includes(event.key)) window.effort.keys++;
}, true);
"""
TWO = [PHOTOS / name for name in ("coffee.jpg", "cat.jpg")]
ADJECTIVES = (
    "red",
    "blue",
    "old",
    "new",
    "tall",
    "flat",
    "open",
    "dark",
    "round",
    "thin",
    "wet",
    "long",
    "low",
    "odd",
    "raw",
)
NOUNS = (
    "cup",
    "van",
    "roof",
    "tree",
    "sign",
    "lamp",
    "door",
    "bench",
    "fence",
    "wheel",
    "rope",
    "ship",
    "bird",
    "horse",
)
# A class among 500, and the keys that name it after C.
NUMBERS = ((347, "347"), (500, "500"), (60, "60"), (48, "48\n"), (11, "11\n"), (215, "215"))


@dataclass
class Effort:
    clicks: int = 0
    keys: int = 0


@contextmanager
def counted(page: Page) -> Iterator[Effort]:
    """How often pointer and keys were pressed meanwhile."""
    found = Effort()
    before = page.evaluate("window.effort")
    yield found
    after = page.evaluate("window.effort")
    found.clicks, found.keys = after["clicks"] - before["clicks"], after["keys"] - before["keys"]


def named(names: list[str], **more: Any) -> dict[str, Any]:
    classes = [
        {"id": at + 1, "name": name, "color": f"#{at * 32452843 % 0xFFFFFF:06x}", "shapes": ["box"], **more}
        for at, name in enumerate(names)
    ]
    return {"classes": classes, "item_attributes": []}


@dataclass
class Bench:
    window: Window
    people: People
    make_project: MakeProject

    def hand(self, schema: dict[str, Any], **settings: Any) -> Hand:
        """A hand with the box tool on a fresh task."""
        page = self.window("annotator")
        page.add_init_script(COUNT)
        page.goto(f"/projects/{self.make_project('Budget', schema, TWO, **settings)}/label")
        hand = Hand(page, people=self.people)
        hand.ready().pictured()
        hand.assignment = assignment_of(page)
        hand.take("b")
        return hand


@pytest.fixture
def bench(window: Window, people: People, make_project: MakeProject) -> Bench:
    return Bench(window, people, make_project)


def classes_of(hand: Hand, count: int) -> list[int]:
    return [one["class"] for one in hand.saved_when(lambda all_: len(all_) == count)]


def test_a_box_in_the_current_class_is_two_clicks_and_no_key(bench: Bench) -> None:
    hand = bench.hand(named(["cup", "spoon"]))
    for number in (1, 2):
        with counted(hand.page) as effort:
            hand.click((100 * number, 80), (100 * number + 60, 160))
            hand.regions(number)
        assert effort == Effort(clicks=2)
    assert classes_of(hand, 2) == [1, 1]


def test_another_class_among_ten_is_one_key_more_before_the_box_or_after_it(bench: Bench) -> None:
    hand = bench.hand(named(list(NOUNS[:10])))
    with counted(hand.page) as effort:
        hand.click((100, 80), (160, 160))
        hand.press("7")
        hand.saved_when(lambda all_: [one["class"] for one in all_] == [7])
    assert effort == Effort(clicks=2, keys=1)
    hand.press("Escape", "b")
    with counted(hand.page) as effort:
        hand.press("0")
        hand.click((300, 80), (360, 160))
        hand.saved_when(lambda all_: sorted(one["class"] for one in all_) == [7, 10])
    assert effort == Effort(clicks=2, keys=1)


def test_any_class_among_500_is_at_most_four_keys_by_its_number(bench: Bench) -> None:
    names = [" ".join(words) for words in itertools.product(ADJECTIVES, NOUNS, ("a", "b", "c"))][:500]
    hand = bench.hand(named(names))
    expected: list[int] = []
    for at, (wanted, keys) in enumerate(NUMBERS):
        expect(hand.page.locator(f"#class-{wanted}")).to_contain_text(str(wanted))
        hand.take("b")
        hand.click((20 + 90 * at, 80), (80 + 90 * at, 160))
        hand.regions(at + 1)
        expected.append(wanted)
        with counted(hand.page) as effort:
            hand.press("c")
            for key in keys:
                hand.press("Enter" if key == "\n" else key)
            hand.saved_when(lambda all_: sorted(one["class"] for one in all_) == sorted(expected))
        assert effort.clicks == 0
        assert effort.keys <= 4
        expect(hand.canvas).to_be_focused()


def test_a_class_of_several_words_is_found_by_its_initials(bench: Bench) -> None:
    names = [" ".join(words) for words in itertools.product(ADJECTIVES, NOUNS)] + ["zebra crossing"]
    hand = bench.hand(named(names))
    hand.click((100, 80), (160, 160))
    with counted(hand.page) as effort:
        hand.press("c", "z", "c", "Enter")
        hand.saved_when(lambda all_: [one["class"] for one in all_] == [len(names)])
    assert effort == Effort(keys=4)


def test_a_required_answer_is_one_key_or_one_click(bench: Bench) -> None:
    asked = [
        {"name": "state", "kind": "select", "options": ["full", "half", "empty"], "required": True},
        {"name": "colour", "kind": "select", "options": list(NOUNS[:8]), "required": True},
        {"name": "broken", "kind": "boolean", "required": True},
    ]
    hand = bench.hand(named(["cup"], attributes=asked))
    hand.click((100, 80), (160, 160))
    with counted(hand.page) as effort:
        for number, key in enumerate("271"):
            expect(hand.page.locator("[data-field]").nth(number)).to_have_attribute("data-asked", "true")
            hand.press(key)
        hand.saved_when(
            lambda all_: (
                [one["attributes"] for one in all_][0:] == [{"state": "half", "colour": NOUNS[6], "broken": True}]
            )
        )
    assert effort == Effort(keys=3)
    expect(hand.canvas).to_be_focused()

    hand.click((300, 80), (360, 160))
    hand.regions(2)
    with counted(hand.page) as effort:
        for name in ("empty", NOUNS[7], "no"):
            hand.page.get_by_role("radio", name=name, exact=True).click()
        hand.saved_when(
            lambda all_: (
                [one["attributes"] for one in all_][1:] == [{"state": "empty", "colour": NOUNS[7], "broken": False}]
            )
        )
    assert effort == Effort(clicks=3)
    expect(hand.canvas).to_be_focused()


def test_the_next_finding_and_the_next_mark_are_one_key(bench: Bench) -> None:
    hand = bench.hand(named(["cup"], attributes=[{"name": "note", "kind": "text", "required": True}]))
    page = hand.page
    hand.click((100, 80), (160, 160))
    expect(page.get_by_role("complementary").get_by_role("status")).to_have_text("1 finding open")
    hand.press("Escape", "Escape")
    with counted(page) as effort:
        hand.press(".")
        expect(page.get_by_label("Finding", exact=True)).to_contain_text("cup 1")
    assert effort == Effort(keys=1)


def test_the_next_mark_is_one_key(window: Window, people: People, make_project: MakeProject) -> None:
    project = make_project("Marked", SCHEMA, TWO[:1])
    author, reviewer = people.client("annotator"), people.client("reviewer")
    work = author.claim(project)
    region = box(1, 100, 80, 60, 80)
    author.save(work["annotation"]["id"], [put(region)])
    author.post(f"assignments/{work['assignment']['id']}/submit", {"outcome": "labelled"})
    judged = reviewer.claim(project, "review")
    mark = {"kind": "loose", "severity": "major", "note": "Closer.", "element": region["id"]}
    verdict = {"verdict": "reject", "reason": "Loose", "marks": [mark], "token": judged["assignment"]["token"]}
    reviewer.post(f"revisions/{judged['revision']['id']}/reviews", verdict)

    page = window("annotator")
    page.add_init_script(COUNT)
    page.goto(f"/projects/{project}/label")
    hand = Hand(page, people=people)
    hand.ready().pictured()
    with counted(page) as effort:
        hand.press(".")
        expect(page.get_by_label("Mark", exact=True)).to_contain_text("Closer.")
    assert effort == Effort(keys=1)


def test_to_say_that_an_image_is_empty_is_one_key(bench: Bench) -> None:
    hand = bench.hand(SCHEMA)
    with counted(hand.page) as effort:
        hand.press("Shift+E")
        expect(hand.canvas).to_have_accessible_name(re.compile("^Task 2,"))
    assert effort == Effort(keys=1)


def test_to_accept_is_one_key_and_to_reject_with_a_reason_two(
    window: Window, people: People, make_project: MakeProject
) -> None:
    project = make_project("Judged", SCHEMA, [*TWO, PHOTOS / "dahlia.jpg"])
    author = people.client("annotator")
    for _ in range(3):
        work = author.claim(project)
        author.save(work["annotation"]["id"], [put(box(1, 100, 80, 60, 80))])
        author.post(f"assignments/{work['assignment']['id']}/submit", {"outcome": "labelled"})

    page = window("reviewer")
    page.add_init_script(COUNT)
    page.goto(f"/projects/{project}/review")
    hand = Hand(page, people=people)
    expect(hand.canvas).to_have_accessible_name(re.compile("1 region"))
    with counted(page) as effort:
        hand.press("y")
        expect(page.get_by_text("Task 1 accepted")).to_be_visible()
    assert effort == Effort(keys=1)
    with counted(page) as effort:
        hand.press("1", "x")
        expect(page.get_by_text("Task 2 sent back")).to_be_visible()
    assert effort == Effort(keys=2)
    with counted(page) as effort:
        page.get_by_role("group", name="Verdict").get_by_role("button").first.click()
        page.get_by_role("button", name=re.compile("^Reject")).click()
        expect(page.get_by_text("Nothing left to review")).to_be_visible()
    assert effort == Effort(clicks=2)


def test_only_digits_answer_a_question_that_has_not_the_focus(bench: Bench) -> None:
    asked = [{"name": "state", "kind": "select", "options": ["full", "empty"], "required": True}]
    hand = bench.hand(named(["cup", "spoon", "van"], attributes=asked))
    hand.click((100, 80), (160, 160))
    (drawn,) = hand.saved_when(lambda all_: len(all_) == 1)
    expect(hand.page.locator("[data-asked]")).to_be_visible()
    hand.press("Space", "ArrowRight")  # the view would be moved, the box is nudged: neither is an answer
    hand.press("3")  # there are two answers only: another class
    (moved,) = hand.saved_when(lambda all_: all_[0]["class"] == 3)
    assert moved["attributes"] == {}
    assert moved["geometry"]["x"] == pytest.approx(drawn["geometry"]["x"] + 1)
    hand.press("Escape", "Escape", "2")  # nothing is selected: the class of what comes next
    expect(hand.page.locator("[data-asked]")).to_have_count(0)
    assert hand.saved()[0]["attributes"] == {}
