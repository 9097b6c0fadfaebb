"""Label schemas: faults with their place, what a region must answer, permanent keys."""

from __future__ import annotations

import copy

import pytest

from domain.elements import decode
from domain.schema import (
    PALETTE,
    SchemaError,
    changes,
    check_answer,
    check_region,
    encode,
    merged_classes,
    missing_answers,
    next_color,
    parse,
    starter,
)

BODY = {
    "classes": [
        {
            "id": 1, "name": "car", "color": "#ffa31f", "shapes": ["box", "polygon"], "key": "1",
            "attributes": [
                {"name": "occlusion", "kind": "select", "options": ["none", "part", "most"], "required": True},
                {"name": "by", "kind": "text", "required": True, "when": {"attribute": "occlusion", "in": ["part", "most"]}},
                {"name": "doors", "kind": "number", "minimum": 1, "maximum": 9},
            ],
        },
        {"id": 2, "name": "van", "color": "#3da3ff", "shapes": ["points"], "parent": 1},
    ],
    "item_attributes": [
        {"name": "weather", "kind": "select", "options": ["clear", "rain"], "required": True},
        {"name": "tags", "kind": "multiselect", "options": ["a", "b"]},
    ],
}  # fmt: skip


def body(**paths):
    """A copy of the body with `classes__0__name=…` changed."""
    out = copy.deepcopy(BODY)
    for path, value in paths.items():
        *way, last = [int(p) if p.isdigit() else p for p in path.split("__")]
        target = out
        for step in way:
            target = target[step]
        target[last] = value
    return out


def region(shape="box", class_id=1, **attributes):
    geometry = {"box": {"x": 1, "y": 1, "w": 5, "h": 5}, "points": {"points": [1, 1]}}[shape]
    raw = {"id": "0190a0b0-0000-7000-8000-000000000001", "class": class_id, "shape": shape, "geometry": geometry}
    return decode("region", {**raw, "attributes": attributes})


def codes(problems):
    return [(p.code, p.severity, p.at) for p in problems]


def test_a_body_is_read_and_written_the_same():
    schema = parse(BODY)
    assert parse(encode(schema)) == schema


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"classes__0__color": "red"}, "/classes/0/color", "bad_schema"),
        ({"classes__1__id": 1}, "/classes/1/id", "duplicate"),
        ({"classes__1__name": "car"}, "/classes/1/name", "duplicate"),
        ({"classes__1__key": "1"}, "/classes/1/key", "duplicate"),
        ({"classes__0__shapes": ["blob"]}, "/classes/0/shapes/0", "unknown_shape"),
        ({"classes__0__shapes": []}, "/classes/0/shapes", "no_shapes"),
        ({"classes__1__parent": 8}, "/classes/1/parent", "unknown_parent"),
        ({"classes__1__parent": 2}, "/classes/1/parent", "parent_circle"),
        ({"classes__0__attributes__0__options": []}, "/classes/0/attributes/0/options", "no_options"),
        ({"classes__0__attributes__0__default": "all"}, "/classes/0/attributes/0/default", "bad_default"),
        (
            {"classes__0__attributes__1__when": {"attribute": "x", "in": [1]}},
            "/classes/0/attributes/1/when/attribute",
            "unknown_attribute",
        ),
        (
            {"classes__0__attributes__1__when": {"attribute": "by", "in": ["x"]}},
            "/classes/0/attributes/1/when",
            "condition_circle",
        ),
        ({"classes__0__attributes__2__minimum": 10}, "/classes/0/attributes/2/minimum", "empty_range"),
        ({"item_attributes__0__scope": "region"}, "/item_attributes/0/scope", "bad_scope"),
        ({"clases": []}, "", "bad_schema"),
    ],
)
def test_a_fault_is_told_with_its_place(change, pointer, code):
    with pytest.raises(SchemaError) as caught:
        parse(body(**change))
    assert (pointer, code) in [(p.pointer, p.code) for p in caught.value.problems]


def test_a_good_region_has_no_problem():
    assert check_region(parse(BODY), region(occlusion="none", doors=4)) == []


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (region(class_id=5), [("unknown_class", "error", "class")]),
        (region("points", occlusion="none"), [("shape_not_allowed", "error", "shape")]),
        (region(occlusion="none", colour="red"), [("unknown_attribute", "error", "colour")]),
        (region(occlusion="some"), [("bad_attribute_value", "error", "occlusion")]),
        (region(occlusion="none", doors=12), [("bad_attribute_value", "error", "doors")]),
        (region(occlusion="none", doors=True), [("bad_attribute_value", "error", "doors")]),
        (region(), [("missing_attribute", "finding", "occlusion")]),
        (region(occlusion="part"), [("missing_attribute", "finding", "by")]),
    ],
)
def test_a_region_is_judged_by_its_class(found, expected):
    assert codes(check_region(parse(BODY), found)) == expected


