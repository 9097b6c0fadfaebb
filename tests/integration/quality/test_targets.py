"""Alerts of classes that miss their quality target."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.activity.models import Notification
from apps.projects.models import Project
from apps.quality.jobs.targets import watch_targets as job
from apps.quality.models import TargetAlert
from apps.quality.services.targets import watch_targets
from tests.factories import Team, api
from tests.integration.quality.test_statistics import many

pytestmark = pytest.mark.django_db


def _told(user: object) -> list[Notification]:
    return list(Notification.objects.filter(user=user, event__verb="quality.target_missed").select_related("event"))


def test_managers_are_told_once_of_the_class_its_people_and_its_section(team: Team, project: Project) -> None:
    api(team.manager).put(f"projects/{project.pk}/guidelines", {"markdown": "# Car\n\nAll cars."})
    many(project, 1, team.annotator.pk, 60, 20)
    assert watch_targets() == 1
    job()
    assert watch_targets() == 0
    (notice,) = _told(team.manager)
    details = notice.event.details
    assert (details["class"], details["n"], details["section"]) == ("Car", 60, "g-car")
    assert details["people"] == [[team.annotator.pk, 20, 60]]
    assert details["low"] < details["target"] == 0.8
    assert not _told(team.annotator)
    assert not _told(team.reviewer)
    page = api(team.manager).get("notifications").json()["results"][0]
    assert page["web_url"] == f"/projects/{project.pk}/statistics"
    attention = api(team.manager).get(f"projects/{project.pk}/stats").json()["attention"][0]
    assert (attention["code"], attention["about"]) == ("quality_target", "Car")


@pytest.mark.parametrize(("judged", "faulty"), [(49, 40), (1000, 150)])
def test_with_too_few_or_a_bound_above_the_target_nobody_is_told(
    team: Team, project: Project, judged: int, faulty: int
) -> None:
    many(project, 1, team.annotator.pk, judged, faulty)
    assert watch_targets() == 0
    assert not TargetAlert.objects.exists()


def test_a_class_that_recovers_ends_its_alert_and_is_told_anew_after_a_day(team: Team, project: Project) -> None:
    many(project, 1, team.annotator.pk, 60, 20)
    watch_targets()
    many(project, 1, team.annotator.pk, 2_000, 0, month=2)
    assert watch_targets() == 0
    assert TargetAlert.objects.get().ended_at is not None
    many(project, 1, team.annotator.pk, 0, 900, month=3)
    assert watch_targets() == 0  # it went to and fro: not told again at once
    assert TargetAlert.objects.get().ended_at is None
    TargetAlert.objects.update(ended_at=timezone.now() - timedelta(days=2))
    assert watch_targets() == 1
    assert len(_told(team.manager)) == 2


def test_a_paused_project_or_one_without_a_schema_alerts_nobody(team: Team, project: Project) -> None:
    many(project, 1, team.annotator.pk, 60, 20)
    Project.objects.filter(pk=project.pk).update(state=Project.State.PAUSED)
    assert watch_targets() == 0
    Project.objects.filter(pk=project.pk).update(state=Project.State.ACTIVE, schema=None)
    assert watch_targets() == 0
