"""An exam before work: who is asked, what they are handed, how it is marked, and what follows."""

from __future__ import annotations

import pytest

from apps.accounts.models import Membership
from apps.activity.queries import sums_of
from apps.datasets.filters import ItemFilter, finished_items
from apps.projects.services.guidelines import write_guideline
from apps.quality.models import ExamTry, Probe
from apps.quality.services.honeypots import place_honeypots
from apps.quality.services.scoring import score_answer, unscored
from apps.tasks.models import Task
from apps.tasks.services import promise
from tests.factories import api, make_member, make_project
from tests.integration.gold.making import make_much_gold, upload
from tests.work import Person, put, region

pytestmark = pytest.mark.django_db
RIGHT = region(1, 10, 21)  # what `make_gold_from` says


@pytest.fixture
def project(team):
    """Four pieces of gold, work in the queue, and an exam of two tasks."""
    project = make_project(team.organisation, team.manager)
    make_much_gold(project, team, 4)
    upload(project, team.manager, [f"IMG_{n}.jpg" for n in range(6)])
    ask(project, team, tasks=2, pass_mark=0.8, tries=2)
    return project


@pytest.fixture
def person(team):
    return Person(make_member(team.organisation, "annotator"))


def ask(project, team, **exam):
    answer = api(team.manager).patch(f"projects/{project.pk}", {"settings": {"exam": exam}})
    assert answer.status_code == 200, answer.content
    project.refresh_from_db()


def claim(person, project, stage="annotate"):
    return person.http.post(f"projects/{project.pk}/tasks/claim", {"stage": stage})


def begin(person, project):
    answer = person.http.post(f"projects/{project.pk}/exam", {})
    assert answer.status_code == 200, answer.content
    return answer.json()


def take(person, project, *, right: bool):
    """A whole try: the known answer, or nothing, to every task."""
    begin(person, project)
    for _ in range(2):
        work = claim(person, project).json()
        if right:
            person.save(work["annotation"]["id"], [put(RIGHT)])
        person.submit(work, **({} if right else {"outcome": "empty"}))
    mark()
    return person.http.get(f"projects/{project.pk}/exam").json()


def mark():
    for revision_id in unscored():
        score_answer(revision_id=revision_id)


def test_before_the_exam_nothing_is_handed_out_and_after_it_the_queue_is_open(team, project, person):
    refused = claim(person, project)
    assert (refused.status_code, refused.json()["code"], refused.json()["state"]) == (409, "exam_first", "needed")
    passed = take(person, project, right=True)
    assert (passed["state"], passed["tries"][0]["accuracy"]["value"]) == ("passed", 1.0)
    assert passed["tries"][0]["classes"][0]["correct"] == passed["tries"][0]["classes"][0]["things"] == 2
    work = claim(person, project).json()
    assert Task.objects.get(pk=work["task"]["id"]).purpose == "work"


def test_at_an_exam_only_its_tasks_come_and_none_is_promised_beyond_them(team, project, person):
    begin(person, project)
    first = promise(user=person.user, project_id=project.pk, stage="annotate")
    second = promise(user=person.user, project_id=project.pk, stage="annotate")
    assert {first.slot.task.purpose, second.slot.task.purpose} == {"exam"}
    assert promise(user=person.user, project_id=project.pk, stage="annotate") is None
    mine = {claim(person, project).json()["task"]["id"] for _ in range(2)}
    assert mine == set(Probe.objects.filter(exam__user=person.user).values_list("task_id", flat=True))
    assert claim(person, project).status_code == 204


def test_what_is_handed_in_is_marked_and_leaves_no_trace_in_work(team, project, person):
    before = dict(sums_of(project.pk, "tasks_by_state"))
    take(person, project, right=True)
    assert not finished_items(project, ItemFilter()).exists()
    assert {key: n for key, n in sums_of(project.pk, "tasks_by_state").items() if n} == {
        k: n for k, n in before.items() if n
    }
    assert not Person(team.reviewer).http.post(f"projects/{project.pk}/tasks/claim", {"stage": "review"}).content
    assert not any(sums_of(project.pk, "submitted").values())
    rows = api(team.manager).get(f"projects/{project.pk}/tasks?limit=500").json()["results"]
    assert not {row["id"] for row in rows} & set(Task.objects.filter(purpose="exam").values_list("pk", flat=True))


