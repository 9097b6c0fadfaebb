"""People at work: alarms come soon and rarely to the honest; limits act only on enough evidence."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agreement.annotators import (
    Offered,
    Seen,
    SequentialTest,
    Watch,
    control_chart,
    gold_accuracy,
    gold_leak,
    log_seconds,
    pattern,
    session_fatigue,
)
from domain.agreement.annotators.crowd import KINDS, SHARES, simulate, table
from domain.agreement.consensus.dawid_skene import dawid_skene

SOAK = os.environ.get("LABELWRIGHT_SOAK") == "1"
SEEDS = range(200) if SOAK else range(4)


@pytest.fixture(scope="module")
def worlds():
    return [simulate(seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def rows(worlds):
    return {row.kind: row for row in table(found for world in worlds for found in world.found)}


@pytest.mark.parametrize("kind", KINDS)
def test_who_does_not_work_honestly_is_found_within_30_items(rows, kind):
    """The median over the crowds; with few crowds twice as many are allowed, since chance is large."""
    assert rows[kind].median <= (30 if SOAK else 60)
    assert rows[kind].found >= (0.93 if kind == "copier" else 0.99)  # of who is hardly ever wrong a copy tells nothing


@pytest.mark.parametrize("other", [0.7, 0.9])
def test_two_who_are_never_wrong_are_not_taken_for_copiers(other):
    """What everybody should answer is answered alike by both, however often; a third is wrong at times."""
    suspected = 0
    for seed in range(6):
        draw, watch = Random(seed), Watch(classes=5)
        for _ in range(300):
            true = draw.choices(range(5), SHARES)[0]
            third = true if draw.random() < other else draw.choice([c for c in range(5) if c != true])
            answers = [("one", true), ("two", true), ("three", third)]
            draw.shuffle(answers)
            suspected += any(alarm.kind == "copies" for alarm in watch.observe(Seen(answers=answers)))
    assert suspected == 0


def test_honest_people_are_hardly_ever_suspected_in_500_items(rows):
    assert rows["honest"].found <= 0.05
    assert rows["weak"].found <= (0.08 if SOAK else 0.25)


def test_an_alarm_says_what_is_wrong(rows):
    expected = {
        "constant": "careless",
        "random": "careless",
        "accepts": "follows_predictions",
        "skips": "skips_hard",
        "copier": "copies",
    }
    assert {kind: max(rows[kind].named, key=rows[kind].named.get) for kind in expected} == expected
    assert set(rows["tiring"].named) <= {"tires", "careless"}  # to answer without looking is the end of tiring


def test_dawid_and_skene_are_right_at_least_as_often_as_the_majority(worlds):
    """Over all crowds, a third of whom do not work honestly; ties of the majority go to the first answer."""
    right = Counter()
    for world in worlds:
        people = sorted({who for _, who, _ in world.answers})
        found = dawid_skene(
            [item for item, _, _ in world.answers],
            [people.index(who) for _, who, _ in world.answers],
            [answer for _, _, answer in world.answers],
            classes=range(len(SHARES)),
        )
        votes = [Counter() for _ in world.truth]
        for item, _, answer in world.answers:
            votes[item][answer] += 1
        right["majority"] += sum(v.most_common(1)[0][0] == t for v, t in zip(votes, world.truth, strict=True))
        right["dawid_skene"] += int((found.posterior.argmax(axis=1) == world.truth).sum())
    assert right["dawid_skene"] >= right["majority"]


def test_the_state_is_plain_data_and_goes_on_after_it_was_written_down():
    draw = Random(3)
    items = [
        Seen(
            answers=[(f"p{k}", draw.randrange(3)) for k in range(3)],
            prediction=draw.randrange(3),
            hard=draw.random() < 0.2,
        )
        for _ in range(60)
    ]
    whole, part = Watch(classes=3), Watch(classes=3)
    alarms = [whole.observe(item) for item in items]
    first = [part.observe(item) for item in items[:30]]
    kept = msgspec.json.decode(msgspec.json.encode(part), type=Watch)
    assert first + [kept.observe(item) for item in items[30:]] == alarms
    assert any(alarms)


def test_an_alarm_is_raised_once_and_names_who_is_copied():
    draw = Random(5)
    watch, raised = Watch(classes=4), []
    for _ in range(300):
        true = draw.randrange(4)
        answers = [(who, true if draw.random() < 0.8 else draw.randrange(4)) for who in ("a", "b", "c")]
        raised += watch.observe(Seen(answers=[*answers, ("copier", answers[1][1])]))
    assert [(alarm.who, alarm.kind, alarm.other) for alarm in raised] == [("copier", "copies", "b")]


def test_people_who_alone_see_their_items_are_not_suspected():
    watch = Watch(classes=3)
    draw = Random(8)
    raised = [watch.observe(Seen(answers=[("alone", draw.choices(range(3), [6, 3, 1])[0])])) for _ in range(400)]
    assert not any(raised)


def test_answers_outside_the_classes_or_twice_by_one_person_are_refused():
    with pytest.raises(ValueError, match="below 2"):
        Watch(classes=2).observe(Seen(answers=[("a", 2)]))
    with pytest.raises(ValueError, match="one a person"):
        Watch(classes=2).observe(Seen(answers=[("a", 0), ("a", 1)]))
    with pytest.raises(ValueError, match="two classes"):
        Watch(classes=1)


def test_a_limit_acts_only_when_the_whole_interval_lies_beyond_it_and_enough_was_seen():
    def verdict(right, n):
        return gold_accuracy([(0, k < right) for k in range(n)], limit=0.8).verdict

    assert verdict(0, 19) == "open"
    assert verdict(8, 20) == "below"
    assert verdict(14, 20) == "open"
    assert verdict(20, 20) == "above"
    assert gold_accuracy([], limit=0.8).overall.reason == "no_items"


def test_gold_is_told_by_class():
    found = gold_accuracy([(1, True), (1, True), (2, False)], limit=0.8)
    assert {c: score.value for c, score in found.per_class.items()} == {1: 1.0, 2: 0.0}


@given(st.integers(0, 10_000))
def test_the_sequential_test_ends_and_keeps_its_verdict(seed):
    draw = Random(seed)
    test = SequentialTest(good=0.85, bad=0.6)
    verdicts = [test.observe(draw.random() < 0.95) for _ in range(300)]
    assert verdicts[-1] != "open"
    assert len({v for v in verdicts if v != "open"}) == 1


def test_the_sequential_test_seldom_condemns_the_good_and_finds_the_bad_soon():
    draw = Random(1)

    def ended(accuracy):
        test = SequentialTest(good=0.85, bad=0.6)
        while test.observe(draw.random() < accuracy) == "open":
            pass
        return test

    good, bad = [ended(0.85) for _ in range(500)], [ended(0.6) for _ in range(500)]
    assert sum(test.verdict == "below" for test in good) <= 10
    assert sum(test.verdict == "below" for test in bad) >= 460
    assert sum(test.n for test in bad) / 500 < 40


def test_gold_that_is_known_shows_as_better_than_ordinary_work():
    assert gold_leak((60, 60), (60, 100)).suspected
    assert not gold_leak((58, 60), (95, 100)).suspected
    assert not gold_leak((10, 10), (5, 10)).suspected
    assert gold_leak((0, 0), (5, 10)).difference is None


def test_a_steady_person_stays_in_control_and_a_lasting_change_is_seen_nine_times_of_ten_within_fifteen_points():
    draw, false, late = Random(2), 0, 0
    for _ in range(100):
        usual, steady = ([draw.gauss(3.0, 0.3) for _ in range(n)] for n in (30, 100))
        slower = control_chart([*usual, *(draw.gauss(3.5, 0.3) for _ in range(15))])
        false += len(control_chart(usual + steady).signals)
        late += not slower.signals or slower.points[slower.signals[0]].signal != "high"
    assert false <= 100 * 100 * 0.01
    assert late <= 10


def test_a_steady_person_is_called_out_of_control_less_than_once_in_two_hundred_points():
    """The average run length between false alarms, pooled over steady people with baselines of their own."""
    draw, people, length = Random(5), 4_000 if SOAK else 250, 80
    alarms = runs = 0
    for _ in range(people):
        found = control_chart([draw.gauss(0.0, 1.0) for _ in range(30 + length)])
        first = found.signals[0] + 1 if found.signals else length
        runs += first
        alarms += bool(found.signals)
    assert alarms > 0
    assert runs / alarms > 200


def test_a_chart_of_too_little_or_of_no_variation_says_so():
    assert control_chart([1.0] * 5).reason == "too_few_items"
    assert control_chart([1.0] * 50).reason == "zero_variance"
    assert log_seconds([0.0, 1.0])[1] == 0.0


def test_fatigue_is_told_with_its_interval_and_only_from_enough():
    fresh = [(10.0, k % 10 != 0) for k in range(200)]
    late = [(90.0, k % 2 == 0) for k in range(200)]
    found = session_fatigue(fresh + late)
    assert found.tired
    assert found.difference == pytest.approx(-0.4)
    assert found.ci95[0] < -0.4 < found.ci95[1] < 0
    assert session_fatigue(fresh).difference is None
    assert not session_fatigue([(m, k % 10 != 0) for m in (10.0, 90.0) for k in range(100)]).tired


def test_patterns_explain_what_an_alarm_says():
    offered = [Offered(answer=0, others=[k % 3, k % 3], prediction=0, gold=k % 3 if k < 9 else None) for k in range(30)]
    offered += [Offered(answer=None, hard=True)] * 4
    found = pattern(offered)
    assert (found.most_used.value, found.accepted.value) == (1.0, 1.0)
    assert (found.accepted_wrong.value, found.accepted_wrong.n_items) == (1.0, 20)
    assert (found.peer_agreement.value, found.skipped_hard.value) == (pytest.approx(1 / 3), 1.0)
    assert found.surprise > 1
    nothing = pattern([])
    assert (nothing.peer_agreement.reason, nothing.surprise) == ("no_items", None)


def test_watching_needs_no_numpy():
    code = "import sys, domain.agreement.annotators; print([m for m in ('numpy', 'scipy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
