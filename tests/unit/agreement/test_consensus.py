"""One answer out of several: what is agreed, what goes to a person, and that nothing is lost or left to chance."""

from __future__ import annotations

from uuid import UUID, uuid5

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agreement.consensus import ConsensusParams, Given, Opinions, consolidate, opinions_of
from domain.agreement.consensus.staple import staple, union_window
from domain.elements import Answer, Region, Track, region_type
from domain.geometry.masks import encode_runs
from domain.schema import parse
from domain.shapes import get

SPACE = UUID(int=7)
SCHEMA = parse(
    {
        "classes": [
            {"id": 1, "name": "car", "color": "#ff0000", "shapes": ["box"], "attributes": [
                {"name": "colour", "kind": "select", "options": ["red", "blue"]},
                {"name": "doors", "kind": "number"},
            ]},
            {"id": 2, "name": "bus", "color": "#00ff00", "shapes": ["box"]},
        ],
        "item_attributes": [
            {"name": "weather", "kind": "select", "options": ["sun", "rain", "snow"]},
            {"name": "tags", "kind": "multiselect", "options": ["a", "b", "c"]},
            {"name": "count", "kind": "number"},
        ],
    }
)  # fmt: skip


def region(name: str, geometry, class_id: int = 1, **more) -> Region:
    return region_type(geometry.shape)(id=uuid5(SPACE, name), class_id=class_id, geometry=geometry, **more)


def box(name: str, x: float, y: float = 0, w: float = 10, h: float = 10, class_id: int = 1, **more) -> Region:
    return region(name, get("box")(x, y, w, h), class_id, **more)


def mask(name: str, pixels) -> Region:
    pixels = np.asarray(pixels, dtype=np.uint8)
    return region(name, get("mask").from_runs(encode_runs(pixels), pixels.shape[0]))


def answers(*elements, **more) -> list[Given]:
    return [Given(who=f"p{at}", elements=list(own), **more) for at, own in enumerate(elements)]


def test_three_alike_boxes_become_their_mean():
    found = consolidate(answers([box("a", 0)], [box("b", 1)], [box("c", 2)]), SCHEMA)
    (one,) = found.regions
    assert (one.status, one.support, one.missing) == ("agreed", 1.0, [])
    assert (one.region.geometry, one.method) == (get("box")(1, 0, 10, 10), "fusion")
    assert one.region.source == "consensus:fusion"
    assert found.agreed
    assert found.elements() == [one.region]


def test_the_track_that_most_of_the_weight_says_is_kept_and_a_tie_has_none():
    def tracks(*said):
        given = answers(*([box(str(n), n, track=track)] for n, track in enumerate(said)))
        return [one.region.track for one in consolidate(given, SCHEMA).regions]

    assert (tracks(7, 7, 8), tracks(7, 8), tracks(7, None), tracks(0, 0)) == ([7], [None], [None], [0])


def test_a_region_that_one_of_three_drew_is_a_conflict_and_not_dropped():
    found = consolidate(answers([box("a", 0)], [box("b", 0)], [box("c", 0), box("d", 50)]), SCHEMA)
    by_status = {one.status: one for one in found.regions}
    assert (by_status["conflict"].why, by_status["conflict"].missing) == (["support"], ["p0", "p1"])
    assert by_status["agreed"].support == 1.0
    assert not found.agreed


def test_two_of_two_who_name_a_thing_differently_are_one_conflict_and_not_two():
    found = consolidate(answers([box("a", 0)], [box("b", 0, class_id=2)]), SCHEMA)
    (one,) = found.regions
    assert (one.status, one.why, one.class_vote.tied) == ("conflict", ["class"], [1, 2])


def test_two_against_one_settle_the_class():
    found = consolidate(answers([box("a", 0)], [box("b", 0, class_id=2)], [box("c", 0, class_id=2)]), SCHEMA)
    (one,) = found.regions
    assert (one.status, one.region.class_id) == ("agreed", 2)


def test_things_of_two_classes_on_one_place_stay_two_when_everybody_drew_both():
    found = consolidate(answers(*[[box(f"a{p}", 0), box(f"b{p}", 0, class_id=2)] for p in range(3)]), SCHEMA)
    assert sorted((one.region.class_id, one.status) for one in found.regions) == [(1, "agreed"), (2, "agreed")]


