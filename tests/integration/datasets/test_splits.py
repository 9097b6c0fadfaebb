"""Versions with splits: groups stay whole and where they are, and tests are real and reviewed."""

from __future__ import annotations

import pytest

from apps.annotations.services import NewRevision, write_revisions
from apps.datasets.models import GroupSplit
from apps.tasks import services as tasks
from apps.tasks.models import Task
from domain.elements import decode, encode
from tests.work import Person, make_tasks, region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]
THREE = {"train": 0.5, "val": 0.25, "test": 0.25}


def finished(team, project, number: int, *, group: str = "", class_id: int = 1, **fields) -> list[Task]:
    """Done tasks, as an import leaves them: nobody has reviewed them."""
    made = make_tasks(project, team.manager, number, group=group, **fields)
    project.refresh_from_db()
    elements = [("region", encode(decode("region", region(class_id))))]
    new = [NewRevision(task=task, elements=elements, outcome="labelled") for task in made]
    for task, revision in zip(made, write_revisions(project=project, new=new), strict=True):
        tasks.finish_from_import(task=task, revision_id=revision.pk, outcome="labelled")
    return made


def freeze(manager, project, *, expect: int = 201, **splits) -> dict:
    answer = manager.post(
        f"projects/{project.pk}/versions", {"name": "v", "splits": {"shares": THREE, "test_takes_any": True} | splits}
    )
    assert answer.status_code == expect, answer.content
    return answer.json()


def splits_of(manager, version: dict) -> dict[int, str]:
    items = manager.get(f"versions/{version['id']}/items?limit=500").json()["results"]
    return {item["task"]: item["split"] for item in items}


@pytest.mark.parametrize("stratify", ["", "class", "origin", "metadata.site"])
def test_items_keep_their_split_when_more_come_and_groups_stay_whole(manager, team, project, stratify):
    for n in range(12):
        finished(team, project, 2, group=f"g{n}", class_id=1 + n % 2, metadata={"site": f"s{n % 3}"})
    finished(team, project, 6)
    before = splits_of(manager, freeze(manager, project, stratify=stratify))
    for n in range(6, 18):
        finished(team, project, 1, group=f"g{n}", class_id=2, metadata={"site": "s9"})
    after = splits_of(manager, freeze(manager, project, stratify=stratify))
    assert {task: after[task] for task in before} == before
    groups = dict(Task.objects.filter(project=project).exclude(asset__group="").values_list("pk", "asset__group"))
    by_group: dict[str, set[str]] = {}
    for task, group in groups.items():
        by_group.setdefault(group, set()).add(after[task])
    assert all(len(found) == 1 for found in by_group.values())
    assert set(after.values()) == set(THREE)


def test_copies_of_a_picture_without_a_group_stand_together(manager, team, project):
    copies = finished(team, project, 8)
    for task in copies:
        task.asset.sha256 = f"{1:064x}"
        task.asset.save()
    assert len(set(splits_of(manager, freeze(manager, project)).values())) == 1


def test_classes_are_shared_out_by_their_rarest(manager, team, project):
    finished(team, project, 24, class_id=1)
    rare = {task.pk for task in finished(team, project, 8, class_id=2)}
    found = splits_of(manager, freeze(manager, project, stratify="class"))
    assert sorted(split for task, split in found.items() if task in rare) == ["test"] * 2 + ["train"] * 4 + ["val"] * 2


def test_the_test_split_takes_only_real_items_that_a_person_reviewed(manager, team, project):
    make_tasks(project, team.manager, 3)
    annotator, reviewer, accepted = Person(team.annotator), Person(team.reviewer), set()
    for _ in range(3):
        claim, submitted = annotator.label(project, region())
        reviewer.claim(project, "review")
        reviewer.judge(submitted["revision"]["id"], "accept")
        accepted.add(claim["task"]["id"])
    finished(team, project, 10)
    found = splits_of(manager, freeze(manager, project, shares={"train": 1e-6, "test": 1 - 1e-6}, test_takes_any=False))
    assert {task for task, split in found.items() if split == "test"} == accepted
    plan = {"splits": {"shares": THREE, "keep": False}}
    planned = manager.post(f"projects/{project.pk}/versions/plan", plan).json()
    assert (planned["items"], planned["unreviewed"], planned["unreal"]) == (13, 10, 0)


def test_what_may_not_be_a_test_is_left_out_where_its_group_is_one(manager, team, project):
    finished(team, project, 1, group="scene")
    freeze(manager, project, shares={"test": 1})
    finished(team, project, 2, group="scene", origin="synthetic")
    finished(team, project, 3)
    version = freeze(manager, project, shares={"train": 0.5, "test": 0.5}, test_takes_any=False)
    assert version["held_back"] == 3
    assert version["splits"] == {"train": 3}


