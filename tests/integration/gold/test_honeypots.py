"""Hidden tests: where they stand in the queue, to whom they go, and that nothing tells them from work."""

from __future__ import annotations

import os
from datetime import timedelta

import numpy as np
import pytest
from django.db.models import F
from django.utils import timezone

from apps.annotations.services import claim_work
from apps.assets.models import Asset
from apps.core.permissions import Action
from apps.datasets.filters import ItemFilter, finished_items
from apps.projects.access import project_for
from apps.quality.models import Probe
from apps.quality.services.gold import retire_gold
from apps.quality.services.honeypots import ADVISED, keep_placed, place_honeypots
from apps.quality.services.looks import look_of
from apps.tasks.models import QueueCursor, Slot, Task
from apps.tasks.services import promise
from apps.tasks.services.apart import DISTANCE, keep_apart
from apps.tasks.services.queue import START
from tests.factories import make_member
from tests.integration.gold.making import SIZES, hide, make_gold, make_gold_from, make_much_gold, upload
from tests.integration.gold.telling import features, hanley, told_apart
from tests.work import Person, put, region

pytestmark = pytest.mark.django_db
SOAK = os.environ.get("LABELWRIGHT_SOAK") == "1"
CLAIMS = 2_000 if SOAK else 180
SHARE = 0.1


def _names(number: int) -> list[str]:
    return [f"IMG_{n:05d}.jpg" for n in range(10, 10 + number)]


def _claims(people: list[Person], project, number: int, *, submit: bool):
    """People take turns, some slower than others: rows of features, and whether each claim was a test."""
    rows, tested, before = [], [], [{} for _ in people]
    probes = set(Probe.objects.values_list("task_id", flat=True))
    for turn in range(number):
        who = turn * 7 % (len(people) + 2) % len(people)
        response = people[who].http.post(f"projects/{project.pk}/tasks/claim", {"stage": "annotate"})
        assert response.status_code == 200, response.content
        claim = response.json()
        if submit:
            people[who].submit(claim, outcome="empty")
        rows.append(features(claim, dict(response.headers), before[who]))
        tested.append(claim["task"]["id"] in probes)
    return rows, np.array(tested)


def test_nothing_in_a_claim_tells_a_test_from_work(team, project):
    hide(project, team, share=SHARE)
    make_much_gold(project, team, int(3 * SHARE / ADVISED), SIZES)
    upload(project, team.manager, _names(CLAIMS + 100), sizes=SIZES)  # in an order that a test of another size breaks
    place_honeypots(project=project, ahead=CLAIMS + 100)
    people = [Person(make_member(team.organisation, "annotator")) for _ in range(3)]
    rows, tested = _claims(people, project, CLAIMS, submit=SOAK)
    assert tested.sum() >= CLAIMS * SHARE / 3  # places are drawn: fewer would say nothing, and 18 are meant
    figures = [told_apart(rows, tested, seed=seed) for seed in range(5 if SOAK else 2)]
    area, error = float(np.mean(figures)), hanley(0.5, tested)
    print(
        "AUC", round(area, 4), "95 % of chance +-", round(1.96 * error, 4), figures, int(tested.sum()), "of", len(rows)
    )
    spread = 0.05 if SOAK else 4 * error  # of a short run no more can be said; what stands out comes near 1
    assert abs(area - 0.5) < spread, figures


def test_gold_stands_only_among_pictures_that_look_like_it(team, project):
    wide = upload(project, team.manager, _names(3), sizes=SIZES)[1]
    make_gold_from(project, team, wide)
    hide(project, team, share=0.3)
    upload(project, team.manager, [f"MORE_{n}.jpg" for n in range(60)], sizes=SIZES)
    assert place_honeypots(project=project) > 0
    for probe in Probe.objects.select_related("task__asset", "host__asset"):
        assert look_of(probe.task.asset) == look_of(probe.host.asset) == look_of(wide.asset)
    report = Person(team.manager).http.get(f"projects/{project.pk}/quality/gold/people").json()
    assert 0.3 < report["covered"] < 0.4


