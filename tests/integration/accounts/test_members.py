"""Members of an organisation: adding, changing, letting go, inviting."""

from __future__ import annotations

import pytest

from apps.accounts.models import ApiToken, Invitation, Membership, User
from tests.factories import PASSWORD, ApiClient, api, make_member, make_organisation, make_project, make_user
from tests.work import Person, make_tasks, put, region

pytestmark = pytest.mark.django_db


def members_url(team) -> str:
    return f"organisations/{team.organisation.pk}/members"


def test_an_initial_password_works_at_once(team):
    body = {"email": "new@example.org", "name": "Nia", "role": "annotator", "password": "amber-window-19"}
    made = api(team.manager).post(members_url(team), body)
    assert made.status_code == 201
    assert made.json()["initial_password"] is None
    login = ApiClient().post("auth/login", {"email": "new@example.org", "password": "amber-window-19"})
    assert login.json()["organisations"][0]["role"] == "annotator"


def test_without_a_password_the_server_makes_one_and_shows_it_once(team):
    made = api(team.owner).post(members_url(team), {"email": "new@example.org", "role": "viewer"}).json()
    login = ApiClient().post("auth/login", {"email": "new@example.org", "password": made["initial_password"]})
    assert login.status_code == 200


def test_adding_somebody_who_has_an_account_leaves_their_password_alone(team):
    make_organisation(owner=make_user("both@example.org"))
    body = {"email": "both@example.org", "role": "reviewer", "password": "stolen-password-1"}
    made = api(team.owner).post(members_url(team), body).json()
    assert made["existing_account"] is True
    assert ApiClient().post("auth/login", {"email": "both@example.org", "password": PASSWORD}).status_code == 200


def test_nobody_is_added_twice(team):
    answer = api(team.owner).post(members_url(team), {"email": team.viewer.email.upper(), "role": "owner"})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_member")


def test_a_manager_neither_makes_nor_changes_owners(team):
    client = api(team.manager)
    assert client.post(members_url(team), {"email": "x@example.org", "role": "owner"}).status_code == 403
    assert client.patch(f"{members_url(team)}/{team.owner.pk}", {"role": "viewer"}).status_code == 403
    assert client.patch(f"{members_url(team)}/{team.viewer.pk}", {"role": "owner"}).status_code == 403
    assert client.post(f"{members_url(team)}/{team.owner.pk}/deactivate").status_code == 403


