"""What a file does to what stands on its images, where its annotations enter, and how an import is taken back."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import apps.datasets.jobs  # noqa: F401 registers the kinds of jobs, as a worker does
from apps.annotations.models import RegionIndex, Revision
from apps.annotations.queries.documents import iter_revision
from apps.assets.models import Asset
from apps.jobs.models import Job
from apps.jobs.running import run
from apps.predictions.models import Prediction
from apps.quality.models import Gold
from apps.tasks.models import Task
from tests import pictures
from tests.factories import api, make_project, make_team
from tests.work import Person, put, region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]
CAR, SIGN = {"id": 1, "name": "car"}, {"id": 2, "name": "sign"}


@pytest.fixture
def world():
    team = make_team()
    return SimpleNamespace(
        team=team, project=make_project(team.organisation, team.manager), manager=api(team.manager),
        annotator=Person(team.annotator), reviewer=Person(team.reviewer),
    )  # fmt: skip


@pytest.fixture
def photo(world):
    """One image that nobody labelled, 64 × 48."""
    file = SimpleUploadedFile("a.jpg", pictures.jpeg(width=64, height=48))
    answer = world.manager.upload(f"projects/{world.project.pk}/assets", {"files": [file]})
    return Task.objects.get(pk=answer.json()["assets"][0]["task"])


def coco(*boxes, name="a.jpg", **more) -> bytes:
    """Boxes as (id, x) or (id, x, class)."""
    annotations = [
        {"id": box[0], "image_id": 1, "category_id": box[2] if len(box) > 2 else 1, "bbox": [box[1], 4, 10, 12], "area": 120, "iscrowd": 0}
        for box in boxes
    ]  # fmt: skip
    images = [{"id": 1, "file_name": name, "width": 64, "height": 48}]
    return json.dumps({"images": images, "annotations": annotations, "categories": [CAR, SIGN]} | more).encode()


def bring(world, data: bytes, *, name="labels.json", expect="succeeded", **fields) -> dict:
    file = SimpleUploadedFile(name, data)
    answer = world.manager.upload(f"projects/{world.project.pk}/imports", {"file": file, **fields})
    assert answer.status_code == 202, answer.content
    assert run(answer.json()["job"]["id"]) == expect, Job.objects.get(pk=answer.json()["job"]["id"]).error
    return world.manager.get(f"imports/{answer.json()['import']['id']}").json()


def undo(world, found: dict) -> dict:
    answer = world.manager.post(f"imports/{found['id']}/undo")
    assert answer.status_code == 202, answer.content
    assert run(answer.json()["job"]["id"]) == "succeeded", Job.objects.get(pk=answer.json()["job"]["id"]).error
    return world.manager.get(f"imports/{found['id']}").json()["undone"]


def lefts(task) -> list[float]:
    """The left edges of the boxes of the task's result."""
    task.refresh_from_db()
    assert task.result is not None
    return sorted(json.loads(entry.body)["geometry"]["x"] for entry in iter_revision(task.result))


def indexed(task) -> list[float]:
    return sorted(RegionIndex.objects.filter(project_id=task.project_id, task_id=task.pk).values_list("x0", flat=True))


def problems(found: dict) -> set[str]:
    return {problem["code"] for problem in found["report"]["problems"]}


@pytest.mark.parametrize(
    ("mode", "enter"),
    [
        ("append", "accepted"),
        ("merge", "review"),
        ("replace", "draft"),
        ("replace", "accepted"),
        ("predictions", "accepted"),
        ("gold", "accepted"),
    ],
)
def test_the_same_file_twice_adds_nothing(world, photo, mode, enter):
    first = bring(world, coco((1, 5), (2, 30)), mode=mode, enter=enter)
    before = Revision.objects.count(), Prediction.objects.count(), indexed(photo)
    again = bring(world, coco((1, 5), (2, 30)), mode=mode, enter=enter)
    assert (first["report"]["changed"], first["report"]["regions"], problems(first)) == (1, 2, set())
    assert (again["report"]["changed"], again["report"]["unchanged"], problems(again)) == (0, 1, set())
    assert (Revision.objects.count(), Prediction.objects.count(), indexed(photo)) == before


