"""Top-ups: accepted work is asked one new thing, nothing else of it moves, and it is taken back as one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.utils import timezone

from apps.annotations.models import RegionIndex, Revision, TopUpPiece
from apps.projects.models import BulkChange
from apps.tasks.models import Task
from tests.factories import api, make_member, make_project, run_job, sample_schema
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Any) -> Any:
    """Three done tasks with two cars each, of which one has its occlusion answered, and a person."""
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 3)
    annotator, reviewer = Person(team.annotator), Person(team.reviewer)
    for number in range(3):
        answered = {"attributes": {"occlusion": "part"}} if number == 0 else {}
        _, sent = annotator.label(project, region(1, 10), region(1, 60, **answered), region(2, 120))
        reviewer.claim(project, "review")
        reviewer.judge(sent["revision"]["id"], "accept")
    return project


def begin(team: Any, project: Any, **asked: Any) -> Any:
    started = api(team.manager).post(f"projects/{project.pk}/top-ups", {"class_id": 1, "review": False} | asked)
    assert started.status_code == 202, started.content
    assert run_job(started.json()["job"]["id"]) == "succeeded"
    return started.json()["top_up"]


def claim(who: Any, top_up: Any) -> Any:
    held = api(who).post(f"top-ups/{top_up['id']}/claim")
    assert held.status_code == 200, held.content
    return held.json()


def give(who: Any, held: Any, value: Any, *, most: int = 99) -> Any:
    answers = {one["id"]: value for one in held["regions"][:most]}
    return api(who).post(f"top-up-pieces/{held['piece']}/answers", {"answers": answers})


def finish(who: Any, held: Any) -> Any:
    return api(who).post(f"top-up-pieces/{held['piece']}/finish")


def answer_all(who: Any, top_up: Any, value: Any) -> None:
    while (held := claim(who, top_up))["piece"]:
        assert give(who, held, value).status_code == 200
        assert finish(who, held).status_code == 200


def occlusions(project: Any) -> list[Any]:
    rows = RegionIndex.objects.filter(project_id=project.pk, class_id=1).order_by("revision_id", "ordinal")
    return sorted(str(row.attributes.get("occlusion")) for row in rows)


def test_a_new_attribute_is_asked_of_just_the_regions_that_lack_it_and_the_work_stays_done(
    team: Any, project: Any
) -> None:
    asked = {"class_id": 1, "attribute": "occlusion"}
    preview = api(team.manager).post(f"projects/{project.pk}/top-ups/preview", asked).json()
    assert (preview["regions"], preview["tasks"], preview["not_done"]) == (5, 3, 0)
    before = dict(Task.objects.filter(project=project).values_list("pk", "result_id"))
    top_up = begin(team, project, attribute="occlusion")
    held = claim(team.reviewer, top_up)
    assert len(held["regions"]) == 1
    assert held["regions"][0]["bounds"][0] == 10
    assert give(team.reviewer, held, "most").status_code == 200
    assert finish(team.reviewer, held).json()["answered"] == 1
    task = Task.objects.get(pk=held["task"])
    made = Revision.objects.get(pk=task.result_id)
    assert (task.state, made.kind, made.author_id) == ("done", "fix", team.reviewer.pk)
    assert made.annotation.based_on_id == before[task.pk]
    assert made.bulk_change_id == top_up["change"]
    assert made.region_count == 3
    answer_all(team.annotator, top_up, "none")
    assert occlusions(project) == ["most", "none", "none", "none", "none", "part"]
    assert api(team.manager).get(f"top-ups/{top_up['id']}").json()["state"] == "done"


def test_an_answer_that_is_acknowledged_is_kept_when_its_person_leaves(team: Any, project: Any) -> None:
    top_up = begin(team, project, attribute="occlusion")
    first = claim(team.annotator, top_up)
    second = claim(team.reviewer, top_up)
    assert first["task"] != second["task"], "one task is in one person's hands"
    assert len(second["regions"]) == 2
    assert give(team.reviewer, second, "part", most=1).status_code == 200
    again = claim(team.reviewer, top_up)
    assert (again["piece"], len(again["given"]), len(again["regions"])) == (second["piece"], 1, 1)
    TopUpPiece.objects.filter(pk=second["piece"]).update(held_until=timezone.now() - timedelta(seconds=1))
    third = claim(team.owner, top_up)
    fourth = claim(make_member(team.organisation, "annotator"), top_up)
    taken = next(one for one in (third, fourth) if one["piece"] == second["piece"])
    assert (len(taken["regions"]), taken["given"]) == (1, {})
    kept = Revision.objects.filter(task_id=second["task"]).latest("number")
    assert kept.author_id == team.reviewer.pk
    late = give(team.reviewer, second, "most")
    assert (late.status_code, late.json()["code"]) == (409, "lease_lost")


def test_what_cannot_be_told_is_passed_and_not_asked_again(team: Any, project: Any) -> None:
    top_up = begin(team, project, attribute="occlusion")
    answer_all(team.annotator, top_up, None)
    assert occlusions(project).count("None") == 5
    assert not Revision.objects.filter(bulk_change_id=top_up["change"]).exists()


def test_a_split_class_is_told_apart_region_by_region_and_some_stay(team: Any, project: Any) -> None:
    schema = sample_schema()
    grown = [*schema.classes, part(4, "hatchback"), part(5, "saloon")]
    body = msgspec.to_builtins(schema) | {"classes": msgspec.to_builtins(grown)}
    assert api(team.manager).put(f"projects/{project.pk}/schema", {"body": body}).status_code == 200
    top_up = begin(team, project, into=[4, 5])
    held = claim(team.annotator, top_up)
    ids = [one["id"] for one in held["regions"]]
    sent = api(team.annotator).post(f"top-up-pieces/{held['piece']}/answers", {"answers": {ids[0]: 5, ids[1]: 1}})
    assert sent.status_code == 200, sent.content
    finish(team.annotator, held)
    answer_all(team.annotator, top_up, 4)
    classes = RegionIndex.objects.filter(project_id=project.pk).values_list("class_id", flat=True)
    assert sorted(classes) == [1, 2, 2, 2, 4, 4, 4, 4, 5]
    counts = api(team.manager).get(f"projects/{project.pk}/schema/counts").json()["classes"]
    assert {one["class_id"]: one["regions"] for one in counts} == {1: 1, 2: 3, 3: 0, 4: 4, 5: 1}


def part(class_id: int, name: str) -> dict[str, Any]:
    return {"id": class_id, "name": name, "color": "#112233", "shapes": ["box", "polygon"], "parent": 1}


def test_cancelled_it_asks_nothing_more_and_undone_every_region_is_as_before(team: Any, project: Any) -> None:
    before = dict(RegionIndex.objects.filter(project_id=project.pk).values_list("element_id", "attributes"))
    top_up = begin(team, project, attribute="occlusion")
    held = claim(team.annotator, top_up)
    give(team.annotator, held, "most")
    finish(team.annotator, held)
    half = claim(team.annotator, top_up)
    give(team.annotator, half, "none", most=1)
    gone = api(team.manager).post(f"top-ups/{top_up['id']}/cancel")
    assert (gone.status_code, gone.json()["state"]) == (200, "cancelled")
    assert occlusions(project).count("None") == 3, "what was answered stays"
    assert finish(team.annotator, half).status_code == 409
    assert claim(team.annotator, top_up)["piece"] is None
    assert api(team.manager).post(f"top-ups/{top_up['id']}/cancel").status_code == 409
    undo = api(team.manager).post(f"projects/{project.pk}/bulk-changes/{top_up['change']}/undo")
    assert undo.status_code == 202, undo.content
    assert run_job(undo.json()["job"]["id"]) == "succeeded"
    assert dict(RegionIndex.objects.filter(project_id=project.pk).values_list("element_id", "attributes")) == before
    assert api(team.manager).get(f"top-ups/{top_up['id']}").json()["undone"]


def test_two_people_who_answered_one_task_in_turn_are_both_undone(team: Any, project: Any) -> None:
    top_up = begin(team, project, attribute="occlusion")
    answer_first = claim(team.annotator, top_up)
    give(team.annotator, answer_first, None)
    finish(team.annotator, answer_first)
    for who in (team.annotator, team.reviewer):
        held = claim(who, top_up)
        give(who, held, "most", most=1)
        finish(who, held)
    assert Revision.objects.filter(bulk_change_id=top_up["change"]).values("task").distinct().count() == 1
    undo = api(team.manager).post(f"projects/{project.pk}/bulk-changes/{top_up['change']}/undo")
    assert run_job(undo.json()["job"]["id"]) == "succeeded"
    assert occlusions(project).count("None") == 5
    assert BulkChange.objects.get(pk=top_up["change"]).state == "undone"


def test_answered_tasks_wait_for_a_verdict_that_is_neither_of_the_answerer_nor_of_the_author(
    team: Any, project: Any
) -> None:
    senior = make_member(team.organisation, "reviewer")
    Revision.objects.filter(project=project).update(author=senior)  # a reviewer made the work
    for task in Task.objects.filter(project=project):
        task.assignments.filter(stage="annotate").update(user=senior)
    top_up = begin(team, project, attribute="occlusion", review=True)
    held = claim(team.reviewer, top_up)
    give(team.reviewer, held, "most")
    finish(team.reviewer, held)
    assert Task.objects.get(pk=held["task"]).state == "in_review"
    assert Person(team.reviewer).claim(project, "review") is None
    assert Person(senior).claim(project, "review") is None
    judge = Person(team.owner)
    work = judge.claim(project, "review")
    judge.judge(work["revision"]["id"], "accept")
    assert Task.objects.get(pk=held["task"]).state == "done"
    second = claim(team.reviewer, top_up)
    give(team.reviewer, second, "most")
    finish(team.reviewer, second)
    undo = api(team.manager).post(f"projects/{project.pk}/bulk-changes/{top_up['change']}/undo")
    assert run_job(undo.json()["job"]["id"]) == "succeeded"
    assert set(Task.objects.filter(project=project).values_list("state", flat=True)) == {"done"}
    assert occlusions(project).count("None") == 5


@pytest.mark.parametrize(
    "asked",
    [
        {"attribute": "nothing"},
        {"class_id": 77, "attribute": "occlusion"},
        {"into": [1]},
        {"into": [2]},  # a person is not drawn as a polygon
        {"attribute": "occlusion", "into": [3]},
        {},
    ],
)
def test_a_question_that_the_schema_does_not_have_is_refused_with_its_place(
    team: Any, project: Any, asked: dict[str, Any]
) -> None:
    for path in ("top-ups", "top-ups/preview"):
        answer = api(team.manager).post(f"projects/{project.pk}/{path}", {"class_id": 1} | asked)
        assert answer.status_code == 400
        assert answer.json()["code"] == "invalid"


def test_an_answer_that_the_question_does_not_have_is_refused_and_keeps_the_others(team: Any, project: Any) -> None:
    top_up = begin(team, project, attribute="occlusion")
    held = claim(team.annotator, top_up)
    for value in ("sideways", 3, "", []):
        answer = give(team.annotator, held, value)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"].startswith("/answers/")
    assert give(team.annotator, held, "most").json()["answers"] == {one["id"]: "most" for one in held["regions"]}


def test_a_task_that_was_opened_again_meanwhile_is_left_to_who_has_it(team: Any, project: Any) -> None:
    top_up = begin(team, project, attribute="occlusion")
    held = claim(team.reviewer, top_up)
    back = {"action": "send_back", "ids": [held["task"]], "reason": "Look again"}
    assert api(team.owner).post(f"projects/{project.pk}/tasks/bulk", back).json()["changed"] == 1
    give(team.reviewer, held, "most")
    assert finish(team.reviewer, held).status_code == 200
    assert Task.objects.get(pk=held["task"]).state == "rework"
    assert TopUpPiece.objects.get(pk=held["piece"]).state == "dropped"
    answer_all(team.reviewer, top_up, "most")
    assert api(team.manager).get(f"top-ups/{top_up['id']}").json()["state"] == "done"


def test_a_paused_project_hands_out_none(team: Any, project: Any) -> None:
    top_up = begin(team, project, attribute="occlusion")
    api(team.manager).patch(f"projects/{project.pk}", {"state": "paused"})
    refused = api(team.annotator).post(f"top-ups/{top_up['id']}/claim")
    assert (refused.status_code, refused.json()["code"]) == (409, "project_not_active")
