"""Checks while labelling: what a project chose, what stops a submit and how it is passed, and what earlier work tells."""

from __future__ import annotations

from typing import Any

import pytest

from apps.annotations.models import Revision
from apps.annotations.services import draft_checks
from apps.annotations.services.knowing import known_of, predicted
from apps.quality.services.knowledge import measure, measure_where_work_went_on
from tests.factories import api, make_project
from tests.work import Person, make_tasks, put, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Any) -> Any:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 4)
    return project


def choose(team: Any, project: Any, **checks: Any) -> Any:
    return api(team.manager).patch(f"projects/{project.pk}", {"settings": {"checks": checks}})


def box(x: float, y: float, w: float = 40, h: float = 40, class_id: int = 1) -> dict[str, Any]:
    return region(class_id, x, y, w, h)


class TestPassingAStop:
    def test_a_stop_names_its_findings_and_is_passed_with_a_reason_into_review(self, team: Any, project: Any) -> None:
        choose(team, project, rules={"duplicate": {"level": "stop"}})
        no_review = {"stages": [{"kind": "annotate"}]}
        assert api(team.manager).put(f"projects/{project.pk}/workflow", {"body": no_review}).status_code in (200, 201)
        annotator = Person(team.annotator)
        claim = annotator.claim(project)
        saved = annotator.save(claim["annotation"]["id"], [put(box(10, 10)), put(box(10.5, 10))])
        assert [(f["rule"], f["blocks"]) for f in saved["findings"]] == [("duplicate", True)]
        path = f"assignments/{claim['assignment']['id']}/submit"
        refused = annotator.http.post(path, {})
        assert (refused.status_code, refused.json()["code"]) == (409, "submit_blocked")
        assert refused.json()["findings"][0]["values"] == {"iou": 0.98}
        assert annotator.http.post(path, {"pass_reason": "  "}).status_code == 409
        done = annotator.submit(claim, pass_reason="Two cars, one behind the other")
        assert done["task_state"] == "in_review"
        judged = Person(team.reviewer).claim(project, "review")
        assert judged["revision"]["passed_reason"] == "Two cars, one behind the other"
        assert Person(team.reviewer).judge(judged["revision"]["id"], "accept")["task_state"] == "done"

    def test_a_reason_without_a_stop_is_not_kept_and_changes_no_path(self, team: Any, project: Any) -> None:
        annotator = Person(team.annotator)
        claim = annotator.claim(project)
        annotator.save(claim["annotation"]["id"], [put(box(10, 10))])
        done = annotator.submit(claim, pass_reason="just so")
        assert Revision.objects.get(pk=done["revision"]["id"]).passed_reason == ""


class TestChoices:
    def test_counts_and_forbidden_pairs_are_asked_at_submit_of_the_whole_item(self, team: Any, project: Any) -> None:
        rules = {"wrong_count": {"level": "stop"}}
        choose(team, project, rules=rules, counts=[{"class": 1, "least": 2}], apart=[{"class": 1, "other": 2}])
        annotator = Person(team.annotator)
        claim = annotator.claim(project)
        annotator.save(claim["annotation"]["id"], [put(box(10, 10)), put(box(200, 10, class_id=2))])
        refused = annotator.http.post(f"assignments/{claim['assignment']['id']}/submit", {}).json()
        assert [(f["rule"], f["values"]["count"]) for f in refused["findings"]] == [("wrong_count", 1)]
        annotator.save(claim["annotation"]["id"], [put(box(100, 10))])
        done = annotator.submit(claim)
        assert [f["rule"] for f in done["findings"]] == ["forbidden_combination"]

    @pytest.mark.parametrize(
        ("checks", "pointer"),
        [
            ({"rules": {"nonsense": {}}}, "/checks/rules/nonsense"),
            ({"rules": {"tiny": {"parameters": {"z": 0}}}}, "/checks/rules/tiny/parameters/z"),
            ({"counts": [{"class": 1, "least": 3, "most": 2}]}, "/checks/counts/0"),
            ({"apart": [{"class": 1, "other": 1}]}, "/checks/apart/0"),
        ],
    )
    def test_a_choice_that_cannot_be_is_refused_with_its_place(
        self, team: Any, project: Any, checks: Any, pointer: str
    ) -> None:
        refused = choose(team, project, **checks)
        assert refused.status_code == 400
        assert pointer in refused.json()["errors"][0]["pointer"]

    def test_everybody_in_the_project_can_read_which_checks_there_are(self, team: Any, project: Any) -> None:
        found = api(team.annotator).get(f"projects/{project.pk}/quality/rules").json()
        by_code = {one["code"]: one for one in found["rules"]}
        assert by_code["wrong_count"]["when"] == "submit"
        assert by_code["tiny"]["parameters"][1] == {"name": "z", "default": 5.0, "least": 2.0, "most": 50.0}


