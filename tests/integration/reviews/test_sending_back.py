"""Sending many tasks back is a verdict: with a reason, counted, told, in chunks, and undone while nobody has begun."""

from __future__ import annotations

from typing import Any

import pytest

from apps.activity.queries import daily
from apps.reviews.models import Review
from apps.tasks.models import Slot, Task
from tests.factories import api, make_project, run_job
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Any) -> Any:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 3)
    return project


def bulk(team: Any, project: Any, **body: Any) -> Any:
    return api(team.manager).post(f"projects/{project.pk}/tasks/bulk", body)


def send_back(team: Any, project: Any, ids: list[int], reason: str = "Wheels are missing") -> Any:
    response = bulk(team, project, action="send_back", ids=ids, reason=reason)
    assert response.status_code == 200, response.content
    return response.json()


def submitted(team: Any, project: Any) -> tuple[int, int]:
    claim, done = Person(team.annotator).label(project, region())
    return claim["task"]["id"], done["revision"]["id"]


def finished(team: Any, project: Any, judge: Any = None) -> tuple[int, int]:
    task, revision = submitted(team, project)
    Person(judge or team.reviewer).judge(revision, "accept")
    return task, revision


def rejections(project: Any) -> int:
    return sum(n for (measure, *_), n in daily(project.pk, ["rejected"]).items() if measure == "rejected")


def test_work_in_review_is_rejected_and_its_author_gets_it_with_the_reason(team: Any, project: Any) -> None:
    task, revision = submitted(team, project)
    done = send_back(team, project, [task])
    assert (done["changed"], done["skipped"]) == (1, 0)
    review = Review.objects.get()
    assert (review.revision_id, review.verdict, review.reason, review.reviewer) == (
        revision, "reject", "Wheels are missing", team.manager,
    )  # fmt: skip
    back = Person(team.annotator).claim(project)
    assert (back["task"]["id"], back["last_review"]["reason"]) == (task, "Wheels are missing")
    assert rejections(project) == 1
    told = api(team.annotator).get("notifications").json()["results"]
    assert [row["event"]["verb"] for row in told] == ["review.reject"]


def test_nobody_reviews_what_was_sent_back_until_it_is_submitted_again(team: Any, project: Any) -> None:
    task, _ = submitted(team, project)
    send_back(team, project, [task])
    assert Person(team.reviewer).claim(project, "review") is None
    annotator = Person(team.annotator)
    annotator.submit(annotator.claim(project))
    assert Person(team.manager).claim(project, "review")["task"]["id"] == task


def test_done_work_loses_its_result_also_where_the_manager_had_accepted_it(team: Any, project: Any) -> None:
    task, _ = finished(team, project, team.manager)
    assert send_back(team, project, [task])["changed"] == 1
    after = Task.objects.get(pk=task)
    assert (after.state, after.result_id) == ("rework", None)
    assert list(Review.objects.order_by("pk").values_list("verdict", flat=True)) == ["accept", "reject"]


def test_a_fix_that_is_the_result_is_rejected_and_the_author_reads_why(team: Any, project: Any) -> None:
    task, _ = submitted(team, project)
    reviewer = Person(team.reviewer)
    claim = reviewer.claim(project, "review")
    row = claim["annotation"]["elements"][0]
    moved = row["element"] | {"geometry": {"x": 1, "y": 1, "w": 9, "h": 9}}
    edit = {"id": "00000000-0000-4000-8000-000000000001", "op": "put", "kind": "region", "over": row["version"]}
    reviewer.save(claim["annotation"]["id"], [edit | {"region": moved}])
    reviewer.judge(claim["revision"]["id"], "fix")
    send_back(team, project, [task])
    assert Person(team.annotator).claim(project)["last_review"]["reason"] == "Wheels are missing"


def test_a_reason_is_needed(team: Any, project: Any) -> None:
    task, _ = submitted(team, project)
    refused = bulk(team, project, action="send_back", ids=[task], reason=" ")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/reason")
    assert Task.objects.get(pk=task).state == "in_review"


def test_own_and_unsubmitted_work_is_left_alone_and_the_preview_says_so(team: Any, project: Any) -> None:
    task, _ = submitted(team, project)
    own, _ = Person(team.manager).label(project, region())
    ids = list(Task.objects.filter(project=project).values_list("pk", flat=True))
    url = f"projects/{project.pk}/tasks/send-back/preview"
    seen = api(team.manager).post(url, {"ids": ids}).json()
    assert seen == {"matched": 3, "sent_back": 1, "not_submitted": 1, "imported": 0, "own_work": 1}
    assert Review.objects.count() == 0
    done = send_back(team, project, ids)
    assert (done["changed"], done["skipped"]) == (1, 2)
    assert Task.objects.get(pk=task).state == "rework"
    assert Task.objects.get(pk=own["task"]["id"]).state == "in_review"


class TestUndo:
    def test_done_work_is_done_again_with_its_result_and_the_counts_as_before(self, team: Any, project: Any) -> None:
        task, revision = finished(team, project)
        before = Task.objects.get(pk=task)
        (undo,) = send_back(team, project, [task])["undo"]
        done = bulk(team, project, **undo).json()
        after = Task.objects.get(pk=task)
        assert (done["changed"], after.state, after.result_id) == (1, "done", revision)
        assert after.finished_at == before.finished_at
        assert (rejections(project), Review.objects.filter(verdict="reject").count()) == (0, 0)
        assert Person(team.annotator).claim(project)["task"]["id"] != task

    def test_work_in_review_waits_for_a_reviewer_again(self, team: Any, project: Any) -> None:
        task, revision = submitted(team, project)
        (undo,) = send_back(team, project, [task])["undo"]
        assert bulk(team, project, **undo).json()["changed"] == 1
        claim = Person(team.reviewer).claim(project, "review")
        assert (claim["task"]["id"], claim["revision"]["id"]) == (task, revision)

    def test_what_its_author_has_taken_up_is_left_to_them(self, team: Any, project: Any) -> None:
        task, _ = submitted(team, project)
        (undo,) = send_back(team, project, [task])["undo"]
        assert Person(team.annotator).claim(project)["task"]["id"] == task
        assert bulk(team, project, **undo).json()["skipped"] == 1
        assert (Task.objects.get(pk=task).state, Review.objects.count()) == ("rework", 1)


def test_many_tasks_are_a_job_that_can_run_twice(team: Any, project: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.tasks.services.bulk.INLINE", 1)
    first, second = submitted(team, project)[0], submitted(team, project)[0]
    asked = bulk(team, project, action="send_back", filter={"state": ["in_review"]}, reason="Loose")
    assert asked.status_code == 202
    assert run_job(asked.json()["job"]["id"]) == "succeeded"
    states = Task.objects.filter(pk__in=[first, second]).values_list("state", flat=True)
    assert (list(states), Review.objects.count()) == (["rework", "rework"], 2)
    assert Slot.objects.filter(project=project, stage="annotate", state="open", rework_level=1).count() == 2