def test_answers_are_checked_and_missing_ones_found():
    schema = parse(BODY)
    assert codes(check_answer(schema, decode("answer", {"id": "weather", "value": "snow"}))) == [
        ("bad_attribute_value", "error", "weather")
    ]
    assert codes(check_answer(schema, decode("answer", {"id": "mood", "value": 1}))) == [
        ("unknown_attribute", "error", "mood")
    ]
    assert check_answer(schema, decode("answer", {"id": "tags", "value": ["b", "a"]})) == []
    assert codes(missing_answers(schema, {"tags": ["a"]})) == [("missing_attribute", "finding", "weather")]
    assert missing_answers(schema, {"weather": "rain"}) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"classes": BODY["classes"][:1]}, "class_removed"),
        ({"classes__0__attributes": []}, "attribute_removed"),
        (
            {"classes__0__attributes__0__options": ["none", "part"], "classes__0__attributes__1__when": None},
            "option_removed",
        ),
        ({"classes__0__attributes__2__kind": "text"}, "kind_changed"),
        ({"item_attributes": BODY["item_attributes"][1:]}, "attribute_removed"),
    ],
)
def test_permanent_keys_cannot_go_away(change, code):
    with pytest.raises(SchemaError) as caught:
        changes(parse(BODY), parse(body(**change)))
    assert code in [p.code for p in caught.value.problems]


@pytest.mark.parametrize(
    ("change", "kind", "touches"),
    [
        ({"classes__0__title": "Car"}, "class_renamed", False),
        ({"classes__0__order": 3}, "class_reordered", False),
        ({"classes__1__archived": True}, "class_archived", True),
        ({"classes__0__color": "#000000"}, "class_recolored", False),
        ({"classes__0__shapes": ["box"]}, "shape_removed", True),
        ({"classes__1__attributes": [{"name": "n", "kind": "boolean", "required": True}]}, "attribute_added", True),
        ({"classes__0__attributes__2__required": True}, "attribute_required", True),
        ({"item_attributes__0__options": ["clear", "rain", "snow"]}, "option_added", False),
    ],
)
def test_changes_are_named_and_say_whether_work_is_touched(change, kind, touches):
    found = changes(parse(BODY), parse(body(**change)))
    assert [(c.kind, c.touches_work) for c in found] == [(kind, touches)]


def test_a_merge_archives_the_source_and_keeps_every_region_valid():
    merged = merged_classes(parse(BODY), {1: 2})
    source, target = merged.classes
    assert source.archived
    assert target.parent is None
    assert target.shapes == ["points", "box", "polygon"]
    assert target.aliases == ["car"]
    assert check_region(merged, region("box", class_id=2, occlusion="part")) == []
    assert {c.kind for c in changes(parse(BODY), merged)} >= {"class_archived", "shape_added"}


@pytest.mark.parametrize("mapping", [{1: 7}, {1: 2, 2: 1}, {9: 1}])
def test_an_impossible_merge_is_refused(mapping):
    with pytest.raises(SchemaError):
        merged_classes(parse(BODY), mapping)


def test_colours_are_taken_in_order_and_then_the_least_used():
    assert len(set(PALETTE)) == 20
    assert next_color([]) == PALETTE[0]
    assert next_color(PALETTE[:3]) == PALETTE[3]
    assert next_color([*PALETTE, PALETTE[0].upper()]) == PALETTE[1]


def test_the_starter_is_a_valid_schema():
    assert parse(encode(starter())) == starter()


POSE = {"joints": ["head", "left", "right"], "edges": [[0, 1], [0, 2]], "mirror": [[1, 2]]}
PLACES = [[0.5, 0], [1, 1], [0, 1]]


def with_pose(**more):
    return parse(body(classes__0__shapes=["skeleton"], classes__0__skeleton={**POSE, **more}))


def test_places_of_joints_are_kept_as_they_came():
    template = with_pose(positions=PLACES).classes[0].skeleton
    assert template.positions == [(0.5, 0), (1, 1), (0, 1)]
    assert with_pose().classes[0].skeleton.positions is None
    assert parse(encode(with_pose(positions=PLACES))) == with_pose(positions=PLACES)


@pytest.mark.parametrize(
    ("positions", "pointer", "code"),
    [
        (PLACES[:2], "/classes/0/skeleton/positions", "joint_positions"),
        ([], "/classes/0/skeleton/positions", "joint_positions"),
        ([[0.5, 0], [1, 1.2], [0, 1]], "/classes/0/skeleton/positions/1/1", "bad_schema"),
    ],
)
def test_each_joint_has_one_place_inside_the_frame_or_none_has(positions, pointer, code):
    with pytest.raises(SchemaError) as caught:
        with_pose(positions=positions)
    assert (pointer, code) in [(p.pointer, p.code) for p in caught.value.problems]


def test_a_template_drawn_anew_is_an_edit_that_touches_no_work():
    now = with_pose(positions=PLACES)
    for old in (with_pose(), with_pose(positions=PLACES, edges=[]), with_pose(positions=PLACES, mirror=[])):
        assert [(c.kind, c.touches_work) for c in changes(old, now)] == [("class_edited", False)]
    assert changes(now, now) == []


def test_a_new_joint_is_told_once_with_its_edge_and_its_place():
    old = with_pose(positions=PLACES)
    now = with_pose(joints=[*POSE["joints"], "foot"], edges=[[0, 1], [0, 2], [2, 3]], positions=[*PLACES, [0, 0.9]])
    assert [c.kind for c in changes(old, now)] == ["joint_added"]
