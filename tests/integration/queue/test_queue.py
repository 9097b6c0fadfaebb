"""The queue: claims, leases, release, skip, park, recall, hand-over, triage."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.tasks.models import Assignment, Slot, Task
from apps.tasks.services import return_expired
from tests.factories import make_member, make_project, make_team
from tests.work import Person, make_tasks, put, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Any) -> Any:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 3)
    return project


@pytest.fixture
def other(team: Any) -> Person:
    return Person(make_member(team.organisation, Role.ANNOTATOR))


@pytest.fixture
def manager(team: Any) -> Person:
    return Person(team.manager)


def act(person: Person, claim: Any, verb: str, **body: Any) -> Any:
    return person.http.post(f"assignments/{claim['assignment']['id']}/{verb}", body)


def lapse(claim: Any) -> None:
    Assignment.objects.filter(pk=claim["assignment"]["id"]).update(expires_at=timezone.now() - timedelta(minutes=1))


class TestClaim:
    def test_claims_come_in_order_and_never_twice(self, annotator: Person, project: Any) -> None:
        numbers = [annotator.claim(project)["task"]["number"] for _ in range(3)]
        assert numbers == [1, 2, 3]
        assert annotator.claim(project) is None

    def test_two_people_get_different_tasks(self, annotator: Person, other: Person, project: Any) -> None:
        assert annotator.claim(project)["task"]["id"] != other.claim(project)["task"]["id"]

    def test_the_document_has_what_the_canvas_needs(self, annotator: Person, project: Any) -> None:
        claim = annotator.claim(project)
        assert (claim["asset"]["width"], claim["asset"]["height"]) == (600, 400)
        assert claim["schema"]["body"]["classes"][0]["name"] == "car"
        assert claim["annotation"]["elements"] == []
        assert claim["assignment"]["token"] == 1
        assert claim["task"]["state"] == "annotating"

    def test_a_paused_project_hands_nothing_out_but_takes_what_is_open(
        self, annotator: Person, manager: Person, project: Any
    ) -> None:
        claim = annotator.claim(project)
        manager.http.patch(f"/api/v1/projects/{project.pk}", {"state": "paused"})
        refused = annotator.http.post(f"projects/{project.pk}/tasks/claim", {"stage": "annotate"})
        annotator.save(claim["annotation"]["id"], [put(region())])
        assert (refused.status_code, refused.json()["code"]) == (409, "project_not_active")
        assert annotator.submit(claim)["task_state"] == "in_review"

    def test_a_viewer_cannot_claim_and_an_annotator_cannot_review(
        self, team: Any, annotator: Person, project: Any
    ) -> None:
        viewer = Person(team.viewer).http.post(f"projects/{project.pk}/tasks/claim", {"stage": "annotate"})
        review = annotator.http.post(f"projects/{project.pk}/tasks/claim", {"stage": "review"})
        assert (viewer.status_code, review.status_code) == (403, 403)

    def test_higher_priority_comes_first_also_behind_the_cursor(
        self, annotator: Person, manager: Person, project: Any
    ) -> None:
        annotator.claim(project)
        last = Task.objects.get(project=project, number=3)
        done = manager.http.post(
            f"projects/{project.pk}/tasks/bulk", {"action": "priority", "ids": [last.pk], "priority": 5}
        ).json()
        assert done["changed"] == 1
        assert annotator.claim(project)["task"]["number"] == 3


class TestLeases:
    def test_an_unedited_lapse_frees_the_slot_for_anyone(self, annotator: Person, other: Person, project: Any) -> None:
        first = annotator.claim(project)
        lapse(first)
        assert other.claim(project)["task"]["id"] == first["task"]["id"]

    def test_a_lapse_with_edits_stays_with_its_person_as_stale(
        self, annotator: Person, other: Person, project: Any
    ) -> None:
        first = annotator.claim(project)
        annotator.save(first["annotation"]["id"], [put(region())])
        lapse(first)
        assert other.claim(project)["task"]["id"] != first["task"]["id"]
        assert Assignment.objects.get(pk=first["assignment"]["id"]).state == "stale"
        assert annotator.submit(first)["task_state"] == "in_review"

    def test_the_sweeper_returns_what_nobody_claims(self, annotator: Person, project: Any) -> None:
        lapse(annotator.claim(project))
        assert return_expired() == 1
        assert Task.objects.filter(project=project, state="waiting").count() == 3

    def test_a_heartbeat_keeps_the_lease_and_counts_active_time_up_to_the_wall(
        self, annotator: Person, project: Any
    ) -> None:
        claim = annotator.claim(project)
        lapse(claim)
        kept = act(annotator, claim, "heartbeat", active_ms=80_000_000).json()
        held = Assignment.objects.get(pk=claim["assignment"]["id"])
        assert kept["expires_at"] > timezone.now().isoformat()
        assert held.active_ms < 60_000

    def test_a_submit_after_the_lease_ended_takes_the_open_slot_again(self, annotator: Person, project: Any) -> None:
        claim = annotator.claim(project)
        lapse(claim)
        return_expired()
        annotator.save(claim["annotation"]["id"], [put(region())])
        assert annotator.submit(claim)["task_state"] == "in_review"

    def test_a_submit_after_somebody_else_took_it_is_refused_and_keeps_the_draft(
        self, annotator: Person, other: Person, project: Any
    ) -> None:
        claim = annotator.claim(project)
        lapse(claim)
        assert other.claim(project)["task"]["id"] == claim["task"]["id"]
        annotator.save(claim["annotation"]["id"], [put(region())])
        refused = act(annotator, claim, "submit")
        kept = annotator.http.get(f"annotations/{claim['annotation']['id']}").json()
        assert (refused.status_code, refused.json()["code"]) == (409, "lease_lost")
        assert kept["state"] == "draft"
        assert len(kept["elements"]) == 1

    @pytest.mark.parametrize("verb", ["submit", "release", "skip", "heartbeat"])
    def test_a_wrong_token_is_a_lost_lease(self, annotator: Person, project: Any, verb: str) -> None:
        refused = act(annotator, annotator.claim(project), verb, token=7)
        assert (refused.status_code, refused.json()["code"]) == (409, "lease_lost")

    @pytest.mark.parametrize("verb", ["submit", "release", "skip", "heartbeat", "recall"])
    def test_nobody_acts_on_somebody_elses_assignment(
        self, annotator: Person, other: Person, project: Any, verb: str
    ) -> None:
        refused = act(other, annotator.claim(project), verb)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_your_work")

    def test_another_organisation_finds_no_assignment(self, annotator: Person, project: Any) -> None:
        stranger = Person(make_team().manager)
        assert act(stranger, annotator.claim(project), "submit").status_code == 404


class TestPassingOn:
    def test_released_work_may_come_again(self, annotator: Person, project: Any) -> None:
        claim = annotator.claim(project)
        assert act(annotator, claim, "release").status_code == 204
        seen = {annotator.claim(project)["task"]["id"] for _ in range(3)}
        assert claim["task"]["id"] in seen

    def test_a_skip_never_returns_to_the_same_person(self, annotator: Person, project: Any) -> None:
        claim = annotator.claim(project)
        act(annotator, claim, "skip", reason="Too hard")
        seen = [annotator.claim(project)["task"]["id"] for _ in range(2)]
        assert claim["task"]["id"] not in seen
        assert annotator.claim(project) is None

    def test_two_skips_go_to_triage_and_a_manager_settles_it(
        self, annotator: Person, other: Person, manager: Person, project: Any
    ) -> None:
        claim = annotator.claim(project)
        act(annotator, claim, "skip")
        second = other.claim(project)
        assert second["task"]["id"] == claim["task"]["id"]
        act(other, second, "skip")
        assert Task.objects.get(pk=claim["task"]["id"]).state == "triage"
        settled = manager.http.post(f"tasks/{claim['task']['id']}/triage", {"choice": "requeue"}).json()
        assert settled["task"]["state"] == "waiting"

    def test_a_parked_task_comes_back_to_who_asked_with_the_answer(
        self, annotator: Person, reviewer: Person, project: Any
    ) -> None:
        claim = annotator.claim(project)
        annotator.save(claim["annotation"]["id"], [put(region())])
        question = act(annotator, claim, "park", question="Is this a car?").json()
        assert annotator.claim(project)["task"]["id"] != claim["task"]["id"]
        answered = reviewer.http.post(f"questions/{question['id']}/answer", {"text": "Yes."})
        assert answered.status_code == 200, answered.content
        back = annotator.claim(project)
        assert back["task"]["id"] == claim["task"]["id"]
        assert back["questions"][0]["answer"] == "Yes."
        assert len(back["annotation"]["elements"]) == 1

    def test_handing_over_carries_the_draft(
        self, annotator: Person, other: Person, manager: Person, project: Any
    ) -> None:
        claim = annotator.claim(project)
        drawn = region()
        annotator.save(claim["annotation"]["id"], [put(drawn)])
        given = act(manager, claim, "hand-over", to=other.user.pk)
        assert given.status_code == 200, given.content
        opened = other.http.get(f"assignments/{given.json()['id']}").json()
        assert [e["element"]["id"] for e in opened["annotation"]["elements"]] == [drawn["id"]]
        other.save(opened["annotation"]["id"], [put(region())])
        assert other.submit(opened)["task_state"] == "in_review"


class TestSubmit:
    def test_nothing_and_no_outcome_is_a_named_error(self, annotator: Person, project: Any) -> None:
        refused = act(annotator, annotator.claim(project), "submit")
        assert (refused.status_code, refused.json()["code"]) == (400, "outcome_missing")

    def test_empty_is_one_word(self, annotator: Person, project: Any) -> None:
        assert annotator.submit(annotator.claim(project), outcome="empty")["task_state"] == "in_review"

    def test_empty_with_regions_contradicts(self, annotator: Person, project: Any) -> None:
        claim = annotator.claim(project)
        annotator.save(claim["annotation"]["id"], [put(region())])
        assert act(annotator, claim, "submit", outcome="empty").json()["code"] == "outcome_contradicts"

    def test_unusable_goes_to_triage_with_a_reason_of_the_list(self, annotator: Person, project: Any) -> None:
        claim = annotator.claim(project)
        assert act(annotator, claim, "submit", outcome="unusable").json()["code"] == "outcome_reason_missing"
        assert annotator.submit(claim, outcome="unusable", outcome_reason="Too blurred")["task_state"] == "triage"

    def test_a_required_attribute_stops_a_submit_and_says_where(
        self, annotator: Person, manager: Person, project: Any
    ) -> None:
        current = manager.http.get(f"projects/{project.pk}/schema").json()["body"]
        current["classes"][0]["attributes"][1]["required"] = True
        assert manager.http.put(f"/api/v1/projects/{project.pk}/schema", {"body": current}).status_code == 200
        claim = annotator.claim(project)
        drawn = region()
        said = annotator.save(claim["annotation"]["id"], [put(drawn)])["findings"]
        refused = act(annotator, claim, "submit").json()
        assert refused["code"] == "submit_blocked"
        assert (refused["findings"][0]["element"], refused["findings"][0]["at"]) == (drawn["id"], "parked")
        assert refused["findings"][0]["code"] == "missing_attribute"
        told = [one for one in said if one["code"] == "missing_attribute"]
        assert told
        assert all(
            refused["findings"][0].get(name) == one[name] for one in told for name in ("rule", "code", "detail", "at")
        )

    def test_a_second_submit_says_that_it_was_submitted(self, annotator: Person, project: Any) -> None:
        claim, _ = annotator.label(project)
        assert act(annotator, claim, "submit").json()["code"] == "wrong_state"

    def test_a_submission_can_be_recalled_until_a_reviewer_has_it(
        self, annotator: Person, reviewer: Person, project: Any
    ) -> None:
        claim, _ = annotator.label(project)
        recalled = act(annotator, claim, "recall")
        assert recalled.status_code == 200
        assert recalled.json()["annotation"]["state"] == "draft"
        assert len(recalled.json()["annotation"]["elements"]) == 1
        assert reviewer.claim(project, "review") is None
        annotator.submit(claim)
        assert reviewer.claim(project, "review") is not None
        assert act(annotator, claim, "recall").json()["code"] == "too_late_to_recall"

    def test_a_project_of_one_skips_review_and_says_so(self, team: Any, annotator: Person) -> None:
        alone = make_team()
        for person in (alone.manager, alone.reviewer):
            alone.organisation.memberships.filter(user=person).update(state="deactivated")
        project = make_project(alone.organisation, alone.owner)
        make_tasks(project, alone.owner, 1)
        owner = Person(alone.owner)
        _, done = owner.label(project)
        assert (done["task_state"], done["review_skipped"]) == ("done", True)


class TestOverlap:
    def test_three_answers_by_three_people_and_none_twice(
        self, team: Any, annotator: Person, other: Person, reviewer: Person
    ) -> None:
        project = make_project(team.organisation, team.manager)
        body = {"stages": [{"kind": "annotate", "overlap": 3}]}
        response = Person(team.manager).http.put(f"/api/v1/projects/{project.pk}/workflow", {"body": body})
        assert response.status_code == 200, response.content
        make_tasks(project, team.manager, 1)
        states = [person.label(project)[1]["task_state"] for person in (annotator, other, reviewer)]
        assert states == ["annotating", "annotating", "done"]
        assert annotator.claim(project) is None
        assert Slot.objects.filter(project=project, state="done").count() == 3
        assert Task.objects.get(project=project).result.author_id == annotator.user.pk

    def test_nobody_sees_anothers_answer_in_a_blind_project(
        self, team: Any, annotator: Person, other: Person, project: Any
    ) -> None:
        claim, done = annotator.label(project)
        rows = other.http.get(f"projects/{project.pk}/tasks/window").json()["results"]
        row = next(row for row in rows if row["id"] == claim["task"]["id"])
        assert (row["classes"], row["region_count"], row["annotator"]) == ([], 0, None)
        assert other.http.get(f"revisions/{done['revision']['id']}").status_code == 404
        assert other.http.get(f"projects/{project.pk}/regions").json()["results"] == []
        assert other.http.get(f"projects/{project.pk}/tasks/window?class_id=1").json()["total"] == 0
        assert annotator.http.get(f"projects/{project.pk}/tasks/window?class_id=1").json()["total"] == 1
