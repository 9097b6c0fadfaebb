"""What the pages of agreement get: figures, confusions, the regions behind them, answers side by side; who may see what."""

from __future__ import annotations

from typing import Any

import pytest

from apps.projects.models import Project
from apps.quality.services import agreement
from tests.answers import annotators, box, overlap_project
from tests.factories import ApiClient, api
from tests.work import Person, make_tasks, put

pytestmark = pytest.mark.django_db


class Work:
    """Two tasks that two people have answered: one alike, on the other a wrong class, a miss and another weather."""

    def __init__(self, team: Any) -> None:
        self.project = overlap_project(team, overlap=2)
        self.tasks = make_tasks(self.project, team.manager, 2)
        self.first, self.second = annotators(team, 2)
        self.label(self.first, [box(2, x=200), box()], "clear")
        self.label(self.second, [box(3, x=201), box(), box(1, x=400)], "rain")
        self.label(self.first, [box()], "clear")
        self.label(self.second, [box()], "clear")
        agreement.ask_all(project_id=self.project.pk)
        agreement.score_waiting(project_id=self.project.pk)

    def label(self, person: Person, elements: list[Any], weather: str) -> None:
        claim = person.claim(self.project)
        answer = put({"id": "weather", "value": weather}, kind="answer")
        person.save(claim["annotation"]["id"], [*(put(element) for element in elements), answer])
        person.submit(claim)


@pytest.fixture
def work(team: Any) -> Work:
    return Work(team)


def ask(user: Any, project: Project, path: str = "", **query: Any) -> Any:
    client: ApiClient = api(user)  # type: ignore[assignment]
    return client.get(f"projects/{project.pk}/quality/agreement{path}", query)


def test_every_figure_says_n_interval_and_how_it_was_made(team: Any, work: Work) -> None:
    told = ask(team.manager, work.project).json()
    whole = told["agreement"]
    assert (whole["n_items"], whole["n_pairs"], whole["reason"], whole["method"]) == (2, 2, None, "f1")
    assert whole["ci95"][0] <= whole["value"] <= whole["ci95"][1]
    assert whole["params"]["threshold"] == 0.5
    assert whole["value"] == pytest.approx(6 / 11)  # of 5 + 2 and 2 + 2 that were compared, 2 and 4 agree
    classes = {c["class_id"]: c["agreement"]["value"] for c in told["classes"]}
    assert classes == {1: pytest.approx(4 / 5), 2: 0.0, 3: 0.0}
    (weather,) = told["questions"]
    assert (weather["question"], weather["agreement"]["value"]) == ("item:weather", 0.5)
    assert weather["beyond_chance"]["method"] == "krippendorff_alpha"
    assert len(told["people"]) == 2
    assert len(told["pairs"]) == 1


def test_one_class_only_is_no_chance_corrected_figure_and_says_why(team: Any, work: Work) -> None:
    told = ask(team.manager, work.project, "/confusion", question="region:parked").json()
    assert (told["beyond_chance"]["value"], told["beyond_chance"]["reason"]) == (None, "no_items")


def test_the_confusions_of_two_people_turn_with_who_is_first(team: Any, work: Work) -> None:
    a, b = work.first.user.pk, work.second.user.pk
    cells = {
        people: {(c["left"], c["right"]): c["times"] for c in told["cells"]}
        for people in (f"{a},{b}", f"{b},{a}")
        for told in (ask(team.manager, work.project, "/confusion", people=people).json(),)
    }
    assert cells[f"{a},{b}"] == {("1", "1"): 2, ("2", "3"): 1, ("", "1"): 1}
    assert cells[f"{b},{a}"] == {("1", "1"): 2, ("3", "2"): 1, ("1", ""): 1}


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({}, ["answer", "class", "missed"]),
        ({"subject": "class:3"}, ["class"]),
        ({"question": "class", "left": "3", "right": "2"}, ["class"]),
        ({"question": "class", "left": "", "right": "1"}, ["missed"]),
        ({"question": "item:weather"}, ["answer"]),
        ({"kind": "attribute"}, []),
        ({"people": "987654"}, []),
    ],
)
def test_one_click_from_a_figure_leads_to_the_regions_behind_it(
    team: Any, work: Work, query: dict[str, str], kinds: list[str]
) -> None:
    told = ask(team.manager, work.project, "/differences", **query).json()
    assert sorted(one["kind"] for one in told["results"]) == kinds
    assert {one["task"]["id"] for one in told["results"]} <= {work.tasks[0].pk}