def test_a_group_moved_by_hand_goes_there_from_the_next_version_on(manager, team, project):
    first, second = finished(team, project, 2, group="patient 4")
    finished(team, project, 6)
    old = freeze(manager, project)
    before = splits_of(manager, old)
    target = next(name for name in THREE if name != before[first.pk])
    moved = manager.post(f"versions/{old['id']}/moves", {"task": first.pk, "split": target})
    assert (moved.status_code, moved.json()["group"]) == (201, "patient 4")
    assert splits_of(manager, old) == before
    new = freeze(manager, project)
    after = splits_of(manager, new)
    assert {after[first.pk], after[second.pk]} == {target}
    difference = manager.get(f"versions/{new['id']}/diff?against={old['id']}").json()
    assert sorted(difference["moved"]) == sorted([first.pk, second.pk])


def test_a_move_can_be_taken_back_before_it_counts(manager, team, project):
    (task, *_) = finished(team, project, 4)
    old = freeze(manager, project)
    before = splits_of(manager, old)
    target = next(name for name in THREE if name != before[task.pk])
    moved = manager.post(f"versions/{old['id']}/moves", {"task": task.pk, "split": target}).json()
    assert [one["id"] for one in manager.get(f"projects/{project.pk}/moved-groups").json()["results"]] == [moved["id"]]
    assert manager.delete(f"moved-groups/{moved['id']}").status_code == 204
    assert splits_of(manager, freeze(manager, project)) == before
    wrong = manager.post(f"versions/{old['id']}/moves", {"task": task.pk, "split": "nowhere"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid")


def test_exports_keep_the_splits_and_bind_nobody(manager, team, project):
    finished(team, project, 8)
    body = {"format": "coco", "options": {"splits": {"train": 0.5, "test": 0.5}}}
    assert manager.post(f"projects/{project.pk}/exports", body).status_code == 202
    assert not GroupSplit.objects.exists()


def test_a_plan_says_what_freezing_would_give_and_writes_nothing(manager, team, project):
    finished(team, project, 12, class_id=2)
    body = {"splits": {"shares": THREE, "stratify": "class", "test_takes_any": True}}
    plan = manager.post(f"projects/{project.pk}/versions/plan", body).json()
    assert [(one["name"], one["items"]) for one in plan["splits"]] == [("train", 6), ("val", 3), ("test", 3)]
    assert plan["classes"] == [{"class_id": 2, "regions": {"train": 6, "val": 3, "test": 3}}]
    assert manager.get(f"projects/{project.pk}/versions").json()["results"] == []
    version = freeze(manager, project, stratify="class")
    assert version["splits"] == {"train": 6, "val": 3, "test": 3}
    by_hash = {"splits": {"shares": THREE, "test_takes_any": True, "seed": 5}}
    plan = manager.post(f"projects/{project.pk}/versions/plan", by_hash).json()
    assert {one["name"]: one["items"] for one in plan["splits"] if one["items"]} == freeze(manager, project, seed=5)[
        "splits"
    ]


def test_dealing_anew_tells_how_many_leave_their_split(manager, team, project):
    finished(team, project, 10)
    freeze(manager, project, shares={"train": 1})
    body = {"splits": {"shares": {"train": 0.5, "val": 0.5}, "keep": False, "stratify": "origin"}}
    assert manager.post(f"projects/{project.pk}/versions/plan", body).json()["leaving"] == 5
    body["splits"]["keep"] = True
    assert manager.post(f"projects/{project.pk}/versions/plan", body).json()["leaving"] == 0


def test_names_notes_and_tags_change_and_the_hash_stays(manager, team, project):
    finished(team, project, 2)
    version = freeze(manager, project)
    changed = manager.patch(f"versions/{version['id']}", {"notes": "First one", "tags": ["pilot", "pilot"]}).json()
    assert (changed["notes"], changed["tags"], changed["sha256"]) == ("First one", ["pilot"], version["sha256"])


def test_large_versions_are_frozen_by_a_job(manager, team, project, monkeypatch):
    monkeypatch.setattr("apps.datasets.services.freezing.AT_ONCE", 1)
    from tests.factories import run_job

    finished(team, project, 3)
    version = freeze(manager, project)
    assert (version["state"], version["job"]["state"]) == ("freezing", "queued")
    assert run_job(version["job"]["id"]) == "succeeded"
    assert manager.get(f"versions/{version['id']}").json()["item_count"] == 3
