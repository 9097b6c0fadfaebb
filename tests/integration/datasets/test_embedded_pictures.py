"""Formats whose files hold the pictures: out of one project and into another, pictures and all."""

from __future__ import annotations

import hashlib

import pytest

import apps.datasets.jobs  # noqa: F401 registers the kinds of jobs, as a worker does
from apps.assets.models import Asset
from tests import pictures
from tests.factories import api, make_project, make_team
from tests.integration.datasets.test_round_trips import BOX, bring, export, finish, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]


@pytest.mark.parametrize("name", ["parquet", "tfrecord"])
def test_an_export_brings_its_pictures_into_an_empty_project(name):
    team = make_team()
    manager = api(team.manager)
    here, there = (make_project(team.organisation, team.manager) for _ in range(2))
    data = pictures.jpeg(seed=5)
    (asset,) = upload(manager, here, "site/a.jpg", data=data)
    finish(here, asset["task"], BOX)
    document = export(manager, here, format=name, options={"images": True})
    answer = manager.get(document["file_url"])
    brought = bring(manager, there, b"".join(answer.streaming_content))
    assert brought["format"] == name
    assert (brought["report"]["assets"], brought["report"]["regions"]) == (1, 1)
    (copy,) = Asset.objects.filter(project=there)
    assert (copy.sha256, copy.name, copy.file_bytes) == (hashlib.sha256(data).hexdigest(), "site/a.jpg", len(data))
