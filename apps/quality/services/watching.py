"""Watching a project's crowd as tasks are finished, and telling managers whose work does not look honest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import hypot
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import events
from apps.activity.services import record
from apps.annotations.queries.documents import chunk_bodies
from apps.annotations.queries.whole import whole_elements, whole_revision
from apps.annotations.services.judging import schema_of
from apps.core.permissions import Action
from apps.predictions import queries as predictions
from apps.projects.models import Project
from apps.quality.errors import AlarmSettled
from apps.quality.models import CrowdWatch, Probe, ProbeScore, TaskAgreement, WorkAlarm
from apps.quality.queries.answers import answers_given, bodies_of, elements_of
from apps.quality.queries.watching import alarm_for
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.queries.people import managers_of
from domain.agreement.annotators import Alarm, Watch
from domain.agreement.annotators.items import Handed, questions_of, seen_in
from domain.agreement.annotators.items import Task as Finished
from domain.elements import Region
from domain.elements.structs import Answer, Element, Value

ROUNDS = 20  # at most, that one look at a project takes
AT_ONCE = 200  # tasks, and tests, that one round takes in


def watch_everywhere() -> int:
    """Take in what was finished in all projects since the last look; returns how many items. Safe to run twice."""
    fresh = _unwatched().values_list("project_id", flat=True).distinct()
    tests = ProbeScore.objects.filter(kind=Probe.Kind.GOLD).values_list("project_id", flat=True).distinct()
    return sum(_catch_up(pk) for pk in sorted({*fresh, *tests}))


def _catch_up(project_id: int) -> int:
    items = 0
    for _ in range(ROUNDS):
        taken = watch(project_id=project_id)
        items += taken
        if not taken:
            break
    return items


def _unwatched() -> QuerySet[TaskAgreement]:
    """Scored tasks whose answers are all there and that were not taken in yet."""
    open_slots = Slot.objects.filter(
        task_id=OuterRef("task_id"), stage=Stage.ANNOTATE, state__in=[Slot.State.OPEN, Slot.State.HELD], rework_level=0
    )
    rows = TaskAgreement.objects.filter(watched=False, waiting=False, scored_at__isnull=False)
    return rows.filter(~Exists(open_slots), project__trashed_at=None)


@transaction.atomic
def watch(*, project_id: int, at_once: int = AT_ONCE) -> int:
    """Take in what was finished since the last look, in its order, and alarm. Returns how many items; 0 while another looks."""
    project = Project.objects.get(pk=project_id)
    if project.schema_id is None:
        return 0
    CrowdWatch.objects.get_or_create(project=project)
    kept = CrowdWatch.objects.select_for_update(no_key=True, skip_locked=True).filter(project=project).first()
    if kept is None:
        return 0
    rows = list(
        _unwatched().filter(project=project).select_related("task__asset").order_by("scored_at", "pk")[:at_once]
    )
    scores = ProbeScore.objects.filter(project=project, kind=Probe.Kind.GOLD, pk__gt=kept.last_score, counted=True)
    tests = list(
        scores.select_related("probe__task__asset", "probe__gold__revision", "revision").order_by("pk")[:at_once]
    )
    if not rows and not tests:
        return 0
    questions = questions_of(schema_of(project.schema_id))
    watches = _watches(kept.state, questions)
    items, alarms = 0, []
    for finished in [*_finished(project, [row.task for row in rows]), *map(_tested, tests)]:
        for question, seen in seen_in(finished, questions):
            items += 1
            alarms += [(question, alarm) for alarm in watches[question].observe(seen)]
    TaskAgreement.objects.filter(pk__in=[row.pk for row in rows]).update(watched=True)
    kept.state = {
        name: {"values": questions[name], "watch": msgspec.to_builtins(watch)} for name, watch in watches.items()
    }
    kept.last_score = tests[-1].pk if tests else kept.last_score
    kept.items += items
    kept.save()
    made = [alarm for question, raised in alarms if (alarm := _keep(project, question, raised)) is not None]
    if made:
        _tell(project, made)
    return items


def _watches(state: dict[str, Any], questions: dict[str, list[Value]]) -> dict[str, Watch]:
    """One watch a question. Where the values changed it begins anew: its numbers meant others; alarms stay kept."""
    found = {}
    for name, values in questions.items():
        known = state.get(name)
        same = known is not None and known["values"] == values
        found[name] = msgspec.convert(known["watch"], Watch) if same and known else Watch(classes=len(values))
    return found


def _finished(project: Project, tasks: Sequence[Task]) -> list[Finished]:
    """Tasks with all their answers, read in one go."""
    ids = [task.pk for task in tasks]
    given = answers_given(ids)
    bodies = bodies_of([one for answers in given.values() for one in answers])
    skipped: dict[int, list[str]] = defaultdict(list)
    passed = Assignment.objects.filter(task_id__in=ids, stage=Stage.ANNOTATE, state=Assignment.State.SKIPPED)
    for task_id, user_id in passed.order_by("pk").values_list("task_id", "user_id"):
        skipped[task_id].append(str(user_id))
    foretold: dict[int, list[Region]] = {}
    for row in predictions.latest(ids):
        said = whole_elements(chunk_bodies(row.chunks), project)
        foretold.setdefault(row.task_id, [e for e in said if isinstance(e, Region)])
    found = []
    for task in tasks:
        answers = sorted(given.get(task.pk, []), key=lambda one: one.revision)
        handed = [_handed(one.author, list(elements_of(one, bodies, project))) for one in answers]
        found.append(
            Finished(
                handed=handed,
                diagonal=hypot(task.asset.width, task.asset.height),
                predicted=foretold.get(task.pk),
                skipped=skipped[task.pk],
            )
        )
    return found


def _handed(who: int | None, elements: Sequence[Element]) -> Handed:
    return Handed(
        who=str(who),
        regions=[e for e in elements if isinstance(e, Region)],
        answers={e.id: e.value for e in elements if isinstance(e, Answer)},
    )


def _tested(score: ProbeScore) -> Finished:
    """A hidden test: one person's answer beside the gold."""
    asset, gold = score.probe.task.asset, score.probe.gold
    right = list(whole_revision(gold.revision)) if gold is not None else []
    return Finished(
        handed=[_handed(score.user_id, list(whole_revision(score.revision)))],
        diagonal=hypot(asset.width, asset.height),
        gold=[e for e in right if isinstance(e, Region)],
        gold_answers={e.id: e.value for e in right if isinstance(e, Answer)},
    )


