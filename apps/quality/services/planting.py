"""Planted faults in the review queue (ADR 0017): copies of trusted work with one known fault each.

One is drawn, by seeded chance, for a piece of work that comes to review. It takes the place of a task at the front of the
annotate queue, which nobody has touched, stands there as begun for a while, and is then handed in as another answer of the
person whose work drew it. That person never hears of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import counts
from apps.annotations.models import Annotation, RegionIndex, Revision
from apps.annotations.queries import iter_revision
from apps.annotations.services.draft_checks import revision_findings
from apps.annotations.services.freeze import NewRevision, count_classes, freeze_elements, shown_of, write_revision
from apps.annotations.services.judging import schema_of
from apps.annotations.services.pieces import facts_of
from apps.assets.models import Asset
from apps.core.seeds import seed_of
from apps.projects.models import Project
from apps.projects.queries import workflow_of
from apps.projects.settings import settings_of
from apps.quality.models import Probe
from apps.quality.queries.planted import Source, reviewers_tested, trusted_work
from apps.quality.services.looks import Looks
from apps.quality.services.places import give_back, hosts, take_place
from apps.tasks import services as tasks
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.services.apart import never_again
from apps.tasks.services.moves import move_task
from apps.tasks.services.tallies import tally_deltas
from domain.elements import decode
from domain.elements.structs import Element, Region, Track
from domain.planting import Planted, plant
from domain.sampling import sampling_number
from domain.workflow import Piece, after_submit

RECENT = timedelta(minutes=15)  # work that came to review so lately may draw one: a backlog draws none
FRONT = 12  # tasks at the front of the annotate queue whose places may be taken
SHORTEST, LONGEST = 20.0, 600.0  # seconds for which one stands as begun
SENT_BACK_FOR = timedelta(hours=4)  # at most, until one that was sent back is done
_chance = SystemRandom()


def keep_planted() -> int:
    """Plant, hand in and clear up in all projects that ask for it. Safe to run twice; returns how many tasks it touched."""
    changed = 0
    for project in Project.objects.filter(trashed_at=None, settings__has_key="hidden_tests").order_by("pk"):
        if settings_of(project).hidden_tests.faults > 0 and project.state == Project.State.ACTIVE:
            changed += plant_faults(project=project) + hand_in(project=project)
        else:
            changed += withdraw_planted(project_id=project.pk)
        changed += end_sent_back(project_id=project.pk)
    return changed


def plant_faults(*, project: Project) -> int:
    """Draw for what came to review lately, and put faulty copies of trusted work at the front of the queue.

    The draw depends on seed and task alone: run again, it finds what it placed.

    Returns:
        How many were placed.
    """
    share, seed = settings_of(project).hidden_tests.faults, seed_of(project.pk, "faults")
    if not workflow_of(project).reviews or share <= 0:
        return 0
    drawn = [slot for slot in _came_to_review(project.pk) if is_drawn(seed, slot.task_id, share)]
    if not drawn:
        return 0
    sources = trusted_work(project)
    places = list(hosts(project.pk, ahead=FRONT, begun=False, alone=True))
    looks = Looks.of_tasks([slot.task_id for slot in places])
    placed = 0
    for slot in drawn:
        for host in sorted(places, key=lambda place: sampling_number(seed, slot.task_id, place.task_id)):
            source = _source_for(project, looks.fitting(sources, host.task_id), slot, seed)
            if source is not None and _place(project, host, slot, source):
                sources.remove(source)
                places.remove(host)
                placed += 1
                break
    return placed


def is_drawn(seed: str, task_id: int, share: float) -> bool:
    """Whether a piece of work draws a fault: so many that they are `share` of the review queue."""
    return sampling_number(seed, task_id) < share / (1 - share)


def _came_to_review(project_id: int) -> list[Slot]:
    """First reviews of single answers to real work, made lately, that have drawn nothing yet."""
    others = Slot.objects.filter(task_id=OuterRef("task_id"), stage=Stage.ANNOTATE, ordinal__gt=0)
    drew = Probe.objects.filter(kind=Probe.Kind.FAULT, beside_id=OuterRef("task_id"))
    rows = Slot.objects.filter(
        project_id=project_id, stage=Stage.REVIEW, created_at__gte=timezone.now() - RECENT, reserved_for=None,
        revision__kind=Annotation.Kind.ANSWER, task__purpose=Task.Purpose.WORK, task__trashed_at=None,
    )  # fmt: skip
    rows = rows.filter(Q(state=Slot.State.OPEN) | Q(state=Slot.State.HELD)).filter(~Exists(others), ~Exists(drew))
    return list(rows.exclude(revision__author=None).select_related("revision").order_by("pk"))


def _source_for(project: Project, able: list[Source], slot: Slot, seed: str) -> Source | None:
    """Trusted work of like looks that some reviewer can be handed as this person's: what was checked most closely first."""
    assert slot.revision is not None
    people = reviewers_tested(project) - {slot.revision.author_id}
    able = [one for one in able if people - one.known_to]
    if not able:
        return None
    return min(able, key=lambda one: (not one.checked, sampling_number(seed, slot.task_id, one.task.pk)))


