"""Real Celery workers send to a real receiver: one is killed in the middle, and nothing is lost or sent needlessly twice."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from apps.activity.models import Delivery
from apps.activity.services import telling
from tests.factories import api, make_project, make_team
from tests.integration.activity.receivers import receiver
from tests.running import until
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_killed_while_it_sends_repeats_only_what_was_in_its_hand(workers: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(settings, "LABELWRIGHT_OUTGOING_NETWORKS", ["127.0.0.1/32"])
    team = make_team()
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 2)
    annotator = Person(team.annotator)
    with receiver() as there:
        there.gate = threading.Event()
        sent = {"url": there.url, "kinds": ["task.submitted"]}
        assert api(team.manager).post(f"projects/{project.pk}/webhooks", sent).status_code == 201
        first = workers()
        annotator.label(project, region())
        assert there.came.acquire(timeout=60)  # the nudge of the commit woke it, and it waits for the answer
        os.kill(first.pid, signal.SIGKILL)
        first.wait(20)
        there.gate.set()
        in_hand = Delivery.objects.get()
        assert (in_hand.state, in_hand.tries) == ("pending", 1)
        assert in_hand.next_try_at > timezone.now()  # not needlessly soon: the try might still be under way
        Delivery.objects.update(next_try_at=timezone.now())

        annotator.label(project, region())
        workers()
        telling.nudge()
        until(lambda: Delivery.objects.filter(state="delivered").count() == 2, 60)
    keys = there.keys
    assert (len(keys), keys.count(str(in_hand.key))) == (3, 2)
    assert len(set(keys)) == 2