@pytest.mark.parametrize(("enter", "state"), [("accepted", "done"), ("review", "in_review"), ("draft", "waiting")])
def test_annotations_enter_where_they_are_wanted(world, photo, enter, state):
    found = bring(world, coco((1, 5)), enter=enter)
    photo.refresh_from_db()
    assert (photo.state, photo.region_count, found["enter"]) == (state, 1, enter)
    assert (photo.result_id is not None) == (state == "done")


def test_what_enters_for_review_is_judged_like_any_answer(world, photo):
    bring(world, coco((1, 5)), enter="review")
    claim = world.reviewer.claim(world.project, "review")
    answer = world.reviewer.http.post(f"revisions/{claim['revision']['id']}/reviews", {"verdict": "accept"})
    assert answer.status_code in (200, 201), answer.content
    assert lefts(photo) == [5.0]


def test_imported_work_that_is_rejected_goes_to_whoever_comes_next(world, photo):
    bring(world, coco((1, 5)), enter="review")
    claim = world.reviewer.claim(world.project, "review")
    body = {"verdict": "reject", "reason": "Nothing there"}
    assert world.reviewer.http.post(f"revisions/{claim['revision']['id']}/reviews", body).status_code in (200, 201)
    work = world.annotator.claim(world.project)
    assert [row["element"]["geometry"]["x"] for row in work["annotation"]["elements"]] == [5.0]


def test_drafts_that_are_brought_in_again_as_accepted_are_done(world, photo):
    bring(world, coco((1, 5)), enter="draft")
    bring(world, coco((1, 5)), enter="accepted")
    photo.refresh_from_db()
    assert (photo.state, lefts(photo), indexed(photo)) == ("done", [5.0], [5.0])


def test_appending_leaves_images_with_work_alone(world, photo):
    bring(world, coco((1, 5)))
    assert problems(bring(world, coco((1, 5), (2, 30)))) == {"has_work"}
    assert lefts(photo) == [5.0]


def test_merging_adds_and_updates_and_takes_nothing_away(world, photo):
    bring(world, coco((1, 5), (2, 30)))
    effect = bring(world, coco((2, 31), (3, 50)), mode="merge")["report"]["effect"]
    assert (effect["added"], effect["updated"], effect["removed"]) == (1, 1, 0)
    assert lefts(photo) == indexed(photo) == [5.0, 31.0, 50.0]


def corrected(world, photo, x: float = 7) -> None:
    """The first region of an imported draft is moved and handed in by a person, and accepted."""
    claim = world.annotator.claim(world.project)
    row = next(row for row in claim["annotation"]["elements"] if row["element"]["geometry"]["x"] == 5)
    moved = row["element"] | {"geometry": row["element"]["geometry"] | {"x": x}, "changed": True}
    world.annotator.save(claim["annotation"]["id"], [put(moved, over=row["version"]), put(region(x=1, y=1, w=5, h=5))])
    world.annotator.submit(claim)
    judged = world.reviewer.claim(world.project, "review")["revision"]["id"]
    assert world.reviewer.http.post(f"revisions/{judged}/reviews", {"verdict": "accept"}).status_code in (200, 201)


def test_merging_keeps_what_people_corrected(world, photo):
    bring(world, coco((1, 5), (2, 30)), enter="draft")
    corrected(world, photo)
    effect = bring(world, coco((1, 6), (2, 31)), mode="merge")["report"]["effect"]
    assert (effect["kept"], effect["updated"]) == (1, 1)
    assert lefts(photo) == [1.0, 7.0, 31.0]


def test_regions_that_people_deleted_do_not_come_back_by_merging(world, photo):
    bring(world, coco((1, 5), (2, 30)))
    bring(world, coco((2, 30)), mode="replace")
    effect = bring(world, coco((1, 5), (2, 30)), mode="merge")["report"]["effect"]
    assert (effect["unchanged"], effect["added"]) == (2, 0)
    assert lefts(photo) == [30.0]


