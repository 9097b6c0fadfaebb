"""What each rule finds, what it leaves alone, and what a project may choose."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checks import (
    RULES,
    Choices,
    Confused,
    Context,
    Finding,
    Known,
    Reference,
    Sample,
    bad_choice,
    described,
    levelled,
    run,
    run_whole,
    usual_of,
)
from domain.elements import decode
from domain.schema import parse

SCHEMA = parse(
    {
        "classes": [
            {"id": 1, "name": "cup", "color": "#000000", "shapes": ["box", "polygon", "rotated_box"],
             "attributes": [{"name": "code", "kind": "text"}]},
            {"id": 2, "name": "bowl", "color": "#111111", "shapes": ["box"]},
        ]
    }
)  # fmt: skip


def region(number, shape="box", class_id=1, flags=(), attributes=None, **geometry):
    body = {"id": str(UUID(int=number)), "class": class_id, "shape": shape, "geometry": geometry, "flags": list(flags)}
    return decode("region", body | {"attributes": attributes or {}})


def box(number, x, y, w, h, **more):
    return region(number, x=x, y=y, w=w, h=h, **more)


def outline(number, x, y, w, h):
    return region(number, "polygon", parts=[[[x, y, x + w, y, x + w, y + h, x, y + h]]])


def chosen(**choices):
    return msgspec.convert(choices, Choices)


def context(**more):
    return Context(SCHEMA, 1000, 800, **more)


def found(*changed, touching=(), **more):
    return run(list(changed), list(touching), context=context(**more), budget_ms=10_000)[0]


def codes(*changed, **more):
    return [finding.rule for finding in found(*changed, **more)]


def cups(n=100, margin=0.05):
    """Cups of about 40 × 50 px, each with a box and an outline inside of it."""
    for i in range(n):
        w, h = 40 + i % 7, 50 + i % 5
        yield Sample(i, 1, "polygon", (100, 100, 100 + w, 100 + h), w * h * 0.8)
        yield Sample(
            i, 1, "box", (100 - margin * w, 100 - margin * h, 100 + w * (1 + margin), 100 + h * (1 + margin)), w * h
        )


USUAL = Known(usual=usual_of(cups()))


@pytest.mark.parametrize(
    ("w", "h", "expected"),
    [(42, 52, []), (6, 7, ["tiny"]), (500, 640, ["huge"]), (5, 420, ["odd_aspect"]), (420, 5, ["odd_aspect"])],
)
def test_a_region_is_measured_by_what_its_class_usually_is(w, h, expected):
    assert codes(box(1, 10, 10, w, h), known=USUAL) == expected
    assert codes(box(1, 10, 10, w, h, class_id=2), known=USUAL) == []
    assert codes(box(1, 10, 10, w, h, flags=["ignore"]), known=USUAL) == []


def test_nothing_is_usual_in_a_class_with_few_regions():
    assert usual_of(list(cups())[:20]) == {}


def test_a_truncated_thing_may_have_any_aspect():
    assert codes(box(1, 10, 10, 5, 420, flags=["truncated"]), known=USUAL) == []


@given(st.lists(st.tuples(st.floats(0.1, 1e4), st.floats(0.1, 1e4)), min_size=30, max_size=60))
def test_most_regions_are_never_outliers_of_their_own_class(sizes):
    samples = [Sample(i, 1, "box", (0.0, 0.0, w, h), w * h) for i, (w, h) in enumerate(sizes)]
    usual = usual_of(samples)[1]
    beyond = sum(abs(usual.area.z(one.area)) > 5 for one in samples)
    assert beyond < len(samples) / 2


def test_a_box_that_its_outline_leaves_is_cut_off_and_the_whole_box_is_told():
    (finding,) = found(box(1, 100, 100, 40, 50), outline(2, 100, 100, 40, 62))
    assert (finding.rule, finding.element, finding.box) == ("cut_off", str(UUID(int=1)), (100, 100, 140, 162))
    assert codes(box(1, 100, 100, 40, 50), outline(2, 101, 101, 38, 48)) == []
    assert codes(outline(2, 100, 100, 40, 62), touching=[box(1, 100, 100, 40, 50)]) == ["cut_off"]
    assert codes(box(1, 100, 100, 40, 50, flags=["truncated"]), outline(2, 100, 100, 40, 62)) == []


def test_a_confident_prediction_shows_a_cut_off_box_and_an_unsure_one_does_not():
    sure = Reference(1, (100, 100, 140, 170), "prediction", 0.93)
    unsure = msgspec.structs.replace(sure, score=0.5)
    (finding,) = found(box(1, 100, 100, 40, 50), references=[sure])
    assert (finding.rule, finding.values) == ("cut_off", {"by": "prediction", "px": 20})
    assert codes(box(1, 100, 100, 40, 50), references=[unsure]) == []
    assert codes(box(1, 100, 100, 40, 50, class_id=2), references=[sure]) == []


def test_a_box_with_more_room_than_usual_is_loose_and_the_tight_one_is_told():
    (finding,) = found(box(1, 90, 90, 60, 70), outline(2, 100, 100, 40, 50))
    assert (finding.rule, finding.box) == ("loose", (100, 100, 140, 150))
    wide = Known(usual=usual_of(cups(margin=0.25)))
    assert codes(box(1, 90, 90, 60, 70), outline(2, 100, 100, 40, 50), known=wide) == []


def test_slanted_boxes_with_the_same_bounds_are_no_duplicates():
    left = region(1, "rotated_box", cx=200, cy=200, w=120, h=20, angle=45)
    right = region(2, "rotated_box", cx=200, cy=200, w=120, h=20, angle=-45)
    again = region(3, "rotated_box", cx=201, cy=200, w=120, h=20, angle=45)
    assert codes(left, right) == []
    assert codes(left, again) == ["duplicate"]


def test_what_counts_as_a_duplicate_is_the_projects_choice():
    pair = box(1, 100, 100, 40, 40), box(2, 108, 100, 40, 40)
    assert codes(*pair) == []
    assert codes(*pair, choices=chosen(rules={"duplicate": {"parameters": {"min_iou": 0.6}}})) == ["duplicate"]


def test_a_class_that_reviewers_corrected_often_is_told_with_the_other_one():
    known = Known(confused={1: [Confused(2, 9, 0.4)]})
    (finding,) = found(box(1, 10, 10, 40, 40), known=known)
    assert (finding.rule, finding.severity, finding.values["other_id"]) == ("class_confusion", "info", 2)
    assert codes(box(1, 10, 10, 40, 40), known=Known(confused={1: [Confused(2, 2, 0.4)]})) == []


def test_names_are_held_against_the_projects_pattern():
    choices = chosen(names=[{"attribute": "code", "pattern": "[A-Z][A-Z]-[0-9]*"}])
    assert codes(box(1, 10, 10, 40, 40, attributes={"code": "AB-12"}), choices=choices) == []
    assert codes(box(1, 10, 10, 40, 40, attributes={"code": "ab12"}), choices=choices) == ["naming"]
    assert codes(box(1, 10, 10, 40, 40), choices=choices) == []


def whole(*regions, **more):
    return [(f.rule, f.at) for f in run_whole(list(regions), context=context(**more))]


def test_an_item_has_as_many_regions_of_a_class_as_the_project_asks_for():
    choices = chosen(counts=[{"class": 1, "least": 1, "most": 1}, {"class": 2, "least": 0, "most": 0}])
    assert whole(box(1, 0, 0, 5, 5), choices=choices) == []
    two = box(1, 0, 0, 5, 5), box(2, 50, 0, 5, 5), box(3, 90, 0, 5, 5, class_id=2)
    assert whole(*two, choices=choices) == [("wrong_count", "class 1"), ("wrong_count", "class 2")]
    assert whole(choices=choices) == [("wrong_count", "class 1")]


def test_classes_that_are_kept_apart_are_found_together_once():
    choices = chosen(apart=[{"class": 1, "other": 2}])
    many = [box(n, 20 * n, 0, 5, 5, class_id=1 + n % 2) for n in range(1, 20)]
    assert whole(*many, choices=choices) == [("forbidden_combination", "")]
    assert whole(many[0], choices=choices) == []


def test_an_empty_item_is_asked_about_where_something_is_expected():
    sure = Reference(1, (100, 100, 140, 170), "prediction", 0.93)
    assert whole(references=[sure]) == [("unlabelled_item", "")]
    assert whole(known=Known(items=500, drawn_share=0.995), outcome="empty") == [("unlabelled_item", "")]
    assert whole(known=Known(items=500, drawn_share=0.7), outcome="empty") == []
    assert whole(known=Known(items=500, drawn_share=0.995), outcome="unusable") == []
    assert whole(box(1, 0, 0, 5, 5), references=[sure]) == []


def test_a_project_switches_a_rule_off_and_decides_how_grave_it_is():
    twice = box(1, 10, 10, 40, 40), box(2, 10, 10, 40, 40)
    assert [(f.severity, f.blocks) for f in found(*twice)] == [("warning", False)]
    stops = found(*twice, choices=chosen(rules={"duplicate": {"level": "stop"}}))
    assert [(f.severity, f.blocks) for f in stops] == [("error", True)]
    assert found(*twice, choices=chosen(rules={"duplicate": {"on": False}})) == []


@pytest.mark.parametrize(
    ("choices", "path"),
    [
        ({"rules": {"dupe": {}}}, "rules.dupe"),
        ({"rules": {"tiny": {"parameters": {"side": 3}}}}, "rules.tiny.parameters.side"),
        ({"rules": {"tiny": {"parameters": {"z": 1}}}}, "rules.tiny.parameters.z"),
        ({"rules": {"tiny": {"parameters": {"z": float("nan")}}}}, "rules.tiny.parameters.z"),
    ],
)
def test_a_choice_that_no_rule_has_is_refused_with_its_place(choices, path):
    bad = bad_choice(chosen(**choices))
    assert bad is not None
    assert bad[0] == path


def test_every_rule_says_how_grave_it_is_and_what_may_be_chosen():
    for rule in described():
        assert rule.level in ("info", "warning", "stop")
        assert all(least <= default <= most for default, least, most in rule.parameters.values())
    assert {rule.code for rule in described() if rule.when == "submit"} == {
        code for code, rule in RULES.items() if hasattr(rule, "check_all")
    }


def test_a_finding_of_a_rule_without_choice_keeps_the_level_of_the_rule():
    finding = Finding("naming", "x", "…")
    assert [f.severity for f in levelled([finding], Choices(), level="info")] == ["info"]