def test_the_last_owner_stays(team):
    client = api(team.owner)
    for answer in (
        client.patch(f"{members_url(team)}/{team.owner.pk}", {"role": "manager"}),
        client.post(f"{members_url(team)}/{team.owner.pk}/deactivate"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")
    make_member(team.organisation, "owner")
    assert client.patch(f"{members_url(team)}/{team.owner.pk}", {"role": "manager"}).status_code == 200


def test_deactivating_ends_sessions_and_tokens_at_once_and_keeps_the_history(team):
    session, by_token = ApiClient(), api(team.annotator)
    session.post("auth/login", {"email": team.annotator.email, "password": PASSWORD})
    assert session.get("auth/me").status_code == by_token.get("auth/me").status_code == 200
    done = api(team.manager).post(f"{members_url(team)}/{team.annotator.pk}/deactivate", {}).json()
    assert (done["sessions_ended"], done["tokens_revoked"]) == (1, 1)
    assert session.get("auth/me").status_code == by_token.get("auth/me").status_code == 401
    login = ApiClient().post("auth/login", {"email": team.annotator.email, "password": PASSWORD})
    assert login.status_code == 401
    listed = api(team.owner).get(members_url(team)).json()["results"]
    assert [m["state"] for m in listed if m["id"] == team.annotator.pk] == ["deactivated"]


def test_a_reactivated_member_has_the_role_and_number_they_had_but_no_old_token(team):
    api(team.annotator)
    before = Membership.objects.get(user=team.annotator)
    client = api(team.manager)
    client.post(f"{members_url(team)}/{team.annotator.pk}/deactivate", {})
    back = client.post(f"{members_url(team)}/{team.annotator.pk}/reactivate").json()
    assert (back["role"], back["number"], back["state"]) == ("annotator", before.number, "active")
    assert not ApiToken.objects.filter(user=team.annotator, revoked_at=None).exists()
    login = ApiClient().post("auth/login", {"email": team.annotator.email, "password": PASSWORD})
    assert login.status_code == 200


def test_somebody_in_two_organisations_keeps_the_other_one(team):
    other = make_organisation(owner=team.annotator)
    client = api(team.annotator)
    api(team.manager).post(f"{members_url(team)}/{team.annotator.pk}/deactivate", {})
    me = client.get("auth/me").json()
    assert [o["id"] for o in me["organisations"]] == [other.pk]
    assert client.get(f"organisations/{team.organisation.pk}").status_code == 404


def test_work_of_somebody_who_leaves_is_freed_or_handed_over_with_its_draft(team):
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 2)
    heir = make_member(team.organisation, "annotator")
    leaving, drawn = Person(team.annotator), region()
    first = leaving.claim(project)
    leaving.save(first["annotation"]["id"], [put(drawn)])
    url = f"{members_url(team)}/{team.annotator.pk}"
    done = api(team.manager).post(f"{url}/deactivate", {"hand_over_to": heir.pk}).json()
    assert (done["freed"], done["handed_over"]) == (0, 1)
    (held,) = api(heir).get("assignments/?state=open").json()["results"]
    document = api(heir).get(f"assignments/{held['id']}").json()
    assert [e["element"]["id"] for e in document["annotation"]["elements"]] == [drawn["id"]]
    freed = api(team.manager).post(f"{members_url(team)}/{heir.pk}/deactivate", {}).json()
    assert (freed["freed"], freed["handed_over"]) == (1, 0)
    assert api(team.reviewer).post(f"projects/{project.pk}/tasks/claim", {"stage": "annotate"}).status_code == 200


def test_work_is_handed_over_only_to_another_active_member(team):
    client, url = api(team.manager), f"{members_url(team)}/{team.annotator.pk}/deactivate"
    stranger = make_organisation().memberships.get().user
    assert client.post(url, {"hand_over_to": stranger.pk}).status_code == 404
    assert client.post(url, {"hand_over_to": team.annotator.pk}).status_code == 400
    assert User.objects.get(pk=team.annotator.pk).is_active


def test_another_organisation_looks_as_if_it_did_not_exist(team):
    stranger = api(make_organisation().memberships.get().user)
    missing = stranger.get("organisations/999999999").json()
    for path in ("", "/members", "/policy", "/invitations", "/activity", f"/members/{team.owner.pk}"):
        answer = stranger.get(f"organisations/{team.organisation.pk}{path}")
        assert answer.status_code == 404
        assert answer.json()["detail"] == missing["detail"]


def test_an_invitation_makes_an_account_that_is_signed_in_and_works_once(team):
    made = api(team.manager).post(f"organisations/{team.organisation.pk}/invitations", {"role": "annotator"}).json()
    client = ApiClient()
    shown = client.get(f"invitations/{made['token']}").json()
    assert (shown["organisation"], shown["role"]) == (team.organisation.name, "annotator")
    body = {"email": "guest@example.org", "name": "Guest", "password": "amber-window-19"}
    assert client.post(f"invitations/{made['token']}/accept", body).status_code == 200
    assert client.get("auth/me").json()["organisations"][0]["id"] == team.organisation.pk
    again = ApiClient().post(f"invitations/{made['token']}/accept", body | {"email": "two@example.org"})
    assert (again.status_code, again.json()["code"]) == (404, "invitation_over")
    assert made["token"] not in Invitation.objects.get().token_hash


def test_an_invitation_for_an_address_is_for_nobody_else(team):
    body = {"role": "viewer", "email": "only@example.org"}
    token = api(team.manager).post(f"organisations/{team.organisation.pk}/invitations", body).json()["token"]
    stranger = api(make_user())
    assert stranger.post(f"invitations/{token}/accept").json()["code"] == "wrong_invitee"


def test_a_link_never_takes_over_an_existing_account(team):
    victim = make_user("victim@example.org")
    token = (
        api(team.manager).post(f"organisations/{team.organisation.pk}/invitations", {"role": "viewer"}).json()["token"]
    )
    body = {"email": victim.email, "password": "amber-window-19"}
    answer = ApiClient().post(f"invitations/{token}/accept", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "sign_in_first")
    assert api(victim).post(f"invitations/{token}/accept").status_code == 200


def test_a_revoked_invitation_is_over(team):
    client, url = api(team.manager), f"organisations/{team.organisation.pk}/invitations"
    made = client.post(url, {"role": "viewer"}).json()
    assert client.delete(f"{url}/{made['invitation']['id']}").status_code == 204
    assert ApiClient().get(f"invitations/{made['token']}").status_code == 404
    assert client.get(url).json()["results"][0]["state"] == "revoked"


def test_the_policy_page_shows_the_table_that_decides(team):
    shown = api(team.viewer).get(f"organisations/{team.organisation.pk}/policy").json()
    rows = {row["action"]: row["roles"] for row in shown["actions"]}
    assert rows["project.create"] == ["owner", "manager"]
    assert set(rows["project.view"]) == set(shown["roles"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "no-address", "role": "viewer"},
        {"email": "a@b.org", "role": "king"},
        {"email": 5, "role": "viewer"},
        [],
    ],
)
def test_a_bad_member_is_refused_and_nothing_saved(team, body):
    before = User.objects.count()
    answer = api(team.owner).post(members_url(team), body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert User.objects.count() == before
