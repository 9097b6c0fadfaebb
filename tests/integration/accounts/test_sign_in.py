"""Signing in and out, with a session or a token."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.accounts import services
from apps.accounts.models import ApiToken, UserSession
from tests.factories import PASSWORD, ApiClient, api, make_organisation, make_user, token_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    user = make_user("ada@example.org", name="Ada")
    make_organisation("Studio North", user)
    return user


def sign_in(client: Client, password: str = PASSWORD, email: str = "ada@example.org"):
    return client.post("auth/login", {"email": email, "password": password})


def test_signing_in_opens_a_session_and_tells_who_i_am_and_where(person):
    client = ApiClient()
    answer = sign_in(client, email="Ada@Example.org")
    assert answer.status_code == 200
    me = client.get("auth/me").json()
    assert me["email"] == "ada@example.org"
    assert [(o["name"], o["role"]) for o in me["organisations"]] == [("Studio North", "owner")]
    assert "project.create" in me["organisations"][0]["actions"]


def test_signed_out_auth_me_is_a_problem_that_still_sets_the_csrf_cookie():
    answer = ApiClient().get("auth/me")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_signed_in"
    assert "labelwright_csrf" in answer.cookies


def test_a_session_needs_the_csrf_token_to_change_anything(person):
    client = ApiClient(enforce_csrf_checks=True)
    sign_in(client)
    assert client.patch("auth/me", {"name": "Eve"}).status_code == 403
    token = client.cookies["labelwright_csrf"].value
    assert client.patch("auth/me", {"name": "Ada L."}, headers={"X-CSRFToken": token}).json()["name"] == "Ada L."


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_look_the_same(person, email):
    answer = sign_in(ApiClient(), "wrong", email)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")


def test_after_ten_failures_signing_in_is_throttled_and_says_for_how_long(person):
    client = ApiClient()
    codes = [sign_in(client, "wrong").status_code for _ in range(10)]
    assert codes[:9] == [401] * 9
    answer = sign_in(client, PASSWORD)
    assert answer.status_code == 429
    assert answer.json()["code"] == "throttled"
    assert 800 < int(answer["Retry-After"]) <= 900


def test_a_lock_holds_for_one_address_only(person):
    client = ApiClient()
    for _ in range(11):
        sign_in(client, "wrong")
    assert sign_in(ApiClient(REMOTE_ADDR="10.1.2.3")).status_code == 200


def test_signing_out_ends_the_session(person):
    client = ApiClient()
    sign_in(client)
    assert client.post("auth/logout").status_code == 204
    assert client.get("auth/me").status_code == 401
    assert UserSession.objects.count() == 0


def test_a_deactivated_account_cannot_sign_in(person):
    person.is_active = False
    person.save()
    assert sign_in(ApiClient()).json()["code"] == "wrong_credentials"


def test_changing_the_password_ends_every_other_session_but_keeps_mine(person):
    mine, other = ApiClient(), ApiClient()
    sign_in(mine)
    sign_in(other)
    answer = mine.post("auth/password", {"current": PASSWORD, "new": "velvet-harbour-77"})
    assert answer.status_code == 204
    assert mine.get("auth/me").status_code == 200
    assert other.get("auth/me").status_code == 401
    assert sign_in(ApiClient(), "velvet-harbour-77").status_code == 200


def test_the_new_password_must_be_strong_and_the_old_one_right(person):
    client = ApiClient()
    sign_in(client)
    assert (
        client.post("auth/password", {"current": "wrong", "new": "velvet-harbour-77"}).json()["code"]
        == "wrong_password"
    )
    assert client.post("auth/password", {"current": PASSWORD, "new": "password"}).json()["code"] == "weak_password"
    assert sign_in(ApiClient()).status_code == 200


def test_a_token_is_shown_once_and_kept_as_a_hash_only(person):
    client = api(person)
    made = client.post("tokens/", {"name": "laptop"}).json()
    assert made["secret"].startswith("lw_")
    row = ApiToken.objects.get(pk=made["token"]["id"])
    assert made["secret"] not in (row.token_hash, row.prefix)
    assert made["secret"] not in client.get("tokens").content.decode()
    assert ApiClient(headers={"Authorization": f"Token {made['secret']}"}).get("auth/me").status_code == 200


def test_a_revoked_or_expired_token_opens_nothing(person):
    secret = token_for(person)
    client = ApiClient(headers={"Authorization": f"Token {secret}"})
    assert client.delete(f"tokens/{ApiToken.objects.get().pk}").status_code == 204
    assert client.get("auth/me").status_code == 401
    _, other = services.create_token(user=person, name="old", scopes=["read"], expires_in_days=1)
    ApiToken.objects.filter(name="old").update(expires_at="2020-01-01T00:00:00Z")
    assert ApiClient(headers={"Authorization": f"Token {other}"}).get("auth/me").json()["code"] == "not_signed_in"


def test_a_read_token_reads_and_changes_nothing(person):
    client = api(person, scopes=("read",))
    assert client.get("auth/me").status_code == 200
    assert client.post("tokens/", {"name": "more"}).status_code == 403
    assert client.patch("auth/me", {"name": "Eve"}).status_code == 403
    assert client.post("projects/", {"name": "x"}).json()["code"] == "not_allowed"


def test_nobody_sees_or_revokes_the_tokens_of_others(person):
    token_for(person)
    other = api(make_user())
    assert len(other.get("tokens").json()["results"]) == 1
    assert other.delete(f"tokens/{ApiToken.objects.get(user=person).pk}").status_code == 404


def test_preferences_are_checked_and_kept(person):
    client = api(person)
    kept = {
        "key_preset": "cvat",
        "keys": {"tool.box": ["W"], "task.submit": []},
        "single_keys": False,
        "view": {"names": True},
    }
    assert client.patch("auth/me", {"language": "de", "theme": "dark", "preferences": kept}).status_code == 200
    me = client.get("auth/me").json()
    assert (me["language"], me["theme"], me["preferences"]) == ("de", "dark", kept)
    answer = client.patch("auth/me", {"language": "xx"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/language")


@pytest.mark.parametrize("body", ['{"email": ', '{"email": NaN, "password": "x"}'])
def test_what_is_not_json_is_named_so(body):
    answer = ApiClient().post("auth/login", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
