"""The queue in the order in which it teaches most: told first, done by a job, undone as one.

Only keys change hands among waiting tasks of the same priority and batch: what was urgent or due stays so, and nothing else of
the queue moves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from apps.accounts.models import User
from apps.activity import events
from apps.activity.models import Count
from apps.assets.services.likeness import fill_likeness
from apps.core.bulk import insert_many
from apps.core.errors import Invalid
from apps.core.permissions import Action
from apps.core.seeds import seed_of
from apps.jobs.models import Job
from apps.predictions.errors import NotMeasured
from apps.predictions.inference.features import features_of, small_features
from apps.predictions.models import TaskPlace
from apps.predictions.queries.efforts import times_of_done
from apps.predictions.queries.offers import Offer, offers
from apps.predictions.queries.places import measured
from apps.projects.access import ProjectAccess, project_for
from apps.projects.models import BulkChange, Project
from apps.projects.services import begin_bulk_change
from apps.tasks.models import Slot, Stage, Task
from apps.tasks.services.batches import place_in_queue
from domain.sampling.effort import Effort, effort_of
from domain.sampling.ordering import Candidate, Measure, Placed, Seen, Shares, queue_order

JOB, UNDO_JOB = "predictions.order_queue", "predictions.undo_order"
MOST = 10_000  # waiting tasks that are put into order, the first of the queue
KNOWN = 5_000  # finished pictures that new ones are to look unlike
ENOUGH = 0.9  # of what waits has to have features; else likeness is compared
APART = {
    "committee": "No prediction says how far a committee disagrees. Models have one that were trained here since there are committees.",
    "augmented": "No prediction says how a picture's variants were answered. Predict with variants first.",
}
FILL_AT_ONCE = 200
UNSIGNED = 2**64
Report = Callable[[int, int], None]


class OrderSpec(msgspec.Struct, kw_only=True, frozen=True):
    """What the order is for. `model`: as predictions name it; `random`, `diverse`, `rare`: shares of every beginning of the
    queue, the rest is what the model is unsure of; `mean`: a task counts by all its regions, else by the most uncertain.
    `per_minute`: by what a task teaches for the time it takes."""

    model: str
    measure: Measure = "margin"
    mean: bool = False
    per_minute: bool = False
    random: float = 0.2
    diverse: float = 0.2
    rare: float = 0.1
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """The order that a run would make of the tasks that wait now; `waiting` counts those beyond it too. `by_features`: whether
    unlike pictures are told apart by features already, or by likeness still. `timed`: finished tasks that times are known from."""

    order: list[Placed]
    waiting: int
    by_features: bool
    timed: int

    def counts(self) -> dict[str, int]:
        return dict(Counter(one.why for one in self.order))


def plan_order(*, user: User, project_id: int, spec: OrderSpec) -> OrderPlan:
    """The first tasks of the queue in their new order, with why. Nothing is written.

    Raises:
        Invalid: shares below 0, or above 1 together.
        NotMeasured: of no task it is known how far the answers of a committee, or to variants, lie apart.
    """
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    _check(access, spec)
    rows = _waiting(access, spec)
    return _planned(access, spec, list(rows[:MOST]), rows.count())


def _check(access: ProjectAccess, spec: OrderSpec) -> None:
    shares = (spec.random, spec.diverse, spec.rare)
    if min(shares) < 0 or sum(shares) > 1 + 1e-9:
        raise Invalid("The shares by chance, of unlike pictures and of rare classes come to at most 1 together.")
    if spec.measure in (*APART,) and not measured(access.project, spec.measure).filter(model=spec.model).exists():
        raise NotMeasured(APART[spec.measure])


def _waiting(access: ProjectAccess, spec: OrderSpec) -> QuerySet[Task]:
    wanted = Slot.objects.filter(task=OuterRef("pk"), stage=Stage.ANNOTATE, state=Slot.State.OPEN, reserved_for=None)
    rows = Task.objects.filter(
        Exists(wanted), project=access.project, state=Task.State.WAITING, purpose=Task.Purpose.WORK, trashed_at=None
    )
    if spec.batch is not None:
        rows = rows.filter(batch=spec.batch)
    return rows.select_related("asset").order_by("order_key", "pk")


def _planned(access: ProjectAccess, spec: OrderSpec, waiting: list[Task], total: int) -> OrderPlan:
    project = access.project
    said = {one.task_id: one for one in offers([task.pk for task in waiting], spec.model)}
    counted = Count.objects.filter(project_id=project.pk, measure="regions_by_class").values_list("key", "amount")
    effort = effort_of(times_of_done(project)) if spec.per_minute else None
    seen = _seen(project, waiting) if spec.diverse > 0 else None
    by_likeness = spec.diverse > 0 and seen is None
    order = queue_order(
        [_candidate(task, said.get(task.pk), effort) for task in waiting],
        shares=Shares(random=spec.random, diverse=spec.diverse, rare=spec.rare),
        measure=spec.measure,
        mean=spec.mean,
        seed=seed_of(project.pk, "queue order"),
        counts={int(key): max(0, amount) for key, amount in counted},
        known=_looks(project) if by_likeness else [],
        seen=seen,
    )
    return OrderPlan(order, total, by_features=seen is not None, timed=effort.tasks if effort else 0)


def _done(project: Project) -> QuerySet[Task]:
    return Task.objects.filter(project=project, state=Task.State.DONE, purpose=Task.Purpose.WORK).order_by("-pk")


def _looks(project: Project) -> list[int]:
    looks = _done(project).exclude(asset__likeness=None).values_list("asset__likeness", flat=True)
    return [look % UNSIGNED for look in looks[:KNOWN] if look is not None]


def _seen(project: Project, waiting: list[Task]) -> Seen | None:
    """What pictures look like in numbers; None where that is not known yet of most that wait."""
    found = small_features([task.asset_id for task in waiting])
    ids = [task.pk for task in waiting if task.asset_id in found]
    if not ids or len(ids) < ENOUGH * len(waiting):
        return None
    done = small_features(list(_done(project).values_list("asset_id", flat=True)[:KNOWN]))
    points = np.stack([found[task.asset_id] for task in waiting if task.asset_id in found])
    return Seen(ids=ids, points=points, known=np.array(list(done.values()), np.float32).reshape(-1, points.shape[1]))


def _candidate(task: Task, offer: Offer | None, effort: Effort | None) -> Candidate:
    """What is uncertain of a task: its regions, or where a model says how likely each answer is, those probabilities."""
    looks = _unsigned(task.asset.likeness)
    seconds = None if effort is None else effort.of(len((offer and offer.regions) or []))
    if offer is None or (offer.regions is None and not offer.scores):
        return Candidate(id=task.pk, looks=looks, seconds=seconds)
    tags = offer.scores.get("")
    regions = [(class_id, score) for class_id, score in offer.regions or [] if score is not None]
    kept = [one for one in regions if tags is None or str(one[0]) not in tags]
    shares = [list(values.values()) for values in offer.scores.values() if values]
    rare = [(int(class_id), score) for class_id, score in tags.items()] if tags else []
    return Candidate(
        id=task.pk, regions=kept, shares=shares, possible=rare, looks=looks, seconds=seconds, committee=offer.committee,
        augmented=offer.augmented,
    )  # fmt: skip


def _unsigned(look: int | None) -> int | None:
    return None if look is None else look % UNSIGNED


def start_order(*, user: User, project_id: int, spec: OrderSpec) -> tuple[BulkChange, Job]:
    """Ask for the job that puts the queue into this order.

    Raises:
        As `plan_order`.
        Conflict: another bulk change of this project is still running.
    """
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    _check(access, spec)
    return begin_bulk_change(
        project=access.project, user=user, kind=BulkChange.Kind.ORDER, title=f"Queue ordered by {spec.model}",
        arguments={"spec": msgspec.to_builtins(spec)}, job_kind=JOB,
    )  # fmt: skip


def order_queue(*, change: BulkChange, report: Report) -> int:
    """Carry it out; how many tasks have a place. A second start finds it done: it is one transaction."""
    access = project_for(change.created_by, change.project_id, Action.TASKS_MANAGE)
    spec = msgspec.convert(change.arguments["spec"], OrderSpec)
    if spec.diverse > 0:
        _look_at(access, spec, report)
    with transaction.atomic():
        rows = list(_waiting(access, spec)[:MOST])
        if not TaskPlace.objects.filter(change=change).exists():
            _write(change, rows, _planned(access, spec, rows, len(rows)).order)
        found = TaskPlace.objects.filter(change=change).count()
        BulkChange.objects.filter(pk=change.pk).update(tasks=found)
    events.publish(f"project:{change.project_id}", "counts.changed", {"project": change.project_id})
    return found


def _look_at(access: ProjectAccess, spec: OrderSpec, report: Report) -> None:
    """Have features of all that waits and of what is done; of pictures that have none, likeness."""
    waiting = list(_waiting(access, spec)[:MOST])
    done = [task.asset for task in _done(access.project).select_related("asset")[:KNOWN]]
    features_of([task.asset for task in waiting] + done, report=report)
    if _seen(access.project, waiting) is not None:
        return
    unseen = [task.asset_id for task in waiting if task.asset.likeness is None]
    for start in range(0, len(unseen), FILL_AT_ONCE):
        fill_likeness(asset_ids=unseen[start : start + FILL_AT_ONCE])
        report(min(start + FILL_AT_ONCE, len(unseen)), len(unseen))


def _write(change: BulkChange, rows: list[Task], order: list[Placed]) -> None:
    by_id = {task.pk: task for task in rows}
    keys: dict[Any, list[int]] = defaultdict(list)
    for task in rows:  # by key already
        keys[task.priority, task.batch_id].append(task.order_key)
    next_key = {group: iter(found) for group, found in keys.items()}
    places = []
    for place, one in enumerate(order, 1):
        task = by_id[one.id]
        places.append(
            TaskPlace(
                project_id=change.project_id, task=task, change=change, place=place, before=task.order_key,
                after=next(next_key[task.priority, task.batch_id]), why=one.why, value=one.value, class_id=one.class_id,
                seconds=one.seconds,
            )
        )  # fmt: skip
    TaskPlace.objects.filter(task__in=list(by_id)).delete()
    insert_many(TaskPlace, places)
    place_in_queue(project_id=change.project_id, keys=[(one.task_id, one.after) for one in places])


@transaction.atomic
def undo_order(*, change: BulkChange) -> int:
    """Give each task the key that it had, unless something else has moved it since; how many."""
    rows = TaskPlace.objects.filter(change=change, task__order_key=F("after")).values_list("task_id", "before")
    back = list(rows)
    place_in_queue(project_id=change.project_id, keys=back)
    TaskPlace.objects.filter(change=change).delete()
    return len(back)