def test_two_files_that_number_their_regions_alike_do_not_write_over_each_other(world, photo):
    bring(world, coco((1, 5)), name="cars.json")
    bring(world, coco((1, 40, 2)), name="signs.json", mode="merge")
    again = bring(world, coco((1, 40, 2)), name="signs.json", mode="merge")["report"]
    assert (lefts(photo), again["unchanged"]) == ([5.0, 40.0], 1)


def test_replacing_takes_the_place_of_all_that_stands_and_says_what_was_peoples(world, photo):
    bring(world, coco((1, 5), (2, 30)), enter="draft")
    corrected(world, photo)
    effect = bring(world, coco((2, 30), (4, 52)), mode="replace")["report"]["effect"]
    assert effect == {"added": 1, "updated": 0, "removed": 2, "unchanged": 1, "kept": 0, "by_people": 2}
    assert lefts(photo) == indexed(photo) == [30.0, 52.0]


def test_a_replacement_is_taken_back_whole(world, photo):
    bring(world, coco((1, 5), (2, 30)), enter="draft")
    corrected(world, photo)
    replaced = bring(world, coco((4, 52)), mode="replace")
    assert undo(world, replaced) == {"taken_back": 1, "left": 0, "trashed": 0}
    assert lefts(photo) == indexed(photo) == [1.0, 7.0, 30.0]
    assert world.manager.post(f"imports/{replaced['id']}/undo").json()["code"] == "not_ready"


@pytest.mark.parametrize("enter", ["accepted", "review", "draft"])
def test_a_first_import_is_taken_back_to_nothing_and_can_come_again(world, photo, enter):
    assert undo(world, bring(world, coco((1, 5)), enter=enter))["taken_back"] == 1
    photo.refresh_from_db()
    assert (photo.state, photo.region_count, indexed(photo)) == ("waiting", 0, [])
    assert world.annotator.claim(world.project)["annotation"]["elements"] == []


def test_what_was_taken_back_is_brought_in_again_by_the_same_file(world, photo):
    undo(world, bring(world, coco((1, 5))))
    assert bring(world, coco((1, 5)))["report"]["regions"] == 1
    assert lefts(photo) == [5.0]


def test_work_that_people_began_since_is_not_taken_back(world, photo):
    found = bring(world, coco((1, 5)), enter="draft")
    world.annotator.claim(world.project)
    assert undo(world, found) == {"taken_back": 0, "left": 1, "trashed": 0}


def test_images_that_an_import_brought_go_into_the_trash_with_it(world):
    from tests.integration.datasets.test_round_trips import coco_zip

    found = bring(world, coco_zip(), name="d.zip")
    assert undo(world, found)["trashed"] == 1
    assert Asset.objects.get(project=world.project).trashed_at is not None


def test_predictions_stand_beside_the_work_and_are_offered_in_it(world, photo):
    bring(world, coco((1, 5)), mode="predictions", options=json.dumps({"source": "yolo:3"}))
    photo.refresh_from_db()
    assert (photo.state, Revision.objects.count()) == ("waiting", 0)
    claim = world.annotator.claim(world.project)
    assert claim["annotation"]["elements"] == []
    (offered,) = claim["predictions"]
    assert (offered["model"], [row["element"]["geometry"]["x"] for row in offered["elements"]]) == ("yolo:3", [5.0])


def test_a_models_later_answer_is_the_one_that_is_offered_until_it_is_taken_back(world, photo):
    source = json.dumps({"source": "yolo:3"})
    bring(world, coco((1, 5)), mode="predictions", options=source)
    later = bring(world, coco((1, 9)), mode="predictions", options=source)
    undo(world, later)
    (offered,) = world.annotator.claim(world.project)["predictions"]
    assert [row["element"]["geometry"]["x"] for row in offered["elements"]] == [5.0]


