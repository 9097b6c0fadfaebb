"""Audits: planning, drawing, judging, the result with its certificate, and reopening what failed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import Membership, Role, User
from apps.activity import events
from apps.activity.services import record
from apps.annotations.models import Annotation
from apps.core.errors import Invalid, NotAllowed
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.projects.models import BulkChange as BulkChangeRow
from apps.projects.models import Project
from apps.quality.errors import AuditNotRejected, AuditOver, NobodyToAudit, NothingToAudit
from apps.quality.models import Audit, AuditItem
from apps.quality.queries.audits import LotTask, audit_for, auditors_of, lot_of, strata_of
from apps.quality.services.automatic_returning import return_if_automatic
from apps.quality.services.certificates import certificate_of, digest
from apps.reviews import services as reviews
from apps.reviews.services.judge import answer_author
from apps.tasks import services as tasks
from apps.tasks.errors import LeaseLost
from apps.tasks.filters import TaskFilter
from apps.tasks.models import Assignment, Slot, Stage
from apps.tasks.services.bulk import BulkChange, Changed
from apps.tasks.services.leases import capped_active_ms
from apps.tasks.services.moves import move_assignment
from domain.sampling import draw, sample_size
from domain.sampling.acceptance import MOST, allocate

DEFECTS = ("missed", "extra", "wrong_class", "loose", "cut_off", "attribute", "other")


class AuditSpec(msgspec.Struct, kw_only=True, frozen=True):
    """What to ask of which accepted tasks. `viewer`: their user id, for an open audit."""

    filter: TaskFilter = msgspec.field(default_factory=TaskFilter)
    name: str = ""
    by: str = "class"
    share: float = 0.05
    confidence: float = 0.95
    allowed: int = 0
    minor_counts: bool = False
    viewer: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The sample that an audit would take: {stratum: (tasks, of them drawn)}."""

    lot: int
    sample: int
    strata: dict[str, tuple[int, int]]
    without_auditor: int  # tasks that everybody who could audit has made or judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One thing that the auditor found wrong."""

    kind: str
    severity: str = "major"
    class_id: int = 0
    element: str = ""
    x: float | None = None
    y: float | None = None
    note: str = ""


def plan_audit(*, user: User, project_id: int, spec: AuditSpec) -> Plan:
    """How many tasks would be judged, and where. Nothing is written.

    Raises:
        Invalid: shares out of range, or a sample that nobody could judge.
        NothingToAudit: no accepted task fits.
    """
    access = project_for(user, project_id, Action.AUDITS_EDIT)
    lot, strata, n = _lot(access, spec)
    shared = allocate({key: len(ids) for key, ids in strata.items()}, n)
    without = 0 if spec.viewer is not None else len(_nobody(access.project, [task.pk for task in lot]))
    return Plan(len(lot), sum(shared.values()), {k: (len(ids), shared[k]) for k, ids in strata.items()}, without)


def _lot(access: ProjectAccess, spec: AuditSpec) -> tuple[list[LotTask], dict[str, list[int]], int]:
    if not 0 < spec.share < 1 or not 0.5 <= spec.confidence < 1:
        raise Invalid("`share` must lie between 0 and 1, `confidence` from 0.5 to under 1.")
    lot = lot_of(access, spec.filter)
    if not lot:
        raise NothingToAudit("Audits look at accepted tasks, and none fits. Finish some first, or ask for others.")
    strata = strata_of(lot, spec.by)
    n = sample_size(lot=len(lot), share=spec.share, confidence=spec.confidence, allowed=spec.allowed)
    if n > MOST:
        raise Invalid(
            f"That takes {n} tasks to judge, at most {MOST} are sensible. Ask for a larger share or less certainty."
        )
    return lot, strata, n