def test_where_every_picture_has_its_own_size_gold_of_any_size_is_hidden(team, project):
    tasks = upload(project, team.manager, _names(60))
    for n, task in enumerate(tasks):
        Asset.objects.filter(pk=task.asset_id).update(width=800 + n, height=500 + n)
    make_gold_from(project, team, Task.objects.get(pk=tasks[0].pk))
    hide(project, team, share=0.3)
    assert place_honeypots(project=project) > 0


def test_the_classifier_would_find_a_test_that_stands_out(team, project):
    upload(project, team.manager, _names(80))
    person = Person(team.annotator)
    rows, before = [], {}
    for _ in range(70):
        rows.append(features(person.claim(project), {}, before))
    marked = np.arange(70) % 9 == 4
    for row, is_test in zip(rows, marked, strict=True):
        row[".asset.id"] += 40 * is_test
        row[".asset.id:gap"] = row.get(".asset.id:gap", 0) + 40 * is_test
    assert told_apart(rows, marked) > 0.9


def _honeypots(project, team, *, golds: int, tasks: int, share: float = 0.3):
    made = make_gold(project, team, golds)
    hide(project, team, share=share)
    upload(project, team.manager, _names(tasks))
    place_honeypots(project=project)
    return made


def test_the_same_gold_comes_to_nobody_twice_within_200_tasks(team, project):
    _honeypots(project, team, golds=2, tasks=60)
    person = make_member(team.organisation, "annotator")
    for _ in range(40):
        claim_work(user=person, project_id=project.pk, stage="annotate")
    golds = list(Probe.objects.filter(task__assignments__user=person).values_list("gold_id", flat=True))
    assert len(golds) == len(set(golds)) == 2


def test_after_200_tasks_a_gold_may_come_again(team, project):
    _honeypots(project, team, golds=1, tasks=20)
    person = make_member(team.organisation, "annotator")
    while not Probe.objects.filter(task__assignments__user=person).exists():
        assert claim_work(user=person, project_id=project.pk, stage="annotate") is not None
    QueueCursor.objects.filter(user=person).update(taken=F("taken") + DISTANCE + 1, order_key=START, slot_id=0)
    while claim_work(user=person, project_id=project.pk, stage="annotate") is not None:
        pass
    assert Probe.objects.filter(task__assignments__user=person).count() == 2


def test_who_made_or_judged_the_gold_never_meets_it(team, project):
    _honeypots(project, team, golds=2, tasks=30)
    for knows in (team.annotator, team.reviewer):
        while claim_work(user=knows, project_id=project.pk, stage="annotate") is not None:
            pass
    mine = Probe.objects.filter(task__assignments__user=team.annotator)
    assert not mine.exists()
    assert Probe.objects.filter(task__state="waiting").exists()


def test_a_gold_is_promised_to_nobody_twice(team, project):
    _honeypots(project, team, golds=1, tasks=30)
    person = make_member(team.organisation, "annotator")
    promised = []
    while (one := promise(user=person, project_id=project.pk, stage="annotate")) is not None:
        promised.append(one.slot.task_id)
    assert Probe.objects.filter(task_id__in=promised).count() == 1


def test_a_promised_test_is_claimed_like_any_promise(team, project):
    _honeypots(project, team, golds=1, tasks=30)
    person = make_member(team.organisation, "annotator")
    probe = Probe.objects.first()
    slot = Slot.objects.get(task=probe.task)
    keep_apart(project_for(person, project.pk, Action.ANNOTATE), slot)
    Slot.objects.filter(pk=slot.pk).update(promised_to=person, promised_until=timezone.now() + timedelta(minutes=1))
    taken = claim_work(user=person, project_id=project.pk, stage="annotate", promised=slot.pk)
    assert taken.task.pk == probe.task_id


def test_the_task_whose_name_a_test_bears_comes_to_who_had_the_test_when_nothing_else_is_left(team, project):
    _honeypots(project, team, golds=1, tasks=40)
    person, seen = make_member(team.organisation, "annotator"), []
    while (work := claim_work(user=person, project_id=project.pk, stage="annotate")) is not None:
        seen.append(work.task.name)
    twice = [name for name in set(seen) if seen.count(name) == 2]
    assert len(twice) == 1
    assert seen[-1] == twice[0]


