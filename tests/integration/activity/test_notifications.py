"""Notifications: who is told of what, where they lead, and that nobody reads another's."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import Membership, Role
from apps.projects.models import Project
from tests.factories import api, make_member, make_project, run_job
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Any) -> Any:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 2)
    return project


def told(user: Any, **query: str) -> Any:
    response = api(user).get("notifications", query)
    assert response.status_code == 200, response.content
    return response.json()


def verbs(user: Any) -> list[str]:
    return [row["event"]["verb"] for row in told(user)["results"]]


def number_of(user: Any) -> int:
    return Membership.objects.get(user=user).number


def rejected(team: Any, project: Any) -> tuple[Person, Person, Any]:
    annotator, reviewer = Person(team.annotator), Person(team.reviewer)
    annotator.label(project, region())
    judged = reviewer.claim(project, "review")
    reviewer.judge(judged["revision"]["id"], "reject", reason="Loose")
    return annotator, reviewer, judged["task"]["id"]


class TestWhoIsTold:
    def test_an_annotator_is_told_of_a_rejection_and_led_to_the_task(self, team: Any, project: Any) -> None:
        _, _, task = rejected(team, project)
        (row,) = told(team.annotator)["results"]
        assert (row["event"]["verb"], row["web_url"], row["read"]) == ("review.reject", f"/tasks/{task}", False)

    def test_who_rejected_is_asked_for_the_review_of_the_resubmission(self, team: Any, project: Any) -> None:
        annotator, _, _ = rejected(team, project)
        annotator.submit(annotator.claim(project))
        (row,) = told(team.reviewer)["results"]
        assert (row["event"]["verb"], row["web_url"]) == ("review.asked", f"/projects/{project.pk}/review")

    def test_a_hand_over_tells_the_new_holder(self, team: Any, project: Any) -> None:
        claim = Person(team.annotator).claim(project)
        other = make_member(team.organisation, Role.ANNOTATOR)
        url = f"assignments/{claim['assignment']['id']}/hand-over"
        assert api(team.manager).post(url, {"to": other.pk}).status_code == 200
        assert verbs(other) == ["task.handed_over"]

    def test_the_end_of_a_job_tells_who_asked_for_it(self, team: Any, project: Any) -> None:
        _, done = Person(team.annotator).label(project)
        Person(team.reviewer).judge(done["revision"]["id"], "accept")
        job = api(team.manager).post(f"projects/{project.pk}/exports", {"format": "coco"}).json()["job"]["id"]
        assert run_job(job) == "succeeded"
        (row,) = told(team.manager)["results"]
        assert (row["event"]["verb"], row["web_url"]) == ("job.succeeded", f"/jobs/{job}")


class TestMentions:
    def test_a_mention_tells_the_person_once_and_says_where(self, team: Any, project: Any) -> None:
        claim, _ = Person(team.annotator).label(project)
        asked = {"task": claim["task"]["id"], "text": "@Manager look", "mentions": [number_of(team.manager)]}
        assert api(team.annotator).post("issues", asked).status_code == 201
        (row,) = told(team.manager)["results"]
        assert (row["event"]["verb"], row["web_url"]) == ("comment.mentioned", f"/tasks/{claim['task']['id']}")
        assert row["event"]["actor"]["id"] == team.annotator.pk

    def test_a_reply_that_mentions_the_opener_does_not_tell_them_twice(self, team: Any, project: Any) -> None:
        claim, _ = Person(team.annotator).label(project)
        issue = api(team.annotator).post("issues", {"task": claim["task"]["id"], "text": "?"}).json()
        said = {"text": "@you yes", "mentions": [number_of(team.annotator)]}
        assert api(team.reviewer).post(f"issues/{issue['id']}/comments", said).status_code == 201
        assert verbs(team.annotator) == ["comment.mentioned"]

    @pytest.mark.parametrize("number", [999, 2**31 - 1])
    def test_a_number_that_is_nobodys_is_refused_and_nothing_is_kept(
        self, team: Any, project: Any, number: int
    ) -> None:
        claim, _ = Person(team.annotator).label(project)
        asked = {"task": claim["task"]["id"], "text": "@x", "mentions": [number]}
        refused = api(team.annotator).post("issues", asked)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/mentions/0")
        assert api(team.manager).get(f"projects/{project.pk}/issues").json()["results"] == []

    def test_a_person_who_may_not_see_the_talk_of_a_blind_project_cannot_be_mentioned(
        self, team: Any, project: Any
    ) -> None:
        Project.objects.filter(pk=project.pk).update(blind=True)
        other = make_member(team.organisation, Role.ANNOTATOR)
        claim, _ = Person(team.annotator).label(project)
        asked = {"task": claim["task"]["id"], "text": "@x", "mentions": [number_of(other)]}
        assert api(team.annotator).post("issues", asked).status_code == 400
        assert verbs(other) == []

    def test_those_who_take_part_can_be_completed_without_oneself(self, team: Any, project: Any) -> None:
        found = api(team.annotator).get(f"projects/{project.pk}/mentionable").json()["results"]
        assert {row["number"] for row in found} == {
            number_of(user) for user in team.everybody.values() if user != team.annotator
        }

    def test_where_names_are_hidden_annotators_complete_pseudonyms(self, team: Any, project: Any) -> None:
        Project.objects.filter(pk=project.pk).update(settings={"pseudonyms": True})
        found = api(team.annotator).get(f"projects/{project.pk}/mentionable").json()["results"]
        assert all(row["name"] == f"member {row['number']}" for row in found)


class TestReading:
    def test_reading_some_and_reading_all_lower_the_count(self, team: Any, project: Any) -> None:
        claim, _ = Person(team.annotator).label(project)
        for _ in range(3):
            asked = {"task": claim["task"]["id"], "text": "@m", "mentions": [number_of(team.manager)]}
            api(team.annotator).post("issues", asked)
        page = told(team.manager)
        assert (page["unread"], len(page["results"])) == (3, 3)
        ids = [row["id"] for row in page["results"]]
        assert ids == sorted(ids, reverse=True)
        assert api(team.manager).post("notifications/read", {"ids": ids[:1]}).json() == {"unread": 2}
        assert [row["id"] for row in told(team.manager, unread="true")["results"]] == ids[1:]
        assert api(team.manager).post("notifications/read", {}).json() == {"unread": 0}
        assert [row["read"] for row in told(team.manager)["results"]] == [True] * 3

    def test_nobody_marks_anothers_as_read(self, team: Any, project: Any) -> None:
        rejected(team, project)
        (row,) = told(team.annotator)["results"]
        api(team.manager).post("notifications/read", {"ids": [row["id"]]})
        assert told(team.annotator)["unread"] == 1

    def test_what_comes_from_a_project_one_may_not_see_any_more_is_gone(self, team: Any, project: Any) -> None:
        rejected(team, project)
        Project.objects.filter(pk=project.pk).update(restricted=True)
        assert (told(team.annotator)["results"], told(team.annotator)["unread"]) == ([], 0)
