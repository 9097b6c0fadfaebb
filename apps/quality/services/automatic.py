"""Automatic labelling: what a model is trusted with is finished without people, and a sample of it goes to them as an audit.

A batch that fails its audit goes back to people, whole (`automatic_returning`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
from django.db import transaction

from apps.accounts.models import User
from apps.annotations.services.freeze import NewRevision, write_revisions
from apps.annotations.services.judging import Judge
from apps.core.errors import Invalid
from apps.core.permissions import Action
from apps.jobs.models import Job
from apps.predictions.queries.offers import Offer
from apps.predictions.queries.uses import AUTOMATIC
from apps.projects.access import ProjectAccess, project_for
from apps.projects.models import BulkChange, Project
from apps.projects.services import begin_bulk_change
from apps.quality.errors import NobodyToAudit, NothingToTake
from apps.quality.models import AutomaticRun
from apps.quality.queries import automatic as queries
from apps.quality.queries.audits import auditors_of
from apps.quality.services.audits import AuditSpec, start_audit
from apps.tasks import services as tasks
from apps.tasks.filters import TaskFilter
from apps.tasks.models import Task
from domain import checks
from domain.elements import Answer
from domain.sampling import sample_size
from domain.sampling.thresholds import Expected, Threshold, What, choose_all, expected, taken
from domain.schema import check_answer, check_region, missing_answers

JOB = "quality.label_automatically"
LOOKED_AT = 2_000  # waiting tasks that a plan looks into; of more it says how many it saw
TASKS_AT_ONCE = 100
_ANSWER = msgspec.json.Decoder(Answer)
Report = Callable[[int, int], None]


class AutomaticSpec(msgspec.Struct, kw_only=True, frozen=True):
    """What is asked for. `target`: the precision of each class, with `confidence`; `limit`: the share of wrong tasks that
    the audit must show, with the same confidence, not to be reached; `allowed`: wrong ones in its sample that still pass."""

    model: str
    filter: TaskFilter = msgspec.field(default_factory=TaskFilter)
    target: float = 0.95
    confidence: float = 0.95
    limit: float = 0.05
    allowed: int = 0
    blind_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticPlan:
    """What a run would do. Of `waiting` tasks with an answer of the model `looked_at` were looked into, and `tasks` of
    these would be taken; `unsound` more lie above the thresholds and are left to people by the label schema or a check."""

    thresholds: list[Threshold]
    held_out: int
    expected: Expected
    waiting: int
    looked_at: int
    tasks: int
    unsound: int
    regions: int
    sample: int
    auditors: int


def plan_automatic(*, user: User, project_id: int, spec: AutomaticSpec) -> AutomaticPlan:
    """Thresholds, what lies above them, and the sample that would prove it. Nothing is written.

    Raises:
        Invalid: shares out of range.
    """
    return _plan(project_for(user, project_id, Action.TASKS_MANAGE), spec)


def _plan(access: ProjectAccess, spec: AutomaticSpec) -> AutomaticPlan:
    _check(spec)
    held = queries.held_out(access.project, spec.model, blind_only=spec.blind_only)
    thresholds = choose_all(held, target=spec.target, confidence=spec.confidence)
    scores = _scores(thresholds)
    waiting = queries.candidates(access, spec.filter, spec.model)
    ids = list(waiting.values_list("pk", flat=True)[:LOOKED_AT]) if scores else []
    above = [one for one in queries.offered(access.project, ids, spec.model) if taken(one.said or [], scores)]
    rows = Task.objects.select_related("asset").in_bulk([one.task_id for one in above])
    found = [one for one in above if _sound(access.project, rows[one.task_id], one)]
    lot, total = len(found), waiting.count()
    whole = round(lot * total / len(ids)) if ids else 0
    return AutomaticPlan(
        thresholds=thresholds,
        held_out=len(held),
        expected=expected(held, scores),
        waiting=total,
        looked_at=len(ids),
        tasks=lot,
        unsound=len(above) - lot,
        regions=sum(len(one.pairs) for one in found),
        sample=_sample(spec, whole),
        auditors=len(auditors_of(access.project)),
    )


def _sample(spec: AutomaticSpec, lot: int) -> int:
    if not lot:
        return 0
    return sample_size(lot=lot, share=spec.limit, confidence=spec.confidence, allowed=spec.allowed)


def _check(spec: AutomaticSpec) -> None:
    if not all(0 < one < 1 for one in (spec.target, spec.limit)) or not 0.5 <= spec.confidence < 1:
        raise Invalid("`target` and `limit` must lie between 0 and 1, `confidence` from 0.5 to under 1.")


def _scores(thresholds: Sequence[Threshold]) -> dict[What, float]:
    return {one.what: one.score for one in thresholds if one.score is not None}


def start_automatic(*, user: User, project_id: int, spec: AutomaticSpec) -> tuple[BulkChange, Job]:
    """Ask for the job that finishes what the model is trusted with and draws the sample.

    Raises:
        NothingToTake: no task lies above the thresholds, or no class has one.
        NobodyToAudit: nobody could judge the sample.
        Conflict: another bulk change of this project is still running.
        As `plan_automatic`.
    """
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    plan = _plan(access, spec)
    if not plan.tasks:
        raise NothingToTake(
            "No waiting task has all its predictions above the threshold of their class and fit to be submitted."
        )
    if not plan.auditors:
        raise NobodyToAudit("Nobody in this project may audit, so nobody could prove the batch. Add a reviewer.")
    with transaction.atomic():
        change, job = begin_bulk_change(
            project=access.project, user=user, kind=BulkChange.Kind.AUTOMATIC,
            title=f"Automatic labelling by {spec.model}", arguments={}, job_kind=JOB,
        )  # fmt: skip
        AutomaticRun.objects.create(
            project=access.project,
            change=change,
            model=spec.model,
            version=queries.version_named(access.project, spec.model),
            said=msgspec.to_builtins(spec),
            thresholds=msgspec.to_builtins(plan.thresholds),
            expected=msgspec.to_builtins(plan.expected),
            held_out=plan.held_out,
        )
    return change, job


def label_automatically(*, change: BulkChange, report: Report) -> dict[str, int]:
    """Carry a run out, a hundred tasks a transaction, and start its audit. A second start does the rest."""
    run = AutomaticRun.objects.select_related("project").get(change=change)
    access = project_for(change.created_by, run.project_id, Action.TASKS_MANAGE)
    spec = msgspec.convert(run.said, AutomaticSpec)
    scores = _scores(msgspec.convert(run.thresholds, list[Threshold]))
    ids = list(queries.candidates(access, spec.filter, spec.model).values_list("pk", flat=True))
    left = 0
    for start in range(0, len(ids), TASKS_AT_ONCE):
        left += _take(access, run, spec, ids[start : start + TASKS_AT_ONCE], scores)
        report(min(start + TASKS_AT_ONCE, len(ids)), len(ids))
    made = Task.objects.filter(project=run.project, state=Task.State.DONE, result__bulk_change_id=change.pk)
    counts = list(made.values_list("region_count", flat=True))
    BulkChange.objects.filter(pk=change.pk).update(tasks=len(counts), regions=sum(counts))
    if counts and run.audit_id is None:
        with transaction.atomic():
            run.audit = start_audit(user=change.created_by, project_id=run.project_id, spec=_audit_of(change, spec))
            run.save(update_fields=["audit", "updated_at"])
    return {"tasks": len(counts), "left": left}


def _audit_of(change: BulkChange, spec: AutomaticSpec) -> AuditSpec:
    """One lot without strata, so that its numbers are exactly hypergeometric."""
    return AuditSpec(
        filter=TaskFilter(bulk_change=change.pk), name=change.title[:200], by="none", share=spec.limit,
        confidence=spec.confidence, allowed=spec.allowed,
    )  # fmt: skip


@transaction.atomic
def _take(
    access: ProjectAccess, run: AutomaticRun, spec: AutomaticSpec, ids: Sequence[int], scores: dict[What, float]
) -> int:
    """Finish those that may be taken; returns how many lay above the thresholds and are left to people by the checks."""
    free = tasks.lock_waiting(ids)
    still = queries.candidates(access, spec.filter, spec.model).filter(pk__in=list(free)).select_related("asset")
    found = {task.pk: task for task in still}
    above = [one for one in queries.offered(run.project, sorted(found), spec.model) if taken(one.said or [], scores)]
    sound = [one for one in above if _sound(run.project, found[one.task_id], one)]
    new = [
        NewRevision(task=found[one.task_id], elements=one.pairs, stage=AUTOMATIC, bulk_change_id=run.change_id)
        for one in sound
    ]
    tasks.finish_many_from_import(project=run.project, revisions=write_revisions(project=run.project, new=new))
    return len(above) - len(sound)


def _sound(project: Project, task: Task, offer: Offer) -> bool:
    """Whether a person could submit this as it is: it fits the label schema, and no check stops it."""
    judge = Judge.of(project, task.asset)
    schema = judge.schema
    regions = [Judge.decode_region(raw) for kind, raw in offer.pairs if kind == "region"]
    answers = [_ANSWER.decode(raw) for kind, raw in offer.pairs if kind == "answer"]
    if not regions and any(not one.archived for one in schema.classes):
        return False  # that nothing is to be drawn is said by a person
    if any(check_region(schema, region) for region in regions) or any(check_answer(schema, one) for one in answers):
        return False
    if missing_answers(schema, {one.id: one.value for one in answers}):
        return False
    findings, pending = checks.run(regions, [], context=judge.context, budget_ms=1_000)
    return not pending and not any(finding.blocks for finding in findings)