def _nobody(project: Project, task_ids: Sequence[int]) -> set[int]:
    """Tasks that everybody who audits here has made or judged."""
    people = auditors_of(project)
    rows = Assignment.objects.filter(task_id__in=list(task_ids), user_id__in=people).exclude(stage=Stage.AUDIT)
    worked: dict[int, set[int]] = {}
    for task_id, user_id in rows.filter(state=Assignment.State.SUBMITTED).values_list("task_id", "user_id"):
        worked.setdefault(task_id, set()).add(user_id)
    return {task_id for task_id in task_ids if len(worked.get(task_id, ())) >= len(people)}


@transaction.atomic
def start_audit(*, user: User, project_id: int, spec: AuditSpec) -> Audit:
    """Draw the sample and put it into the audit queue.

    Raises:
        NobodyToAudit: a drawn task was made or judged by everybody who could audit it.
        As `plan_audit`.
    """
    access = project_for(user, project_id, Action.AUDITS_EDIT)
    viewer = _viewer(access.project, spec.viewer)
    lot, strata, n = _lot(access, spec)
    seed = secrets.token_hex(16)
    drawn = {pk: key for key, ids in draw(strata, n, seed=seed).items() for pk in ids}
    if viewer is None and (none := _nobody(access.project, list(drawn))):
        raise NobodyToAudit(
            f"{len(none)} of {len(drawn)} drawn tasks were made or judged by everybody who may audit. Add a reviewer, or name a viewer."
        )
    Project.objects.select_for_update(no_key=True).get(pk=access.project.pk)
    number = 1 + (Audit.objects.filter(project=access.project).aggregate(last=Max("number"))["last"] or 0)
    audit = Audit.objects.create(
        project=access.project, number=number, name=spec.name.strip(), filter=msgspec.to_builtins(spec.filter), by=spec.by,
        share=spec.share, confidence=spec.confidence, allowed=spec.allowed, minor_counts=spec.minor_counts, seed=seed,
        lot={key: len(ids) for key, ids in strata.items()}, viewer=viewer, created_by=user,
    )  # fmt: skip
    found = [task for task in lot if task.pk in drawn]
    slots = Slot.objects.bulk_create(
        Slot(
            project=access.project, task_id=task.pk, stage=Stage.AUDIT, ordinal=place, revision_id=task.revision_id,
            excluded_author_id=task.author_id, reserved_for=viewer, order_key=place,
        )
        for place, task in enumerate(found)
    )  # fmt: skip
    AuditItem.objects.bulk_create(
        AuditItem(audit=audit, task_id=task.pk, revision_id=task.revision_id, slot=slot, stratum=drawn[task.pk])
        for task, slot in zip(found, slots, strict=True)
    )
    record(
        organisation_id=access.project.organisation_id, project_id=access.project.pk, verb="audit.started", actor=user,
        object_type="audit", object_id=audit.pk, details={"number": number, "tasks": len(found), "name": access.project.name},
        notify=[viewer.pk] if viewer else [],
    )  # fmt: skip
    return audit


def _viewer(project: Project, user_id: int | None) -> User | None:
    if user_id is None:
        return None
    rows = Membership.objects.filter(organisation_id=project.organisation_id, user_id=user_id, role=Role.VIEWER)
    found = rows.filter(state=Membership.State.ACTIVE).select_related("user").first()
    if found is None:
        raise Invalid("`viewer` names a viewer of this organisation.", fields=[{"pointer": "/viewer", "code": "invalid", "detail": "no viewer"}])  # fmt: skip
    return found.user


