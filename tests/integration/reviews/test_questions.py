"""Asking, answering, putting answers into the guideline, reading it, and asking for older work again."""

from __future__ import annotations

import pytest

from apps.projects.models import GuidelineDraft, Project
from apps.reviews.models import Question, Review
from apps.tasks.models import Task
from tests.factories import Team, api, make_member
from tests.work import Person, make_tasks, put, region

pytestmark = pytest.mark.django_db


def asked(person: Person, project: Project, text: str, *, about: dict | None = None) -> tuple[dict, dict]:
    claim = person.claim(project)
    body = {"question": text}
    if about is not None:
        person.save(claim["annotation"]["id"], [put(about)])
        body["element"] = about["id"]
    response = person.http.post(f"assignments/{claim['assignment']['id']}/park", body)
    assert response.status_code == 201, response.content
    return claim, response.json()


def answered(team: Team, question: dict, text: str = "Yes.") -> dict:
    response = api(team.reviewer).post(f"questions/{question['id']}/answer", {"text": text})
    assert response.status_code == 200, response.content
    return response.json()


def publish(team: Team, project: Project, markdown: str, **more: object) -> int:
    response = api(team.manager).put(f"projects/{project.pk}/guidelines", {"markdown": markdown, **more})
    assert response.status_code == 200, response.content
    return response.json()["number"]


def test_a_question_keeps_the_region_as_it_was_when_it_was_asked(team: Team, project: Project) -> None:
    make_tasks(project, team.manager)
    annotator, cup = Person(team.annotator), region(1)
    _, question = asked(annotator, project, "Is this a car?", about=cup)
    assert question["class_id"] == 1
    assert question["bounds"] == [10, 20, 40, 60]
    assert question["region"]["id"] == cup["id"]


def test_seniors_are_told_of_a_question_and_who_asked_of_its_answer(team: Team, project: Project) -> None:
    make_tasks(project, team.manager)
    annotator = Person(team.annotator)
    claim, question = asked(annotator, project, "Is this a car?")
    told = api(team.reviewer).get("notifications").json()["results"]
    assert [row["event"]["verb"] for row in told] == ["question.asked"]
    assert told[0]["web_url"] == f"/projects/{project.pk}/questions?question={question['id']}"

    answered(team, question)

    told = annotator.http.get("notifications").json()["results"]
    assert told[0]["event"]["verb"] == "question.answered"
    assert annotator.claim(project)["task"]["id"] == claim["task"]["id"]


def test_similar_questions_stand_beside_and_annotators_learn_only_what_became_guideline(
    team: Team, project: Project
) -> None:
    make_tasks(project, team.manager, 4)
    other = make_member(team.organisation, "annotator")
    annotator = Person(team.annotator)
    _, first = asked(annotator, project, "Does a parked trailer count as a car?")
    _, second = asked(annotator, project, "Is the sky a class?")
    answered(team, first, "No.")
    answered(team, second)
    _, third = asked(annotator, project, "Is a parked trailer a car?")
    found = api(team.reviewer).get(f"questions/{third['id']}/similar").json()["results"]
    assert [row["question"]["id"] for row in found] == [first["id"]]

    address = f"projects/{project.pk}/questions/similar?text=parked+trailers+are+cars"
    assert api(other).get(address).json()["results"] == []
    api(team.reviewer).post(f"questions/{first['id']}/guideline", {})
    api(team.manager).post(f"projects/{project.pk}/guidelines/publish", {})
    (row,) = api(other).get(address).json()["results"]
    assert row["question"]["answer"] == "No."
    assert row["question"]["thumb"] == ""


