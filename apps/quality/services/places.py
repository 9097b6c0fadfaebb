"""Putting a task of ours into another's place in the queue, so that nothing tells it from its neighbours (ADR 0011).

The *host* is a task that nobody has touched. Its place (number, order, slots, the cell of its ids, its times, its name) goes
to the probe; the host gets the next number of the project and stands at the end of the queue, otherwise as it was.
"""

from __future__ import annotations

from random import SystemRandom
from typing import TypeVar

from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.activity import counts
from apps.assets.models import Asset
from apps.core.bulk import ROOM
from apps.projects.models import Project
from apps.quality.models import Probe
from apps.reviews.models import Issue
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.services.batches import key_in
from apps.tasks.services.tallies import tally_deltas

M = TypeVar("M", bound=models.Model)
_chance = SystemRandom()
# What a copy of a picture has of the picture, and what of the place that it stands in.
OF_PICTURE = (
    "kind", "sha256", "file_bytes", "content_type", "width", "height", "orientation", "bit_depth", "page", "window",
    "path", "derivatives", "likeness",
)  # fmt: skip
_OF_PLACE = (
    "project_id", "name", "group", "origin", "licence", "attribution", "metadata", "created_by_id", "created_at", "updated_at",
)  # fmt: skip
_TASK = ("project_id", "batch_id", "name", "priority", "order_key", "groups", "created_at", "updated_at")


def hosts(project_id: int, *, ahead: int, begun: bool | None = None, alone: bool = False) -> QuerySet[Slot]:
    """First open slots of the queue whose tasks nobody has touched, in the queue's order.

    `begun`: only tasks that begin with imported work, or only those that begin with nothing; `alone`: only tasks that one
    person answers.
    """
    now = timezone.now()
    touched = Assignment.objects.filter(task_id=OuterRef("task_id"))
    talked = Issue.objects.filter(task_id=OuterRef("task_id"))
    rows = Slot.objects.filter(
        project_id=project_id, stage=Stage.ANNOTATE, state=Slot.State.OPEN, withheld=False, ordinal=0, apart=None,
        reserved_for=None, rework_level=0, task__state=Task.State.WAITING, task__purpose=Task.Purpose.WORK,
        task__trashed_at=None,
    )  # fmt: skip
    if begun is not None:
        rows = rows.filter(revision__isnull=not begun)
    if alone:
        rows = rows.filter(~Exists(Slot.objects.filter(task_id=OuterRef("task_id"), ordinal__gt=0)))
    free = rows.filter(Q(promised_until=None) | Q(promised_until__lt=now)).filter(~Exists(touched), ~Exists(talked))
    return free.order_by("order_key", "id")[:ahead]


@transaction.atomic
def take_place(*, host_id: int, picture: Asset, kind: str, apart: int, begins_with: int | None = None, **of_probe: object) -> Probe | None:  # fmt: skip
    """Make a probe in the host's place. None when somebody came first, or its ids leave no room (made before they did).

    Args:
        picture: what it shows.
        apart: the key by which its picture is kept apart in a person's hands.
        begins_with: imported work that its slots begin with.
    """
    found = Task.objects.filter(pk=host_id).values_list("project_id", flat=True).first()
    if found is None:
        return None
    Project.objects.select_for_update(no_key=True).get(pk=found)
    slots = list(Slot.objects.select_for_update(no_key=True, skip_locked=True).filter(task_id=host_id).order_by("pk"))
    host = Task.objects.select_related("asset").get(pk=host_id)
    now = timezone.now()
    free = slots and all(
        slot.state == Slot.State.OPEN and (slot.promised_until is None or slot.promised_until < now) for slot in slots
    )
    whole = len(slots) == Slot.objects.filter(task_id=host_id).count()
    if not (free and whole and host.state == Task.State.WAITING and host.purpose == Task.Purpose.WORK):
        return None
    task_id, asset_id = _beside(Task, host.pk), _beside(Asset, host.asset_id)
    if task_id is None or asset_id is None:
        return None
    place = {name: getattr(host, name) for name in _TASK} | {"number": host.number}
    _to_the_end(host, slots, task_id)
    _insert(
        Asset, asset_id, {n: getattr(picture, n) for n in OF_PICTURE} | {n: getattr(host.asset, n) for n in _OF_PLACE}
    )
    purpose = Task.Purpose.PLANTED if kind == Probe.Kind.FAULT else Task.Purpose.PROBE
    _insert(Task, task_id, place | {"asset_id": asset_id, "purpose": purpose})
    Slot.objects.filter(pk__in=[slot.pk for slot in slots]).update(
        task_id=task_id, apart=apart, revision_id=begins_with, promised_to=None, promised_until=None
    )
    _weigh(host.project_id, host.batch_id, 1)
    return Probe.objects.create(task_id=task_id, project_id=host.project_id, kind=kind, host=host, **of_probe)


