"""`Idempotency-Key`: sent again, even at the same moment, a creating call has one effect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.core.models import KeptAnswer
from apps.projects.models import Project
from tests.factories import api

pytestmark = pytest.mark.django_db


def post(client: Any, path: str, sent: Any, key: str) -> Any:
    return client.post(path, sent, headers={"Idempotency-Key": key})


@pytest.fixture
def sent(team):
    return {"name": "Cats", "organisation": team.organisation.pk}


def test_the_second_call_gets_the_first_answer_and_does_nothing(team, sent):
    client = api(team.manager)
    first, second = (post(client, "projects/", sent, "one") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second["ETag"] == first["ETag"]
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert Project.objects.count() == 1


def test_with_and_without_the_slash_is_the_same_call(team, sent):
    client = api(team.manager)
    assert post(client, "projects/", sent, "one").json() == post(client, "projects", sent, "one").json()


def test_another_key_another_person_or_no_key_is_another_call(team, sent):
    manager = api(team.manager)
    answers = [post(manager, "projects/", sent, "one"), post(manager, "projects/", sent, "two")]
    answers += [post(api(team.owner), "projects/", sent, "one"), manager.post("projects/", sent)]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert Project.objects.count() == 4


def test_a_key_used_for_another_body_is_refused_by_name(team, sent):
    client = api(team.manager)
    post(client, "projects/", sent, "one")
    answer = post(client, "projects/", sent | {"name": "Dogs"}, "one")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Project.objects.count() == 1


def test_a_refused_call_may_be_put_right_with_the_same_key(team, sent):
    client = api(team.manager)
    assert post(client, "projects/", sent | {"name": ""}, "one").status_code == 400
    assert post(client, "projects/", sent, "one").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 256, "ü"])
def test_a_key_that_is_none_is_refused_by_name(team, sent, key):
    answer = post(api(team.manager), "projects/", sent, key)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not Project.objects.exists()


def test_a_secret_is_not_kept_and_not_made_twice(team):
    client = api(team.manager)
    first, second = (post(client, "tokens/", {"name": "ci"}, "one") for _ in range(2))
    assert first.status_code == 201
    assert (second.status_code, second.json()["code"]) == (409, "already_done")
    assert KeptAnswer.objects.get().body is None
    assert team.manager.api_tokens.filter(name="ci").count() == 1


def test_keys_are_forgotten_after_a_day(team, sent):
    client = api(team.manager)
    post(client, "projects/", sent, "one")
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert post(client, "projects/", sent, "one").status_code == 201
    assert Project.objects.count() == 2
    assert KeptAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_the_same_moment_make_one(team, sent):
    client, together = api(team.manager), Barrier(8)

    def ask(_: int) -> tuple[int, bytes]:
        try:
            together.wait()
            answer = post(client, "projects/", sent, "one")
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(ask, range(8)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert Project.objects.count() == 1
