"""Regions of a project: searching, keyset pages, who sees which, and changes of many that are undone as one."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import pytest

from apps.annotations.models import RegionIndex, Revision
from apps.annotations.services import reindex_project
from apps.datasets.models import Export
from apps.tasks.models import Slot, Task
from tests.factories import api, make_project, run_job
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Any) -> Any:
    """Two done tasks with three regions each, one that waits for review, and one that nobody began."""
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 4, metadata={"site": "north", "wet": True})
    annotator, reviewer = Person(team.annotator), Person(team.reviewer)
    for number in range(3):
        annotator.label(
            project,
            region(1, 10, 10, 10 + number, 10, attributes={"occlusion": "part"}),
            region(1, 50, 10, 40, 20, flags=["uncertain"]),
            region(2, 100, 10, 30 + number, 90, source="detector:3", score=0.5 + number / 10),
        )
        if number < 2:
            judged = reviewer.claim(project, "review")
            reviewer.judge(judged["revision"]["id"], "accept")
    return project


def found(who: Any, project: Any, **query: Any) -> list[Any]:
    answer = api(who).get(f"projects/{project.pk}/regions", query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def ask(team: Any, project: Any, **change: Any) -> Any:
    return api(team.manager).post(f"projects/{project.pk}/regions/bulk", change)


def carried_out(team: Any, project: Any, **change: Any) -> dict[str, Any]:
    started = ask(team, project, **change)
    assert started.status_code == 202, started.content
    assert run_job(started.json()["job"]["id"]) == "succeeded"
    job = api(team.manager).get(f"jobs/{started.json()['job']['id']}").json()
    return {"change": started.json()["bulk_change"]["id"], **job["outcome"]}


def undone(team: Any, project: Any, change: int) -> None:
    started = api(team.manager).post(f"projects/{project.pk}/bulk-changes/{change}/undo")
    assert started.status_code == 202, started.content
    assert run_job(started.json()["job"]["id"]) == "succeeded"


def exported(team: Any, project: Any, format: str) -> str:
    """A digest of all that an export holds."""
    started = api(team.manager).post(f"projects/{project.pk}/exports", {"format": format}).json()
    assert run_job(started["job"]["id"]) == "succeeded"
    body = b"".join(api(team.manager).get(f"exports/{started['export']['id']}/file").streaming_content)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert Export.objects.get(pk=started["export"]["id"]).report is not None
        parts = sorted((name, archive.read(name)) for name in archive.namelist())
    assert sum(len(part) for _, part in parts) > 500
    return hashlib.sha256(repr(parts).encode()).hexdigest()


class TestSearching:
    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({}, 9),
            ({"class_id": "2"}, 3),
            ({"class_id": "1,2", "shape": "box"}, 9),
            ({"max_area": 130}, 3),
            ({"min_area": 700, "max_area": 900}, 3),
            ({"min_aspect": 1.9}, 3),
            ({"max_aspect": 0.5}, 3),
            ({"source": "detector:3"}, 3),
            ({"source": "person"}, 6),
            ({"min_score": 0.55}, 2),
            ({"flag": "uncertain"}, 3),
            ({"attribute.occlusion": "part"}, 3),
            ({"attribute.occlusion": "none"}, 0),
            ({"metadata.site": "north"}, 9),
            ({"metadata.wet": "true"}, 9),
            ({"metadata.site": "south"}, 0),
        ],
    )
    def test_each_filter_narrows(self, team: Any, project: Any, query: Any, count: int) -> None:
        assert len(found(team.manager, project, **query)) == count
        counted = api(team.manager).get(f"projects/{project.pk}/regions/count", query).json()
        assert counted == {"count": count, "more": False}

    @pytest.mark.parametrize("sort", ["newest", "oldest", "smallest", "largest", "unsure"])
    def test_pages_hold_every_region_once_in_order(self, team: Any, project: Any, sort: str) -> None:
        whole = [one["id"] for one in found(team.manager, project, sort=sort)]
        client, seen, cursor = api(team.manager), [], None
        while True:
            query = {"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})}
            page = client.get(f"projects/{project.pk}/regions", query).json()
            seen += [one["id"] for one in page["results"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == whole
        assert len(set(whole)) == (3 if sort == "unsure" else 9)

    def test_the_order_by_size_is_by_size(self, team: Any, project: Any) -> None:
        areas = [one["area"] for one in found(team.manager, project, sort="largest")]
        assert areas == sorted(areas, reverse=True)

    def test_regions_with_findings_are_found_by_reviewers_only(self, team: Any, project: Any) -> None:
        Person(team.annotator).label(project, region(2, 10, 10, 1, 1), region(2, 100, 100, 50, 50))
        (tiny,) = found(team.reviewer, project, finding="tiny")
        assert tiny["findings"] == ["tiny"]
        assert [one["id"] for one in found(team.reviewer, project, finding="any")] == [tiny["id"]]
        assert found(team.reviewer, project, finding="huge") == []
        assert api(team.annotator).get(f"projects/{project.pk}/regions", {"finding": "any"}).status_code == 400

    def test_an_annotator_of_a_blind_project_finds_in_done_work_and_in_their_own(self, team: Any, project: Any) -> None:
        other = Person(team.reviewer)
        other.label(project, region(2, 10, 10, 50, 50))
        mine = {one["task"] for one in found(team.annotator, project)}
        assert other.user.pk not in {one["author"]["id"] for one in found(team.annotator, project) if one["author"]}
        assert len(mine) == 3
        assert len({one["task"] for one in found(team.viewer, project)}) == 2

    @pytest.mark.parametrize(
        "query",
        [
            {"cursor": "x"},
            {"sort": "odd"},
            {"min_area": "nan"},
            {"flag": "x"},
            {"cursor": "WzEsMl0", "sort": "smallest"},
        ],
    )
    def test_nonsense_is_a_400(self, team: Any, project: Any, query: Any) -> None:
        assert api(team.manager).get(f"projects/{project.pk}/regions", query).status_code == 400

    def test_an_index_that_is_rebuilt_holds_the_same(self, team: Any, project: Any) -> None:
        before = list(RegionIndex.objects.filter(project_id=project.pk).order_by("pk").values())
        reindex_project(project_id=project.pk)
        assert list(RegionIndex.objects.filter(project_id=project.pk).order_by("pk").values()) == before

    def test_trashed_work_is_not_found(self, team: Any, project: Any) -> None:
        task = Task.objects.filter(project=project).order_by("number").first()
        api(team.manager).post(f"projects/{project.pk}/tasks/bulk", {"action": "trash", "ids": [task.pk]})
        assert len(found(team.manager, project)) == 6


class TestChanging:
    def test_a_change_of_class_makes_fixes_of_done_work_by_who_asked_and_leaves_open_work_alone(
        self, team: Any, project: Any
    ) -> None:
        preview = api(team.manager).post(
            f"projects/{project.pk}/regions/bulk/preview",
            {"action": "set_class", "class_id": 3, "filter": {"class_id": [1]}},
        )
        assert preview.json() == {"regions": 4, "more": False, "tasks": 2, "not_done": 2}
        done = carried_out(team, project, action="set_class", class_id=3, filter={"class_id": [1]})
        assert (done["tasks"], done["regions"], done["skipped"]) == (2, 4, {})
        assert len(found(team.manager, project, class_id="3")) == 4
        assert len(found(team.manager, project, class_id="1")) == 2
        for task in Task.objects.filter(project=project, state="done").select_related("result"):
            assert (task.result.kind, task.result.author_id) == ("fix", team.manager.pk)
            assert task.result.bulk_change_id == done["change"]
            assert (task.class_ids, task.region_count) == ([2, 3], 3)
        assert {one["attributes"].get("occlusion") for one in found(team.manager, project, class_id="3")} == {None}

    @pytest.mark.parametrize(
        "change",
        [
            {"action": "set_class", "class_id": 3, "filter": {"class_id": [1]}},
            {"action": "set_attribute", "attribute": "parked", "value": True, "filter": {}},
            {"action": "set_attribute", "attribute": "occlusion", "value": None, "filter": {}},
            {"action": "delete", "filter": {"max_area": 900.0}},
            {"action": "flag", "flag": "difficult", "filter": {}},
            {"action": "unflag", "flag": "uncertain", "filter": {}},
        ],
        ids=lambda change: change["action"],
    )
    def test_an_undo_leaves_an_export_as_it_was_to_the_byte(self, team: Any, project: Any, change: Any) -> None:
        before = exported(team, project, "native")
        done = carried_out(team, project, **change)
        assert done["tasks"] == 2
        assert exported(team, project, "native") != before
        undone(team, project, done["change"])
        assert exported(team, project, "native") == before

    def test_what_was_sent_to_review_and_is_taken_back_stands_as_before(self, team: Any, project: Any) -> None:
        rows = Task.objects.filter(project=project, state="done").order_by("pk")
        before = list(rows.values_list("pk", "result_id", "finished_at"))
        done = carried_out(team, project, action="send_to_review", filter={"class_id": [2]})
        assert rows.count() == 0
        undone(team, project, done["change"])
        assert list(rows.values_list("pk", "result_id", "finished_at")) == before
        assert not Slot.objects.filter(task__in=rows, state="open").exists()

    def test_an_undo_spares_what_somebody_changed_since(self, team: Any, project: Any) -> None:
        first = carried_out(team, project, action="set_class", class_id=3, filter={"class_id": [1]})
        one, *others = found(team.manager, project, class_id="3")
        named = [{"task": one["task"], "id": one["id"]}]
        carried_out(team, project, action="flag", flag="difficult", regions=named)
        undone(team, project, first["change"])
        assert [left["id"] for left in found(team.manager, project, class_id="3")] == [one["id"]]
        assert {back["id"] for back in others} < {now["id"] for now in found(team.manager, project, class_id="1")}

    def test_what_the_change_does_not_fit_is_counted_and_left(self, team: Any, project: Any) -> None:
        done = carried_out(team, project, action="set_attribute", attribute="parked", value=True, filter={})
        assert (done["regions"], done["skipped"]) == (4, {"unknown_attribute": 2})
        again = carried_out(team, project, action="set_attribute", attribute="parked", value=True, filter={})
        assert (again["tasks"], again["skipped"]) == (0, {"unchanged": 4, "unknown_attribute": 2})

    def test_a_second_start_of_the_job_does_nothing_twice(self, team: Any, project: Any) -> None:
        from apps.annotations.services.regions import change_regions
        from apps.projects.models import BulkChange
        from apps.quality.queries.findings import with_findings

        done = carried_out(team, project, action="flag", flag="difficult", filter={"class_id": [1]})
        revisions = Revision.objects.count()
        again = change_regions(change=BulkChange.objects.get(pk=done["change"]), narrow=with_findings)
        assert (again.tasks, Revision.objects.count()) == (0, revisions)

    def test_what_is_sent_to_review_waits_for_somebody_else_than_its_author(self, team: Any, project: Any) -> None:
        carried_out(team, project, action="send_to_review", filter={"class_id": [2]})
        sent = Task.objects.filter(project=project, state="in_review", result=None, finished_at=None)
        assert sent.count() == 3
        slots = Slot.objects.filter(task__in=sent, state="open", stage="review")
        assert {slot.excluded_author_id for slot in slots} == {team.annotator.pk}

    def test_changed_regions_are_checked_again(self, team: Any, project: Any) -> None:
        api(team.manager).patch(
            f"projects/{project.pk}",
            {"settings": {"checks": {"rules": {}, "apart": [{"class": 3, "other": 2}]}}},
        )
        carried_out(team, project, action="set_class", class_id=3, filter={"class_id": [1]})
        listed = api(team.reviewer).get(f"projects/{project.pk}/quality/findings").json()["results"]
        assert [one["rule"] for one in listed] == ["forbidden_combination", "forbidden_combination"]

    @pytest.mark.parametrize(
        "change",
        [
            {"action": "set_class", "filter": {}},
            {"action": "set_class", "class_id": 99, "filter": {}},
            {"action": "set_attribute", "attribute": "nothing", "filter": {}},
            {"action": "flag", "filter": {}},
            {"action": "delete"},
            {"action": "delete", "filter": {}, "regions": []},
            {"action": "burn", "filter": {}},
        ],
    )
    def test_a_change_that_cannot_be_is_a_400(self, team: Any, project: Any, change: Any) -> None:
        assert ask(team, project, **change).status_code == 400

    def test_only_managers_change_many_and_only_one_change_runs(self, team: Any, project: Any) -> None:
        change = {"action": "delete", "filter": {}}
        assert api(team.reviewer).post(f"projects/{project.pk}/regions/bulk", change).status_code == 403
        assert ask(team, project, **change).status_code == 202
        assert ask(team, project, **change).status_code == 409