def test_an_answer_goes_into_the_section_of_its_class_and_only_once(team: Team, project: Project) -> None:
    publish(team, project, "# Aim\n\nText.\n\n# Car\n\nAll cars.\n\n# Person\n\nAll people.")
    make_tasks(project, team.manager)
    _, question = asked(Person(team.annotator), project, "Is a *trailer* one?", about=region(1))
    reviewer = api(team.reviewer)
    address = f"questions/{question['id']}/guideline"
    assert reviewer.post(address, {}).json()["code"] == "not_answered"
    answered(team, question, "No, <b>never</b>.")

    assert reviewer.post(address, {}).json()["drafted"] is True

    draft = GuidelineDraft.objects.get(project=project).markdown
    assert draft.index("All cars.") < draft.index("trailer") < draft.index("# Person")
    html = api(team.manager).post(f"projects/{project.pk}/guidelines/preview", {"markdown": draft}).json()["html"]
    assert "Is a *trailer* one?" in html
    assert "&lt;b&gt;never&lt;/b&gt;" in html
    assert reviewer.post(address, {}).json()["code"] == "drafted_already"

    api(team.manager).post(f"projects/{project.pk}/guidelines/publish", {"note": "Trailers"})
    assert reviewer.get(f"questions/{question['id']}").json()["published_in"] == 2


def test_a_crop_that_cannot_be_made_leaves_the_question_as_it_was(team: Team, project: Project) -> None:
    make_tasks(project, team.manager)  # without files
    _, question = asked(Person(team.annotator), project, "Is this one?", about=region(1))
    answered(team, question)
    response = api(team.reviewer).post(f"questions/{question['id']}/guideline", {"example": "good"})
    assert response.json()["code"] == "bad_image"
    assert Question.objects.get(pk=question["id"]).drafted_at is None
    assert not GuidelineDraft.objects.filter(project=project).exists()