@transaction.atomic
def _place(project: Project, host: Slot, drew: Slot, source: Source) -> bool:
    made = _faulty(project, source.revision, source.asset)
    if made is None:
        return False
    usual = max(SHORTEST, min(LONGEST, source.revision.active_ms / 1000))
    never_again(user_ids=sorted(source.known_to), key=source.asset.pk)
    Slot.objects.filter(task=source.task, state=Slot.State.OPEN).update(apart=source.asset.pk)
    probe = take_place(
        host_id=host.task_id, picture=source.asset, kind=Probe.Kind.FAULT, apart=source.asset.pk, source=source.revision,
        planted=[msgspec.to_builtins(made[1])], beside_id=drew.task_id, due_at=timezone.now() + timedelta(seconds=usual),
    )  # fmt: skip
    if probe is None:
        return False
    Slot.objects.filter(task=probe.task).update(state=Slot.State.HELD)
    move_task(Task.objects.select_related("project").get(pk=probe.task_id), Task.State.ANNOTATING)
    return True


def _faulty(project: Project, source: Revision, asset: Asset) -> tuple[list[Element], Planted] | None:
    """The copy with its fault: the same each time, for the seed is the project's and each work gets one once."""
    elements = [decode(entry.kind, entry.body) for entry in iter_revision(source)]
    seed = f"{seed_of(project.pk, 'faults')}:{source.pk}"
    return plant(elements, schema=schema_of(project.schema_id or 0), width=asset.width, height=asset.height, seed=seed)


