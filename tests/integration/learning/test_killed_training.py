"""A worker is killed in the middle of a training; another one goes on, and the model is the same as if nothing had been."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from apps.assets.models import Asset
from apps.jobs.models import Job
from apps.jobs.services.sweeping import sweep
from apps.predictions.models import ModelFile, PictureFeatures
from domain.learning.features import NAME
from tests.factories import make_project, make_team
from tests.integration.learning.making import finish, learn, pictures
from tests.running import until

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def held_up(asset: Asset) -> Iterator[None]:
    """Whoever writes down what this picture looks like waits: somebody else has begun to."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                "INSERT INTO predictions_picturefeatures (project_id, asset_id, name, vector) VALUES (%s, %s, %s, '')",
                [asset.project_id, asset.pk, NAME],
            )
        yield
    finally:
        other.rollback()
        other.close()


def over(job_id: int) -> bool:
    return Job.objects.get(pk=job_id).state not in ("queued", "running")


def test_a_training_whose_worker_is_killed_ends_by_itself_with_the_same_model(workers: Any) -> None:
    team = make_team()
    project = make_project(team.organisation, team.manager)
    tasks = pictures(project, team, ["clear", "rain"] * 6)
    with transaction.atomic():
        finish(project, tasks)
    with held_up(tasks[8].asset):
        job = learn(team, project, predict=False)["job"]["id"]
        first = workers()
        until(lambda: PictureFeatures.objects.count() == 8, 60)
        os.kill(first.pid, signal.SIGKILL)
        first.wait(20)
    assert not over(job)
    kept = set(PictureFeatures.objects.values_list("pk", flat=True))
    Job.objects.filter(pk=job).update(lease_expires_at="2020-01-01T00:00:00Z")
    workers()
    sweep()
    until(lambda: over(job), 60)
    assert Job.objects.filter(pk=job).values_list("state", "starts").get() == ("succeeded", 2)
    assert kept < set(PictureFeatures.objects.values_list("pk", flat=True))

    undisturbed = learn(team, project, predict=False, name="Undisturbed")["job"]["id"]
    until(lambda: over(undisturbed), 60)
    files = ModelFile.objects.values_list("version__model__name", "sha256")
    assert dict(files).keys() == {"Weather", "Undisturbed"}
    assert len({sha256 for _, sha256 in files}) == 1