def test_everybody_empty_is_agreed():
    found = consolidate(answers([], [], []), SCHEMA)
    assert found.agreed
    assert found.elements() == []


def test_a_single_answer_is_its_own_consensus():
    found = consolidate(answers([box("a", 0)]), SCHEMA)
    assert [one.region.geometry for one in found.regions] == [get("box")(0, 0, 10, 10)]
    assert found.agreed


def test_a_stricter_class_makes_a_conflict_that_a_laxer_one_does_not():
    given_ = answers([box("a", 0)], [box("b", 2)], [box("c", 2)])
    assert consolidate(given_, SCHEMA).agreed
    assert not consolidate(given_, SCHEMA, ConsensusParams(class_iou={"1": 0.8})).agreed
    assert consolidate(given_, SCHEMA, ConsensusParams(class_iou={"2": 0.8})).agreed


def test_the_champions_shape_is_taken_as_it_is():
    found = consolidate(answers([box("a", 0)], [box("b", 1)], [box("c", 2)]), SCHEMA, ConsensusParams(champion="p2"))
    assert (found.regions[0].region.geometry.x, found.regions[0].method) == (2, "champion")


def test_heavier_answers_pull_the_mean():
    given_ = [Given(who="a", elements=[box("a", 0)], weight=3), Given(who="b", elements=[box("b", 4)])]
    assert consolidate(given_, SCHEMA, ConsensusParams(iou=0.3)).regions[0].region.geometry.x == pytest.approx(1.0)


def test_a_model_takes_part_but_alone_agrees_on_nothing():
    model = Given(who="yolo:3", elements=[box("m", 0, score=0.9), box("n", 80, score=0.9)], model=True, weight=5)
    found = consolidate([*answers([box("a", 0)], [box("b", 0)]), model], SCHEMA)
    by_x = {one.region.geometry.x: one for one in found.regions}
    assert by_x[0].status == "agreed"
    assert (by_x[80].status, by_x[80].why) == ("conflict", ["people"])


def test_a_models_doubtful_regions_take_no_part_and_are_named():
    model = Given(who="yolo:3", elements=[box("m", 0, score=0.1)], model=True)
    found = consolidate([*answers([]), model], SCHEMA, ConsensusParams(least_score=0.5))
    assert (found.regions, found.left_out) == ([], [("yolo:3", str(uuid5(SPACE, "m")))])


def test_tracks_are_left_out_by_name():
    track = Track(id=uuid5(SPACE, "t"), class_id=1)
    assert consolidate(answers([track], []), SCHEMA).left_out == [("p0", str(track.id))]


def test_who_set_a_crowd_aside_there_does_not_miss_what_lies_on_it():
    crowd = box("crowd", -50, -50, 200, 200, flags=["crowd"])
    found = consolidate(answers([box("a", 0)], [box("b", 0)], [crowd]), SCHEMA)
    one = next(one for one in found.regions if not one.region.flags)
    assert (one.status, one.support, one.excused, one.missing) == ("agreed", 1.0, ["p2"], [])


def test_a_class_that_the_schema_no_longer_has_is_a_conflict():
    found = consolidate(answers([box("a", 0, class_id=9)], [box("b", 0, class_id=9)]), SCHEMA)
    assert found.regions[0].why == ["unknown_class"]


def test_attributes_are_voted_and_a_tie_is_a_conflict():
    def car(name, **attributes):
        return [box(name, 0, attributes=attributes)]

    two = consolidate(answers(car("a", colour="red", doors=2), car("b", colour="blue", doors=2)), SCHEMA)
    three = consolidate(answers(car("a", colour="red"), car("b", colour="blue"), car("c", colour="red")), SCHEMA)
    assert (two.regions[0].why, two.regions[0].region.attributes) == (["attribute"], {"doors": 2})
    assert (three.regions[0].why, three.regions[0].region.attributes) == ([], {"colour": "red"})


def test_questions_about_the_item_end_in_a_value_or_the_values_that_tie():
    def said(**values):
        return [Answer(id=name, value=value) for name, value in values.items()]

    found = consolidate(
        answers(
            said(weather="sun", tags=["a", "b"], count=10),
            said(weather="rain", tags=["a"], count=10),
            said(weather="sun", tags=["a", "c"], count=90),
        ),
        SCHEMA,
    )
    assert {vote.name: vote.value for vote in found.items} == {"weather": "sun", "tags": ["a"], "count": 10}
    tie = consolidate(answers(said(weather="sun"), said(weather="rain")), SCHEMA).items[0]
    assert (tie.value, tie.status, tie.tied) == (None, "conflict", ["rain", "sun"])