def _keep(project: Project, question: str, raised: Alarm) -> WorkAlarm | None:
    alarm, new = WorkAlarm.objects.get_or_create(
        project=project,
        user_id=int(raised.who),
        question=question,
        kind=raised.kind,
        defaults={"items": raised.items, "evidence": raised.evidence, "other_id": raised.other and int(raised.other)},
    )
    return alarm if new else None


def _tell(project: Project, alarms: Sequence[WorkAlarm]) -> None:
    for alarm in alarms:
        record(
            organisation_id=project.organisation_id,
            project_id=project.pk,
            verb="work.suspected",
            actor=None,
            object_type="user",
            object_id=alarm.user_id,
            details={
                "alarm": alarm.pk, "kind": alarm.kind, "items": alarm.items, "user": alarm.user_id, "name": project.name,
            },
            notify=managers_of(project),
        )  # fmt: skip
    events.publish(f"project:{project.pk}", "quality.changed", {"project": project.pk})


@transaction.atomic
def settle_alarm(*, user: User, alarm_id: int, reason: str = "") -> WorkAlarm:
    """Say that an alarm was looked into. It is not raised again.

    Raises:
        AlarmSettled: somebody was first.
    """
    found, access = alarm_for(user, alarm_id, Action.GOLD_EDIT)
    alarm = WorkAlarm.objects.select_for_update(no_key=True).get(pk=found.pk)
    if alarm.state == WorkAlarm.State.SETTLED:
        raise AlarmSettled("Somebody has settled this already.")
    alarm.state, alarm.settled_at = WorkAlarm.State.SETTLED, timezone.now()
    alarm.settled_by, alarm.settled_reason = user, reason.strip()
    alarm.save(update_fields=["state", "settled_at", "settled_by", "settled_reason"])
    record(
        organisation_id=access.project.organisation_id,
        project_id=access.project.pk,
        verb="work.cleared",
        actor=user,
        object_type="user",
        object_id=alarm.user_id,
        details={"alarm": alarm.pk, "kind": alarm.kind, "reason": alarm.settled_reason, "name": access.project.name},
    )
    return alarm


__all__ = ["settle_alarm", "watch", "watch_everywhere"]
