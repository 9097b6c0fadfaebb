"""An annotator disputes a fix or a rejection once; somebody who was not involved decides, and it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import counts, events
from apps.activity.models import CountDelta
from apps.activity.services import record
from apps.annotations.services import index_revisions
from apps.annotations.services.submit import shown_of
from apps.core.permissions import POLICY, Action
from apps.projects.access import ProjectAccess, project_for
from apps.projects.queries import members_taking_part
from apps.reviews.errors import CannotRestore, DecidedAlready, DisputedAlready, Involved, NothingToDispute
from apps.reviews.models import Dispute, Review
from apps.reviews.queries import dispute_for, feedback_for, may_decide
from apps.tasks import services as tasks
from apps.tasks.models import Task

DISPUTABLE = (Review.Verdict.FIX, Review.Verdict.REJECT)


@transaction.atomic
def dispute(*, user: User, review_id: int, text: str, element_ids: Sequence[str] = ()) -> Dispute:
    """Ask somebody else to look at a verdict on one's own work.

    Args:
        element_ids: the regions that it is about; none for the whole verdict.

    Raises:
        NotFound: no verdict on this person's own work.
        NothingToDispute: an acceptance, or work that was asked for again.
        DisputedAlready: it was disputed before.
    """
    review = feedback_for(user, review_id)
    if review.author_id != user.pk or review.verdict not in DISPUTABLE:
        raise NothingToDispute("Only who made the work disputes its fix or its rejection.")
    made, new = Dispute.objects.get_or_create(
        review=review,
        defaults={
            "project_id": review.task.project_id,
            "task_id": review.task_id,
            "author": user,
            "text": text.strip(),
            "element_ids": list(dict.fromkeys(element_ids)),
        },
    )
    if not new:
        raise DisputedAlready("You have disputed this verdict. Its decision is final.")
    access = project_for(user, review.task.project_id, Action.TASKS_VIEW)
    _tell(made, user, "dispute.opened", _deciders(access, made))
    return made


def _deciders(access: ProjectAccess, one: Dispute) -> list[int]:
    rows: QuerySet[Any] = members_taking_part(access.project)
    able = rows.filter(member_role__in=POLICY[Action.REVIEW]).values_list("user_id", "member_role")
    return [user_id for user_id, role in able if may_decide(one, user_id, role)]


@transaction.atomic
def decide(*, user: User, dispute_id: int, overturn: bool, text: str, restore: bool = False) -> Dispute:
    """Let a verdict stand, or overturn it: that counts in the reviewer's figures.

    Args:
        restore: make the author's answer the task's result again, where the fix is.

    Raises:
        Involved: the person made, judged or fixed the work.
        DecidedAlready: somebody was faster.
        CannotRestore: the task has moved on, or the verdict was no fix.
    """
    found, access = dispute_for(user, dispute_id, Action.REVIEW)
    tasks.lock_slots(found.task_id)
    locked = Dispute.objects.select_for_update().get(pk=found.pk)
    if locked.state != Dispute.State.OPEN:
        raise DecidedAlready("Somebody has decided this dispute. Look at it again.")
    if not may_decide(found, user.pk, access.role):
        raise Involved("You had a part in this work or its verdict. Another reviewer or a manager decides.")
    if restore:
        _restore(found, overturn)
    state = Dispute.State.OVERTURNED if overturn else Dispute.State.UPHELD
    now = timezone.now()
    Dispute.objects.filter(pk=found.pk).update(
        state=state, decided_by=user, decision=text.strip(), restored=restore, decided_at=now, updated_at=now
    )
    if overturn:
        counts.add_many([overturned_count(found.review, found.project_id)])
    _tell(found, user, f"dispute.{state}", [found.author_id, found.review.reviewer_id])
    return dispute_for(user, dispute_id, Action.REVIEW)[0]


def overturned_count(review: Review, project_id: int) -> CountDelta:
    """A verdict that did not hold counts for its reviewer on the day of the verdict."""
    return CountDelta(
        project_id=project_id,
        measure="overturned",
        key=review.verdict,
        day=review.created_at.date(),
        user_id=review.reviewer_id,
        amount=1,
    )


def _restore(found: Dispute, overturn: bool) -> None:
    """The judged answer takes the place of its fix as the result of a finished task."""
    review, task = found.review, Task.objects.select_related("project").get(pk=found.task_id)
    fits = task.state == Task.State.DONE and task.result_id is not None and task.result_id == review.fix_revision_id
    if not overturn or not fits:
        raise CannotRestore("Only where a fix is the result of a finished task can the answer take its place again.")
    tasks.move_task(task, Task.State.DONE, result_id=review.revision_id, **shown_of(review.revision))
    index_revisions(revisions=[review.revision], replaced=[review.fix_revision_id or 0])


def _tell(one: Dispute, user: User, verb: str, people: list[int]) -> None:
    record(
        organisation_id=one.review.task.project.organisation_id,
        project_id=one.project_id,
        verb=verb,
        actor=user,
        object_type="dispute",
        object_id=one.pk,
        details={"review": one.review_id, "number": one.review.task.number, "name": one.review.task.name},
        notify=people,
    )
    events.publish(f"project:{one.project_id}", "dispute.changed", {"project": one.project_id, "dispute": one.pk})