def test_numbers_that_lie_apart_are_a_conflict():
    found = consolidate(answers(*[[Answer(id="count", value=n)] for n in (1, 50, 99)]), SCHEMA)
    assert found.items[0].status == "conflict"


def test_who_is_known_to_err_is_weighed_by_how():
    """Two who say rain whatever the weather, against one who is nearly always right."""
    blind = [[0.05, 0.95], [0.05, 0.95]]
    opinions = Opinions(
        classes=["sun", "rain"],
        marginals=[0.5, 0.5],
        confusion={"p0": [[0.98, 0.02], [0.02, 0.98]], "p1": blind, "p2": blind},
    )
    given_ = answers(*[[Answer(id="weather", value=v)] for v in ("sun", "rain", "rain")])
    params = ConsensusParams(choices="dawid_skene")
    assert consolidate(given_, SCHEMA, params).items[0].value == "rain"
    assert consolidate(given_, SCHEMA, params, opinions={"weather": opinions}).items[0].value == "sun"


def test_opinions_are_learnt_from_the_projects_answers():
    draw = np.random.default_rng(4)
    truth = draw.integers(0, 2, 200)
    told = [(i, "good", int(t)) for i, t in enumerate(truth)] + [(i, "also", int(t)) for i, t in enumerate(truth)]
    told += [(i, "coin", int(draw.integers(0, 2))) for i in range(200)]
    found = opinions_of(told, classes=[0, 1])
    assert found.confusion["good"][0][0] > 0.95
    assert 0.35 < found.confusion["coin"][0][0] < 0.65
    assert opinions_of(told[:200], classes=[0, 1]) is None


def test_masks_are_voted_pixel_by_pixel_and_many_ties_are_a_conflict():
    a, b, c = np.zeros((3, 12, 12), dtype=np.uint8)
    a[2:8, 2:8] = b[2:8, 3:9] = c[3:9, 2:8] = 1
    found = consolidate(answers([mask("a", a)], [mask("b", b)], [mask("c", c)]), SCHEMA)
    voted = found.regions[0].region.geometry.to_mask(width=12, height=12)
    assert found.agreed
    assert np.array_equal(voted, (a + b + c >= 2).astype(np.uint8))
    split = consolidate(answers([mask("a", a)], [mask("b", b)]), SCHEMA)
    assert split.regions[0].why == ["pixels"]


def test_staple_takes_part_as_a_method_of_masks():
    a = np.zeros((12, 12), dtype=np.uint8)
    a[2:8, 2:8] = 1
    found = consolidate(
        answers([mask("a", a)], [mask("b", a)], [mask("c", a)]), SCHEMA, ConsensusParams(masks="staple")
    )
    assert np.array_equal(found.regions[0].region.geometry.to_mask(width=12, height=12), a)


def test_polygons_take_the_medoid_or_a_vote_and_never_a_mean_of_vertices():
    def square(name, x):
        return [region(name, get("polygon")([[[x, 0, x + 10, 0, x + 10, 10, x, 10]]]))]

    given_ = answers(square("a", 0), square("b", 1), square("c", 3))
    assert consolidate(given_, SCHEMA).regions[0].region.geometry == square("b", 1)[0].geometry
    voted = consolidate(given_, SCHEMA, ConsensusParams(polygons="vote")).regions[0].region.geometry
    assert (voted.bounds(), voted.area()) == ((1, 0, 11, 10), 100)


def test_joints_take_the_median_which_one_slip_does_not_move():
    def person(name, x, v=2):
        return [
            region(name, get("skeleton")({"head": (x, 10.0, v), "foot": (10.0, 200.0, 2), "hand": (40.0, 90.0, 2)}))
        ]

    found = consolidate(answers(person("a", 10.0), person("b", 11.0), person("c", 14.0)), SCHEMA)
    assert found.regions[0].region.geometry.joints["head"] == (11.0, 10.0, 2)
    hidden = consolidate(answers(person("a", 10.0, 1), person("b", 11.0, 1), person("c", 11.0)), SCHEMA)
    assert hidden.regions[0].region.geometry.joints["head"][2] == 1