def test_a_queue_with_nothing_but_tests_is_at_its_end(team, project):
    _honeypots(project, team, golds=1, tasks=20)
    person = make_member(team.organisation, "annotator")
    while claim_work(user=person, project_id=project.pk, stage="annotate") is not None:
        pass
    assert Slot.objects.filter(stage="annotate", state="open").exists()
    keep_placed()
    assert not Slot.objects.filter(stage="annotate", state="open", task__purpose="probe").exists()


def test_the_task_that_gave_its_place_is_otherwise_as_it_was(team, project):
    hide(project, team, share=0.3)
    tasks = upload(project, team.manager, _names(40))
    before = {task.pk: (task.asset_id, task.number, task.name) for task in tasks}
    make_gold_from(project, team, tasks[0])
    assert place_honeypots(project=project) > 0
    for task in Task.objects.filter(pk__in=before):
        asset_id, number, name = before[task.pk]
        moved = Probe.objects.filter(host=task).first()
        assert (task.asset_id, task.name) == (asset_id, name)
        assert task.number == number if moved is None else task.number > 40 and moved.task.number == number


def test_placing_again_changes_nothing(team, project):
    _honeypots(project, team, golds=2, tasks=40)
    before = Probe.objects.count()
    assert place_honeypots(project=project) == 0
    assert before == Probe.objects.count() > 0


def test_switched_off_all_is_as_before(team, project):
    tasks = upload(project, team.manager, _names(40))
    make_gold_from(project, team, tasks[0])
    before = list(Task.objects.order_by("pk").values_list("pk", "number", "order_key", "asset_id", "name"))
    slots = list(Slot.objects.order_by("order_key", "pk").values_list("pk", "task_id", "revision_id"))
    hide(project, team, share=0.3)
    assert place_honeypots(project=project) > 0
    hide(project, team, share=0.0)
    keep_placed()
    assert list(Task.objects.order_by("pk").values_list("pk", "number", "order_key", "asset_id", "name")) == before
    assert list(Slot.objects.order_by("order_key", "pk").values_list("pk", "task_id", "revision_id")) == slots
    assert not Probe.objects.exists()


def test_retired_gold_leaves_the_queue(team, project):
    gold = _honeypots(project, team, golds=1, tasks=30)[0]
    assert Probe.objects.exists()
    retire_gold(user=team.manager, gold_id=gold.pk)
    assert not Probe.objects.exists()
    assert place_honeypots(project=project) == 0


def test_who_may_be_tested_finds_only_what_was_in_their_hands(team, project):
    _honeypots(project, team, golds=1, tasks=10)
    person = Person(make_member(team.organisation, "annotator"))
    claim = person.claim(project)
    other = Task.objects.exclude(pk=claim["task"]["id"]).filter(state="waiting").first()
    rows = person.http.get(f"projects/{project.pk}/tasks").json()["results"]
    assets = person.http.get(f"projects/{project.pk}/assets").json()["results"]
    assert [row["id"] for row in rows] == [claim["task"]["id"]]
    assert [row["id"] for row in assets] == [claim["asset"]["id"]]
    assert person.http.get(f"tasks/{other.pk}").status_code == 404
    assert person.http.get(f"assets/{other.asset_id}").status_code == 404
    assert person.http.get(f"tasks/{claim['task']['id']}").status_code == 200


def test_to_managers_tests_are_no_tasks_and_nothing_of_them_is_exported(team, project):
    _honeypots(project, team, golds=1, tasks=10)
    probe = Probe.objects.first()
    person, reviewer = Person(make_member(team.organisation, "annotator")), Person(team.reviewer)
    while (claim := person.claim(project)) is not None:
        person.save(claim["annotation"]["id"], [put(region())])
        person.submit(claim)
    while (claim := reviewer.claim(project, "review")) is not None:
        reviewer.judge(claim["revision"]["id"], "accept")
    assert Task.objects.get(pk=probe.task_id).state == "done"
    listed = Person(team.manager).http.get(f"projects/{project.pk}/tasks?limit=500").json()["results"]
    exported = set(finished_items(project, ItemFilter()).values_list("pk", flat=True))
    assert probe.task_id not in {row["id"] for row in listed} | exported
    assert len(exported) == 11
