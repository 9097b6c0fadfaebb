"""Planted faults: copies of trusted work in the review queue that nothing tells from work, and what they say of reviewers."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import partial

import numpy as np
import pytest
from django.utils import timezone

from apps.accounts.models import Membership
from apps.activity.models import CountDelta, Notification
from apps.annotations.models import RegionIndex, Revision
from apps.core.bulk import ROOM
from apps.datasets.filters import ItemFilter, finished_items
from apps.projects.services.purging import purge_project
from apps.quality.models import Probe, ProbeScore
from apps.quality.queries.planted import trusted_work
from apps.quality.queries.statistics import statistics
from apps.quality.services import planting
from apps.quality.services.counting import recount
from apps.quality.services.finding import score_planted
from apps.quality.services.planting import end_sent_back, hand_in, keep_planted, plant_faults
from apps.reviews.models import Review
from apps.tasks.models import Assignment, Slot, Task
from domain.planting import plant
from domain.sampling import sampling_number
from tests.factories import api, make_member
from tests.integration.gold.making import hide, upload
from tests.integration.gold.telling import features, hanley, told_apart
from tests.work import Person, delete, put, region

pytestmark = pytest.mark.django_db
SOAK = os.environ.get("LABELWRIGHT_SOAK") == "1"
SHARE = 0.3


@pytest.fixture(autouse=True)
def every_second(monkeypatch):
    """Chance decides nothing here: every second piece of work draws a fault."""
    if not SOAK:
        monkeypatch.setattr(planting, "is_drawn", lambda seed, task_id, share: share > 0 and task_id // ROOM % 2 == 0)


def _only(monkeypatch, kind: str) -> None:
    monkeypatch.setattr(planting, "plant", partial(plant, kinds=[kind]))


@pytest.fixture
def reviewer(team):
    return Person(make_member(team.organisation, "reviewer"))


def _accepted(project, team, number: int) -> None:
    """Work that the team's reviewer accepted: the material of planted faults."""
    upload(project, team.manager, [f"OLD_{n:05d}.jpg" for n in range(number)])
    author, judge = Person(team.annotator), Person(team.reviewer)
    for n in range(number):
        author.label(project, region(1, 10 + n % 50, 20, 60, 50), region(2, 300, 200 + n % 40, 80, 70))
        judge.judge(judge.claim(project, "review")["revision"]["id"], "accept")


def _at_work(project, team, number: int, *, share: float = SHARE) -> Person:
    """Somebody labels, and faults come to review along with their work."""
    hide(project, team, faults=share)
    upload(project, team.manager, [f"IMG_{n:05d}.jpg" for n in range(2 * number)])
    person = Person(make_member(team.organisation, "annotator"))
    for n in range(number):
        person.label(
            project, region(1, 30 + n % 40, 40, 50, 60), region(2, 310, 190 + n % 30, 70, 70), active_ms=30_000
        )
        _clock(project)
    return person


def _clock(project) -> None:
    """What a minute does, without the minute."""
    plant_faults(project=project)
    Probe.objects.filter(kind=Probe.Kind.FAULT, due_at__isnull=False).update(due_at=timezone.now())
    hand_in(project=project)


def _reviews(person: Person, project) -> list[dict]:
    """All that the reviewer can claim, held; none is judged."""
    found = []
    while (claim := person.claim(project, "review")) is not None:
        found.append(claim)
    return found


