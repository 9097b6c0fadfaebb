"""Watching the quality targets of classes: whose miss is an alert to managers, once."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.activity import events
from apps.activity.services import record
from apps.projects.models import Project
from apps.quality.models import TargetAlert
from apps.quality.queries.statistics import ClassQuality, missed_targets
from apps.tasks.queries.people import managers_of

QUIET = timedelta(days=1)  # a class that comes and goes around its target is told once in this time


def watch_targets() -> int:
    """Alert managers of classes that miss their target now; returns how many alerts were made. Safe to run twice."""
    rows = Project.objects.filter(trashed_at=None, state=Project.State.ACTIVE).exclude(schema=None)
    return sum(_watch(pk) for pk in rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _watch(project_id: int) -> int:
    project = Project.objects.select_related("guideline").get(pk=project_id)
    missed = {one.class_id: one for one in missed_targets(project)}
    alerts = {one.class_id: one for one in TargetAlert.objects.filter(project=project, ended_at=None)}
    if missed.keys() == alerts.keys():
        return 0
    Project.objects.select_for_update(no_key=True).get(pk=project_id)
    now = timezone.now()
    over = alerts.keys() - missed.keys()
    TargetAlert.objects.filter(project=project, ended_at=None, class_id__in=over).update(ended_at=now)
    made = [one for key, one in sorted(missed.items()) if key not in alerts and _alert(project, one)]
    events.publish(f"project:{project.pk}", "quality.changed", {"project": project.pk})
    return len(made)


def _alert(project: Project, one: ClassQuality) -> bool:
    """Open an alert and tell; one that ended a moment ago is opened again without a word."""
    rows = TargetAlert.objects.filter(project=project, class_id=one.class_id)
    if rows.filter(ended_at=None).exists():
        return False  # somebody was first
    last = rows.filter(ended_at__gt=timezone.now() - QUIET).order_by("-pk").first()
    if last is not None:
        TargetAlert.objects.filter(pk=last.pk).update(ended_at=None)
        return False
    evidence = {
        "name": one.name, "value": one.right.value, "low": one.right.low, "high": one.right.high, "n": one.right.n,
        "target": one.target, "section": one.anchor, "people": [list(person) for person in one.people],
    }  # fmt: skip
    alert = TargetAlert.objects.create(project=project, class_id=one.class_id, evidence=evidence)
    record(
        organisation_id=project.organisation_id,
        project_id=project.pk,
        verb="quality.target_missed",
        actor=None,
        object_type="class",
        object_id=one.class_id,
        details=evidence | {"alert": alert.pk, "class": one.name, "name": project.name},
        notify=managers_of(project),
    )
    return True
