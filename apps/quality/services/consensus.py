"""Making one annotation out of several answers, and handing the task on.

The result is an annotation of kind *consensus* with its own revision; the answers stay as they are. What they do not agree
on is left out of it and goes to a person.
"""

from __future__ import annotations

import zlib
from typing import Any, cast

import msgspec
from django.db import transaction

from apps.accounts.models import User
from apps.activity.services import record
from apps.annotations.models import Annotation, Revision
from apps.annotations.queries import first_answer
from apps.annotations.services import NewRevision, write_revision
from apps.annotations.services.pieces import piece_of
from apps.projects.queries import workflow_of
from apps.quality.models import Consensus
from apps.quality.queries.answers import Case, case_of
from apps.quality.queries.consensus import consolidated
from apps.quality.services import agreement
from apps.tasks import services as tasks
from apps.tasks.models import Task
from apps.tasks.services.locks import answers_of
from apps.tasks.services.moves import apply_decision, cancel_open, move_task
from domain.agreement.consensus import Consolidation
from domain.agreement.quorum import certainty, most_alike
from domain.elements import Answer, Region, encode
from domain.workflow import Compared, Piece, Quorum, Workflow, after_comparing, enough, merges


@transaction.atomic
def run_consensus(*, task_id: int) -> Task | None:
    """All answers of a task are there: score them, make the consensus where the workflow has one, and hand the task on.

    Safe to call twice: a task that is not in `comparing` any more is left alone.
    """
    slots = tasks.lock_slots(task_id)
    task = Task.objects.select_related("project__workflow", "asset").filter(pk=task_id).first()
    if task is None or task.state != Task.State.COMPARING:
        return None
    agreement.ask(task_ids=[task.pk])
    agreement.score_some(project_id=task.project_id, task_ids=[task.pk])
    task.agreement = Task.objects.values_list("agreement", flat=True).get(pk=task.pk)
    case = case_of(task)
    if not case.given:  # nothing that says anything: a manager decides
        cancel_open(task)
        move_task(task, Task.State.TRIAGE, triage_reason="no_answers")
        return task
    workflow, answers = workflow_of(task.project), answers_of(slots)
    found = consolidated(case, workflow.consensus)
    compared = _compared(workflow, case, found)
    made = None
    if enough(workflow, answers=answers, compared=compared) and merges(
        workflow, _piece(workflow, task, _first(task), answers).facts
    ):
        made = keep(case, found)
        compared = msgspec.structs.replace(compared, conflicts=made.conflicts)
    hand_on(task, workflow, answers=answers, compared=compared, made=made)
    return task


def hand_on(task: Task, workflow: Workflow, *, answers: int, compared: Compared, made: Consensus | None) -> None:
    """What follows the comparing, in the caller's transaction with the task's slots under lock."""
    stands = made.revision if made else _first(task)
    decision = after_comparing(workflow, piece=_piece(workflow, task, stands, answers), compared=compared)
    apply_decision(
        task,
        decision,
        revision_id=stands.pk,
        result_id=stands.pk if decision.result == "this" else first_answer(task.pk),
        **(shown(made.revision) if made else {}),
    )


def _first(task: Task) -> Revision:
    found = first_answer(task.pk)
    if found is None:  # its slot is not done, which tests and imports can bring about
        rows = Revision.objects.filter(task_id=task.pk, kind=Annotation.Kind.ANSWER).order_by("number")
        return cast(Revision, rows.first())
    return Revision.objects.get(pk=found)


def _piece(workflow: Workflow, task: Task, revision: Revision, answers: int) -> Piece:
    return piece_of(workflow=workflow, task=task, revision=revision, answers=answers, author_id=None)


def _compared(workflow: Workflow, case: Case, found: Consolidation) -> Compared:
    stop = workflow.annotate.stop
    agreeing = None
    if isinstance(stop, Quorum):
        values = {(pair.a, pair.b): pair.value for pair in case.pairs()}
        agreeing = most_alike([one.author for one in case.given], values, score=stop.score)
    return Compared(agreeing=agreeing, certainty=certainty(found))


def shown(revision: Revision) -> dict[str, Any]:
    """What a task's row keeps of a consensus that it shows; its annotator stays who answered last."""
    return {
        "region_count": revision.region_count,
        "class_ids": sorted(int(name) for name in revision.class_counts),
        "outcome": revision.outcome,
    }


def keep(case: Case, found: Consolidation, *, made_by: User | None = None, job_id: int | None = None) -> Consensus:
    """Write a consensus as an annotation with its revision and where it came from. One that stands is replaced."""
    task = case.task
    for before in Consensus.objects.filter(task=task, state=Consensus.State.STANDS).select_related("annotation"):
        Annotation.objects.filter(pk=before.annotation_id).update(state=Annotation.State.DISCARDED)
        Consensus.objects.filter(pk=before.pk).update(state=Consensus.State.REPLACED)
    elements = found.elements()
    tracks = {key for who, key in found.left_out}  # nobody may lose them silently: a person decides
    conflicts = sum(r.status == "conflict" for r in found.regions) + sum(v.status == "conflict" for v in found.items)
    revision = write_revision(
        project=task.project,
        new=NewRevision(
            task=task,
            elements=[("answer" if isinstance(e, Answer) else "region", encode(e)) for e in elements],
            kind=Annotation.Kind.CONSENSUS,
            outcome="labelled" if elements or conflicts or tracks else "empty",
            stage="consensus",
        ),
    )
    made = Consensus.objects.create(
        project=task.project,
        task=task,
        annotation_id=revision.annotation_id,
        revision=revision,
        made_of=[one.revision for one in case.given],
        agreed=sum(isinstance(e, Region) for e in elements),
        conflicts=conflicts + len(tracks),
        provenance=zlib.compress(msgspec.json.encode(found)),
        result_before_id=task.result_id,
        made_by=made_by,
        job_id=job_id,
    )
    record(
        organisation_id=task.project.organisation_id,
        project_id=task.project_id,
        verb="consensus.made",
        actor=made_by,
        object_type="task",
        object_id=task.pk,
        details={"revision": revision.pk, "agreed": made.agreed, "conflicts": made.conflicts, "number": task.number},
    )
    return made