def _shape(value):
    """A document's keys and types, without its values; which classes there are is a value too."""
    if isinstance(value, dict):
        return {"number" if key.isdigit() else key: _shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return type(value).__name__


def _first_difference(one, other, path: str = "") -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        parts = [(one.get(key), other.get(key), f"{path}.{key}") for key in {*one, *other}]
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        parts = [(a, b, f"{path}[{n}]") for n, (a, b) in enumerate(zip(one, other, strict=True))]
    else:
        return "" if one == other else f"{path}: {one} and {other}"
    return "; ".join(found for found in (_first_difference(*part) for part in parts) if found)


def _planted() -> set[int]:
    return set(Probe.objects.filter(kind=Probe.Kind.FAULT).values_list("task_id", flat=True))


def test_nothing_in_a_review_claim_tells_a_planted_fault_from_work(team, project, reviewer):
    _accepted(project, team, 300 if SOAK else 4)
    _at_work(project, team, 700 if SOAK else 8)
    queue = reviewer.http.get(f"projects/{project.pk}/reviews/queue?limit=200").json()["results"]
    rows, shapes, tested, before = [], {True: [], False: []}, [], {}
    planted = _planted()
    while (
        response := reviewer.http.post(f"projects/{project.pk}/tasks/claim", {"stage": "review"})
    ).status_code == 200:
        claim, is_planted = response.json(), response.json()["task"]["id"] in planted
        talk = reviewer.http.get(f"tasks/{claim['task']['id']}")
        history = reviewer.http.get(f"annotations/{claim['revision']['annotation']}/revisions")
        shapes[is_planted].append(
            (_shape(claim), _shape(talk.json()), _shape(history.json()), sorted(response.headers))
        )
        rows.append(features(claim, dict(response.headers), before))
        tested.append(is_planted)
    assert len(shapes[True]) >= 2
    usual = shapes[False]
    for shape in shapes[True]:
        assert shape in usual, _first_difference(shape, usual[0])
    listed = {True: [], False: []}
    for row in queue:
        listed[row["task"] in planted if isinstance(row["task"], int) else row["task"]["id"] in planted].append(
            _shape(row)
        )
    assert all(shape in listed[False] for shape in listed[True])
    if SOAK:
        labels = np.array(tested)
        area = float(np.mean([told_apart(rows, labels, seed=seed) for seed in range(5)]))
        print(
            "AUC",
            round(area, 3),
            "95 % of chance +-",
            round(1.96 * hanley(0.5, labels), 3),
            labels.sum(),
            "of",
            len(labels),
        )
        assert abs(area - 0.5) < max(0.05, 2.5 * hanley(0.5, labels))


def test_placing_again_changes_nothing_and_a_picture_is_used_once(team, project, reviewer):
    _accepted(project, team, 4)
    _at_work(project, team, 8)
    before = sorted(Probe.objects.values_list("pk", "task_id", "source_id"))
    assert plant_faults(project=project) == 0
    assert hand_in(project=project) == 0
    assert sorted(Probe.objects.values_list("pk", "task_id", "source_id")) == before
    sources = [source for _, _, source in before]
    assert len(sources) == len(set(sources)) >= 2


def test_nobody_who_had_the_picture_meets_it_and_nobody_their_own_work(team, project, reviewer):
    _accepted(project, team, 4)
    person = _at_work(project, team, 8)
    old, planted = Person(team.reviewer), _planted()
    assert planted
    assert {row["task"]["id"] for row in _reviews(old, project)}.isdisjoint(planted)  # they accepted the originals
    assert {row["revision"]["author"]["name"] for row in _reviews(reviewer, project)} == {person.user.name}
    own = api(person.user).get(f"projects/{project.pk}/tasks?limit=200").json()["results"]
    assert planted.isdisjoint(row["id"] for row in own)


def test_without_a_reviewer_who_never_saw_the_work_nothing_is_planted(team, project):
    _accepted(project, team, 4)
    assert trusted_work(project) == []
    _at_work(project, team, 8)
    assert _planted() == set()


def _first(project, reviewer) -> tuple[dict, dict]:
    """A claim of the reviewer that has a planted fault, and the fault."""
    planted = dict(Probe.objects.filter(kind=Probe.Kind.FAULT).values_list("task_id", "planted"))
    claim = next(claim for claim in _reviews(reviewer, project) if claim["task"]["id"] in planted)
    return claim, planted[claim["task"]["id"]][0]


def _found(project, team) -> list[tuple[int, int]]:
    score_planted()
    assert score_planted() == 0
    report = api(team.manager).get(f"projects/{project.pk}/quality/gold/people").json()["planted"]
    return [(row["overall"]["found"], row["overall"]["planted"]) for row in report["people"]]


def test_what_is_accepted_was_missed_and_what_is_sent_back_was_found(team, project, reviewer):
    _accepted(project, team, 4)
    _at_work(project, team, 8)
    planted = _planted()
    tests = [claim for claim in _reviews(reviewer, project) if claim["task"]["id"] in planted]
    reviewer.judge(tests[0]["revision"]["id"], "accept")
    reviewer.judge(tests[1]["revision"]["id"], "reject", reason="Look again")
    assert _found(project, team) == [(1, 2)]
    [row] = api(team.manager).get(f"projects/{project.pk}/quality/gold/people").json()["planted"]["people"]
    assert row["overall"]["low"] == pytest.approx(0.01258, abs=1e-4)  # exact, of 1 of 2
    assert sum(kind["share"]["planted"] for kind in row["kinds"]) == 2
    [judge] = [
        one for one in api(team.manager).get(f"projects/{project.pk}/statistics").json()["judges"]
        if one["person"]["name"] == reviewer.user.name
    ]  # fmt: skip
    assert (judge["planted"]["found"], judge["planted"]["planted"]) == (1, 2)
    seen = reviewer.http.get(f"projects/{project.pk}/statistics").json()
    assert all(one["planted"] is None for one in seen["judges"])


def test_a_fix_finds_a_fault_where_it_is(team, project, reviewer, monkeypatch):
    _only(monkeypatch, "extra")
    _accepted(project, team, 4)
    _at_work(project, team, 8)
    claim, fault = _first(project, reviewer)
    versions = {row["element"]["id"]: row["version"] for row in claim["annotation"]["elements"]}
    reviewer.save(claim["annotation"]["id"], [delete(fault["element"], over=versions[fault["element"]])])
    reviewer.judge(claim["revision"]["id"], "fix")
    assert _found(project, team) == [(1, 1)]
    task = Task.objects.get(pk=claim["task"]["id"])
    assert task.state == Task.State.DONE
    assert task.annotator_id is not None


def test_a_fix_elsewhere_misses_it(team, project, reviewer, monkeypatch):
    _only(monkeypatch, "wrong_class")
    _accepted(project, team, 4)
    _at_work(project, team, 8)
    claim, _ = _first(project, reviewer)
    reviewer.save(claim["annotation"]["id"], [put(region(1, 500, 20, 40, 40))])
    reviewer.judge(claim["revision"]["id"], "fix")
    assert _found(project, team) == [(0, 1)]


def test_who_it_is_shown_as_hears_nothing_and_no_figure_of_theirs_moves(team, project, reviewer):
    _accepted(project, team, 4)
    person = _at_work(project, team, 8)
    planted = _planted()
    claims = [claim for claim in _reviews(reviewer, project) if claim["task"]["id"] in planted]

    def known() -> list:
        found = statistics(user=team.manager, project_id=project.pk, days=None)
        mine = [
            person.http.get(f"projects/{project.pk}/{page}").content
            for page in ("feedback", "statistics/person", "statistics/control")
        ]
        return [
            found.workers,
            found.classes,
            found.reasons,
            Notification.objects.filter(user=person.user).count(),
            mine,
        ]

    before = known()
    asked = {
        "task": claims[0]["task"]["id"],
        "text": "@you right?",
        "mentions": [Membership.objects.get(user=person.user).number],
    }
    assert reviewer.http.post("issues", asked).status_code == 201
    for claim, verdict in zip(claims, ("reject", "accept", "reject"), strict=False):
        reviewer.judge(claim["revision"]["id"], verdict, **({"reason": "Look again"} if verdict == "reject" else {}))
    assert known() == before
    own = person.http.get("assignments?limit=200").json()["results"]
    assert planted.isdisjoint(row["task"] for row in own)
    hidden = Assignment.objects.get(task_id=claims[0]["task"]["id"], stage="annotate")
    assert person.http.get(f"assignments/{hidden.pk}").status_code == 404
    assert person.http.post(f"assignments/{hidden.pk}/recall", {}).status_code == 404
    assert not Slot.objects.filter(task_id__in=planted, stage="annotate", state="open").exists()
    assert Review.objects.get(revision_id=claims[0]["revision"]["id"]).author_id is None
    assert api(person.user).get(f"revisions/{claims[0]['revision']['id']}").status_code == 404


def test_maintained_counts_equal_a_full_scan(team, project, reviewer):
    _accepted(project, team, 4)
    _at_work(project, team, 8)
    for claim, verdict in zip(_reviews(reviewer, project), ["accept", "reject"] * 20, strict=False):
        reviewer.judge(claim["revision"]["id"], verdict, **({"reason": "Look again"} if verdict == "reject" else {}))

    def sums() -> dict:
        found: dict = {}
        for row in CountDelta.objects.filter(project_id=project.pk):
            place = (row.measure, row.key, row.day, row.user_id)
            found[place] = found.get(place, 0) + row.amount
        return {place: n for place, n in found.items() if n}

    kept = sums()
    recount(project_id=project.pk)
    assert sums() == kept


def test_one_that_was_sent_back_is_done_after_some_hours_and_nothing_is_exported(team, project, reviewer):
    _accepted(project, team, 4)
    _at_work(project, team, 8)
    planted = _planted()
    for claim in _reviews(reviewer, project):
        if claim["task"]["id"] in planted:
            reviewer.judge(claim["revision"]["id"], "reject", reason="Look again")
    assert end_sent_back(project_id=project.pk) == 0
    Task.objects.filter(pk__in=planted).update(updated_at=timezone.now() - timedelta(hours=5))
    assert end_sent_back(project_id=project.pk) >= 2
    assert planted.isdisjoint(item.pk for item in finished_items(project, ItemFilter()))
    listed = api(team.manager).get(f"projects/{project.pk}/tasks?limit=200").json()["results"]
    assert planted.isdisjoint(row["id"] for row in listed)


def test_switched_off_what_nobody_began_is_gone_and_places_go_back(team, project, reviewer):
    _accepted(project, team, 4)
    _at_work(project, team, 8)
    kept = list(Probe.objects.filter(kind=Probe.Kind.FAULT).values_list("host_id", "task__number", "task_id"))
    regions = RegionIndex.objects.filter(project_id=project.pk, task_id__in=[t for _, _, t in kept]).count()
    assert len(kept) >= 2
    assert regions
    hide(project, team, faults=0.0)
    keep_planted()
    assert not Probe.objects.filter(kind=Probe.Kind.FAULT).exists()
    assert not Revision.objects.filter(task_id__in=[t for _, _, t in kept]).exists()
    assert not RegionIndex.objects.filter(project_id=project.pk, task_id__in=[t for _, _, t in kept]).exists()
    assert {(pk, number) for pk, number, _ in kept} == set(
        Task.objects.filter(pk__in=[host for host, _, _ in kept]).values_list("pk", "number")
    )
    assert not Task.objects.filter(purpose=Task.Purpose.PLANTED).exists()
    person = Person(make_member(team.organisation, "annotator"))
    numbers = {person.claim(project)["task"]["number"] for _ in range(8)}
    assert len(numbers) == 8  # the queue goes on


def test_switched_off_what_a_reviewer_holds_stays_and_is_scored(team, project, reviewer):
    _accepted(project, team, 4)
    _at_work(project, team, 8)
    planted = _planted()
    held = [claim for claim in _reviews(reviewer, project) if claim["task"]["id"] in planted]
    hide(project, team, faults=0.0)
    keep_planted()
    assert _planted() == {claim["task"]["id"] for claim in held}
    reviewer.judge(held[0]["revision"]["id"], "accept")
    assert _found(project, team) == [(0, 1)]


def test_who_may_see_gold_is_not_measured(team, project, reviewer):
    _accepted(project, team, 4)
    _at_work(project, team, 8)
    planted = _planted()
    manager = Person(team.manager)
    claim = next(claim for claim in _reviews(manager, project) if claim["task"]["id"] in planted)
    manager.judge(claim["revision"]["id"], "accept")
    assert _found(project, team) == []
    assert not ProbeScore.objects.get(user=team.manager).counted


def test_annotators_and_reviewers_learn_nothing_of_it(team, project, reviewer):
    for person in (team.reviewer, team.annotator):
        assert api(person).get(f"projects/{project.pk}/quality/gold/people").status_code == 403


def test_so_much_work_draws_a_fault_that_the_review_queue_has_the_share():
    drawn = sum(sampling_number("seed", n) < 0.1 / 0.9 for n in range(5_000))
    assert 0.09 < drawn / (5_000 + drawn) < 0.11


@pytest.mark.parametrize("share", [-0.1, 0.31, "much"])
def test_a_share_out_of_range_is_refused_with_its_place(team, project, share):
    answer = api(team.manager).patch(f"projects/{project.pk}", {"settings": {"hidden_tests": {"faults": share}}})
    assert answer.status_code == 400
    assert "faults" in answer.json()["errors"][0]["pointer"]


def test_a_project_is_deleted_with_its_planted_faults(team, project, reviewer):
    _accepted(project, team, 4)
    _at_work(project, team, 8)
    assert _planted()
    project.trashed_at = timezone.now() - timedelta(days=365)
    project.save(update_fields=["trashed_at"])
    purge_project(project_id=project.pk)
    assert not Probe.objects.exists()
