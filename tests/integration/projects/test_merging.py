"""Merging classes: results get new revisions that name the change, and one undo brings every region back."""

from __future__ import annotations

import pytest

from apps.activity.queries import totals
from apps.annotations.models import RegionIndex, Revision
from apps.annotations.queries import iter_revision
from apps.annotations.services.merging import map_late_results
from apps.jobs.models import Job
from apps.tasks.models import Task
from domain.elements import decode
from tests.factories import run_job
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(team):
    return Person(team.manager)


@pytest.fixture
def done(team, project):
    """Label and accept a task with these regions; the task."""

    def make(*regions) -> Task:
        make_tasks(project, team.manager)
        claim, submitted = Person(team.annotator).label(project, *regions)
        reviewer = Person(team.reviewer)
        reviewer.claim(project, "review")
        reviewer.judge(submitted["revision"]["id"], "accept")
        return Task.objects.get(pk=claim["task"]["id"])

    return make


def classes_of(task: Task) -> dict[str, int]:
    """{region: class} of the task's result."""
    result = Task.objects.select_related("result").get(pk=task.pk).result
    return {
        entry.id: decode("region", entry.body).class_id for entry in iter_revision(result) if entry.kind == "region"
    }


def merge(manager, project, sources=(3,), into=1):
    started = manager.http.post(f"projects/{project.pk}/schema/merge", {"classes": list(sources), "into": into}).json()
    assert run_job(started["job"]["id"]) == "succeeded"
    return started["bulk_change"]["id"]


def test_a_merge_changes_results_by_new_revisions_that_name_it(manager, project, done):
    van, car = region(3), region(1)
    task, untouched = done(van, car), done(region(2))
    before = task.result_id
    preview = manager.http.post(f"projects/{project.pk}/schema/merge/preview", {"classes": [3], "into": 1}).json()
    assert (preview["regions"], preview["tasks"]) == (1, 1)
    change = merge(manager, project)
    assert classes_of(task) == {van["id"]: 1, car["id"]: 1}
    new = Task.objects.get(pk=task.pk).result
    assert (new.kind, new.bulk_change_id, new.annotation.based_on_id, new.author) == (
        "fix",
        change,
        before,
        manager.user,
    )
    assert Task.objects.get(pk=untouched.pk).result_id == untouched.result_id
    assert totals([project.pk], "regions_by_class")[project.pk] == {"1": 2, "2": 1}
    assert Task.objects.get(pk=task.pk).class_ids == [1]
    assert set(RegionIndex.objects.filter(task_id=task.pk).values_list("class_id", flat=True)) == {1}
    shown = manager.http.get(f"projects/{project.pk}/bulk-changes").json()["results"][0]
    assert (shown["state"], shown["tasks"], shown["regions"], shown["undoable"]) == ("done", 1, 1, True)


def test_one_undo_brings_classes_and_regions_back_and_leaves_others_alone(manager, project, done):
    van, car = region(3), region(1)
    task = done(van, car)
    change = merge(manager, project)
    started = manager.http.post(f"projects/{project.pk}/bulk-changes/{change}/undo")
    assert started.status_code == 202
    assert run_job(started.json()["job"]["id"]) == "succeeded"
    assert classes_of(task) == {van["id"]: 3, car["id"]: 1}
    body = manager.http.get(f"projects/{project.pk}/schema").json()["body"]
    assert [c["archived"] for c in body["classes"]] == [False, False, False]
    assert totals([project.pk], "regions_by_class")[project.pk] == {"1": 1, "3": 1}
    again = manager.http.post(f"projects/{project.pk}/bulk-changes/{change}/undo")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_undo")


def test_a_merge_that_runs_twice_changes_nothing_the_second_time(manager, project, done):
    done(region(3))
    merge(manager, project)
    number = Revision.objects.count()
    job = Job.objects.get(kind="annotations.merge_classes")
    Job.objects.filter(pk=job.pk).update(state="queued", starts=0)
    assert run_job(job.pk) == "succeeded"
    assert Revision.objects.count() == number


def test_work_that_was_open_during_the_merge_is_mapped_once_it_is_done(team, manager, project):
    make_tasks(project, team.manager)
    van = region(3)
    claim, submitted = Person(team.annotator).label(project, van)
    reviewer = Person(team.reviewer)
    reviewer.claim(project, "review")
    merge(manager, project)
    reviewer.judge(submitted["revision"]["id"], "accept")
    task = Task.objects.get(pk=claim["task"]["id"])
    assert classes_of(task) == {van["id"]: 3}
    assert map_late_results() == 1
    assert map_late_results() == 0
    assert classes_of(task) == {van["id"]: 1}