def test_who_fails_may_try_again_until_no_try_is_left_and_a_manager_helps(team, project, person):
    failed = take(person, project, right=False)
    assert (failed["state"], failed["tries_left"], failed["tries"][0]["faults"]) == ("needed", 1, {"missed": 2})
    assert take(person, project, right=False)["state"] == "failed"
    assert person.http.post(f"projects/{project.pk}/exam", {}).json()["code"] == "no_exam"
    allow = f"projects/{project.pk}/quality/exams/allow"
    assert api(team.manager).post(allow, {"person": person.user.pk, "what": "tries"}).status_code == 204
    assert person.http.get(f"projects/{project.pk}/exam").json()["tries_left"] == 2
    assert api(team.manager).post(allow, {"person": person.user.pk, "what": "pass"}).status_code == 204
    assert claim(person, project).status_code == 200
    report = api(team.manager).get(f"projects/{project.pk}/quality/exams").json()
    assert [one["state"] for one in report["people"][0]["tries"]] == ["excused", "failed", "failed"]


def test_another_try_begins_with_pictures_that_were_not_in_the_last(team, project, person):
    take(person, project, right=False)
    take(person, project, right=False)
    assert Probe.objects.filter(exam__user=person.user).values("gold_id").distinct().count() == 4


def test_the_guideline_comes_first_and_a_new_one_asks_for_the_exam_again(team, project, person):
    first = write_guideline(project=project, user=team.manager, markdown="# Cups")
    unread = person.http.post(f"projects/{project.pk}/exam", {})
    assert unread.json()["code"] == "guideline_unread"
    person.http.post(f"projects/{project.pk}/guidelines/read", {"number": first.number})
    assert take(person, project, right=True)["state"] == "passed"
    project.refresh_from_db()
    second = write_guideline(project=project, user=team.manager, markdown="# Cups and mugs")
    person.http.post(f"projects/{project.pk}/guidelines/read", {"number": second.number})
    assert claim(person, project).json()["code"] == "exam_first"
    ask(project, team, tasks=2, pass_mark=0.8, tries=2, again=False)
    assert claim(person, project).status_code == 200


def test_managers_take_no_exam_and_reviewers_may_review_without(team, project):
    assert claim(Person(team.manager), project).status_code == 200
    assert claim(Person(team.reviewer), project, "review").status_code == 204
    assert claim(Person(team.reviewer), project).status_code == 409


def test_nothing_of_an_exam_is_skipped_parked_or_taken_back(team, project, person):
    begin(person, project)
    work = claim(person, project).json()
    place = f"assignments/{work['assignment']['id']}"
    assert person.http.post(f"{place}/skip", {"reason": ""}).status_code == 409
    assert person.http.post(f"{place}/park", {"question": "Which one?"}).status_code == 409
    person.submit(work, outcome="empty")
    assert person.http.post(f"{place}/recall", {}).status_code == 409


def test_who_is_removed_at_an_exam_holds_nobody_else_up(team, project, person):
    ask(project, team, tasks=2, tries=1)
    begin(person, project)
    for _ in range(2):
        person.submit(claim(person, project).json(), outcome="empty")
    Membership.objects.filter(user=person.user).delete()
    mark()
    report = api(team.manager).get(f"projects/{project.pk}/quality/exams").json()
    assert [(one["state"], one["tries"][0]["state"]) for one in report["people"]] == [("failed", "failed")]


def test_with_too_little_gold_it_is_said_and_nobody_begins(team, project, person):
    ask(project, team, tasks=9)
    refused = person.http.post(f"projects/{project.pk}/exam", {}).json()
    assert (refused["code"], refused["reason"]) == ("no_exam", "gold")
    assert not ExamTry.objects.exists()


def test_gold_of_exams_is_not_hidden_in_the_queue(team, project, person):
    ask(project, team, tasks=1)
    upload(project, team.manager, [f"MORE_{n}.jpg" for n in range(60)])
    answer = api(team.manager).patch(f"projects/{project.pk}", {"settings": {"hidden_tests": {"share": 0.3}}})
    assert answer.status_code == 200
    project.refresh_from_db()
    assert place_honeypots(project=project) > 0
    begin(person, project)
    hidden = set(Probe.objects.filter(kind="gold").values_list("gold_id", flat=True))
    assert not hidden & set(Probe.objects.filter(kind="exam").values_list("gold_id", flat=True))
