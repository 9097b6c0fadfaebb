"""A worker is killed while a server looks at images for it; another one goes on, and the run ends as if nothing had been."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

import pytest
from django.conf import settings

from apps.jobs.models import Job
from apps.jobs.services.sweeping import sweep
from apps.predictions.models import Prediction, PrelabelItem
from tests.factories import api, make_project, make_team
from tests.integration.models.making import server
from tests.integration.models.studio_backend import studio_backend
from tests.running import until
from tests.work import make_tasks

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_killed_in_the_middle_loses_nothing(workers: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(settings, "LABELWRIGHT_OUTGOING_NETWORKS", ["127.0.0.1/32"])
    team = make_team()
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 70)  # three transactions of at most 32
    with studio_backend() as there:
        version = server(project, team, there.url, "label_studio")
        there.calls_before_gate = 10
        there.gate = threading.Event()
        begun = api(team.manager).post(f"projects/{project.pk}/prelabel", {"model_version": version.pk}).json()
        first = workers()
        assert all(there.came.acquire(timeout=60) for _ in range(11))
        os.kill(first.pid, signal.SIGKILL)
        first.wait(20)
        done = PrelabelItem.objects.exclude(state="waiting").count()
        assert 0 < done < 70
        assert Prediction.objects.count() == done
        there.gate.set()
        Job.objects.filter(pk=begun["job"]["id"]).update(lease_expires_at="2020-01-01T00:00:00Z")
        workers()
        sweep()
        until(lambda: Job.objects.get(pk=begun["job"]["id"]).state not in ("queued", "running"), 60)
    job = Job.objects.get(pk=begun["job"]["id"])
    assert (job.state, job.starts, job.done) == ("succeeded", 2, 70)
    assert PrelabelItem.objects.filter(state="kept").count() == 70
    assert Prediction.objects.values("task").distinct().count() == Prediction.objects.count() == 70