class TestKnowledge:
    def test_what_is_usual_is_measured_from_work_and_used_by_the_next_save(self, team: Any, project: Any) -> None:
        annotator = Person(team.annotator)
        annotator.label(project, *(box(12 * i, 10 + i % 3, 40 + i % 4, 40 + i % 5) for i in range(40)))
        assert measure_where_work_went_on() >= 1
        assert known_of(project.pk).usual[1].n == 40
        claim = annotator.claim(project)
        saved = annotator.save(claim["annotation"]["id"], [put(box(10, 10, 500, 380)), put(box(10, 10, 41, 42))])
        assert [f["rule"] for f in saved["findings"]] == ["huge"]
        assert measure_where_work_went_on() == 0

    def test_reviewers_corrections_of_a_class_are_told_while_drawing(self, team: Any, project: Any) -> None:
        annotator, reviewer = Person(team.annotator), Person(team.reviewer)
        drawn = [box(60 * i, 10) for i in range(5)]
        annotator.label(project, *drawn)
        judged = reviewer.claim(project, "review")
        fixes = [put({**one, "class": 3}, over=1) for one in drawn]
        assert reviewer.save(judged["annotation"]["id"], fixes)["rejected"] == []
        reviewer.judge(judged["revision"]["id"], "fix")
        known = measure(project=project)
        assert [(c.other, c.n, c.share) for c in known.confused[1]] == [(3, 5, 1.0)]
        claim = annotator.claim(project)
        saved = annotator.save(claim["annotation"]["id"], [put(box(10, 10))])
        assert [(f["rule"], f["severity"]) for f in saved["findings"]] == [("class_confusion", "info")]

    def test_gold_and_peoples_work_are_no_references_for_who_labels(self, team: Any, project: Any) -> None:
        annotator = Person(team.annotator)
        _, done = annotator.label(project, {**box(10, 10), "source": "detector:3", "score": 0.97})
        assert predicted(Revision.objects.get(pk=done["revision"]["id"])) == []
        assert predicted(None) == []


class TestWhatASaveHasNoTimeFor:
    def test_a_long_outline_is_checked_after_the_save_and_told_over_the_event_stream(
        self, team: Any, project: Any, monkeypatch: Any
    ) -> None:
        asked: list[Any] = []
        told: list[Any] = []
        monkeypatch.setattr(draft_checks, "send_once", lambda *given, **more: asked.append((given, more)))
        monkeypatch.setattr(draft_checks.events, "publish", lambda *given: told.append(given))
        annotator = Person(team.annotator)
        claim = annotator.claim(project)
        ring = [float(c) for i in range(1_500) for c in (10 + i / 5, 10 + (i % 2))]
        ring += [310.0, 200.0, 10.0, 200.0, 100.0, 5.0]
        crossed = region(1) | {"shape": "polygon", "geometry": {"parts": [[ring * 2]]}}
        saved = annotator.save(claim["annotation"]["id"], [put(crossed)])
        assert "self_crossing" in saved["rules_pending"]
        (given, more), *_ = asked
        assert (given[0], more) == ("quality.check_draft", {"annotation_id": claim["annotation"]["id"]})
        draft_checks.tell_draft(**more)
        channel, kind, data = told[-1]
        assert (channel, kind, data["annotation"]) == (
            f"user:{team.annotator.pk}",
            "findings.found",
            more["annotation_id"],
        )
        assert [(f["rule"], f["element"]) for f in data["findings"]] == [("self_crossing", crossed["id"])]

    def test_a_frozen_draft_is_told_nothing(self, team: Any, project: Any, monkeypatch: Any) -> None:
        claim, _ = Person(team.annotator).label(project, box(10, 10))
        told: list[Any] = []
        monkeypatch.setattr(draft_checks.events, "publish", lambda *given: told.append(given))
        draft_checks.tell_draft(annotation_id=claim["annotation"]["id"])
        assert told == []