def hand_in(*, project: Project) -> int:
    """Hand in those whose time has come, each as an answer of the person whose work drew it."""
    due = Probe.objects.filter(project=project, kind=Probe.Kind.FAULT, due_at__lte=timezone.now())
    return sum(_hand_in(pk, project) for pk in due.order_by("due_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def _hand_in(probe_id: int, project: Project) -> bool:
    probe = Probe.objects.select_for_update(of=("self",)).select_related("task__asset", "source").get(pk=probe_id)
    if probe.due_at is None:
        return False
    task = Task.objects.select_related("project", "asset").get(pk=probe.task_id)
    tasks.lock_slots(task.pk)
    author = _shown_as(probe)
    source, workflow = probe.source, workflow_of(project)
    made = _faulty(project, source, task.asset) if source is not None else None
    if author is None or made is None:
        return _take_out(probe)
    revision = _written(project, task, probe, made, author)
    piece = Piece(answers=1, sampling=0.0, facts=facts_of(workflow, task, revision))
    decision = after_submit(workflow, outcome=revision.outcome, piece=piece, must_review=True)
    if not any(slot.stage == "review" for slot in decision.slots):
        return _take_out(probe)  # the workflow leads past review: nobody would see it
    slot = Slot.objects.get(task=task, stage=Stage.ANNOTATE)
    tasks.finish_slot(slot.pk)
    _assigned(revision, slot, author.author)
    shown: dict[str, Any] = shown_of(revision)
    tasks.apply_decision(task, decision, revision_id=revision.pk, author_id=author.author_id, **shown)
    Probe.objects.filter(pk=probe.pk).update(due_at=None)
    return True


def _shown_as(probe: Probe) -> Revision | None:
    """The answer that drew it: its author and pace are shown."""
    rows = Revision.objects.select_related("author").filter(task_id=probe.beside_id or 0, kind=Annotation.Kind.ANSWER)
    return rows.exclude(author=None).order_by("number").first()


def _written(
    project: Project, task: Task, probe: Probe, made: tuple[list[Element], Planted], drew: Revision
) -> Revision:
    """The faulty copy as an answer of the person, with the times of one that was drawn by hand."""
    copy, fault = made
    Probe.objects.filter(pk=probe.pk).update(planted=[msgspec.to_builtins(fault)])  # the schema may have changed since
    if not any(getattr(decode(entry.kind, entry.body), "source", None) for entry in iter_revision(drew)):
        copy = [_by_hand(element) for element in copy]
    new = NewRevision(
        task=task, content=freeze_elements(copy), kind=Annotation.Kind.ANSWER, author=drew.author,
        outcome="labelled", stage=Stage.ANNOTATE,
    )  # fmt: skip
    revision = write_revision(project=project, new=new)
    passed = (timezone.now() - probe.created_at).total_seconds() * 1000
    usual = max(probe.source.active_ms if probe.source else 0, SHORTEST * 1000)
    active = int(min(passed, usual * _chance.uniform(0.8, 1.2)))
    revision.active_ms, revision.wall_ms = active, int(passed)
    revision.findings = len(revision_findings(project=project, asset=task.asset, revision=revision, gold=[]))
    revision.version = len(copy)
    revision.created_at = _between(project.pk, revision.pk)
    revision.save(update_fields=["active_ms", "wall_ms", "findings", "version", "created_at"])
    Annotation.objects.filter(pk=revision.annotation_id).update(
        active_ms=active, version=len(copy), base_version=len(copy), updated_at=revision.created_at,
        created_at=revision.created_at - timedelta(milliseconds=revision.wall_ms),
    )  # fmt: skip
    return revision


def _assigned(revision: Revision, slot: Slot, author: User | None) -> None:
    """What the person's hands would have left; they themselves never find it (`SHOWN_AS`)."""
    assert author is not None
    began = revision.created_at - timedelta(milliseconds=revision.wall_ms)
    assignment = Assignment.objects.create(
        project_id=revision.project_id, task_id=revision.task_id, stage=Stage.ANNOTATE, user=author,
        slot=slot, state=Assignment.State.SUBMITTED, claimed_at=began, submitted_at=revision.created_at,
        active_ms=revision.active_ms, judged_revision_id=revision.pk,
    )  # fmt: skip
    Assignment.objects.filter(pk=assignment.pk).update(created_at=began, updated_at=revision.created_at)
    Annotation.objects.filter(pk=revision.annotation_id).update(assignment=assignment)


def _by_hand(element: Element) -> Element:
    """As if it had been drawn, where nothing of its neighbour came from elsewhere."""
    if isinstance(element, Region):
        return msgspec.structs.replace(element, source=None, score=None, changed=False)
    return msgspec.structs.replace(element, source=None) if isinstance(element, Track) else element


def _between(project_id: int, revision_id: int) -> datetime:
    """A moment since the revision before: the clock of a job must not show."""
    now = timezone.now()
    rows = Revision.objects.filter(
        project_id=project_id, pk__lt=revision_id, created_at__gte=now - timedelta(minutes=1)
    )
    before = rows.order_by("-created_at").values_list("created_at", flat=True).first() or now - timedelta(minutes=1)
    return min(now, before + (now - before) * _chance.random())


def withdraw_planted(*, project_id: int) -> int:
    """Take out those that no reviewer has begun; their places go back to the tasks that had them."""
    begun = Assignment.objects.filter(task_id=OuterRef("task_id")).exclude(stage=Stage.ANNOTATE)
    rows = Probe.objects.filter(project_id=project_id, kind=Probe.Kind.FAULT).filter(~Exists(begun))
    return sum(_take_out(probe) for probe in rows.order_by("pk"))


@transaction.atomic
def _take_out(probe: Probe) -> bool:
    """Away with one that nobody has seen: its answer and counts too. False when somebody came first."""
    Project.objects.select_for_update(no_key=True).get(pk=probe.project_id)
    now, slots = timezone.now(), tasks.lock_slots(probe.task_id)
    promised = any(slot.promised_until is not None and slot.promised_until > now for slot in slots)
    if promised or Assignment.objects.filter(task_id=probe.task_id).exclude(stage=Stage.ANNOTATE).exists():
        return False
    Assignment.objects.filter(task_id=probe.task_id).delete()
    Slot.objects.filter(task_id=probe.task_id, stage=Stage.REVIEW).delete()
    Slot.objects.filter(task_id=probe.task_id).update(state=Slot.State.OPEN, revision=None)
    for revision in Revision.objects.filter(task_id=probe.task_id):
        RegionIndex.objects.filter(project_id=probe.project_id, revision_id=revision.pk).delete()
        counts.add_many(count_classes(probe.project_id, revision.class_counts, {}))
    Annotation.objects.filter(task_id=probe.task_id).update(base=None)
    Annotation.objects.filter(task_id=probe.task_id).delete()
    task = Task.objects.get(pk=probe.task_id)
    if task.state != Task.State.WAITING:  # no move: it never was, and what counted it counts it no more
        Task.objects.filter(pk=task.pk).update(state=Task.State.WAITING)
        tally = {(task.state, task.batch_id): -1, (str(Task.State.WAITING), task.batch_id): 1}
        counts.add_many(tally_deltas(probe.project_id, tally))
    return give_back(probe_id=probe.pk)


def end_sent_back(*, project_id: int) -> int:
    """Those that were sent back come to nobody: after some hours they are done, as if they had been made anew."""
    rows = Task.objects.filter(project_id=project_id, purpose=Task.Purpose.PLANTED, state=Task.State.REWORK)
    now, ended = timezone.now(), 0
    for task in rows.select_related("project").order_by("pk"):
        if task.updated_at + SENT_BACK_FOR * sampling_number("ends", task.pk) > now:
            continue
        with transaction.atomic():
            tasks.lock_slots(task.pk)
            answer = Revision.objects.filter(task=task, kind=Annotation.Kind.ANSWER).order_by("number").first()
            move_task(task, Task.State.DONE, result_id=answer.pk if answer else None)
            ended += 1
    return ended