def test_two_writers_of_one_draft_do_not_overwrite_each_other(team: Team, project: Project) -> None:
    address = f"projects/{project.pk}/guidelines/draft"
    seen = api(team.manager).get(address).json()["etag"]
    assert api(team.owner).put(address, {"markdown": "# A"}).status_code == 200
    late = api(team.manager).put(address, {"markdown": "# B"}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (412, "stale_version")


def test_a_change_is_shown_once_before_the_next_claim_and_work_in_hand_goes_on(team: Team, project: Project) -> None:
    publish(team, project, "# Car\n\nAll cars.")
    make_tasks(project, team.manager, 4)
    annotator = Person(team.annotator)
    claim = annotator.claim(project)
    publish(team, project, "# Car\n\nAll parked cars.")

    annotator.save(claim["annotation"]["id"], [put(region())])
    annotator.submit(claim)
    refused = annotator.http.post(f"projects/{project.pk}/tasks/claim", {"stage": "annotate"})

    assert (refused.status_code, refused.json()["code"]) == (409, "guideline_unread")
    unread = annotator.http.get(f"projects/{project.pk}/guidelines/unread").json()["changes"]
    assert (unread["before"], unread["number"], unread["topics"]) == (1, 2, ["class:1"])
    assert "<ins>parked</ins>" in unread["changes"][0]["html"]
    assert annotator.http.post(f"projects/{project.pk}/guidelines/read", {"number": 2}).status_code == 204
    assert annotator.claim(project) is not None
    assert annotator.http.get(f"projects/{project.pk}/guidelines/unread").json()["changes"] is None


def test_who_read_nothing_in_between_sees_all_that_changed_since_their_last_work(team: Team, project: Project) -> None:
    publish(team, project, "# Car\n\nOne.")
    make_tasks(project, team.manager, 2)
    annotator = Person(team.annotator)
    annotator.label(project)
    publish(team, project, "# Car\n\nTwo.")
    publish(team, project, "# Car\n\nThree.\n\n# Person")
    unread = annotator.http.get(f"projects/{project.pk}/guidelines/unread").json()["changes"]
    assert (unread["before"], unread["number"], len(unread["changes"])) == (1, 3, 2 + 1)


def test_newcomers_and_slips_of_the_pen_hold_nobody_up(team: Team, project: Project) -> None:
    publish(team, project, "# Car\n\nAll cars.")
    make_tasks(project, team.manager, 3)
    annotator = Person(team.annotator)
    annotator.label(project)
    publish(team, project, "# Car\n\nAll cars!", must_read=False)
    assert annotator.claim(project) is not None
    publish(team, project, "# Car\n\nAll cars but trailers.")
    assert Person(make_member(team.organisation, "annotator")).claim(project) is not None


def test_managers_see_who_has_read_the_change_first_who_has_not(team: Team, project: Project) -> None:
    publish(team, project, "# Car\n\nAll cars.")
    make_tasks(project, team.manager, 3)
    annotator = Person(team.annotator)
    annotator.label(project)
    publish(team, project, "# Car\n\nAll parked cars.")
    address = f"projects/{project.pk}/guidelines/readers"
    before = api(team.manager).get(address).json()
    assert (before["number"], before["read"], before["total"]) == (2, 0, 1)
    assert before["results"][0]["person"]["id"] == team.annotator.pk
    annotator.http.post(f"projects/{project.pk}/guidelines/read", {"number": 2})
    after = api(team.manager).get(address).json()
    assert (after["read"], after["total"]) == (1, 1)


def test_accepted_work_of_older_versions_is_listed_by_class_and_asked_for_again(team: Team, project: Project) -> None:
    publish(team, project, "# Car\n\nAll cars.")
    make_tasks(project, team.manager, 3)
    annotator, reviewer, manager = Person(team.annotator), Person(team.reviewer), api(team.manager)
    for class_id in (1, 1, 2):
        _, submitted = annotator.label(project, region(class_id))
        reviewer.claim(project, "review")
        reviewer.judge(submitted["revision"]["id"], "accept")
    publish(team, project, "# Car\n\nAll parked cars.")
    older = manager.get(f"projects/{project.pk}/guidelines/older-work").json()
    assert older["number"] == 2
    assert {row["class_id"]: row["by_version"] for row in older["results"]} == {
        None: {"1": 3},
        1: {"1": 2},
        2: {"1": 1},
    }

    wanted = {
        "action": "ask_again",
        "filter": {"guideline_before": 2, "class_id": [1]},
        "reason": "Guideline version 2",
    }
    preview = manager.post(
        f"projects/{project.pk}/tasks/send-back/preview", {k: wanted[k] for k in ("action", "filter")}
    )
    assert preview.json()["sent_back"] == 2
    done = manager.post(f"projects/{project.pk}/tasks/bulk", wanted).json()

    assert (done["changed"], done["skipped"]) == (2, 0)
    assert Task.objects.filter(project=project, state="rework").count() == 2
    people = manager.get(f"projects/{project.pk}/stats").json()["people"]
    assert sum(row["rejected"] for row in people) == 0
    annotator.http.post(f"projects/{project.pk}/guidelines/read", {"number": 2})
    again = annotator.claim(project)
    assert (again["last_review"]["verdict"], again["last_review"]["reason"]) == ("reopen", "Guideline version 2")
    annotator.submit(again)
    assert reviewer.http.post(f"projects/{project.pk}/guidelines/read", {"number": 2}).status_code == 204
    judged = reviewer.claim(project, "review")
    assert reviewer.judge(judged["revision"]["id"], "accept")["task_state"] == "done"


def test_asking_again_is_undone_while_nobody_has_begun(team: Team, project: Project) -> None:
    publish(team, project, "# Car\n\nAll cars.")
    make_tasks(project, team.manager)
    annotator, reviewer, manager = Person(team.annotator), Person(team.reviewer), api(team.manager)
    _, submitted = annotator.label(project)
    reviewer.claim(project, "review")
    reviewer.judge(submitted["revision"]["id"], "accept")
    publish(team, project, "# Car\n\nAll parked cars.")
    body = {"action": "ask_again", "filter": {"guideline_before": 2}, "reason": "Version 2"}
    done = manager.post(f"projects/{project.pk}/tasks/bulk", body).json()
    for undo in done["undo"]:
        assert manager.post(f"projects/{project.pk}/tasks/bulk", undo).json()["changed"] == 1
    task = Task.objects.get(project=project)
    assert (task.state, task.result_id) == ("done", submitted["revision"]["id"])
    assert not Review.objects.filter(task=task, verdict="reopen").exists()
