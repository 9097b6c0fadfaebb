"""What was deleted is remembered by its id, so that the others keep the numbers that people read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import api, make_project
from tests.work import Person, delete, make_tasks, put, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Any) -> Any:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager)
    return project


def test_a_deleted_region_is_named_through_submit_rejection_and_fix(team: Any, project: Any) -> None:
    annotator, reviewer = Person(team.annotator), Person(team.reviewer)
    claim = annotator.claim(project)
    assert claim["annotation"]["removed"] == []
    first, gone, last = (region(x=60 * n) for n in range(3))
    draft = claim["annotation"]["id"]
    annotator.save(draft, [put(first), put(gone), put(last)])
    annotator.save(draft, [delete(gone["id"], over=1)])
    assert annotator.http.get(f"annotations/{draft}").json()["removed"] == [gone["id"]]

    revision = annotator.submit(claim)["revision"]["id"]
    seen = reviewer.http.get(f"revisions/{revision}").json()
    assert seen["removed"] == [gone["id"]]
    assert {row["element"]["id"] for row in seen["elements"]} == {first["id"], last["id"]}

    review = reviewer.claim(project, "review")
    assert review["annotation"]["removed"] == [gone["id"]]
    reviewer.save(review["annotation"]["id"], [delete(first["id"], over=1)])
    fixed = reviewer.judge(revision, "fix")["fix_revision"]
    both = sorted([first["id"], gone["id"]])
    assert api(team.manager).get(f"revisions/{fixed}").json()["removed"] == both  # type: ignore[attr-defined]


def test_a_region_that_undo_brought_back_is_among_the_elements(team: Any, project: Any) -> None:
    annotator = Person(team.annotator)
    claim = annotator.claim(project)
    draft, back = claim["annotation"]["id"], region()
    annotator.save(draft, [put(back)])
    annotator.save(draft, [delete(back["id"], over=1)])
    annotator.save(draft, [put(back, over=2)])
    document = annotator.http.get(f"annotations/{draft}").json()
    assert [row["element"]["id"] for row in document["elements"]] == [back["id"]]
    assert document["removed"] == []


def test_rejected_work_comes_back_with_the_same_ids_removed(team: Any, project: Any) -> None:
    annotator, reviewer = Person(team.annotator), Person(team.reviewer)
    claim = annotator.claim(project)
    gone = region()
    annotator.save(claim["annotation"]["id"], [put(gone), put(region(x=90))])
    annotator.save(claim["annotation"]["id"], [delete(gone["id"], over=1)])
    revision = annotator.submit(claim)["revision"]["id"]
    reviewer.claim(project, "review")
    reviewer.judge(revision, "reject", reason="Too wide.")
    assert annotator.claim(project)["annotation"]["removed"] == [gone["id"]]
