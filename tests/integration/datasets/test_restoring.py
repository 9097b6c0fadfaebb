"""Restoring a project to a version, and taking that back."""

from __future__ import annotations

import pytest

from apps.annotations.models import RegionIndex
from tests.factories import run_job
from tests.integration.datasets.test_splits import finished, freeze
from tests.integration.datasets.test_versions_told import relabel
from tests.work import make_tasks, region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]


def results(project) -> dict[int, int]:
    return dict(project.tasks.exclude(result=None).values_list("pk", "result_id"))


def restore(manager, version: dict) -> dict:
    started = manager.post(f"versions/{version['id']}/restore")
    assert started.status_code == 202, started.content
    assert run_job(started.json()["job"]["id"]) == "succeeded"
    return started.json()["bulk_change"]


def test_a_restore_is_told_first_done_by_a_job_and_undone_as_one(manager, team, project):
    first, second, third = finished(team, project, 3)
    version = freeze(manager, project)
    before = results(project)
    relabel(project, first, region(2), region(2))
    relabel(project, second, region(2))
    (later,) = finished(team, project, 1)
    make_tasks(project, team.manager, 1)
    now = results(project)
    plan = manager.get(f"versions/{version['id']}/restore").json()
    assert plan == {"changed": 2, "same": 1, "unfinished": 0, "gone": 0, "later": 1}
    assert results(project) == now

    change = restore(manager, version)
    assert results(project) == before | {later.pk: now[later.pk]}
    indexed = RegionIndex.objects.filter(project_id=project.pk).values_list("revision_id", flat=True)
    assert sorted(indexed) == sorted(results(project).values())
    assert (project.tasks.get(pk=first.pk).class_ids, project.tasks.get(pk=first.pk).region_count) == ([1], 1)
    again = freeze(manager, project)
    assert manager.get(f"versions/{again['id']}/diff?against={version['id']}").json()["relabelled_count"] == 0

    relabel(project, third, region(2))
    mine = results(project)[third.pk]
    undo = manager.post(f"projects/{project.pk}/bulk-changes/{change['id']}/undo").json()
    assert run_job(undo["job"]["id"]) == "succeeded"
    assert results(project) == now | {third.pk: mine}
    changes = manager.get(f"projects/{project.pk}/bulk-changes").json()["results"]
    assert [(one["kind"], one["state"], one["tasks"]) for one in changes] == [("restore", "undone", 2)]


def test_what_somebody_changed_after_the_restore_stays_theirs_when_it_is_undone(manager, team, project):
    (task,) = finished(team, project, 1)
    version = freeze(manager, project)
    relabel(project, task, region(2))
    change = restore(manager, version)
    relabel(project, task, region(1, x=99))
    mine = results(project)
    undo = manager.post(f"projects/{project.pk}/bulk-changes/{change['id']}/undo").json()
    assert run_job(undo["job"]["id"]) == "succeeded"
    assert results(project) == mine