def _beside(model: type[M], pk: int) -> int | None:
    """A free id in the cell of an id, if that one stands there alone."""
    first = pk - pk % ROOM
    if set(model._default_manager.filter(pk__gte=first, pk__lt=first + ROOM).values_list("pk", flat=True)) != {pk}:
        return None
    return _chance.choice([number for number in range(first, first + ROOM) if number != pk])


def _insert(model: type[M], pk: int, values: dict[str, object]) -> None:
    """A row whose times are those of its place, not of this moment."""
    model(pk=pk, **values).save(force_insert=True)
    times = {name: values[name] for name in ("created_at", "updated_at")}
    model._default_manager.filter(pk=pk).update(**times)


def _to_the_end(host: Task, slots: list[Slot], task_id: int) -> None:
    """The host's new number and place; its new slots are kept from who has the probe, which bears the same name."""
    last = Task.objects.filter(project_id=host.project_id).aggregate(last=Max("number"))["last"]
    number = last + 1
    key = key_in(host.batch, priority=host.priority, number=number)
    Task.objects.filter(pk=host.pk).update(number=number, order_key=key)
    Slot.objects.bulk_create(
        Slot(
            project_id=host.project_id, task=host, stage=slot.stage, level=slot.level, ordinal=slot.ordinal,
            revision_id=slot.revision_id, order_key=key, groups=slot.groups, apart=-task_id,
        )
        for slot in slots
    )  # fmt: skip


@transaction.atomic
def give_back(*, probe_id: int) -> bool:
    """Take a probe that nobody has touched out again, and give its host the place back if that is untouched too."""
    probe = Probe.objects.select_related("task").filter(pk=probe_id).first()
    if probe is None:
        return False
    Project.objects.select_for_update(no_key=True).get(pk=probe.project_id)
    tasks = [pk for pk in (probe.task_id, probe.host_id) if pk is not None]
    slots = list(Slot.objects.select_for_update(no_key=True).filter(task_id__in=tasks).order_by("pk"))
    mine = [slot for slot in slots if slot.task_id == probe.task_id]
    now = timezone.now()
    promised = any(slot.promised_until is not None and slot.promised_until > now for slot in mine)
    if promised or Assignment.objects.filter(task_id=probe.task_id).exists():
        return False
    task, host = Task.objects.get(pk=probe.task_id), Task.objects.filter(pk=probe.host_id or 0).first()
    untouched = (
        host is not None
        and host.state == Task.State.WAITING
        and host.trashed_at is None
        and not Assignment.objects.filter(task=host).exists()
    )
    begin = next((slot.revision_id for slot in slots if slot.task_id == probe.host_id), None)
    asset_id, place = task.asset_id, (task.number, task.order_key)
    if untouched:
        assert host is not None
        Slot.objects.filter(task=host).delete()
        Slot.objects.filter(task=task).update(task=host, apart=None, revision_id=begin)
    task.delete()
    Asset.objects.filter(pk=asset_id).delete()
    if untouched and host is not None:
        Task.objects.filter(pk=host.pk).update(number=place[0], order_key=place[1])
    _weigh(probe.project_id, task.batch_id, -1)
    return True


def _weigh(project_id: int, batch_id: int | None, amount: int) -> None:
    """Probes count in what annotators see, as any task does."""
    counts.add_many(tally_deltas(project_id, {(Task.State.WAITING, batch_id): amount}))