def test_gold_comes_from_a_file_and_goes_with_it(world, photo):
    found = bring(world, coco((1, 5)), mode="gold")
    gold = Gold.objects.get(task=photo)
    assert (gold.state, gold.revision.region_count) == ("active", 1)
    photo.refresh_from_db()
    assert photo.state == "waiting"
    undo(world, found)
    gold.refresh_from_db()
    assert gold.state == "retired"


def test_what_became_of_an_import_is_counted(world, photo):
    found = bring(world, coco((1, 5), (2, 30), (3, 50)), enter="draft")
    url = f"imports/{found['id']}/afterwards"
    assert world.manager.get(url).json() == {
        "tasks": 1, "changed_tasks": 0, "untouched": 3, "corrected": 0, "removed": 0, "added": 0, "more": False,
    }  # fmt: skip
    corrected(world, photo)
    assert world.manager.get(url).json() == {
        "tasks": 1, "changed_tasks": 1, "untouched": 2, "corrected": 1, "removed": 0, "added": 1, "more": False,
    }  # fmt: skip


def looked_into(world, data: bytes) -> int:
    file = SimpleUploadedFile("labels.json", data)
    started = world.manager.upload(f"projects/{world.project.pk}/imports", {"file": file, "preview": "true"}).json()
    run(started["job"]["id"])
    return started["import"]["id"]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(world, photo):
    bring(world, coco((1, 5), (2, 30)))
    before = Revision.objects.count()
    number = looked_into(world, coco((2, 30), (4, 52)))
    asked = world.manager.post(f"imports/{number}/go-on", {"mode": "replace", "dry": True})
    assert run(asked.json()["job"]["id"]) == "succeeded"
    trial = world.manager.get(f"imports/{number}").json()["trial"]
    assert (trial["mode"], trial["changed"], trial["regions"]) == ("replace", 1, 1)
    assert trial["effect"] == {"added": 1, "updated": 0, "removed": 1, "unchanged": 1, "kept": 0, "by_people": 0}
    assert (Revision.objects.count(), lefts(photo)) == (before, [5.0, 30.0])
    done = world.manager.post(f"imports/{number}/go-on", {"mode": "replace"})
    assert run(done.json()["job"]["id"]) == "succeeded"
    report = world.manager.get(f"imports/{number}").json()["report"]
    assert report["effect"] == trial["effect"]


@pytest.mark.parametrize("mode", ["append", "predictions"])
def test_a_dry_run_of_new_images_tells_the_same_as_the_run(world, mode):
    from tests.integration.datasets.test_round_trips import coco_zip

    number = looked_into(world, coco_zip())
    schema = world.manager.get(f"projects/{world.project.pk}/schema").json()
    assert run(world.manager.post(f"imports/{number}/go-on", {"mode": mode, "dry": True}).json()["job"]["id"])
    trial = world.manager.get(f"imports/{number}").json()["trial"]
    assert not Asset.objects.filter(project=world.project).exists()
    assert world.manager.get(f"projects/{world.project.pk}/schema").json() == schema
    run(world.manager.post(f"imports/{number}/go-on", {"mode": mode}).json()["job"]["id"])
    report = world.manager.get(f"imports/{number}").json()["report"]
    assert {k: v for k, v in trial.items() if k not in ("mode", "enter")} == report


def test_a_bad_record_is_named_and_the_rest_goes_in(world, photo):
    found = bring(world, coco((1, 5), (2, 20, 9), (3, 900), (4, 30)))
    assert lefts(photo) == [5.0, 30.0]
    named = {one["item"] for problem in found["report"]["problems"] for one in problem["examples"]}
    assert sum(problem["count"] for problem in found["report"]["problems"]) == 2
    assert named == {"a.jpg"}


def test_review_is_refused_where_the_workflow_has_none(world, photo):
    assert world.manager.put(
        f"projects/{world.project.pk}/workflow", {"body": {"stages": [{"kind": "annotate"}]}}
    ).status_code in (200, 202)
    file = SimpleUploadedFile("labels.json", coco((1, 5)))
    answer = world.manager.upload(f"projects/{world.project.pk}/imports", {"file": file, "enter": "review"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_review")
