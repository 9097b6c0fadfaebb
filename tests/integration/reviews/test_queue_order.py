"""The review queue in the orders and with the filters that a reviewer asks for."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import Role
from apps.annotations.models import Revision
from tests.factories import make_member, make_project
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Any) -> Any:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 6)
    return project


@pytest.fixture
def second(team: Any) -> Person:
    return Person(make_member(team.organisation, Role.ANNOTATOR, name="Aaron the Second"))


def queue(reviewer: Person, project: Any, **asked: Any) -> list[dict[str, Any]]:
    """All rows, a page of one row at a time, so that each order is also tried across pages."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = reviewer.http.get(
            f"projects/{project.pk}/reviews/queue", {**asked, "limit": 1, **({"cursor": cursor} if cursor else {})}
        ).json()
        found += page["results"]
        if not (cursor := page["next"]):
            return found


def revisions(rows: list[dict[str, Any]]) -> list[int]:
    return [row["revision"] for row in rows]


@pytest.fixture
def answers(annotator: Person, second: Person, project: Any) -> list[int]:
    """Revisions: an ordinary one, an empty one, an uncertain one of another person and class, and one with a finding."""
    _, ordinary = annotator.label(project, region())
    claim = annotator.claim(project)
    empty = annotator.submit(claim, outcome="empty")
    _, uncertain = second.label(project, region(class_id=2, flags=["uncertain"]))
    twins = [region(x=100), region(x=100)]
    _, doubled = annotator.label(project, *twins)
    return [one["revision"]["id"] for one in (ordinary, empty, uncertain, doubled)]


def test_without_an_order_it_is_that_of_the_handing_out(reviewer: Person, project: Any, answers: list[int]) -> None:
    rows = queue(reviewer, project)
    assert revisions(rows) == answers
    assert reviewer.claim(project, "review")["revision"]["id"] == answers[0]


def test_risk_puts_what_is_worth_a_look_first(reviewer: Person, project: Any, answers: list[int]) -> None:
    ordinary, empty, uncertain, doubled = answers
    rows = queue(reviewer, project, order="risk")
    assert revisions(rows) == [doubled, uncertain, empty, ordinary]
    assert [row["why"] for row in rows] == [["finding"], ["uncertain"], ["empty"], ["sample"]]
    assert [row["risk"] for row in rows] == sorted((row["risk"] for row in rows), reverse=True)
    assert rows[0]["findings"] == 1


def test_of_equal_risk_the_first_submitted_comes_first(annotator: Person, reviewer: Person, project: Any) -> None:
    made = [annotator.label(project)[1]["revision"]["id"] for _ in range(3)]
    assert revisions(queue(reviewer, project, order="risk")) == made


def test_the_oldest_and_the_newest_first_are_each_other_s_reverse(
    reviewer: Person, project: Any, answers: list[int]
) -> None:
    assert revisions(queue(reviewer, project, order="oldest")) == answers
    assert revisions(queue(reviewer, project, order="newest")) == answers[::-1]


def test_by_annotator_each_person_s_work_lies_together(reviewer: Person, project: Any, answers: list[int]) -> None:
    names = [row["author"]["name"] for row in queue(reviewer, project, order="annotator")]
    assert names == sorted(names)
    assert names[0] == "Aaron the Second"


def test_filters_leave_one_annotator_one_class_or_one_reason(
    reviewer: Person, second: Person, project: Any, answers: list[int]
) -> None:
    ordinary, empty, uncertain, doubled = answers
    assert revisions(queue(reviewer, project, annotator=second.user.pk)) == [uncertain]
    assert revisions(queue(reviewer, project, class_id=1)) == [ordinary, doubled]
    assert revisions(queue(reviewer, project, class_id=2, order="risk")) == [uncertain]
    assert revisions(queue(reviewer, project, why="finding")) == [doubled]
    assert revisions(queue(reviewer, project, why="empty")) == [empty]
    assert revisions(queue(reviewer, project, why="open_issue")) == []


def test_much_faster_than_usual_is_told_from_the_project_s_own_median(
    annotator: Person, reviewer: Person, project: Any
) -> None:
    made = [annotator.label(project)[1]["revision"]["id"] for _ in range(6)]
    Revision.objects.filter(pk__in=made).update(active_ms=60_000)
    Revision.objects.filter(pk=made[3]).update(active_ms=5_000)
    assert revisions(queue(reviewer, project, why="fast")) == [made[3]]


@pytest.mark.parametrize(
    "asked", [{"order": "size"}, {"why": "sample"}, {"annotator": "me"}, {"class_id": "-1"}, {"annotator": "9" * 30}]
)
def test_what_is_not_known_is_refused_by_name(reviewer: Person, project: Any, asked: dict[str, str]) -> None:
    response = reviewer.http.get(f"projects/{project.pk}/reviews/queue", asked)
    assert response.status_code == 400
    assert next(iter(asked)) in response.json()["detail"]


def test_a_review_that_was_given_back_is_in_the_list_again(team: Any, project: Any) -> None:
    make_tasks(project, team.manager)
    Person(team.annotator).label(project)
    reviewer = Person(team.reviewer)
    claim = reviewer.claim(project, "review")
    assert reviewer.http.get(f"projects/{project.pk}/reviews/queue").json()["results"] == []
    reviewer.http.post(f"assignments/{claim['assignment']['id']}/release")
    listed = reviewer.http.get(f"projects/{project.pk}/reviews/queue").json()["results"]
    assert [row["task"] for row in listed] == [claim["task"]["id"]]
