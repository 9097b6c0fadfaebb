"""Kept views of the data page: own and shared ones, and who may change them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import api

pytestmark = pytest.mark.django_db
SHOWN = {
    "name": "To fix",
    "filter": {"state": ["rework"], "class_id": [1]},
    "sort": "-updated",
    "layout": "table",
    "columns": ["name", "state"],
}


def keep(user: Any, project: Any, **more: Any) -> Any:
    return api(user).post(f"projects/{project.pk}/views", SHOWN | more)


def names(user: Any, project: Any) -> list[str]:
    return [row["name"] for row in api(user).get(f"projects/{project.pk}/views").json()["results"]]


def test_a_view_comes_back_as_it_was_kept(team: Any, project: Any) -> None:
    made = keep(team.annotator, project)
    assert made.status_code == 201
    (row,) = api(team.annotator).get(f"projects/{project.pk}/views").json()["results"]
    assert {key: row[key] for key in SHOWN} == SHOWN
    assert (row["mine"], row["shared"], row["owner"]["id"]) == (True, False, team.annotator.pk)


def test_own_views_are_seen_by_nobody_else_and_shared_ones_by_all(team: Any, project: Any) -> None:
    keep(team.annotator, project, name="Mine")
    keep(team.manager, project, name="Ours", shared=True)
    assert names(team.annotator, project) == ["Mine", "Ours"]
    assert names(team.reviewer, project) == ["Ours"]


def test_annotators_share_no_views_and_change_no_shared_ones(team: Any, project: Any) -> None:
    assert keep(team.annotator, project, shared=True).status_code == 403
    view = keep(team.manager, project, shared=True).json()["id"]
    assert api(team.annotator).put(f"views/{view}", SHOWN).status_code == 403
    assert api(team.annotator).delete(f"views/{view}").status_code == 403
    assert api(team.owner).delete(f"views/{view}").status_code == 204


def test_anothers_own_view_does_not_exist_for_anybody_else(team: Any, project: Any) -> None:
    view = keep(team.annotator, project).json()["id"]
    assert api(team.owner).put(f"views/{view}", SHOWN).status_code == 404
    assert api(team.owner).delete(f"views/{view}").status_code == 404


def test_a_name_is_taken_once_and_a_view_can_be_renamed(team: Any, project: Any) -> None:
    first = keep(team.annotator, project).json()["id"]
    assert keep(team.annotator, project).status_code == 409
    renamed = api(team.annotator).put(f"views/{first}", SHOWN | {"name": "Other"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Other")
    assert keep(team.annotator, project).status_code == 201


@pytest.mark.parametrize("change", [{"sort": "random"}, {"filter": {"state": ["nowhere"]}}, {"name": ""}])
def test_a_view_of_nonsense_is_refused(team: Any, project: Any, change: Any) -> None:
    assert keep(team.annotator, project, **change).status_code == 400
