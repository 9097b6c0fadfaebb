"""Sending many tasks back, and the way back from it: a manager's rejection of work that waits for review or is done; or
asking for accepted work again because the guideline changed, which is nobody's fault."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import counts, events
from apps.activity.services import record
from apps.annotations.models import Annotation, Revision
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.projects.settings import settings_of
from apps.reviews.models import Review
from apps.reviews.services.figures import deltas_of, reasons_in
from apps.reviews.services.judge import answer_author
from apps.tasks import services as tasks
from apps.tasks.errors import WrongState
from apps.tasks.models import Batch, Slot, Stage, Task
from apps.tasks.services.bulk import BulkChange, Changed, Verb, matching_ids
from apps.tasks.services.moves import cancel_open
from domain.workflow import Piece, after_review, parse

AT_ONCE = 500  # tasks looked at in one go by a preview
HUMAN = (Annotation.Kind.ANSWER, Annotation.Kind.FIX)
OPEN = (Slot.State.OPEN, Slot.State.HELD)


def change_tasks(*, user: User, project_id: int, change: BulkChange) -> Changed:
    """As `tasks.change_tasks`, which cannot judge: sending back is a verdict."""
    return tasks.change_tasks(user=user, project_id=project_id, change=change, verbs=verbs_of)


def verbs_of(access: ProjectAccess) -> dict[str, Verb]:
    """The bulk actions that are verdicts, done by this person."""

    def send_back(task: Task, change: BulkChange, _: Batch | None) -> tuple[str, Any]:
        _return(access, task, change.reason.strip(), Review.Verdict.REJECT)
        return "undo_send_back", None

    def ask_again(task: Task, change: BulkChange, _: Batch | None) -> tuple[str, Any]:
        _return(access, task, change.reason.strip(), Review.Verdict.REOPEN)
        return "undo_send_back", None

    def undo(task: Task, change: BulkChange, _: Batch | None) -> None:
        _take_back(access, task)

    return {"send_back": send_back, "ask_again": ask_again, "undo_send_back": undo}


def preview(*, user: User, project_id: int, change: BulkChange) -> dict[str, int]:
    """What sending back, or asking again, would do, by code: `sent_back`, and why the others would be left alone. Nothing
    is written."""
    verdict = Review.Verdict.REOPEN if change.action == "ask_again" else Review.Verdict.REJECT
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    ids = matching_ids(access, change)
    found: Counter[str] = Counter()
    for start in range(0, len(ids), AT_ONCE):
        some = Task.objects.select_related("project").filter(pk__in=ids[start : start + AT_ONCE])
        slots: dict[int, list[Slot]] = {}
        for slot in Slot.objects.filter(task__in=some, stage=Stage.REVIEW, state__in=OPEN).order_by("pk"):
            slots.setdefault(slot.task_id, []).append(slot)
        for task in some:
            try:
                _judged(access, task, slots.get(task.pk, []), verdict)
            except WrongState as error:
                found[str(error.extra.get("why", "state"))] += 1
            else:
                found["sent_back"] += 1
    return dict(found)


def _judged(
    access: ProjectAccess, task: Task, waiting: list[Slot], verdict: str
) -> list[tuple[Revision, int, int | None]]:
    """The revisions that a rejection is about: (revision, its author, review level or None where it passed them all).

    Raises:
        WrongState: nothing was submitted, an import or nobody made it, or it is the person's own work.
    """
    if task.trashed_at is not None or task.state not in (Task.State.DONE, Task.State.IN_REVIEW):
        raise WrongState("Only work that was submitted can be sent back.", why="not_submitted")
    again = verdict == Review.Verdict.REOPEN
    if again and task.state != Task.State.DONE:
        raise WrongState("Only accepted work can be asked for again.", why="not_submitted")
    wanted: dict[int, int | None] = {}
    if task.state == Task.State.DONE and task.result_id is not None:
        wanted[task.result_id] = None
    elif task.state == Task.State.IN_REVIEW:
        wanted = {slot.revision_id: slot.level for slot in waiting if slot.revision_id is not None}
    rows = Revision.objects.select_related("annotation__based_on").in_bulk(wanted)
    found = []
    for pk, level in wanted.items():
        author = answer_author(rows[pk])
        if rows[pk].kind not in HUMAN or author is None:
            raise WrongState("Imported work has no author to send it back to.", why="imported")
        if not again and access.user.pk in (author, rows[pk].author_id):
            raise WrongState("Nobody judges their own work.", why="own_work")
        found.append((rows[pk], author, level))
    if not found:
        raise WrongState("Only work that was submitted can be sent back.", why="not_submitted")
    return found


def _return(access: ProjectAccess, task: Task, reason: str, verdict: str) -> None:
    """Reject what stands, or ask for it again, in the caller's transaction with the task's slots under lock."""
    waiting = list(Slot.objects.filter(task_id=task.pk, stage=Stage.REVIEW, state__in=OPEN).order_by("pk"))
    judged = _judged(access, task, waiting, verdict)
    before: dict[str, Any] = {"state": task.state, "slots": [slot.pk for slot in waiting]}
    if task.state == Task.State.DONE:
        before |= {"result": task.result_id, "finished_at": task.finished_at and task.finished_at.isoformat()}
    workflow = parse(task.project.workflow.body)  # type: ignore[union-attr]
    cancel_open(task)
    for revision, author, level in judged:
        review = Review.objects.create(
            revision=revision,
            task=task,
            reviewer=access.user,
            author_id=author,
            verdict=verdict,
            reason=reason,
            reasons=reasons_in(reason, settings_of(task.project).reject_reasons),
            sent_back_from=before,
        )
        decision = after_review(
            workflow,
            level=level or max(1, len(workflow.reviews)),
            verdict="reject",
            piece=Piece(),
        )
        rejecter = access.user.pk if verdict == Review.Verdict.REJECT else None
        tasks.apply_decision(task, decision, revision_id=revision.pk, author_id=author, rejected_by_id=rejecter)
        _count(review, 1)
        _tell(access, task, author, reason, verdict)


def _count(review: Review, amount: int) -> None:
    """Rejections count for the author and the reviewer on the day of the verdict, as in a review; asking again for nobody."""
    if review.verdict == Review.Verdict.REOPEN:
        return
    answer = review.revision.annotation_id
    before = Review.objects.filter(revision__annotation=answer).exclude(verdict=Review.Verdict.REOPEN)
    first = not before.exclude(pk=review.pk).exists()
    counts.add_many(deltas_of(review, first=first, marks=(), sign=amount))


def _tell(access: ProjectAccess, task: Task, author: int, reason: str, verdict: str) -> None:
    record(
        organisation_id=access.project.organisation_id,
        project_id=task.project_id,
        verb=f"review.{verdict}",
        actor=access.user,
        object_type="task",
        object_id=task.pk,
        details={"number": task.number, "name": task.name, "reason": reason},
        notify=[author],
    )
    events.publish(f"user:{author}", "work.returned", {"project": task.project_id, "task": task.pk, "name": task.name})


def _take_back(access: ProjectAccess, task: Task) -> None:
    """Undo one task's sending back while nobody has taken the work up: the verdict is withdrawn, the task stands as before.

    Raises:
        WrongState: it was not sent back, or the author is at work already.
    """
    reviews = Review.objects.filter(task_id=task.pk).exclude(sent_back_from=None).select_related("revision", "task")
    last = reviews.order_by("-pk").first()
    if last is None or task.state != Task.State.REWORK:
        raise WrongState("This task was not sent back, or it has moved on.", why="not_sent_back")
    before: dict[str, Any] = last.sent_back_from or {}
    withdrawn = list(reviews.filter(sent_back_from=before))
    rework = Slot.objects.filter(task_id=task.pk, stage=Stage.ANNOTATE, state__in=OPEN)
    if rework.filter(~Q(state=Slot.State.OPEN)).exists() or rework.count() != len(withdrawn):
        raise WrongState("The author is at work on it already.", why="at_work")
    cancel_open(task)
    for review in withdrawn:
        _count(review, -1)
        review.delete()
    if before["state"] == Task.State.DONE:
        finished = before["finished_at"] or timezone.now()
        tasks.move_task(task, Task.State.DONE, result_id=before["result"], finished_at=finished)
    else:
        tasks.move_task(task, Task.State.IN_REVIEW)
        _open_again(before["slots"])
    record(
        organisation_id=access.project.organisation_id,
        project_id=task.project_id,
        verb="task.send_back_undone",
        actor=access.user,
        object_type="task",
        object_id=task.pk,
        details={"number": task.number, "name": task.name},
    )


def _open_again(slot_ids: list[int]) -> None:
    """Review slots like those that the sending back cancelled; a cancelled one never comes back itself."""
    for slot in Slot.objects.filter(pk__in=slot_ids).order_by("pk"):
        slot.pk, slot._state.adding, slot.state, slot.withheld = None, True, Slot.State.OPEN, False
        slot.save()
