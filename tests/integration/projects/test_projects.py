"""Projects from their creation to the trash."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.activity import counts
from apps.activity.models import Count, Event
from apps.projects.models import Project, ProjectMember, SchemaVersion
from apps.projects.queries import reviewers_other_than
from apps.projects.services import purge_trash
from tests.factories import api, make_member, make_organisation, make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team):
    return make_project(team.organisation, team.manager, name="Everyday objects")


def test_a_new_project_is_active_with_an_empty_schema_and_review_by_another(team):
    made = api(team.manager).post("projects/", {"name": "Cats", "organisation": team.organisation.pk})
    assert made.status_code == 201
    project = made.json()
    assert (project["state"], project["schema_version"], project["workflow_version"]) == ("active", 1, 1)
    assert project["web_url"] == f"/projects/{project['id']}"
    client = api(team.annotator)
    assert client.get(f"projects/{project['id']}/schema").json()["body"]["classes"] == []
    stages = client.get(f"projects/{project['id']}/workflow").json()["body"]["stages"]
    assert [stage["kind"] for stage in stages] == ["annotate", "review"]


def test_a_dropped_folder_can_start_with_a_class_to_draw(team):
    made = api(team.manager).post("projects/", {"name": "Folder", "starter_schema": True}).json()
    classes = api(team.manager).get(f"projects/{made['id']}/schema").json()["body"]["classes"]
    assert [(c["name"], c["shapes"]) for c in classes] == [("object", ["box", "polygon"])]


def test_a_member_of_two_organisations_says_which_one(team):
    make_organisation(owner=team.manager)
    answer = api(team.manager).post("projects/", {"name": "Cats"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/organisation")


@pytest.mark.parametrize("role", ["reviewer", "annotator", "viewer"])
def test_only_managers_and_owners_make_projects(team, role):
    answer = api(team.everybody[role]).post("projects/", {"name": "Cats", "organisation": team.organisation.pk})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": 7},
        {"name": "x" * 201},
        {"name": "ok", "state": "done"},
        {"name": "ok", "settings": {"lease_seconds": "long"}},
        {"name": "ok", "settings": {"colour": "red"}},
        {"name": "ok", "schema": {"classes": [{"id": 1, "name": "a", "color": "red", "shapes": ["box"]}]}},
    ],
)
def test_a_bad_project_is_refused_by_name_and_not_made(team, body):
    answer = api(team.manager).post("projects/", body)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid", "bad_schema")
    assert not Project.objects.exists()


def test_cards_show_progress_out_of_maintained_counts(team, project):
    counts.add(project.pk, "tasks_by_state", "waiting", 3)
    counts.add(project.pk, "tasks_by_state", "done", 1)
    counts.fold()
    counts.add(project.pk, "tasks_by_state", "waiting", -1)
    counts.add(project.pk, "tasks_by_state", "done", 1)
    (card,) = api(team.annotator).get("projects/").json()["results"]
    assert (card["tasks"], card["states"], card["done_share"]) == (4, {"waiting": 2, "done": 2}, 0.5)
    assert card["shapes"] == ["box", "polygon", "points", "item"]
    assert card["people_total"] == 4


def test_a_card_forecasts_the_end_at_the_pace_of_the_last_days(team, project):
    today = timezone.now().date()
    counts.add(project.pk, "tasks_by_state", "waiting", 30)
    for back in range(3):
        counts.add(project.pk, "done", amount=10, day=today - timedelta(days=back))
    (card,) = api(team.annotator).get("projects/").json()["results"]
    assert card["expected_on"] == str(today + timedelta(days=3))


def test_search_finds_the_start_of_the_name_and_of_its_words(team, project):
    make_project(team.organisation, team.manager, name="Heritage pavilions")
    client = api(team.annotator)

    def names(query: str) -> list[str]:
        return [card["name"] for card in client.get(f"projects/?{query}").json()["results"]]

    assert names("search=every") == names("search=OBJ") == ["Everyday objects"]
    assert names("search=veryday") == []
    assert names("sort=name") == ["Everyday objects", "Heritage pavilions"]
    assert names("sort=-name&limit=1") == ["Heritage pavilions"]
    assert names("state=paused") == []
    assert (
        client.get("projects/?state=gone").status_code
        == client.get("projects/?sort=owner__password").status_code
        == 400
    )


def test_pages_of_cards_follow_each_other_without_gaps(team):
    made = {make_project(team.organisation, team.manager, name=f"P {n:02}").pk for n in range(7)}
    client, seen, cursor = api(team.viewer), [], ""
    while True:
        page = client.get(f"projects/?limit=3&sort=-updated&cursor={cursor}").json()
        seen += [card["id"] for card in page["results"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert len(seen) == 7
    assert set(seen) == made


@pytest.mark.parametrize("asked", ["activity?limit={}", "stats?days={}", "tasks/window?offset={}"])
def test_a_number_of_more_digits_than_there_are_numbers_is_400(team, project, asked):
    far = api(team.manager).get(f"projects/{project.pk}/{asked.format('9' * 5_000)}")
    assert (far.status_code, far.json()["code"]) == (400, "invalid")


def test_a_stale_if_match_is_412_and_changes_nothing(team, project):
    client = api(team.manager)
    etag = client.get(f"projects/{project.pk}")["ETag"]
    assert client.patch(f"projects/{project.pk}", {"name": "New"}, headers={"If-Match": etag}).status_code == 200
    late = client.patch(f"projects/{project.pk}", {"name": "Late"}, headers={"If-Match": etag})
    assert (late.status_code, late.json()["code"]) == (412, "stale_version")
    assert client.get(f"projects/{project.pk}").json()["name"] == "New"


def test_settings_change_one_by_one_and_keep_their_defaults(team, project):
    client = api(team.manager)
    before = client.get(f"projects/{project.pk}").json()["settings"]
    client.patch(f"projects/{project.pk}", {"settings": {"amodal": True}})
    client.patch(f"projects/{project.pk}", {"settings": {"hold_hours": 2}})
    after = client.get(f"projects/{project.pk}").json()["settings"]
    assert after == before | {"amodal": True, "hold_hours": 2}
    assert client.patch(f"projects/{project.pk}", {"settings": {"hold_hours": -1}}).status_code == 400


@pytest.mark.parametrize("path", [["paused", "active"], ["done", "active"], ["archived", "active", "done"]])
def test_a_project_goes_through_its_states(team, project, path):
    client = api(team.manager)
    for state in path:
        assert client.patch(f"projects/{project.pk}", {"state": state}).json()["state"] == state


def test_a_project_never_becomes_a_draft_again(team, project):
    answer = api(team.manager).patch(f"projects/{project.pk}", {"state": "draft"})
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")


def test_a_trashed_project_is_gone_for_everybody_until_it_is_brought_back(team, project):
    client = api(team.manager)
    assert client.delete(f"projects/{project.pk}").status_code == 204
    assert client.get(f"projects/{project.pk}").status_code == 404
    assert client.get("projects/").json()["results"] == []
    assert [card["id"] for card in client.get("projects/?trashed=true").json()["results"]] == [project.pk]
    assert api(team.annotator).get("projects/?trashed=true").json()["results"] == []
    assert api(team.annotator).post(f"projects/{project.pk}/restore").status_code == 404
    assert client.post(f"projects/{project.pk}/restore").json()["id"] == project.pk
    assert client.get(f"projects/{project.pk}").status_code == 200


def test_after_thirty_days_the_trash_is_emptied_and_the_log_keeps_that_it_was(team, project):
    counts.add(project.pk, "tasks_by_state", "waiting", 3)
    counts.fold()
    kept = make_project(team.organisation, team.manager)
    client = api(team.manager)
    client.delete(f"projects/{project.pk}")
    assert purge_trash() == 0
    Project.objects.filter(pk=project.pk).update(trashed_at=timezone.now() - timedelta(days=31))
    assert purge_trash() == 1
    assert list(Project.objects.values_list("pk", flat=True)) == [kept.pk]
    assert not SchemaVersion.objects.filter(project_id=project.pk).exists()
    assert not Count.objects.filter(project_id=project.pk).exists()
    assert Event.objects.filter(project_id=project.pk, verb="project.purged").exists()


def test_a_copy_has_the_set_up_and_none_of_the_data(team, project):
    client = api(team.manager)
    client.put(f"projects/{project.pk}/guidelines", {"markdown": "# Draw tight boxes"})
    client.post(f"projects/{project.pk}/members", {"user_id": team.viewer.pk, "role": "reviewer"})
    client.patch(f"projects/{project.pk}", {"settings": {"amodal": True}})
    copy = client.post(f"projects/{project.pk}/duplicate", {"name": "Second round"}).json()
    assert (copy["name"], copy["settings"]["amodal"]) == ("Second round", True)
    assert client.get(f"projects/{copy['id']}/guidelines").json()["markdown"] == "# Draw tight boxes"
    same = [client.get(f"projects/{pk}/schema").json()["body"] for pk in (project.pk, copy["id"])]
    assert same[0] == same[1]
    assert ProjectMember.objects.get(project_id=copy["id"], user=team.viewer).role == "reviewer"


def test_a_restricted_project_is_seen_by_named_people_and_managers_only(team, project):
    client = api(team.manager)
    client.patch(f"projects/{project.pk}", {"restricted": True})
    assert api(team.annotator).get(f"projects/{project.pk}").status_code == 404
    assert api(team.owner).get(f"projects/{project.pk}").status_code == 200
    client.post(f"projects/{project.pk}/members", {"user_id": team.annotator.pk})
    assert api(team.annotator).get(f"projects/{project.pk}").json()["role"] == "annotator"
    assert client.delete(f"projects/{project.pk}/members/{team.annotator.pk}").status_code == 204
    assert api(team.annotator).get(f"projects/{project.pk}").status_code == 404


def test_a_project_gives_a_member_another_role_there_and_nowhere_else(team, project):
    other = make_project(team.organisation, team.manager)
    client = api(team.manager)
    client.post(f"projects/{project.pk}/members", {"user_id": team.annotator.pk, "role": "manager"})
    promoted = api(team.annotator)
    assert promoted.patch(f"projects/{project.pk}", {"name": "Mine"}).status_code == 200
    assert promoted.patch(f"projects/{other.pk}", {"name": "Mine"}).status_code == 403
    listed = {m["id"]: m for m in client.get(f"projects/{project.pk}/members").json()["results"]}
    assert (listed[team.annotator.pk]["role"], listed[team.annotator.pk]["organisation_role"]) == (
        "manager",
        "annotator",
    )


def test_strangers_cannot_be_named_and_managers_do_not_touch_owners(team, project):
    client = api(team.manager)
    assert client.post(f"projects/{project.pk}/members", {"user_id": make_user().pk}).status_code == 400
    assert (
        client.post(f"projects/{project.pk}/members", {"user_id": team.owner.pk, "role": "viewer"}).status_code == 403
    )
    assert (
        client.post(f"projects/{project.pk}/members", {"user_id": team.viewer.pk, "role": "owner"}).status_code == 403
    )


def test_a_project_of_one_person_says_that_review_is_skipped():
    organisation = make_organisation()
    owner = organisation.memberships.get().user
    project = make_project(organisation, owner)
    assert api(owner).get(f"projects/{project.pk}").json()["solo"] is True
    make_member(organisation, "annotator")
    assert not reviewers_other_than(project, owner)
    make_member(organisation, "reviewer")
    assert reviewers_other_than(project, owner)
    assert api(owner).get(f"projects/{project.pk}").json()["solo"] is False


def test_in_a_restricted_project_an_unnamed_reviewer_does_not_count():
    organisation = make_organisation()
    owner = organisation.memberships.get().user
    project = make_project(organisation, owner, restricted=True)
    reviewer = make_member(organisation, "reviewer")
    assert not reviewers_other_than(project, owner)
    api(owner).post(f"projects/{project.pk}/members", {"user_id": reviewer.pk})
    assert reviewers_other_than(project, owner)


def test_what_happened_is_listed_newest_first_for_managers_only(team, project):
    client = api(team.manager)
    client.patch(f"projects/{project.pk}", {"state": "paused"})
    verbs = [event["verb"] for event in client.get(f"projects/{project.pk}/activity").json()["results"]]
    assert verbs == ["project.state_changed", "project.created"]
    assert api(team.reviewer).get(f"projects/{project.pk}/activity").status_code == 403


@pytest.mark.parametrize("path", ["", "/", "/schema", "/schema/", "/members", "/guidelines/"])
def test_paths_work_with_and_without_a_trailing_slash(team, project, path):
    assert api(team.manager).get(f"projects/{project.pk}{path}").status_code == 200
