"""Revisions: content-addressed chunks, the merge of a base and its changes, the region index, and pages of elements."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
import pytest
from django.db import connection

from apps.annotations.models import Chunk, Edit, EditPack, Element, RegionIndex, Revision
from apps.annotations.queries import iter_revision, iter_revision_elements
from apps.annotations.queries.documents import bodies_by_digest
from apps.annotations.services import NewRevision, reindex_project, write_revision
from apps.annotations.services.freeze import freeze_elements, freeze_whole
from apps.tasks.services import finish_from_import, keep_as_import
from domain.elements import decode, encode, kind_of
from tests.work import Person, delete, make_tasks, put, region

pytestmark = pytest.mark.django_db
MANY = 3_000


def regions(number: int) -> list[dict[str, Any]]:
    return [region(x=n % 500, y=n % 300) for n in range(number)]


def raw(element: dict[str, Any]) -> tuple[str, bytes]:
    return "region", encode(decode("region", element))


@pytest.fixture
def imported(project: Any, team: Any) -> tuple[Any, Revision, list[dict[str, Any]]]:
    """A task that begins from an imported revision of many regions."""
    (task,) = make_tasks(project, team.manager)
    drawn = regions(MANY)
    new = NewRevision(task=task, elements=[raw(element) for element in drawn], author=team.manager)
    revision = write_revision(project=project, new=new)
    keep_as_import(task=task, revision_id=revision.pk)
    return task, revision, drawn


class TestChunks:
    def test_three_changes_in_many_regions_rewrite_at_most_three_chunks(
        self, annotator: Person, project: Any, imported: tuple[Any, Revision, list[dict[str, Any]]]
    ) -> None:
        _, base, drawn = imported
        claim = annotator.claim(project)
        moved, other, gone = drawn[5], drawn[900], drawn[1_500]
        edits = [
            put(moved | {"class": 2}, over=1),
            delete(gone["id"], over=1),
            put(other | {"geometry": {"x": 9, "y": 9, "w": 5, "h": 5}}, over=1),
        ]
        assert len(annotator.save(claim["annotation"]["id"], edits)["accepted"]) == 3
        done = annotator.submit(claim)
        revision = Revision.objects.get(pk=done["revision"]["id"])
        fresh = {bytes(h) for h in revision.chunks} - {bytes(h) for h in base.chunks}
        ids = [entry.id for entry in iter_revision(revision)]
        assert 1 <= len(fresh) <= 3
        assert len(ids) == MANY - 1
        assert ids == sorted(ids)
        assert gone["id"] not in ids
        assert revision.class_counts == {"1": MANY - 2, "2": 1}

    def test_a_new_region_splits_one_chunk_at_most(
        self, annotator: Person, project: Any, imported: tuple[Any, Revision, list[dict[str, Any]]]
    ) -> None:
        _, base, _ = imported
        claim = annotator.claim(project)
        new = region()
        annotator.save(claim["annotation"]["id"], [put(new)])
        revision = Revision.objects.get(pk=annotator.submit(claim)["revision"]["id"])
        fresh = {bytes(h) for h in revision.chunks} - {bytes(h) for h in base.chunks}
        assert 1 <= len(fresh) <= 2
        assert revision.element_count == MANY + 1
        assert new["id"] in [entry.id for entry in iter_revision(revision)]

    def test_a_chunk_holds_at_most_512_elements_and_is_named_by_its_bytes(
        self, imported: tuple[Any, Revision, list[dict[str, Any]]]
    ) -> None:
        from hashlib import sha256

        _, base, _ = imported
        bodies = list(iter_revision_elements(base))
        assert [sha256(body).digest() for body in bodies] == [bytes(h) for h in base.chunks]
        assert max(len(msgspec.json.decode(body)) for body in bodies) <= 512
        assert Chunk.objects.count() == len(bodies)

    def test_the_same_content_is_stored_once(self, project: Any, team: Any) -> None:
        tasks, drawn = make_tasks(project, team.manager, 2), [raw(element) for element in regions(3)]
        first, second = (write_revision(project=project, new=NewRevision(task=task, elements=drawn)) for task in tasks)
        assert first.sha256 == second.sha256
        assert Chunk.objects.count() == 1

    def test_bodies_are_packed_in_the_database_and_rows_of_earlier_releases_are_read_as_they_stand(
        self, imported: tuple[Any, Revision, list[dict[str, Any]]]
    ) -> None:
        _, base, _ = imported
        bodies = list(iter_revision_elements(base))
        first = bytes(base.chunks[0])
        stored = "SELECT octet_length(body) FROM annotations_chunk WHERE sha256 = %s"
        with connection.cursor() as cursor:
            cursor.execute(stored, [first])
            assert cursor.fetchone()[0] < len(bodies[0]) / 2
            cursor.execute("UPDATE annotations_chunk SET body = %s WHERE sha256 = %s", [bodies[0], first])
        assert list(iter_revision_elements(base)) == bodies
        assert bodies_by_digest({first}) == {first: bodies[0]}

    def test_submitting_drops_rows_and_packs_the_log(self, annotator: Person, project: Any, team: Any) -> None:
        make_tasks(project, team.manager)
        annotator.label(project)
        assert (Element.objects.count(), Edit.objects.count(), EditPack.objects.get().edits) == (0, 0, 1)

    def test_an_edit_that_was_packed_is_still_a_repeat(self, annotator: Person, project: Any, team: Any) -> None:
        make_tasks(project, team.manager)
        claim = annotator.claim(project)
        edit = put(region())
        first = annotator.save(claim["annotation"]["id"], [edit])
        annotator.submit(claim)
        annotator.http.post(f"assignments/{claim['assignment']['id']}/recall")
        again = annotator.save(claim["annotation"]["id"], [edit])
        assert again["accepted"] == first["accepted"]
        assert again["version"] == first["version"]


class TestReading:
    def test_many_elements_come_by_pages(self, annotator: Person, project: Any, team: Any, settings: Any) -> None:
        settings.LABELWRIGHT_INLINE_ELEMENTS = 100
        (task,) = make_tasks(project, team.manager)
        drawn = regions(250)
        revision = write_revision(project=project, new=NewRevision(task=task, elements=[raw(e) for e in drawn]))
        keep_as_import(task=task, revision_id=revision.pk)
        claim = annotator.claim(project)
        assert claim["annotation"]["elements"] is None
        assert claim["annotation"]["element_count"] == 250
        seen, url = [], claim["annotation"]["elements_url"] + "?limit=100"
        while url:
            page = annotator.http.get(url).json()
            seen += [entry["element"]["id"] for entry in page["results"]]
            url = page["next"]
        assert seen == sorted(element["id"] for element in drawn)

    def test_a_box_finds_what_touches_it(self, annotator: Person, project: Any, team: Any) -> None:
        make_tasks(project, team.manager)
        claim = annotator.claim(project)
        near, far = region(x=10, y=10, w=10, h=10), region(x=300, y=300, w=10, h=10)
        annotator.save(claim["annotation"]["id"], [put(near), put(far)])
        page = annotator.http.get(f"annotations/{claim['annotation']['id']}/elements?bbox=0,0,50,50").json()
        assert [entry["element"]["id"] for entry in page["results"]] == [near["id"]]

    def test_a_viewer_reads_accepted_revisions_only(self, annotator: Person, project: Any, team: Any) -> None:
        one, two = make_tasks(project, team.manager, 2)
        done, open_ = (
            write_revision(project=project, new=NewRevision(task=t, elements=[raw(region())])) for t in (one, two)
        )
        finish_from_import(task=one, revision_id=done.pk)
        viewer = Person(team.viewer)
        assert viewer.http.get(f"revisions/{done.pk}").status_code == 200
        assert viewer.http.get(f"revisions/{open_.pk}").status_code == 404


class TestRegionIndex:
    def test_it_holds_current_regions_and_can_be_rebuilt(self, annotator: Person, project: Any, team: Any) -> None:
        make_tasks(project, team.manager)
        annotator.label(project, region(x=1, flags=["ignore", "crowd"]), region(class_id=2))
        before = sorted(RegionIndex.objects.values_list("element_id", "class_id", "x0", "area", "flags"))
        RegionIndex.objects.all().delete()
        assert reindex_project(project_id=project.pk) == 1
        assert sorted(RegionIndex.objects.values_list("element_id", "class_id", "x0", "area", "flags")) == before
        assert len(before) == 2

    def test_regions_are_found_by_class(self, annotator: Person, project: Any, team: Any) -> None:
        make_tasks(project, team.manager)
        drawn = region(class_id=2)
        annotator.label(project, region(), drawn)
        found = Person(team.manager).http.get(f"projects/{project.pk}/regions?class_id=2").json()["results"]
        assert [row["id"] for row in found] == [drawn["id"]]


def test_ids_of_any_uuid_version_are_kept(annotator: Person, project: Any, team: Any) -> None:
    make_tasks(project, team.manager)
    claim = annotator.claim(project)
    names = [str(uuid.uuid1()), str(uuid.uuid4()), "01890a5d-ac96-774b-bcce-b302099a8057"]
    saved = annotator.save(claim["annotation"]["id"], [put(region() | {"id": name}) for name in names])
    assert [a["element"] for a in saved["accepted"]] == names


class TestTheIndex:
    def test_texts_of_regions_stand_in_the_index_as_they_are(self, project: Any, team: Any) -> None:
        odd = 'a "b", \\c\td\ne\\n; é null'
        drawn = [
            region(source=odd, flags=["crowd", "ignore"], attributes={"why": odd, "n": [odd, "]"]}, score=0.25),
            region(source="null"),
            region(),
        ]
        (task,) = make_tasks(project, team.manager)
        write_revision(project=project, new=NewRevision(task=task, elements=[raw(one) for one in drawn]))
        rows = {row.element_id: row for row in RegionIndex.objects.filter(project_id=project.pk)}
        first, second, third = (rows[one["id"]] for one in drawn)
        assert (first.source, first.flags, first.score) == (odd, ["crowd", "ignore"], 0.25)
        assert first.attributes == {"why": odd, "n": [odd, "]"]}
        assert (second.source, third.source, third.score, third.flags, third.attributes) == ("null", None, None, [], {})
        assert (third.x0, third.y0, third.x1, third.y1, third.area) == (10, 20, 40, 60, 1200)

    def test_elements_freeze_alike_as_bytes_and_as_they_are(self) -> None:
        track = {"id": str(uuid.uuid4()), "class": 2, "attributes": {}}
        given = [("region", one) for one in regions(600)]
        given += [("track", track), ("answer", {"id": "weather", "value": "dry"})]
        elements = [decode(kind, one) for kind, one in given]
        frozen, whole = freeze_elements(elements), freeze_whole([(kind_of(one), encode(one)) for one in elements])
        assert frozen == whole
        assert (frozen.regions, frozen.elements, frozen.class_counts()) == (600, 602, {"1": 600, "2": 1})
