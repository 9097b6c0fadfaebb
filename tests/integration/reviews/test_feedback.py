"""What annotators learn of their work, what they may dispute, and who decides it."""

from __future__ import annotations

from typing import Any

import pytest

from apps.activity.queries import totals
from apps.projects.models import Project
from apps.quality.services.counting import recount
from apps.tasks.models import Task
from tests.factories import Team, api, make_member, make_project
from tests.work import Person, delete, make_tasks, put, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Team) -> Project:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 3)
    return project


def fixed(team: Team, project: Project, *regions: dict[str, Any]) -> dict[str, Any]:
    """The annotator's regions; the reviewer takes the first away, makes the second wider and accepts."""
    annotator, reviewer = Person(team.annotator), Person(team.reviewer)
    _, submitted = annotator.label(project, *regions)
    claim = reviewer.claim(project, "review")
    versions = {row["element"]["id"]: row["version"] for row in claim["annotation"]["elements"]}
    wider = regions[1] | {"geometry": regions[1]["geometry"] | {"w": 90}}
    edits = [delete(regions[0]["id"], over=versions[regions[0]["id"]]), put(wider, over=versions[wider["id"]])]
    reviewer.save(claim["annotation"]["id"], edits)
    return reviewer.judge(submitted["revision"]["id"], "fix")


def rejected(team: Team, project: Project, **body: Any) -> dict[str, Any]:
    annotator, reviewer = Person(team.annotator), Person(team.reviewer)
    _, submitted = annotator.label(project)
    reviewer.claim(project, "review")
    return reviewer.judge(submitted["revision"]["id"], "reject", reason="Loose", **body)


def dispute(team: Team, review: dict[str, Any], text: str = "It is right.") -> Any:
    return api(team.annotator).post(f"reviews/{review['id']}/dispute", {"text": text})


def decide(user: Any, disputed: Any, decision: str = "overturned", **more: Any) -> Any:
    body = {"decision": decision, "text": "Looked at it.", **more}
    return api(user).post(f"disputes/{disputed.json()['id']}/decide", body)


def test_an_annotator_sees_before_and_after_of_every_region_that_was_fixed(team: Team, project: Project) -> None:
    gone, kept, same = region(), region(2, 100, 100), region(1, 200, 200)
    review = fixed(team, project, gone, kept, same)
    annotator = api(team.annotator)
    (row,) = annotator.get(f"projects/{project.pk}/feedback").json()["results"]
    assert (row["review"]["id"], row["review"]["verdict"], row["marks"]) == (review["id"], "fix", 2)

    seen = annotator.get(f"reviews/{review['id']}/feedback").json()

    changes = {one["element"]: one for one in seen["changes"]}
    assert set(changes) == {gone["id"], kept["id"]}
    assert changes[gone["id"]]["after"] is None
    assert changes[kept["id"]]["before"]["geometry"]["w"] == 30
    assert changes[kept["id"]]["after"]["geometry"]["w"] == 90
    assert [mark["kind"] for mark in changes[kept["id"]]["marks"]] == ["loose"]
    assert (seen["settled"], seen["may_dispute"]) == (True, True)


def test_after_a_rejection_the_after_is_what_the_annotator_made_of_it(team: Team, project: Project) -> None:
    mark = {"kind": "missed", "point": {"x": 5, "y": 6}}
    review = rejected(team, project, marks=[mark])
    annotator = Person(team.annotator)
    address = f"reviews/{review['id']}/feedback"
    before = annotator.http.get(address).json()
    assert (before["settled"], [one["marks"][0]["kind"] for one in before["changes"]]) == (False, ["missed"])
    again = annotator.claim(project)
    added = region(2, 300, 300)
    annotator.save(again["annotation"]["id"], [put(added)])
    annotator.submit(again)
    after = annotator.http.get(address).json()
    assert after["settled"] is True
    assert added["id"] in [one["element"] for one in after["changes"]]


def test_feedback_is_for_its_annotator_and_for_who_sees_figures(team: Team, project: Project) -> None:
    review = rejected(team, project)
    other = make_member(team.organisation, "annotator")
    assert api(other).get(f"reviews/{review['id']}/feedback").status_code == 404
    assert api(other).get(f"projects/{project.pk}/feedback?user={team.annotator.pk}").json()["results"] == []
    listed = api(team.manager).get(f"projects/{project.pk}/feedback?user={team.annotator.pk}").json()["results"]
    assert [row["review"]["id"] for row in listed] == [review["id"]]
    assert (
        api(team.manager).post(f"reviews/{review['id']}/dispute", {"text": "No"}).json()["code"] == "nothing_to_dispute"
    )


def test_a_verdict_is_disputed_once_and_decided_by_who_had_no_part_in_it(team: Team, project: Project) -> None:
    review = rejected(team, project)
    uninvolved = make_member(team.organisation, "reviewer")
    disputed = dispute(team, review)
    assert disputed.status_code == 201
    assert dispute(team, review).json()["code"] == "disputed_already"
    told = [row["event"]["verb"] for row in api(uninvolved).get("notifications").json()["results"]]
    assert "dispute.opened" in told
    assert "dispute.opened" not in [
        r["event"]["verb"] for r in api(team.reviewer).get("notifications").json()["results"]
    ]
    assert decide(team.reviewer, disputed).json()["code"] == "involved"
    assert decide(team.annotator, disputed).status_code == 403
    waiting = api(uninvolved).get(f"projects/{project.pk}/disputes?state=open").json()["results"]
    assert [(row["id"], row["may_decide"]) for row in waiting] == [(disputed.json()["id"], True)]

    assert decide(uninvolved, disputed).json()["state"] == "overturned"

    assert decide(team.manager, disputed).json()["code"] == "decided_already"
    for person in (team.annotator, team.reviewer):
        assert api(person).get("notifications").json()["results"][0]["event"]["verb"] == "dispute.overturned"
    assert totals([project.pk], "overturned")[project.pk] == {"reject": 1}


def test_an_upheld_verdict_counts_against_nobody(team: Team, project: Project) -> None:
    disputed = dispute(team, rejected(team, project))
    assert decide(team.manager, disputed, "upheld").json()["state"] == "upheld"
    assert totals([project.pk], "overturned") == {}


def test_an_overturned_fix_makes_the_answer_the_result_again(team: Team, project: Project) -> None:
    review = fixed(team, project, region(), region(2, 100, 100))
    disputed = dispute(team, review)
    assert decide(team.manager, disputed, "upheld", restore=True).json()["code"] == "cannot_restore"
    assert decide(team.manager, disputed, restore=True).json()["restored"] is True
    task = Task.objects.get(pk=review["task"])
    assert (task.state, task.result_id, task.region_count) == ("done", review["revision"], 2)


def test_a_recount_finds_the_same_overturned_verdicts(team: Team, project: Project) -> None:
    decide(team.manager, dispute(team, rejected(team, project)))
    before = totals([project.pk], "overturned")
    recount(project_id=project.pk)
    assert totals([project.pk], "overturned") == before
