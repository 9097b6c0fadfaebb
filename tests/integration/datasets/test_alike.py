"""Pictures of a project that are the same or look alike: found by a job, shown in groups, settled by what is done with them."""

from __future__ import annotations

import pytest

from apps.assets.models import Asset
from apps.tasks.models import Task
from domain.sampling.near import joined
from tests.factories import api, make_project, run_job
from tests.work import make_tasks

pytestmark = pytest.mark.django_db
LOOKS = [0, 0b111, 0b111000, 2**40 - 1, -1, -2, 0xF0F0F0F0F0F0]  # 0, 1 and 2 hang together at 3 bits; 4 and 5 at 1


@pytest.fixture
def project(team):
    """Nine pictures: the last two are copies of the fourth file."""
    project = make_project(team.organisation, team.manager)
    made = make_tasks(project, team.manager, 9)
    for task, look in zip(made, [*LOOKS, LOOKS[3], LOOKS[3]], strict=True):
        Asset.objects.filter(pk=task.asset_id).update(likeness=look)
    copied = Asset.objects.get(pk=made[3].asset_id)
    Asset.objects.filter(pk__in=[task.asset_id for task in made[7:]]).update(sha256=copied.sha256)
    Asset.objects.filter(pk=made[8].asset_id).update(width=1200)
    return project


def look(team, project, **asked):
    begun = api(team.manager).post(f"projects/{project.pk}/look-alikes", asked)
    assert begun.status_code == 202, begun.content
    assert run_job(begun.json()["id"]) == "succeeded"


def groups(team, project, **query):
    found = api(team.manager).get(f"projects/{project.pk}/look-alikes", query)
    assert found.status_code == 200, found.content
    return found.json()


def numbers(page):
    return sorted([picture["number"] for picture in group["pictures"]] for group in page["results"])


def test_copies_and_pictures_that_look_alike_are_found_in_groups(team, project):
    assert groups(team, project) == {
        "results": [],
        "next": None,
        "within": None,
        "compared": None,
        "unseen": 0,
        "job": None,
    }
    look(team, project, within=3)
    page = groups(team, project)
    assert numbers(page) == [[1, 2, 3], [5, 6], [9, 4, 8]]  # the largest first
    assert (page["compared"], page["unseen"], page["within"], page["job"]["state"]) == (9, 0, 3, "succeeded")
    by_first = {group["pictures"][0]["number"]: group for group in page["results"]}
    assert [by_first[first]["same_file"] for first in (1, 5, 9)] == [False, False, True]
    assert [picture["bits"] for picture in by_first[1]["pictures"]] == [0, 3, 3]
    look(team, project, within=0)
    assert numbers(groups(team, project)) == [[9, 4, 8]]


def test_a_group_is_settled_by_taking_pictures_out_or_by_one_group_of_the_project(team, project):
    manager = api(team.manager)
    look(team, project, within=3)
    second = Task.objects.get(project=project, number=6)
    bulk = manager.post(f"projects/{project.pk}/tasks/bulk", {"action": "trash", "ids": [second.pk]}).json()
    assert numbers(groups(team, project)) == [[1, 2, 3], [9, 4, 8]]
    for number in (1, 2, 3):
        asset = Task.objects.get(project=project, number=number).asset_id
        assert manager.patch(f"assets/{asset}", {"group": "burst 1"}).status_code == 200
    assert numbers(groups(team, project)) == [[9, 4, 8]]
    assert numbers(groups(team, project, settled="true")) == [[1, 2, 3], [9, 4, 8]]
    assert manager.post(f"projects/{project.pk}/tasks/bulk", bulk["undo"][0]).json()["changed"] == 1
    assert numbers(groups(team, project)) == [[5, 6], [9, 4, 8]]


def test_hidden_tests_are_no_look_alikes_of_their_gold(team, project):
    Task.objects.filter(project=project, number__in=(8, 9)).update(purpose=Task.Purpose.PROBE)
    look(team, project, within=0)
    assert groups(team, project)["results"] == []


def test_groups_come_page_by_page_and_wrong_input_is_named(team, project):
    look(team, project, within=3)
    first = groups(team, project, limit=2)
    rest = groups(team, project, limit=2, cursor=first["next"])
    assert (len(first["results"]), len(rest["results"]), rest["next"]) == (2, 1, None)
    assert api(team.manager).post(f"projects/{project.pk}/look-alikes", {"within": 13}).status_code == 400
    assert api(team.annotator).get(f"projects/{project.pk}/look-alikes").status_code == 403


def test_places_hang_together_over_any_number_of_links():
    assert joined(6, [(4, 5), (1, 2), (2, 4)]) == [0, 1, 1, 3, 1, 1]
    assert joined(2, []) == [0, 1]