@transaction.atomic
def judge(
    *, user: User, assignment_id: int, defects: Sequence[Defect], active_ms: int = 0, token: int | None = None
) -> AuditItem:
    """What the auditor found in one sampled task; the last one finishes the audit.

    Raises:
        NotFound, LeaseLost: it is not in this person's hands.
        AuditOver: the audit was closed or cancelled meanwhile.
    """
    work = tasks.lock_own_work(user=user, assignment_id=assignment_id, token=token)
    if not work.access.can(Action.AUDIT):
        raise NotAllowed("Your role judges no audits.")
    if work.slot is None or work.assignment.stage != Stage.AUDIT:
        raise LeaseLost("This is not an audit in your hands.")
    item = AuditItem.objects.select_for_update(no_key=True).filter(slot=work.slot).first()
    audit = Audit.objects.select_for_update(no_key=True).get(pk=item.audit_id) if item else None
    if item is None or audit is None or audit.state != Audit.State.OPEN:
        raise AuditOver("The audit was closed meanwhile. Thank you for what you judged.")
    if user.pk in (item.revision.author_id, answer_author(item.revision)):
        raise NotAllowed("You made this work. Somebody else has to audit it.")
    Annotation.objects.filter(assignment=work.assignment, state=Annotation.State.DRAFT).update(
        state=Annotation.State.DISCARDED
    )
    item.defects = [msgspec.to_builtins(defect) for defect in defects]
    item.auditor, item.judged_at = user, timezone.now()
    item.active_ms = capped_active_ms(work.assignment, active_ms)
    item.save(update_fields=["defects", "auditor", "judged_at", "active_ms"])
    tasks.finish_slot(work.slot.pk)
    move_assignment(
        work.assignment, Assignment.State.SUBMITTED, submitted_at=timezone.now(), expires_at=None, stale_until=None,
        edited=False, active_ms=item.active_ms, judged_revision_id=item.revision_id,
    )  # fmt: skip
    if not AuditItem.objects.filter(audit=audit, defects__isnull=True).exists():
        _finish(audit)
    events.publish(f"project:{audit.project_id}", "quality.changed", {"project": audit.project_id})
    return item


def _finish(audit: Audit) -> None:
    certificate = certificate_of(audit)
    audit.finished_at = timezone.now()
    audit.state = Audit.State.ACCEPTED if certificate["result"]["accepted"] else Audit.State.REJECTED
    certificate["finished_at"] = audit.finished_at.isoformat(timespec="seconds")
    audit.certificate, audit.certificate_sha256 = certificate, digest(certificate)
    audit.save(update_fields=["finished_at", "state", "certificate", "certificate_sha256", "updated_at"])
    record(
        organisation_id=audit.project.organisation_id, project_id=audit.project_id, verb=f"audit.{audit.state}", actor=None,
        object_type="audit", object_id=audit.pk, details={"number": audit.number, "name": audit.project.name},
        notify=[audit.created_by_id],
    )  # fmt: skip
    if audit.state == Audit.State.REJECTED:
        return_if_automatic(audit)


@transaction.atomic
def close_audit(*, user: User, audit_id: int) -> Audit:
    """Finish with what was judged: what was not counts for nothing, and fewer say less.

    Raises:
        AuditOver: it is over.
        NothingToAudit: nothing was judged yet; cancel it instead.
    """
    audit = _open(user, audit_id)
    if not AuditItem.objects.filter(audit=audit).exclude(defects__isnull=True).exists():
        raise NothingToAudit("Nothing was judged yet. Cancel the audit instead.")
    _take_slots(audit)
    _finish(audit)
    return audit


@transaction.atomic
def cancel_audit(*, user: User, audit_id: int) -> Audit:
    """Stop it without a result. Raises AuditOver."""
    audit = _open(user, audit_id)
    _cancel(audit)
    return audit


def _cancel(audit: Audit) -> None:
    _take_slots(audit)
    audit.state, audit.finished_at = Audit.State.CANCELLED, timezone.now()
    audit.save(update_fields=["state", "finished_at", "updated_at"])


@transaction.atomic
def stop_audit_of(*, change: BulkChangeRow) -> None:
    """Automatic labelling is taken back: there is nothing to prove any more. What was judged stays to be read."""
    rows = Audit.objects.select_for_update(no_key=True).filter(automatic_run__change=change, state=Audit.State.OPEN)
    for audit in rows:
        _cancel(audit)