@pytest.mark.parametrize(
    "geometry",
    [
        get("box")(0, 0, 10, 10),
        get("rotated_box")(5, 5, 10, 4, 30),
        get("ellipse")(5, 5, 4, 3, 10),
        get("polygon")([[[0, 0, 9, 0, 9, 9]]]),
        get("cuboid2d")((0, 0, 10, 10), (3, 3, 10, 10)),
        get("polyline")([0, 0, 50, 50]),
        get("points")([3, 3]),
        get("points")([3, 3, 9, 9]),
        get("skeleton")({"a": (1.0, 1.0, 2), "b": (20.0, 30.0, 1)}),
        get("tag")(),
    ],
    ids=lambda geometry: geometry.shape,
)
def test_every_shape_agrees_with_its_own_copies(geometry):
    found = consolidate(answers(*[[region(f"r{p}", geometry)] for p in range(3)]), SCHEMA)
    assert [(one.status, one.region.geometry) for one in found.regions] == [("agreed", geometry)]


def test_a_region_keeps_its_parent_through_consensus():
    people = [
        [box(f"car{p}", 0), box(f"wheel{p}", 2, 2, 4, 4, class_id=2, parent=uuid5(SPACE, f"car{p}"))] for p in range(3)
    ]
    found = {one.region.class_id: one.region for one in consolidate(answers(*people), SCHEMA).regions}
    assert found[2].parent == found[1].id


def test_bad_input_is_told():
    with pytest.raises(ValueError, match="different names"):
        consolidate([], SCHEMA)
    with pytest.raises(ValueError, match="champion"):
        consolidate(answers([]), SCHEMA, ConsensusParams(champion="nobody"))


def test_parameters_decode_from_settings_and_unknown_ones_are_refused():
    assert msgspec.convert({"iou": 0.7, "class_iou": {"3": 0.9}}, ConsensusParams).iou_of(3) == 0.9
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"iuo": 0.7}, ConsensusParams)


places = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 3)), max_size=5)


@given(st.lists(places, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_no_region_is_lost_or_used_twice_and_the_order_of_answers_changes_nothing(people, random):
    given_ = answers(
        *[[box(f"{p}/{k}", x, y, class_id=c) for k, (x, y, c) in enumerate(own)] for p, own in enumerate(people)]
    )
    found = consolidate(given_, SCHEMA)
    used = sorted((m.who, str(m.region)) for one in found.regions for m in one.members)
    assert used == sorted((g.who, str(e.id)) for g in given_ for e in g.elements)
    assert all(len({m.who for m in one.members}) == len(one.members) for one in found.regions)
    assert consolidate(random.sample(given_, len(given_)), SCHEMA) == found


def test_a_large_background_changes_staple_which_is_why_it_is_cropped():
    masks = np.zeros((3, 60, 60))
    masks[0, 20:26, 20:26] = masks[1, 20:26, 21:27] = masks[2, 21:27, 20:26] = 1
    top, left, bottom, right = union_window(masks, margin=5)
    assert (top, left, bottom, right) == (15, 15, 32, 32)
    cropped, whole = staple(masks[:, top:bottom, left:right]), staple(masks)
    assert (whole.specificity[1:] > cropped.specificity[1:]).all()


def test_staple_of_nothing_or_everything_is_no_division_by_zero():
    assert staple(np.zeros((2, 3, 3))).probability.tolist() == np.zeros((3, 3)).tolist()
    assert staple(np.ones((2, 3, 3))).probability.tolist() == np.ones((3, 3)).tolist()


@pytest.mark.parametrize("seed", [4, 98, 123, 146])
def test_staple_leaves_the_background_out_where_rounding_makes_a_rate_exceed_one(seed):
    draw = np.random.default_rng([2026, seed])
    truth = np.zeros((12, 12), dtype=np.uint8)
    y, x = draw.integers(2, 5, 2)
    truth[y : y + 6, x : x + 6] = 1
    masks = [np.where(draw.random((12, 12)) < 0.08, 1 - truth, truth) for _ in range(int(draw.integers(3, 6)))]
    found = staple(masks)
    nobody = np.sum(masks, axis=0) == 0
    assert found.probability[nobody].max() < 0.01
    assert max(found.sensitivity.max(), found.specificity.max()) <= 1.0
