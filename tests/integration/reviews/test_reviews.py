"""Reviews: accept, fix, reject with marks, rework, levels, issues, and the dashboard that follows."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import Role
from apps.annotations.models import RegionIndex, Revision
from apps.tasks.models import Task
from tests.factories import make_member, make_project, make_team
from tests.work import Person, delete, make_tasks, put, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Any) -> Any:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 2)
    return project


@pytest.fixture
def second(team: Any) -> Person:
    return Person(make_member(team.organisation, Role.REVIEWER))


class TestVerdicts:
    def test_an_accepted_revision_becomes_the_result(self, annotator: Person, reviewer: Person, project: Any) -> None:
        _, done = annotator.label(project)
        claim = reviewer.claim(project, "review")
        review = reviewer.judge(claim["revision"]["id"], "accept", active_ms=500)
        task = Task.objects.get(pk=claim["task"]["id"])
        assert review["task_state"] == "done"
        assert (task.result_id, task.region_count, task.class_ids) == (done["revision"]["id"], 1, [1])

    def test_rejected_work_comes_back_to_its_author_first_with_reason_and_marks(
        self, annotator: Person, reviewer: Person, project: Any
    ) -> None:
        drawn = region()
        claim, _ = annotator.label(project, drawn)
        judged = reviewer.claim(project, "review")
        marks = [
            {"kind": "loose", "element": drawn["id"], "note": "left"},
            {"kind": "missed", "point": {"x": 5, "y": 6}},
        ]
        reviewer.judge(judged["revision"]["id"], "reject", reason="Loose box", marks=marks)
        back = annotator.claim(project)
        assert back["task"]["id"] == claim["task"]["id"]
        assert back["last_review"]["reason"] == "Loose box"
        assert [(m["kind"], m["element"], m["point"]) for m in back["marks"]] == [
            ("loose", drawn["id"], None),
            ("missed", None, {"x": 5.0, "y": 6.0}),
        ]

    def test_a_resubmission_goes_to_the_rejecter_first_with_what_was_judged_before(
        self, annotator: Person, reviewer: Person, second: Person, project: Any
    ) -> None:
        drawn = region()
        annotator.label(project, drawn)
        judged = reviewer.claim(project, "review")
        reviewer.judge(judged["revision"]["id"], "reject", reason="Loose")
        back = annotator.claim(project)
        old = back["annotation"]["elements"][0]
        saved = annotator.save(
            back["annotation"]["id"], [put(drawn | {"geometry": {"x": 1, "y": 1, "w": 9, "h": 9}}, over=old["version"])]
        )
        assert len(saved["accepted"]) == 1
        annotator.submit(back)
        assert second.claim(project, "review") is None
        again = reviewer.claim(project, "review")
        assert again["previous"]["elements"][0]["element"]["geometry"]["x"] == 10
        assert again["annotation"]["elements"][0]["element"]["geometry"]["x"] == 1
        assert reviewer.judge(again["revision"]["id"], "accept")["task_state"] == "done"

    def test_a_fix_writes_its_marks_itself_and_is_nobodys_answer(
        self, annotator: Person, reviewer: Person, project: Any
    ) -> None:
        kept, moved, wrong, extra = (region(x=10 * n + 5) for n in range(4))
        _, done = annotator.label(project, kept, moved, wrong, extra)
        claim = reviewer.claim(project, "review")
        over = claim["annotation"]["elements"][0]["version"]
        added = region(x=300)
        edits = [
            put(moved | {"geometry": {"x": 50, "y": 50, "w": 5, "h": 5}}, over=over),
            put(wrong | {"class": 2}, over=over),
            delete(extra["id"], over=over),
            put(added),
        ]
        assert len(reviewer.save(claim["annotation"]["id"], edits)["accepted"]) == 4
        refused = reviewer.http.post(f"revisions/{claim['revision']['id']}/reviews", {"verdict": "accept"})
        assert (refused.status_code, refused.json()["code"]) == (409, "edits_present")
        review = reviewer.judge(claim["revision"]["id"], "fix")
        marks = {(m["kind"], m["element"]) for m in review["marks"]}
        assert marks == {
            ("loose", moved["id"]),
            ("wrong_class", wrong["id"]),
            ("extra", extra["id"]),
            ("missed", added["id"]),
        }
        fix = Revision.objects.get(pk=review["fix_revision"])
        task = Task.objects.get(pk=claim["task"]["id"])
        assert (fix.kind, fix.region_count, task.result_id) == ("fix", 4, fix.pk)
        assert task.annotator_id == annotator.user.pk
        assert Revision.objects.get(pk=done["revision"]["id"]).region_count == 4
        assert set(RegionIndex.objects.values_list("revision_id", flat=True)) == {fix.pk}

    def test_annotators_cannot_judge_their_own_work(self, team: Any, project: Any) -> None:
        reviewer = Person(team.reviewer)
        _, done = reviewer.label(project)
        assert reviewer.claim(project, "review") is None
        refused = reviewer.http.post(f"revisions/{done['revision']['id']}/reviews", {"verdict": "accept"})
        assert (refused.status_code, refused.json()["code"]) == (403, "own_work")

    def test_a_rejection_needs_a_reason(self, annotator: Person, reviewer: Person, project: Any) -> None:
        _, done = annotator.label(project)
        refused = reviewer.http.post(
            f"revisions/{done['revision']['id']}/reviews", {"verdict": "reject", "reason": " "}
        )
        assert refused.json()["code"] == "reason_missing"

    def test_a_revision_is_judged_once(self, annotator: Person, reviewer: Person, second: Person, project: Any) -> None:
        _, done = annotator.label(project)
        reviewer.judge(done["revision"]["id"], "accept")
        again = reviewer.http.post(f"revisions/{done['revision']['id']}/reviews", {"verdict": "accept"})
        late = second.http.post(f"revisions/{done['revision']['id']}/reviews", {"verdict": "accept"})
        assert (again.json()["code"], late.json()["code"]) == ("already_reviewed", "stale_revision")

    def test_two_reviewers_cannot_hold_the_same_review(
        self, annotator: Person, reviewer: Person, second: Person, project: Any
    ) -> None:
        _, done = annotator.label(project)
        reviewer.claim(project, "review")
        refused = second.http.post(f"revisions/{done['revision']['id']}/reviews", {"verdict": "accept"})
        assert (refused.status_code, refused.json()["code"]) == (409, "lease_lost")

    def test_a_reviewer_takes_the_piece_of_the_queue_that_was_asked_for(
        self, annotator: Person, reviewer: Person, second: Person, project: Any
    ) -> None:
        annotator.label(project)
        _, later = annotator.label(project)
        rows = reviewer.http.get(f"projects/{project.pk}/reviews/queue").json()["results"]
        slot = next(row["slot"] for row in rows if row["revision"] == later["revision"]["id"])
        claim = f"projects/{project.pk}/tasks/claim"
        taken = reviewer.http.post(claim, {"stage": "review", "slot": slot})
        assert (taken.status_code, taken.json()["revision"]["id"]) == (200, later["revision"]["id"])
        late = second.http.post(claim, {"stage": "review", "slot": slot})
        assert (late.status_code, late.json()["code"]) == (409, "lease_lost")
        own = annotator.http.post(claim, {"stage": "annotate", "slot": slot})
        assert (own.status_code, own.json()["code"]) == (409, "wrong_state")

    def test_the_queue_says_why(self, annotator: Person, reviewer: Person, project: Any) -> None:
        _, done = annotator.label(project, region(flags=["uncertain"]))
        rows = reviewer.http.get(f"projects/{project.pk}/reviews/queue").json()["results"]
        assert [(row["revision"], row["why"]) for row in rows] == [(done["revision"]["id"], ["uncertain"])]


class TestIssues:
    def test_an_issue_is_pinned_talked_about_and_settled(
        self, annotator: Person, reviewer: Person, project: Any
    ) -> None:
        drawn = region()
        claim, _ = annotator.label(project, drawn)
        issue = reviewer.http.post(
            "issues", {"task": claim["task"]["id"], "text": "Really?", "element": drawn["id"]}
        ).json()
        replied = annotator.http.post(f"issues/{issue['id']}/comments", {"text": "Yes."}).json()
        settled = reviewer.http.post(f"issues/{issue['id']}/resolve").json()
        assert [comment["text"] for comment in replied["comments"]] == ["Really?", "Yes."]
        assert (settled["state"], settled["number"], settled["element"]) == ("resolved", 1, drawn["id"])
        assert reviewer.http.post(f"issues/{issue['id']}/reopen").json()["state"] == "open"

    def test_another_organisation_finds_no_issue(self, annotator: Person, reviewer: Person, project: Any) -> None:
        claim, _ = annotator.label(project)
        issue = reviewer.http.post("issues", {"task": claim["task"]["id"], "text": "?"}).json()
        assert Person(make_team().manager).http.get(f"issues/{issue['id']}").status_code == 404


class TestDashboard:
    def test_it_follows_the_work(self, team: Any, annotator: Person, reviewer: Person, project: Any) -> None:
        annotator.label(project, region(), region(class_id=2), active_ms=0)
        annotator.label(project)
        first = reviewer.claim(project, "review")
        reviewer.judge(first["revision"]["id"], "accept")
        second = reviewer.claim(project, "review")
        reviewer.judge(second["revision"]["id"], "reject", reason="no")
        stats = Person(team.manager).http.get(f"projects/{project.pk}/stats").json()
        assert {state: n for state, n in stats["states"].items() if n} == {"done": 1, "rework": 1}
        assert {c["class_id"]: (c["regions"], c["tasks"]) for c in stats["classes"]} == {
            1: (2, 2),
            2: (1, 1),
            3: (0, 0),
        }
        assert (stats["accepted_first_time"]["value"], stats["accepted_first_time"]["n"]) == (0.5, 2)
        assert [(d["submitted"], d["done"], d["rejected"]) for d in stats["days"]][-1] == (2, 1, 1)
        person = next(p for p in stats["people"] if p["person"]["id"] == annotator.user.pk)
        assert (person["submitted"], person["accepted"], person["rejected"]) == (2, 1, 1)

    def test_counting_again_finds_the_same(self, team: Any, annotator: Person, reviewer: Person, project: Any) -> None:
        from apps.quality.services.counting import recount

        annotator.label(project, region(), region(class_id=2))
        first = reviewer.claim(project, "review")
        reviewer.save(first["annotation"]["id"], [put(region(x=200))])
        reviewer.judge(first["revision"]["id"], "fix")
        manager = Person(team.manager)
        before = manager.http.get(f"projects/{project.pk}/stats").json()
        recount(project_id=project.pk)
        after = manager.http.get(f"projects/{project.pk}/stats").json()
        assert before | {"computed_at": ""} == after | {"computed_at": ""}

    def test_a_viewer_sees_figures_and_nobodys_name(self, team: Any, annotator: Person, project: Any) -> None:
        annotator.label(project)
        stats = Person(team.viewer).http.get(f"projects/{project.pk}/stats").json()
        assert stats["tasks"] == 2
        assert stats["people"] == []


def test_a_reviewer_is_shown_what_the_rules_find(annotator: Person, reviewer: Person, project: Any) -> None:
    twice = region()
    annotator.label(project, twice, region() | {"geometry": twice["geometry"]})
    claim = reviewer.claim(project, "review")
    assert [finding["code"] for finding in claim["findings"]] == ["duplicate"]
    assert (claim["revision"]["schema_version"], claim["schema"]["number"]) == (1, 1)