@pytest.mark.parametrize(
    "query", [{"batch": "x"}, {"days": "0"}, {"people": "1,2,3"}, {"people": "a"}, {"cursor": "-1"}, {"task": "9" * 30}]
)
def test_a_question_that_makes_no_sense_is_told_so(team: Any, work: Work, query: dict[str, str]) -> None:
    for path in ("", "/confusion", "/differences"):
        assert ask(team.manager, work.project, path, **query).status_code in (200, 400)
    assert 400 in {
        ask(team.manager, work.project, path, **query).status_code for path in ("", "/confusion", "/differences")
    }


def test_an_annotator_sees_their_own_figure_and_nobody_elses(team: Any, work: Work) -> None:
    told = ask(work.first.user, work.project).json()
    assert (told["own"], told["agreement"]["n_items"]) == (True, 2)
    assert (told["people"], told["pairs"], told["batches"]) == ([], [], [])
    assert ask(work.first.user, work.project, "/confusion").status_code == 403
    assert ask(work.first.user, work.project, "/differences").status_code == 403
    before = ask(team.annotator, work.project).json()["agreement"]
    assert (before["value"], before["reason"]) == (None, "no_items")


def test_a_viewer_sees_the_whole_without_people(team: Any, work: Work) -> None:
    told = ask(team.viewer, work.project).json()
    assert (told["agreement"]["n_items"], told["people"], told["pairs"]) == (2, [], [])


def test_who_is_answering_a_task_sees_no_answer_to_it(team: Any) -> None:
    project = overlap_project(team, overlap=3)
    (task,) = make_tasks(project, team.manager)
    for person in annotators(team, 2):
        person.label(project, box())
    agreement.ask_all(project_id=project.pk)
    agreement.score_waiting(project_id=project.pk)
    reviewer = Person(team.reviewer)
    assert len(reviewer.http.get(f"tasks/{task.pk}/answers").json()["answers"]) == 2
    reviewer.claim(project)
    told = reviewer.http.get(f"tasks/{task.pk}/answers").json()
    assert (told["answers"], told["regions"], told["pairs"]) == ([], None, [])
    assert ask(team.reviewer, project, "/differences").json()["results"] == []
    other = Person(annotators(team, 1)[0].user)
    assert other.http.get(f"tasks/{task.pk}/answers").json()["answers"] == []


def test_in_a_blind_project_answers_have_letters_until_the_task_is_done(team: Any, work: Work) -> None:
    Project.objects.filter(pk=work.project.pk).update(blind=True)
    task = work.tasks[0]
    told = api(team.reviewer).get(f"tasks/{task.pk}/answers").json()
    assert {a["letter"] for a in told["answers"]} == {"A", "B"}
    assert all(a["person"] for a in told["answers"])  # done: this workflow ends with the answers
    type(task).objects.filter(pk=task.pk).update(state="conflict", result=None)
    told = api(team.reviewer).get(f"tasks/{task.pk}/answers").json()
    assert [a["person"] for a in told["answers"]] == [None, None]
    assert {tuple(sorted(m["letter"] for m in r["members"])) for r in told["regions"]} >= {("A", "B")}


@pytest.mark.parametrize(
    "table", ["classes", "attributes", "people", "pairs", "batches", "days", "confusion", "differences"]
)
def test_every_table_is_there_as_csv(team: Any, work: Work, table: str) -> None:
    answer = ask(team.manager, work.project, "/table", table=table)
    assert answer.status_code == 200
    lines = answer.content.decode().splitlines()
    assert len(lines) >= 2
    assert len({line.count(",") for line in lines}) == 1


def test_a_run_of_consensus_and_the_recompute_are_jobs_of_managers(team: Any, work: Work) -> None:
    url = f"projects/{work.project.pk}/quality"
    assert api(team.manager).post(f"{url}/agreement/recompute").status_code == 202
    assert api(team.manager).post(f"{url}/consensus", {"which": ["done"]}).status_code == 202
    assert api(team.manager).post(f"{url}/consensus", {"which": ["done"], "threshold": 7}).status_code == 400
    assert api(team.reviewer).post(f"{url}/agreement/recompute").status_code == 403
