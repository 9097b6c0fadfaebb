"""What a region may be, by what the project's accepted regions look like."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.assets.models import Asset
from apps.learning.models import Crop
from apps.learning.services import cutting
from apps.tasks.models import Task
from tests.factories import api
from tests.integration.learning.making import SIDE, finish_with_boxes, pictures
from tests.work import make_tasks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]
WHOLE = [2, 2, SIDE - 2, SIDE - 2]


def ask(team: Any, task: Task, bounds: Any = WHOLE, status: int = 200) -> dict[str, Any]:
    answer = api(team.annotator).post(f"tasks/{task.pk}/class-suggestions", {"bounds": bounds})
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


def look(project: Any) -> int:
    return cutting.look_at_crops(project_id=project.pk, settled=timedelta(0))


@pytest.fixture
def known(team: Any, project: Any) -> list[Task]:
    """Eight finished tasks with a box each, which were looked at, since somebody has asked."""
    tasks = pictures(project, team, ["clear", "rain"] * 4)
    finish_with_boxes(project, tasks)
    assert ask(team, tasks[0]) == {"classes": [], "known": 0}
    assert look(project) == 8
    return tasks


def test_the_likeliest_class_comes_first_with_its_share(team, project, known):
    clear, rain = pictures(project, team, ["clear", "rain"])
    for task, class_id in ((clear, 1), (rain, 2)):
        found = ask(team, task)
        assert (found["known"], found["classes"][0]["class_id"]) == (8, class_id)
        assert found["classes"][0]["share"] > 0.6
        assert sum(one["share"] for one in found["classes"]) == pytest.approx(1, abs=1e-3)
        assert sum(one["neighbours"] for one in found["classes"]) == 8


def test_nothing_is_kept_of_projects_in_which_nobody_asked(team, project):
    finish_with_boxes(project, pictures(project, team, ["clear"]))
    assert look(project) == 0
    assert not Crop.objects.exists()


def test_crops_follow_the_work_that_stands(team, project, known):
    new = pictures(project, team, ["clear"])
    assert look(project) == 1
    assert Crop.objects.count() == 8
    finish_with_boxes(project, new)
    assert (look(project), Crop.objects.count()) == (1, 9)
    Task.objects.filter(pk=new[0].pk).update(state="archived", updated_at=timezone.now())
    assert (look(project), Crop.objects.count()) == (1, 8)
    assert look(project) == 0


def test_a_picture_is_not_told_its_own_answer(team, project, known):
    (copy,) = pictures(project, team, ["clear"])
    Asset.objects.filter(pk=copy.asset_id).update(sha256=known[0].asset.sha256)
    assert ask(team, copy)["known"] == 7


def test_of_each_class_the_newest_are_kept(team, project, known, monkeypatch):
    monkeypatch.setattr(cutting, "OF_CLASS", 2)
    finish_with_boxes(project, pictures(project, team, ["clear"]))
    look(project)
    assert list(Crop.objects.order_by("class_id").values_list("class_id", flat=True)) == [1, 1, 2, 2]


def test_wrong_bounds_and_missing_pictures_are_named(team, project, known):
    (task,) = pictures(project, team, ["clear"])
    for bounds in ([5, 5, 5, 9], [9, 9, 5, 5], [SIDE + 1, 0, SIDE + 9, 9], [-9, -9, -1, -1]):
        assert ask(team, task, bounds, 400)["code"] == "invalid"
    ask(team, task, [1, 2, 3], 400)
    (lost,) = make_tasks(project, team.manager)
    assert ask(team, lost, [0, 0, 9, 9], 404)["code"] == "not_found"
    assert ask(team, task, [-20, -20, SIDE + 20, SIDE + 20])["known"] == 8
