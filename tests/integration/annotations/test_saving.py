"""Saving: edits one by one, versions, sessions, conflicts, repeats, and what is refused."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from apps.annotations.models import Annotation, Element
from tests.factories import make_project, make_team
from tests.work import Person, delete, make_tasks, put, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team: Any) -> Any:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 3)
    return project


@pytest.fixture
def claim(annotator: Person, project: Any) -> Any:
    return annotator.claim(project)


def elements(annotator: Person, claim: Any) -> list[Any]:
    return annotator.http.get(f"annotations/{claim['annotation']['id']}").json()["elements"]


def changes(annotator: Person, claim: Any, since: int, session: str = "") -> Any:
    address = f"annotations/{claim['annotation']['id']}/changes?since={since}&session={session}"
    return annotator.http.get(address).json()


class TestWhatOthersWrote:
    def test_since_a_version_it_is_told_without_what_one_wrote_oneself(self, annotator: Person, claim: Any) -> None:
        annotation = claim["annotation"]["id"]
        mine, theirs, gone = region(), region(), region()
        annotator.save(annotation, [put(gone)], session="other")
        annotator.save(annotation, [put(mine)], session="mine")
        annotator.save(annotation, [put(theirs)], session="other")
        annotator.save(annotation, [delete(gone["id"], over=1)], session="other")
        told = changes(annotator, claim, 1, "mine")
        assert (told["version"], told["more"], told["stale"]) == (4, False, False)
        assert [(row["id"], row["version"], row["element"] is None) for row in told["results"]] == [
            (theirs["id"], 3, False),
            (gone["id"], 4, True),
        ]
        assert changes(annotator, claim, 4, "mine")["results"] == []

    def test_more_than_a_page_goes_on_where_it_ended_and_no_call_is_torn(
        self, annotator: Person, claim: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("apps.annotations.queries.documents.ROWS_AT_ONCE", 3)
        for _ in range(3):
            annotator.save(claim["annotation"]["id"], [put(region()), put(region())])
        first = changes(annotator, claim, 0)
        assert (len(first["results"]), first["version"], first["more"]) == (2, 1, True)
        second = changes(annotator, claim, first["version"])
        assert (len(second["results"]), second["version"], second["more"]) == (2, 2, True)
        assert len(changes(annotator, claim, second["version"])["results"]) == 2

    @pytest.mark.parametrize("since", ["", "-1", "x", "9" * 40])
    def test_what_is_no_version_is_refused(self, annotator: Person, claim: Any, since: str) -> None:
        address = f"annotations/{claim['annotation']['id']}/changes?since={since}"
        assert annotator.http.get(address).status_code == 400


class TestSaving:
    def test_a_saved_region_is_there_when_the_assignment_is_opened_again(self, annotator: Person, claim: Any) -> None:
        drawn = region()
        saved = annotator.save(claim["annotation"]["id"], [put(drawn)])
        again = annotator.http.get(f"assignments/{claim['assignment']['id']}").json()
        assert saved["version"] == 1
        assert [e["element"]["id"] for e in again["annotation"]["elements"]] == [drawn["id"]]
        assert again["annotation"]["elements"][0]["version"] == 1

    def test_a_repeated_edit_gets_its_first_answer_and_changes_nothing(self, annotator: Person, claim: Any) -> None:
        edit = put(region())
        first = annotator.save(claim["annotation"]["id"], [edit])
        second = annotator.save(claim["annotation"]["id"], [edit])
        assert second["accepted"] == first["accepted"]
        assert second["version"] == first["version"] == 1

    def test_active_time_of_a_repeat_is_not_counted_twice(self, annotator: Person, claim: Any) -> None:
        edit = put(region())
        annotator.save(claim["annotation"]["id"], [edit])
        annotator.save(claim["annotation"]["id"], [edit])
        assert Annotation.objects.get(pk=claim["annotation"]["id"]).active_ms == 1000

    def test_the_same_session_goes_on_without_knowing_the_version(self, annotator: Person, claim: Any) -> None:
        drawn = region()
        annotator.save(claim["annotation"]["id"], [put(drawn)])
        moved = drawn | {"geometry": {"x": 11, "y": 20, "w": 30, "h": 40}}
        saved = annotator.save(claim["annotation"]["id"], [put(moved)])
        assert len(saved["accepted"]) == 1
        assert saved["version"] == 2

    def test_another_session_on_an_old_version_gets_a_conflict_with_theirs(self, annotator: Person, claim: Any) -> None:
        drawn = region()
        annotator.save(claim["annotation"]["id"], [put(drawn)], session="first")
        annotator.save(claim["annotation"]["id"], [put(drawn | {"class": 2}, over=1)], session="first")
        saved = annotator.save(claim["annotation"]["id"], [put(drawn, over=1)], session="second")
        assert saved["accepted"] == []
        assert saved["conflicts"][0]["theirs"]["version"] == 2
        assert saved["conflicts"][0]["theirs"]["element"]["class"] == 2
        assert saved["conflicts"][0]["theirs"]["editor"]["name"] == annotator.user.name

    @pytest.mark.parametrize("pseudonyms", [False, True])
    def test_a_conflict_names_its_editor_as_the_project_lets_the_reader_see_them(
        self, team: Any, project: Any, annotator: Person, claim: Any, pseudonyms: bool
    ) -> None:
        project.settings = project.settings | {"pseudonyms": pseudonyms}
        project.save()
        drawn = region()
        annotator.save(claim["annotation"]["id"], [put(drawn)], session="first")
        Element.objects.update(editor=team.reviewer)  # as in a draft that was handed over
        saved = annotator.save(claim["annotation"]["id"], [put(drawn, over=None)], session="second")
        editor = saved["conflicts"][0]["theirs"]["editor"]
        assert editor["pseudonym"] is pseudonyms
        assert (editor["id"] is None) is pseudonyms
        assert (editor["name"] == team.reviewer.name) is not pseudonyms

    def test_a_deleted_element_keeps_a_tombstone_that_conflicts_like_any_other(
        self, annotator: Person, claim: Any
    ) -> None:
        drawn = region()
        annotator.save(claim["annotation"]["id"], [put(drawn)], session="first")
        annotator.save(claim["annotation"]["id"], [delete(drawn["id"], over=1)], session="first")
        saved = annotator.save(claim["annotation"]["id"], [put(drawn, over=1)], session="second")
        assert saved["conflicts"][0]["theirs"] == {
            "kind": "region",
            "version": 2,
            "deleted": True,
            "editor": {"id": annotator.user.pk, "name": annotator.user.name, "number": None, "pseudonym": False},
            "element": None,
        }
        assert elements(annotator, claim) == []

    def test_a_bad_region_is_rejected_alone(self, annotator: Person, claim: Any) -> None:
        good, wild = region(), region(x=5_000)
        nameless = {"id": "no"}
        saved = annotator.save(claim["annotation"]["id"], [put(good), put(wild), put(nameless)])
        assert [a["element"] for a in saved["accepted"]] == [good["id"]]
        assert [r["code"] for r in saved["rejected"]] == ["wholly_outside", "bad_element"]

    def test_a_region_over_the_edge_is_cut_and_the_answer_says_by_how_much(self, annotator: Person, claim: Any) -> None:
        over = region(x=590, y=10, w=20, h=20)
        saved = annotator.save(claim["annotation"]["id"], [put(over)])
        assert saved["accepted"][0]["changed"]["element"]["geometry"] == {"x": 590, "y": 10, "w": 10, "h": 20}
        assert [f["code"] for f in saved["findings"]] == ["outside_image"]

    def test_edits_are_still_taken_after_the_lease_ended(self, annotator: Person, claim: Any) -> None:
        from apps.tasks.models import Assignment

        Assignment.objects.update(expires_at="2020-01-01T00:00:00Z")
        assert len(annotator.save(claim["annotation"]["id"], [put(region())])["accepted"]) == 1

    def test_answers_to_item_attributes_are_elements(self, annotator: Person, claim: Any) -> None:
        answer = {"id": "weather", "value": "rain"}
        annotator.save(claim["annotation"]["id"], [put(answer, kind="answer")])
        assert elements(annotator, claim)[0] == {"kind": "answer", "version": 1, "element": answer}


REJECTED = [
    ("unknown_class", region(class_id=99)),
    ("shape_not_allowed", region(class_id=2) | {"shape": "polygon", "geometry": {"parts": [[[0, 0, 9, 0, 9, 9]]]}}),
    ("unknown_shape", region() | {"shape": "blob"}),
    ("bad_element", region() | {"geometry": {"x": "left", "y": 1, "w": 2, "h": 2}}),
    ("bad_element", {k: v for k, v in region().items() if k != "geometry"}),
    ("bad_element", region() | {"geometry": {"x": 1e300, "y": 0, "w": 1, "h": 1}}),
    ("too_few_points", region() | {"shape": "polygon", "geometry": {"parts": [[[0, 0, 9, 9]]]}}),
    ("degenerate", region(w=0)),
    ("wholly_outside", region(x=700)),
    ("beyond_limit", region(x=-700, w=900)),
    ("bad_attribute_value", region() | {"attributes": {"occlusion": "lots"}}),
    ("unknown_attribute", region() | {"attributes": {"speed": 3}}),
    ("element_too_large", region() | {"shape": "polygon", "geometry": {"parts": [[[0.123456789] * 100_000]]}}),
]


class TestBadInput:
    @pytest.mark.parametrize(("code", "element"), REJECTED, ids=[f"{code}-{n}" for n, (code, _) in enumerate(REJECTED)])
    def test_a_bad_element_is_named_and_the_good_one_beside_it_is_saved(
        self, annotator: Person, claim: Any, code: str, element: dict[str, Any]
    ) -> None:
        good = region()
        saved = annotator.save(claim["annotation"]["id"], [put(element), put(good)])
        assert [r["code"] for r in saved["rejected"]] == [code]
        assert [e["element"]["id"] for e in elements(annotator, claim)] == [good["id"]]

    @pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
    def test_a_literal_that_is_no_json_saves_nothing(self, annotator: Person, claim: Any, literal: str) -> None:
        good, bad = put(region()), put(region())
        text = json.dumps({"session": "s", "edits": [good, bad]})[:-1].replace('"x": 10', f'"x": {literal}', 1) + "}"
        response = annotator.http.generic("POST", f"annotations/{claim['annotation']['id']}/edits", text)
        assert (response.status_code, response.json()["code"]) == (400, "malformed_json")
        assert elements(annotator, claim) == []

    def test_a_broken_envelope_saves_nothing(self, annotator: Person, claim: Any) -> None:
        response = annotator.http.post(f"annotations/{claim['annotation']['id']}/edits", {"edits": [put(region())]})
        assert (response.status_code, response.json()["code"]) == (400, "invalid")
        assert elements(annotator, claim) == []

    def test_too_many_edits_in_a_call_are_refused_whole(self, annotator: Person, claim: Any) -> None:
        edits = [put(region()) for _ in range(1001)]
        response = annotator.http.post(
            f"annotations/{claim['annotation']['id']}/edits", {"session": "s", "edits": edits}
        )
        assert (response.status_code, response.json()["code"]) == (413, "too_large")
        assert elements(annotator, claim) == []

    def test_a_hundred_thousand_regions_in_a_call_are_refused_whole(self, annotator: Person, claim: Any) -> None:
        body = '{"session":"s","edits":[' + ",".join([f'{{"id":"{uuid.uuid4()}"}}'] * 100_000) + "]}"
        response = annotator.http.generic("POST", f"annotations/{claim['annotation']['id']}/edits", body)
        assert (response.status_code, response.json()["code"]) == (413, "too_large")

    def test_a_region_of_ten_megabytes_is_refused(self, annotator: Person, claim: Any) -> None:
        huge = region() | {"attributes": {"occlusion": "x" * 10_000_000}}
        response = annotator.http.post(
            f"annotations/{claim['annotation']['id']}/edits", {"session": "s", "edits": [put(huge)]}
        )
        assert (response.status_code, response.json()["code"]) == (413, "too_large")

    def test_characters_that_no_text_can_have_are_refused_by_name(self, annotator: Person, claim: Any) -> None:
        edits = [{"id": str(uuid.uuid4()), "op": "delete", "kind": "answer", "element_id": "a\0b"}]
        response = annotator.http.post(
            f"annotations/{claim['annotation']['id']}/edits", {"session": "s", "edits": edits}
        )
        assert (response.status_code, response.json()["code"]) == (400, "invalid")
        assert Element.objects.count() == 0

    def test_nobody_edits_another_persons_draft(self, team: Any, claim: Any) -> None:
        other = Person(team.reviewer)
        response = other.http.post(
            f"annotations/{claim['annotation']['id']}/edits", {"session": "s", "edits": [put(region())]}
        )
        assert (response.status_code, response.json()["code"]) == (403, "not_your_work")

    def test_another_organisation_finds_no_draft(self, claim: Any) -> None:
        stranger = Person(make_team().annotator)
        response = stranger.http.post(f"annotations/{claim['annotation']['id']}/edits", {"session": "s", "edits": []})
        assert response.status_code == 404

    def test_finished_work_cannot_be_edited(self, annotator: Person, claim: Any) -> None:
        annotator.save(claim["annotation"]["id"], [put(region())])
        annotator.submit(claim)
        response = annotator.http.post(
            f"annotations/{claim['annotation']['id']}/edits", {"session": "s", "edits": [put(region())]}
        )
        assert (response.status_code, response.json()["code"]) == (409, "annotation_closed")
