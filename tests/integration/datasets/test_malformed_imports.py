"""Malformed files against the server: each request and job ends by name; with `LABELWRIGHT_SOAK=1` a thousand of them."""

from __future__ import annotations

import io
import os
import random
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import apps.datasets.jobs  # noqa: F401 registers the kinds of jobs, as a worker does
from apps.jobs.models import Job
from apps.jobs.running import run
from tests.conformance.test_broken_files import twisted
from tests.conformance.test_round_trips import TWO_WAY, exported, one_of_each
from tests.factories import api, make_project, make_team

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]

FILES = 1_000 if os.environ.get("LABELWRIGHT_SOAK") == "1" else len(TWO_WAY)


def archived(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def malformed(number):
    """(name of the format it was, bytes): a fault in one of the files, or in the archive around them."""
    dice = random.Random(f"malformed {number}")
    name = TWO_WAY[number % len(TWO_WAY)]
    files = dict(exported(name, one_of_each(name))[0]._files)
    if dice.random() < 0.2:
        return name, twisted(archived(files), dice)
    path = dice.choice(sorted(files))
    files[path] = twisted(files[path], dice)
    if dice.random() < 0.1:
        del files[dice.choice(sorted(files))]
    return name, archived(files)


def test_malformed_files_end_by_name_and_never_in_a_fault_of_the_server():
    team = make_team()
    manager, project = api(team.manager), make_project(team.organisation, team.manager)
    for number in range(FILES):
        name, data = malformed(number)
        fields = {"file": SimpleUploadedFile("data.zip", data), "format": "auto" if number % 3 else name}
        answer = manager.upload(f"projects/{project.pk}/imports", fields)
        if answer.status_code != 202:
            assert 400 <= answer.status_code < 500, (number, answer.content)
            assert answer.json()["code"]
            continue
        started = answer.json()
        state = run(started["job"]["id"])
        document = manager.get(f"imports/{started['import']['id']}").json()
        if state == "failed":
            error = Job.objects.get(pk=started["job"]["id"]).error
            assert error["code"] not in ("", "job_fault"), (number, name, error)
            assert error["detail"]
        else:
            assert (state, document["report"] is not None) == ("succeeded", True), (number, name)
            assert all(p["code"] and p["detail"] for p in document["report"]["problems"]), (number, name)
