"""Likeness of questions, differences of guidelines, and the anchors of their sections."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.projects.markdown import blocks, changes, examples, render, sections
from domain.prose import block_changes, likeness, marked_words, most_alike

WORDS = st.text(alphabet="abc de\nü-*#", max_size=60)


def test_case_accents_and_punctuation_make_no_other_question() -> None:
    assert likeness("Is a café a building?", "is a Cafe a building") == 1.0


def test_a_question_about_the_same_thing_is_likest_however_it_begins() -> None:
    asked = {1: "Is a mug a cup?", 2: "Is a spoon in the sink a spoon?", 3: "Do I draw the handle of a cup?"}
    found = most_alike("How do I draw cup handles", asked, at_least=0.2, most=5)
    assert found[0].key == 3


@pytest.mark.parametrize("text", ["", "?!", "   "])
def test_a_text_without_words_is_like_nothing(text: str) -> None:
    assert most_alike(text, {1: "a cup"}, at_least=0.0, most=5) == []
    assert likeness(text, text) == 0.0


@given(WORDS, WORDS)
def test_likeness_is_mutual_and_between_nothing_and_all(a: str, b: str) -> None:
    assert 0.0 <= likeness(a, b) == likeness(b, a) <= 1.0


@given(st.lists(WORDS, max_size=6), st.lists(WORDS, max_size=6))
def test_changes_hold_both_texts_whole_and_in_order(before: list[str], after: list[str]) -> None:
    found = block_changes(before, after)
    assert [c.before for c in found if c.before is not None] == before
    assert [c.after for c in found if c.after is not None] == after
    assert all(c.before == c.after for c in found if c.kind == "same")


@given(WORDS, WORDS)
def test_marks_around_changed_words_take_nothing_from_the_text(a: str, b: str) -> None:
    old, new = marked_words(a, b, start="\x01", end="\x02")
    assert (old.replace("\x01", "").replace("\x02", ""), new.replace("\x01", "").replace("\x02", "")) == (a, b)


def test_what_changed_is_told_with_its_section_and_its_words() -> None:
    before = "# Cups\n\nA cup has a handle.\n\n# Spoons\n\nDraw the whole spoon."
    after = "# Cups\n\nA cup may have a handle.\n\n# Spoons\n\nDraw the whole spoon."
    (change,) = changes(before, after)
    assert (change.kind, change.section, change.anchor) == ("changed", "Cups", "g-cups")
    assert "<ins>may</ins>" in change.html
    assert "<del>has</del>" in change.before_html


def test_a_changed_list_stays_a_list() -> None:
    (change,) = changes("- one\n- two", "- one\n- three")
    assert change.html.count("<li>") == 2
    assert "<ins>three</ins>" in change.html


def test_headings_of_one_name_have_anchors_of_their_own_which_the_html_has() -> None:
    text = "# Cups\n\n## Good & bad\n\n## Good & bad"
    anchors = [section.anchor for section in sections(text)]
    assert anchors == ["g-cups", "g-good-bad", "g-good-bad-2"]
    assert all(f'id="{anchor}"' in render(text) for anchor in anchors)


def test_good_and_bad_examples_are_found_under_their_heading() -> None:
    text = '# Cups\n\n![whole](/api/v1/projects/1/guidelines/images/2 "good")\n\n![x](https://example.org/a.png "bad")'
    (example,) = examples(text)
    assert (example.anchor, example.verdict, example.caption) == ("g-cups", "good", "whole")


@given(st.text(alphabet="#ab \n-`>|*1.![]()", max_size=80))
def test_blocks_lose_no_word_of_a_text(text: str) -> None:
    assert "".join("".join(blocks(text)).split()) in "".join(text.split())
    changes("", text)
    changes(text, "# a")