def _open(user: User, audit_id: int) -> Audit:
    audit, _ = audit_for(user, audit_id, Action.AUDITS_EDIT)
    audit = Audit.objects.select_for_update(no_key=True, of=("self",)).select_related("project").get(pk=audit.pk)
    if audit.state != Audit.State.OPEN:
        raise AuditOver(f"The audit is {audit.state}.")
    return audit


def _take_slots(audit: Audit) -> None:
    ids = list(
        AuditItem.objects.filter(audit=audit, defects__isnull=True).exclude(slot=None).values_list("slot_id", flat=True)
    )
    Slot.objects.filter(pk__in=ids, state__in=[Slot.State.OPEN, Slot.State.HELD]).update(state=Slot.State.CANCELLED)
    Assignment.objects.filter(slot_id__in=ids, state__in=[Assignment.State.HELD, Assignment.State.STALE]).update(
        state=Assignment.State.RELEASED, expires_at=None, stale_until=None
    )


def _reopening(user: User, audit_id: int, stratum: str | None) -> tuple[Audit, BulkChange]:
    audit, access = audit_for(user, audit_id, Action.AUDITS_EDIT)
    if audit.state != Audit.State.REJECTED:
        raise AuditNotRejected(f"The audit is {audit.state}: nothing is reopened because of it.")
    if stratum is not None and stratum not in audit.lot:
        raise Invalid(f"The audit has no stratum {stratum[:60]!r}. It has: {', '.join(sorted(audit.lot))[:300]}.")
    lot = lot_of(access, msgspec.convert(audit.filter, TaskFilter), before=audit.created_at)
    strata = strata_of(lot, audit.by)
    ids = [pk for key, found in strata.items() if stratum in (None, key) for pk in found]
    return audit, BulkChange(action="ask_again", ids=ids, reason=f"Audit {audit.number} did not pass")


def preview_reopening(*, user: User, audit_id: int, stratum: str | None = None) -> dict[str, int]:
    """What reopening the lot, or one stratum, would do, by code. Nothing is written."""
    audit, change = _reopening(user, audit_id, stratum)
    return reviews.preview(user=user, project_id=audit.project_id, change=change)


def reopen(*, user: User, audit_id: int, stratum: str | None = None) -> Changed:
    """Ask for the rejected lot again, or one stratum of it: what its audit accepted as a sample too. Many are a job.

    Raises:
        AuditNotRejected: only what a finished audit rejected is reopened.
    """
    audit, change = _reopening(user, audit_id, stratum)
    done = reviews.change_tasks(user=user, project_id=audit.project_id, change=change)
    entry = {
        "stratum": stratum, "tasks": done.changed or done.matched, "at": timezone.now().isoformat(timespec="seconds"),
        "undo": [msgspec.to_builtins(one) for one in done.undo], "undone": False, "job": done.job.pk if done.job else None,
    }  # fmt: skip
    Audit.objects.filter(pk=audit.pk).update(reopened=[*audit.reopened, entry], updated_at=timezone.now())
    return done


def undo_reopening(*, user: User, audit_id: int) -> int:
    """Take the last reopening back where its tasks were not begun again; returns how many tasks.

    Raises:
        AuditOver: there is nothing to take back.
    """
    audit, _ = audit_for(user, audit_id, Action.AUDITS_EDIT)
    place = next((n for n in range(len(audit.reopened) - 1, -1, -1) if not audit.reopened[n]["undone"]), None)
    if place is None or not audit.reopened[place]["undo"]:
        raise AuditOver(
            "There is no reopening to take back here. One that ran as a job is taken back from the job's page."
        )
    changed = 0
    for one in audit.reopened[place]["undo"]:
        change = msgspec.convert(one, BulkChange)
        changed += reviews.change_tasks(user=user, project_id=audit.project_id, change=change).changed
    entries: list[Any] = [dict(entry) for entry in audit.reopened]
    entries[place]["undone"] = True
    Audit.objects.filter(pk=audit.pk).update(reopened=entries, updated_at=timezone.now())
    return changed
