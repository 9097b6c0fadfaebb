"""Reviews, issues and questions as structs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import msgspec

from apps.accounts.models import Role, User
from apps.assets.queries import delivery_urls
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.reviews.api import structs
from apps.reviews.models import Comment, Dispute, Issue, Mark, Question, Review
from apps.reviews.queries import ElementChange, Feedback, QueueRow, may_decide
from apps.reviews.services import GivenMark
from apps.tasks.api.naming import names
from domain.elements import bounds_of, decode
from domain.prose import Likeness


def point_in(point: structs.ImagePoint | None) -> tuple[float, float] | None:
    return (point.x, point.y) if point else None


def marks_in(marks: Iterable[structs.MarkIn]) -> list[GivenMark]:
    return [
        GivenMark(kind=m.kind, element_id=m.element or "", point=point_in(m.point), severity=m.severity, note=m.note)
        for m in marks
    ]


def _point(x: float | None, y: float | None) -> structs.ImagePoint | None:
    return structs.ImagePoint(x=x, y=y) if x is not None and y is not None else None


def mark_out(mark: Mark) -> structs.MarkOut:
    return structs.MarkOut(
        id=mark.pk,
        kind=cast(Any, mark.kind),
        severity=cast(Any, mark.severity),
        element=mark.element_id or None,
        point=_point(mark.x, mark.y),
        note=mark.note,
        derived=mark.derived,
    )


def reviews(rows: Iterable[Review], *, user: User, access: ProjectAccess | None = None) -> list[structs.ReviewOut]:
    """Reviews of one project."""
    rows = list(rows)
    if not rows:
        return []
    access = access or project_for(user, rows[0].task.project_id, Action.REVISIONS_VIEW)
    people = names(access, [review.reviewer_id for review in rows])
    return [
        structs.ReviewOut(
            id=review.pk,
            revision=review.revision_id,
            task=review.task_id,
            reviewer=people.get(review.reviewer_id),
            verdict=cast(Any, review.verdict),
            reason=review.reason,
            fix_revision=review.fix_revision_id,
            marks=[mark_out(mark) for mark in sorted(review.marks.all(), key=lambda mark: mark.pk)],
            active_ms=review.active_ms,
            created_at=review.created_at,
            task_state=review.task.state,
        )
        for review in rows
    ]


def queue_rows(rows: list[QueueRow], *, access: ProjectAccess) -> list[structs.ReviewQueueRow]:
    """What waits for a verdict."""
    people = names(access, [row.slot.revision.author_id for row in rows if row.slot.revision])
    return [_queue_row(row, people) for row in rows if row.slot.revision]


def _queue_row(row: QueueRow, people: dict[Any, Any]) -> structs.ReviewQueueRow:
    slot, task, revision = row.slot, row.slot.task, row.slot.revision
    assert revision is not None
    return structs.ReviewQueueRow(
        slot=slot.pk,
        task=task.pk,
        number=task.number,
        name=task.name,
        thumb=delivery_urls(task.asset)["thumb"],
        author=people.get(revision.author_id),
        revision=revision.pk,
        revision_number=revision.number,
        region_count=revision.region_count,
        level=slot.level,
        open_issues=row.open_issues,
        rejected_before=row.rejected_before,
        findings=row.findings,
        reserved=row.reserved,
        risk=row.risk,
        why=row.why,
        waiting_since=slot.created_at,
        web_url=f"/projects/{slot.project_id}/review",
    )


def issues(rows: Iterable[Issue], *, user: User, access: ProjectAccess | None = None) -> list[structs.IssueOut]:
    """Issues of one project with their threads."""
    rows = list(rows)
    if not rows:
        return []
    access = access or project_for(user, rows[0].project_id, Action.TASKS_VIEW)
    threads = {issue.pk: sorted(issue.comments.all(), key=lambda comment: comment.pk) for issue in rows}
    ids = {i for issue in rows for i in (issue.created_by_id, issue.resolved_by_id)}
    people = names(access, ids | {comment.author_id for thread in threads.values() for comment in thread})
    return [_issue(issue, threads[issue.pk], people) for issue in rows]


def _issue(issue: Issue, thread: list[Comment], people: dict[Any, Any]) -> structs.IssueOut:
    return structs.IssueOut(
        id=issue.pk,
        number=issue.number,
        project=issue.project_id,
        task=issue.task_id,
        state=cast(Any, issue.state),
        element=issue.element_id or None,
        point=_point(issue.x, issue.y),
        created_by=people.get(issue.created_by_id),
        created_at=issue.created_at,
        resolved_by=people.get(issue.resolved_by_id),
        resolved_at=issue.resolved_at,
        comments=[
            structs.CommentOut(
                id=comment.pk,
                author=people.get(comment.author_id),
                text=comment.text,
                created_at=comment.created_at,
                updated_at=comment.updated_at,
            )
            for comment in thread
        ],
        web_url=f"/tasks/{issue.task_id}",
    )


def questions(
    rows: Iterable[Question], *, user: User, access: ProjectAccess | None = None
) -> list[structs.QuestionOut]:
    """Questions of one project."""
    rows = list(rows)
    if not rows:
        return []
    access = access or project_for(user, rows[0].project_id, Action.TASKS_VIEW)
    people = names(access, {i for question in rows for i in (question.asked_by_id, question.answered_by_id)})
    hidden = {q.pk for q in rows if access.role == Role.ANNOTATOR and q.asked_by_id != user.pk}  # its words are public
    return [_question(question, people, hidden=question.pk in hidden) for question in rows]


def similar(found: Iterable[Likeness[Question]], *, user: User) -> list[structs.SimilarQuestion]:
    """Questions of one project with how alike they are."""
    found = list(found)
    shown = questions([one.key for one in found], user=user)
    return [
        structs.SimilarQuestion(score=round(one.score, 3), question=out) for one, out in zip(found, shown, strict=True)
    ]


def _question(question: Question, people: dict[Any, Any], *, hidden: bool) -> structs.QuestionOut:
    asset = question.task.asset
    urls = {"thumb": "", "preview": ""} if hidden else delivery_urls(asset)
    region = None if hidden else question.region
    bounds = bounds_of(decode("region", msgspec.json.encode(region))) if region else None
    return structs.QuestionOut(
        id=question.pk,
        project=question.project_id,
        task=question.task_id,
        task_number=question.task.number,
        task_name=question.task.name,
        thumb=urls["thumb"],
        preview=urls["preview"],
        asset_width=asset.width,
        asset_height=asset.height,
        element=question.element_id or None,
        region=region,
        bounds=list(bounds) if bounds else None,
        class_id=question.class_id,
        asked_by=people.get(question.asked_by_id),
        text=question.text,
        answer=question.answer,
        answered_by=people.get(question.answered_by_id),
        answered_at=question.answered_at,
        drafted=question.drafted_at is not None and question.published_in_id is None,
        published_in=question.published_in.number if question.published_in else None,
        created_at=question.created_at,
        web_url=f"/tasks/{question.task_id}",
    )


def disputes(rows: Iterable[Dispute], *, access: ProjectAccess) -> list[structs.DisputeOut]:
    """Disputes of one project."""
    rows = list(rows)
    ids = {i for one in rows for i in (one.author_id, one.review.reviewer_id, one.decided_by_id)}
    people = names(access, ids)
    return [_dispute(one, access, people) for one in rows]


def _dispute(one: Dispute, access: ProjectAccess, people: dict[Any, Any]) -> structs.DisputeOut:
    review, task = one.review, one.review.task
    open_to_me = one.state == Dispute.State.OPEN and access.can(Action.REVIEW)
    return structs.DisputeOut(
        id=one.pk,
        review=review.pk,
        task=task.pk,
        task_number=task.number,
        task_name=task.name,
        thumb=delivery_urls(task.asset)["thumb"],
        author=people.get(one.author_id),
        reviewer=people.get(review.reviewer_id),
        verdict=cast(Any, review.verdict),
        reason=review.reason,
        text=one.text,
        elements=one.element_ids,
        state=cast(Any, one.state),
        decided_by=people.get(one.decided_by_id),
        decision=one.decision,
        restored=one.restored,
        decided_at=one.decided_at,
        created_at=one.created_at,
        may_decide=open_to_me and may_decide(one, access.user.pk, access.role),
        may_restore=review.fix_revision_id is not None and task.result_id == review.fix_revision_id,
        web_url=f"/projects/{one.project_id}/feedback?review={review.pk}",
    )


def feedback_rows(rows: Iterable[Review], *, access: ProjectAccess) -> list[structs.FeedbackRow]:
    """Verdicts on one person's work in one project."""
    rows = list(rows)
    told = reviews(rows, user=access.user, access=access)
    asked = [review.dispute for review in rows if hasattr(review, "dispute")]
    disputed = {one.review: one for one in disputes(asked, access=access)}
    return [
        structs.FeedbackRow(
            review=out,
            task_number=review.task.number,
            task_name=review.task.name,
            thumb=delivery_urls(review.task.asset)["thumb"],
            marks=len(out.marks),
            dispute=disputed.get(review.pk),
        )
        for review, out in zip(rows, told, strict=True)
    ]


