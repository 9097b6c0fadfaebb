"""Figures of people, reviewers and classes, each with its interval, and what misses its target."""

from __future__ import annotations

from datetime import date

import pytest

from apps.activity import counts
from apps.activity.models import CountDelta
from apps.projects.models import Project
from tests.factories import Team, api, make_member, make_project
from tests.work import Person, delete, make_tasks, put, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Team) -> Project:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 3)
    return project


def judged(team: Team, project: Project) -> None:
    """Two cars and a person; the reviewer takes one car away, adds another, and rejects the next task for two reasons."""
    annotator, reviewer = Person(team.annotator), Person(team.reviewer)
    gone = region(1)
    _, submitted = annotator.label(project, gone, region(1, 100), region(2, 200), active_ms=4000)
    claim = reviewer.claim(project, "review")
    versions = {row["element"]["id"]: row["version"] for row in claim["annotation"]["elements"]}
    edits = [delete(gone["id"], over=versions[gone["id"]]), put(region(1, 300))]
    reviewer.save(claim["annotation"]["id"], edits)
    reviewer.judge(submitted["revision"]["id"], "fix")
    _, second = annotator.label(project, region(2))
    reviewer.claim(project, "review")
    reviewer.judge(second["revision"]["id"], "reject", reason="Wrong class, Loose outline: look again")


def many(project: Project, class_id: int, user: int, judged_n: int, faulty: int, *, month: int = 1) -> None:
    """As if so many regions had been judged."""
    rows = (("judged_regions", judged_n), ("faulty_regions", faulty))
    CountDelta.objects.bulk_create(
        CountDelta(
            project_id=project.pk, measure=m, key=str(class_id), day=date(2026, month, 1), user_id=user, amount=n
        )
        for m, n in rows
    )
    counts.fold()


def test_classes_people_and_reviewers_have_their_figures(team: Team, project: Project) -> None:
    judged(team, project)
    found = api(team.manager).get(f"projects/{project.pk}/statistics").json()
    classes = {one["class_id"]: one["right"] for one in found["classes"]}
    assert (classes[1]["n"], classes[1]["value"]) == (3, pytest.approx(1 / 3))  # two drawn, one missed; one was right
    assert (classes[2]["n"], classes[2]["value"]) == (2, 1.0)
    (worker,) = found["workers"]
    assert (worker["submitted"], worker["fixed"], worker["rejected"]) == (2, 1, 1)
    assert (worker["first_time"]["value"], worker["first_time"]["n"]) == (0.0, 2)
    assert worker["reasons"] == {"Wrong class": 1, "Loose outline": 1}
    (judge,) = found["judges"]
    assert (judge["reviewed"], judge["regions"], judge["overturned"]) == (2, 4, 0)
    assert (found["spread"]["images"], found["spread"]["empty"]) == (2, 0)


def test_nothing_judged_is_no_figure_and_says_why(team: Team, project: Project) -> None:
    found = api(team.manager).get(f"projects/{project.pk}/statistics").json()
    assert {one["right"]["value"] for one in found["classes"]} == {None}
    assert {one["right"]["reason"] for one in found["classes"]} == {"nothing_reviewed"}
    assert found["costs"] == {"currency": "EUR", "annotate": None, "review": None, "per_task": None}


@pytest.mark.parametrize(
    ("judged_n", "faulty", "missed"),
    [(49, 40, False), (50, 25, True), (60, 9, True), (1000, 150, False), (1000, 200, True)],
)
def test_a_target_is_missed_by_the_lower_bound_with_enough_judged(
    team: Team, project: Project, judged_n: int, faulty: int, missed: bool
) -> None:
    many(project, 1, team.annotator.pk, judged_n, faulty)
    manager = api(team.manager)
    manager.put(f"projects/{project.pk}/guidelines", {"markdown": "# Car\n\nAll cars."})
    one = next(c for c in manager.get(f"projects/{project.pk}/statistics").json()["classes"] if c["class_id"] == 1)
    assert one["missed"] is missed
    assert one["section"] == "g-car"
    assert [row["person"]["id"] for row in one["people"]] == ([team.annotator.pk] if missed else [])
    attention = manager.get(f"projects/{project.pk}/stats").json()["attention"]
    assert ("quality_target" in [row["code"] for row in attention]) is missed


def test_a_class_may_have_a_target_of_its_own(team: Team, project: Project) -> None:
    many(project, 1, team.annotator.pk, 1000, 30)
    manager = api(team.manager)
    changed = manager.patch(f"projects/{project.pk}", {"settings": {"quality_targets": {"1": 0.99}}})
    assert changed.status_code == 200, changed.content
    one = next(c for c in manager.get(f"projects/{project.pk}/statistics").json()["classes"] if c["class_id"] == 1)
    assert (one["target"], one["missed"]) == (0.99, True)


def test_annotators_see_their_own_page_and_nobody_elses(team: Team, project: Project) -> None:
    judged(team, project)
    own = api(team.annotator).get(f"projects/{project.pk}/statistics/person").json()
    assert (own["worker"]["person"]["id"], own["worker"]["submitted"]) == (team.annotator.pk, 2)
    assert sum(day["submitted"] for day in own["days"]) == 2
    other = f"projects/{project.pk}/statistics/person?user={team.annotator.pk}"
    assert api(team.manager).get(other).json()["worker"]["rejected"] == 1
    refused = api(team.annotator).get(f"projects/{project.pk}/statistics/person?user={team.reviewer.pk}")
    assert refused.status_code == 404
    seen = api(team.annotator).get(f"projects/{project.pk}/statistics").json()
    assert (seen["workers"], seen["judges"]) == ([], [])


def test_in_a_blind_project_annotators_learn_nothing_of_others_from_sums(team: Team, project: Project) -> None:
    judged(team, project)
    other = api(make_member(team.organisation, "annotator")).get(f"projects/{project.pk}/statistics").json()
    assert {one["right"]["n"] for one in other["classes"]} == {0}
    assert (other["spread"]["images"], other["spread"]["regions"], other["submitted"]) == (0, 0, 0)


def test_what_an_hour_costs_gives_the_cost_of_a_task(team: Team, project: Project) -> None:
    api(team.manager).patch(
        f"projects/{project.pk}", {"settings": {"hourly_cost": {"annotate": 36, "review": 0, "currency": "USD"}}}
    )
    rows = (("active_ms", "annotate", 3_600_000), ("submitted", "", 10))
    CountDelta.objects.bulk_create(
        CountDelta(project_id=project.pk, measure=m, key=k, day=date(2026, 1, 1), user_id=team.annotator.pk, amount=n)
        for m, k, n in rows
    )
    counts.fold()
    costs = api(team.manager).get(f"projects/{project.pk}/statistics").json()["costs"]
    assert costs == {"currency": "USD", "annotate": 36.0, "review": None, "per_task": 3.6}


@pytest.mark.parametrize("name", ["people", "reviewers", "classes", "reasons"])
def test_each_table_is_had_as_csv(team: Team, project: Project, name: str) -> None:
    judged(team, project)
    response = api(team.manager).get(f"projects/{project.pk}/statistics/table?table={name}")
    assert response["Content-Type"].startswith("text/csv")
    lines = response.content.decode().splitlines()
    assert len(lines) >= 2
    assert len({line.count(",") for line in lines}) == 1
