"""What follows when somebody has settled between several answers: theirs is what was made of them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.activity import counts
from apps.activity.services import record
from apps.annotations.models import Annotation, Revision
from apps.annotations.services.freeze import shown_of
from apps.annotations.services.pieces import piece_of
from apps.projects.queries import workflow_of
from apps.tasks import services as tasks
from apps.tasks.models import Assignment, Outcome
from apps.tasks.services.moves import move_assignment
from domain.workflow import Decision, TaskState, after_adjudicate


def settle_conflict(work: tasks.HeldWork, annotation: Annotation, revision: Revision) -> bool:
    """Finish the adjudicator's slot and hand the task on, in the caller's transaction; whether a review was left out for
    want of people. Answers keep their revisions: nobody is measured by what was made of them."""
    assert work.slot is not None
    user, task, now = work.access.user, work.task, timezone.now()
    tasks.finish_slot(work.slot.pk)
    move_assignment(
        work.assignment,
        Assignment.State.SUBMITTED,
        submitted_at=now,
        expires_at=None,
        stale_until=None,
        edited=False,
        active_ms=revision.active_ms,
        judged_revision_id=revision.pk,
    )
    if revision.outcome in (Outcome.UNUSABLE, Outcome.CANNOT_TELL):
        decision = Decision(state=TaskState.TRIAGE, cancel_open=True, reason=revision.outcome)
    else:
        workflow = workflow_of(task.project)
        decision = after_adjudicate(
            workflow,
            piece=piece_of(workflow=workflow, task=task, revision=revision, answers=work.answers(), author_id=user.pk),
        )
    shown: dict[str, Any] = shown_of(revision) | {"annotator_id": task.annotator_id}  # who answered last
    tasks.apply_decision(task, decision, revision_id=revision.pk, author_id=user.pk, result_id=revision.pk, **shown)
    counts.add(task.project_id, "active_ms", "adjudicate", revision.active_ms, user_id=user.pk, day=now.date())
    record(
        organisation_id=task.project.organisation_id,
        project_id=task.project_id,
        verb="task.adjudicated",
        actor=user,
        object_type="task",
        object_id=task.pk,
        details={
            "revision": revision.pk,
            "based_on": annotation.based_on_id,
            "outcome": revision.outcome,
            "review_skipped": decision.review_skipped,
            "number": task.number,
            "name": task.name,
        },
    )
    return decision.review_skipped
