"""Hints at what may be missing: when they are given, to whom never, and what people's answers do to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apps.predictions.models import MissThreshold, PossibleMiss, Prediction
from apps.predictions.services import NewPrediction, keep_predictions, measure_moved
from apps.projects.models import Project
from apps.quality.models import Gold
from apps.tasks.models import Task
from domain.elements import decode, encode
from domain.inference.misses import FEWEST, is_silent, sure_from
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db
MODEL = "yolo:3"


def offer(project: Project, team, task: Task, *regions: dict) -> Prediction:
    elements = [("region", encode(decode("region", one))) for one in regions]
    (kept,) = keep_predictions(project=project, user=team.manager, new=[NewPrediction(task=task, model=MODEL, elements=elements)])  # fmt: skip
    return kept.kept


def guess(x: float, score: float, **more: Any) -> dict:
    return region(x=x, source=MODEL, score=score, **more)


@pytest.fixture
def sure(project) -> MissThreshold:
    """Cars are hinted at from 0.6 on."""
    return MissThreshold.objects.create(
        project=project, model=MODEL, class_id=region()["class"], score=0.6, n=90, right=88, low=0.92
    )


@pytest.fixture
def hinted(project, team, sure) -> tuple[Any, dict, Prediction]:
    """A task in hand with one sure and one unsure region: the annotator, the claim, the prediction."""
    (task,) = make_tasks(project, team.manager)
    said = offer(project, team, task, guess(10, 0.9), guess(100, 0.5))
    person = Person(team.annotator)
    return person, person.claim(project), said


def say(person, claim: dict, prediction: int, element: str, said: str):
    answers = [{"prediction": prediction, "element": element, "said": said}]
    return person.http.post(f"annotations/{claim['annotation']['id']}/hints", {"answers": answers})


def hints_of(claim: dict) -> list[str]:
    return [element for one in claim["predictions"] for element in one["hints"]]


def test_a_class_is_hinted_at_from_where_what_people_finished_proves_it(project, team):
    """Sixty right regions prove a class; ten are too few, and say so."""
    few = region()["class"] + 1
    (task,) = make_tasks(project, team.manager)
    many = [guess(9.0 * at, 0.9) for at in range(60)]
    some = [guess(9.0 * at, 0.9, y=200.0, **{"class": few}) for at in range(10)]
    offer(project, team, task, *many, *some)
    Person(team.annotator).label(project, *many, *some)
    reviewer = Person(team.reviewer)
    reviewer.judge(reviewer.claim(project, "review")["revision"]["id"], "accept")
    measure_moved(project_id=project.pk, settled=timedelta(0))
    rows = {row.class_id: (row.score, row.n, row.right) for row in MissThreshold.objects.all()}
    assert rows == {region()["class"]: (0.3, 60, 60), few: (None, 10, 10)}
    told = Person(team.manager).http.get(f"projects/{project.pk}/models/uses", {"model": MODEL}).json()["hints"]
    assert [(one["class_id"], one["state"]) for one in told] == [(region()["class"], "hints"), (few, "unknown")]


def test_only_what_is_sure_enough_is_hinted_at(hinted):
    _, claim, said = hinted
    (prediction,) = claim["predictions"]
    assert prediction["id"] == said.pk
    sure_one = next(one["element"]["id"] for one in prediction["elements"] if one["element"]["score"] == 0.9)
    assert prediction["hints"] == [sure_one]


def test_what_is_said_is_kept_and_the_last_word_counts(hinted, project, team):
    person, claim, said = hinted
    (element,) = hints_of(claim)
    for word in ("kept", "refused", "refused", "added"):
        assert say(person, claim, said.pk, element, word).status_code == 204
    assert PossibleMiss.objects.get().said == "added"
    (told,) = Person(team.manager).http.get(f"projects/{project.pk}/models/uses", {"model": MODEL}).json()["hints"]
    assert (told["added"], told["refused"], told["kept"]) == (1, 0, 0)
    assert (told["precision"]["value"], told["precision"]["n"]) == (1.0, 1)


def test_what_was_refused_is_not_asked_again(hinted):
    person, claim, said = hinted
    say(person, claim, said.pk, hints_of(claim)[0], "refused")
    assert hints_of(person.http.get(f"assignments/{claim['assignment']['id']}").json()) == []


def test_a_class_whose_hints_are_mostly_refused_stops(hinted, sure, project, team):
    person, claim, _ = hinted
    MissThreshold.objects.filter(pk=sure.pk).update(refused=FEWEST - 1)
    address = f"assignments/{claim['assignment']['id']}"
    assert len(hints_of(person.http.get(address).json())) == 1, "too few were decided"
    MissThreshold.objects.filter(pk=sure.pk).update(refused=FEWEST - 1, added=1)
    assert hints_of(person.http.get(address).json()) == []
    (told,) = Person(team.manager).http.get(f"projects/{project.pk}/models/uses", {"model": MODEL}).json()["hints"]
    assert told["state"] == "silent"


@pytest.mark.parametrize("case", ["gold", "test", "several", "without", "off"])
def test_where_people_are_measured_nothing_is_hinted(case, hinted, project, team):
    person, claim, _ = hinted
    task = Task.objects.get(pk=claim["task"]["id"])
    if case == "gold":
        revision = person.submit(claim, outcome="empty")["revision"]["id"]
        Gold.objects.create(project=project, task=task, asset=task.asset, revision_id=revision, created_by=team.manager)
    if case == "test":
        Task.objects.filter(pk=task.pk).update(purpose=Task.Purpose.EXAM)
    if case == "several":
        slot = task.slots.get()
        slot.pk, slot.ordinal, slot.state, slot.assignment = None, 1, "open", None
        slot.save()
    if case == "without":
        project.settings = {"without_predictions": 0.9}
        project.save()
    if case == "off":
        assert Person(team.manager).http.patch(f"projects/{project.pk}", {"settings": {"possible_misses": False}}).status_code == 200  # fmt: skip
    assert hints_of(person.http.get(f"assignments/{claim['assignment']['id']}").json()) == []


def test_only_who_draws_answers_and_only_what_a_model_said(hinted, team, project):
    person, claim, said = hinted
    (element,) = hints_of(claim)
    assert say(Person(team.manager), claim, said.pk, element, "added").status_code in (404, 409)
    for prediction, name in ((said.pk, "nothing"), (said.pk + 999, element)):
        answer = say(person, claim, prediction, name, "added")
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_hint")
    assert say(person, claim, said.pk, element, "perhaps").status_code == 400
    MissThreshold.objects.update(score=None)
    assert say(person, claim, said.pk, element, "added").json()["code"] == "unknown_hint"
    assert not PossibleMiss.objects.exists()


def test_a_threshold_needs_about_fifty_right_ones_and_silence_a_majority():
    assert sure_from(1, [0.9] * 40, [True] * 40).score is None
    assert sure_from(1, [0.9] * 55, [True] * 55).score == 0.3
    assert sure_from(1, [0.9] * 90 + [0.4] * 90, [True] * 90 + [False] * 90).score == 0.45
    assert not is_silent(4, 4)
    assert is_silent(3, 5)