def feedback(found: Feedback, *, access: ProjectAccess) -> structs.FeedbackOut:
    review, asset = found.review, found.review.task.asset
    (row,) = feedback_rows([review], access=access)
    disputable = review.author_id == access.user.pk and review.verdict in (Review.Verdict.FIX, Review.Verdict.REJECT)
    return structs.FeedbackOut(
        row=row,
        preview=delivery_urls(asset)["preview"],
        asset_width=asset.width,
        asset_height=asset.height,
        settled=found.after is not None,
        may_dispute=disputable and row.dispute is None,
        changes=[_feedback_change(change) for change in found.changes],
        more=found.more,
    )


def _feedback_change(change: ElementChange) -> structs.FeedbackChange:
    both = [_bounds(change.kind, body) for body in (change.before, change.after)]
    seen = [bounds for bounds in both if bounds is not None]
    bounds = None
    if seen:
        bounds = [min(b[0] for b in seen), min(b[1] for b in seen), max(b[2] for b in seen), max(b[3] for b in seen)]
    return structs.FeedbackChange(
        element=change.element_id,
        kind=change.kind,
        before=change.before,
        after=change.after,
        bounds=bounds,
        marks=[mark_out(mark) for mark in change.marks],
    )


def _bounds(kind: str, body: dict[str, Any] | None) -> tuple[float, float, float, float] | None:
    return bounds_of(decode(kind, msgspec.json.encode(body))) if body is not None else None
