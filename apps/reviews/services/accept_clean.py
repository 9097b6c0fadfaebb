"""Accepting at once what nothing stands out of, one verdict a piece as if judged one by one, and the way back from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.activity import counts, events
from apps.core.errors import DomainError, NotFound
from apps.core.permissions import Action
from apps.jobs.errors import JobOver
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.projects.access import ProjectAccess, project_for
from apps.reviews.errors import StaleRevision
from apps.reviews.models import Review
from apps.reviews.queries import clean_reviews
from apps.reviews.services.figures import deltas_of
from apps.reviews.services.judge import submit_review
from apps.tasks import services as tasks
from apps.tasks.errors import WrongState
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.services.moves import move_assignment

MOST_AT_ONCE = 1_000
ACCEPT_JOB, UNDO_JOB = "reviews.accept_clean", "reviews.undo_accept_clean"
Report = Callable[[int, int], None]  # (done, total)


def start_accepting(*, user: User, project_id: int, given: Mapping[str, str]) -> tuple[int, Job]:
    """Ask for the job that accepts what nothing stands out of, narrowed by `annotator` and `class_id`."""
    found, access = clean_reviews(user, project_id, given)
    matched = min(found.count(), MOST_AT_ONCE)
    job = enqueue(
        kind=ACCEPT_JOB,
        title=f"Accept {matched} clean tasks",
        organisation=access.project.organisation_id,
        project=access.project,
        user=user,
        arguments={"project": project_id, "given": dict(given)},
    )
    return matched, job


def accept_clean(*, user: User, project_id: int, given: Mapping[str, str], report: Report) -> dict[str, Any]:
    """Accept them; what somebody else took or changed meanwhile is left alone. A second start does the rest."""
    found, _ = clean_reviews(user, project_id, given)
    wanted = list(found.order_by("order_key", "pk").values_list("revision_id", flat=True)[:MOST_AT_ONCE])
    accepted: list[int] = []
    for place, revision_id in enumerate(wanted):
        try:
            accepted.append(submit_review(user=user, revision_id=revision_id or 0, verdict="accept").pk)
        except DomainError:
            pass  # taken, judged or edited since it was counted
        report(place + 1, len(wanted))
    return {"accepted": len(accepted), "skipped": len(wanted) - len(accepted), "reviews": accepted}


def start_undo_accepting(*, user: User, project_id: int, job_id: int) -> Job:
    """Ask for the job that takes such an acceptance back.

    Raises:
        NotFound: the project has no such job.
        JobOver: that job accepted nothing, or was not this person's.
    """
    access = project_for(user, project_id, Action.REVIEW)
    done = Job.objects.filter(pk=job_id, project_id=project_id).first()
    if done is None:
        raise NotFound("There is no such job in this project.")
    own = done.kind == ACCEPT_JOB and done.created_by_id == user.pk
    reviews = (done.outcome or {}).get("reviews") if own else None
    if not reviews:
        raise JobOver("This job has accepted nothing of yours that could be taken back.")
    return enqueue(
        kind=UNDO_JOB,
        title=f"Take back {len(reviews)} acceptances",
        organisation=access.project.organisation_id,
        project=access.project,
        user=user,
        arguments={"project": project_id, "reviews": reviews},
    )


def undo_accepting(*, user: User, project_id: int, reviews: list[int], report: Report) -> dict[str, Any]:
    """Withdraw the verdicts while nobody has gone on with the work. A second start does the rest."""
    access = project_for(user, project_id, Action.REVIEW)
    back = 0
    for place, pk in enumerate(reviews):
        try:
            back += _withdraw(access, pk)
        except (WrongState, StaleRevision):
            pass
        report(place + 1, len(reviews))
    events.publish(f"project:{project_id}", "counts.changed", {"project": project_id})
    return {"undone": back, "skipped": len(reviews) - back}


@transaction.atomic
def _withdraw(access: ProjectAccess, review_id: int) -> bool:
    review = (
        Review.objects.select_related("revision", "assignment__slot", "task__project")
        .filter(pk=review_id, reviewer=access.user, verdict=Review.Verdict.ACCEPT)
        .first()
    )
    if review is None or review.assignment is None or review.assignment.slot is None:
        return False
    slots = tasks.lock_slots(review.task_id)
    task = Task.objects.select_related("project").get(pk=review.task_id)
    assignment = Assignment.objects.select_for_update(no_key=True).get(pk=review.assignment_id or 0)
    if assignment.state != Assignment.State.SUBMITTED:
        raise WrongState("The reviewer is at work on it again.")
    _take_back_next(task, review, slots)
    slot = review.assignment.slot
    slot.pk, slot._state.adding, slot.state, slot.withheld = None, True, Slot.State.OPEN, task.trashed_at is not None
    slot.save()
    move_assignment(assignment, Assignment.State.HELD)
    move_assignment(assignment, Assignment.State.RELEASED, slot=None, submitted_at=None, judged_revision_id=None)
    _count_back(review)
    review.delete()
    return True


def _take_back_next(task: Task, review: Review, slots: list[Slot]) -> None:
    """What followed from the verdict goes: the result, or the next level's open slot.

    Raises:
        WrongState: somebody has begun with the next step.
    """
    if task.state == Task.State.DONE and task.result_id == review.revision_id:
        tasks.move_task(task, Task.State.IN_REVIEW)
        return
    later = [s for s in slots if s.stage == Stage.REVIEW and s.revision_id == review.revision_id]
    later = [s for s in later if s.created_at > review.created_at]
    if task.state != Task.State.IN_REVIEW or not later or any(s.state != Slot.State.OPEN for s in later):
        raise WrongState("The next step has begun.", state=task.state)
    Slot.objects.filter(pk__in=[s.pk for s in later]).update(state=Slot.State.CANCELLED)


def _count_back(review: Review) -> None:
    others = Review.objects.filter(revision__annotation=review.revision.annotation_id).exclude(pk=review.pk)
    first = not others.exclude(verdict=Review.Verdict.REOPEN).filter(pk__lt=review.pk).exists()
    counts.add_many(deltas_of(review, first=first, marks=(), sign=-1))
