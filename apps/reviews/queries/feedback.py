"""What became of one's own work: every fix and rejection, region by region; and disputes about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from django.db.models import QuerySet

from apps.accounts.models import Role, User
from apps.annotations.models import Revision
from apps.annotations.queries import iter_revision
from apps.core.errors import Invalid
from apps.core.numbers import whole
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, found_for, hidden, project_for, project_of
from apps.reviews.models import Dispute, Mark, Review

TOLD = (Review.Verdict.FIX, Review.Verdict.REJECT)
MOST_CHANGES = 500  # elements of one verdict that are shown


class ElementChange(NamedTuple):
    """One element before and after, as JSON bodies, with the marks on it. Both are None for a mark at a point."""

    element_id: str
    kind: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    marks: list[Mark]


class Feedback(NamedTuple):
    """A verdict with what it changed: by the fix, or by the author's next revision after a rejection (None: not yet)."""

    review: Review
    after: Revision | None
    changes: list[ElementChange]
    more: int


def _with_all() -> QuerySet[Review]:
    return Review.objects.select_related(
        "task__project", "task__asset", "revision__annotation", "fix_revision__annotation", "dispute"
    ).prefetch_related("marks")


def feedback_of(user: User, project_id: int, given: Mapping[str, str]) -> tuple[QuerySet[Review], ProjectAccess]:
    """Fixes and rejections of a person's work: of the caller's own, or of `user` for who may see people's figures.

    `verdict` fix or reject; `disputed` open, upheld, overturned or no.
    """
    access = project_for(user, project_id, Action.TASKS_VIEW)
    wanted = whole("user", given["user"]) if given.get("user") else user.pk
    if wanted != user.pk and not access.can(Action.PEOPLE_STATS_VIEW):
        wanted = 0  # nobody's
    rows = _with_all().filter(task__project_id=access.project.pk, task__trashed_at=None, author_id=wanted)
    verdict = given.get("verdict")
    if verdict and verdict not in TOLD:
        raise Invalid(f"`verdict` must be fix or reject, got {verdict[:40]!r}.")
    rows = rows.filter(verdict=verdict) if verdict else rows.filter(verdict__in=TOLD)
    disputed = given.get("disputed")
    if disputed == "no":
        rows = rows.filter(dispute=None)
    elif disputed:
        if disputed not in Dispute.State.values:
            raise Invalid(f"`disputed` must be no, open, upheld or overturned, got {disputed[:40]!r}.")
        rows = rows.filter(dispute__state=disputed)
    return rows, access


def feedback_for(user: User, review_id: int) -> Review:
    """A verdict, for who made the work and for who may see people's figures.

    Raises:
        NotFound: there is none, or it is not for this person.
    """
    found = _with_all().filter(pk=review_id, task__trashed_at=None).first()
    if found is None:
        raise hidden("verdict")
    access = project_of(user, found.task.project_id, "verdict", Action.TASKS_VIEW)
    if found.author_id != user.pk and not access.can(Action.PEOPLE_STATS_VIEW):
        raise hidden("verdict")
    return found


def feedback_document(review: Review) -> Feedback:
    """Before and after of every element that the verdict was about."""
    after = review.fix_revision or _next_revision(review)
    before = _bodies(review.revision)
    later = _bodies(after) if after else {}
    marks: dict[str, list[Mark]] = {}
    for mark in review.marks.all():
        marks.setdefault(mark.element_id, []).append(mark)
    differing = {key for key in before.keys() | later.keys() if before.get(key) != later.get(key)} if after else set()
    marked = {key for key in before.keys() | later.keys() if key[0] in marks}
    wanted = sorted(differing | marked, key=lambda key: (key not in marked, key))
    changes = [
        ElementChange(
            element_id=key[0],
            kind=key[1],
            before=_read(before.get(key)),
            after=_read(later.get(key)),
            marks=marks.pop(key[0], []),
        )
        for key in wanted[:MOST_CHANGES]
    ]
    lone = [ElementChange(name, "region", None, None, some) for name, some in marks.items()]
    return Feedback(review, after, [*changes, *lone], max(0, len(wanted) - MOST_CHANGES))


def _next_revision(review: Review) -> Revision | None:
    """The author's next state of the answer."""
    judged = review.revision
    rows = Revision.objects.filter(task_id=judged.task_id, author_id=review.author_id, kind="answer")
    return rows.filter(number__gt=judged.number).order_by("number").first()


def _bodies(revision: Revision) -> dict[tuple[str, str], bytes]:
    return {(entry.id, entry.kind): entry.body for entry in iter_revision(revision)}


def _read(body: bytes | None) -> dict[str, Any] | None:
    return msgspec.json.decode(body, type=dict[str, Any]) if body is not None else None


def _disputes() -> QuerySet[Dispute]:
    return Dispute.objects.select_related("review__task__project", "review__task__asset", "review__revision")


def disputes_of_project(
    user: User, project_id: int, given: Mapping[str, str]
) -> tuple[QuerySet[Dispute], ProjectAccess]:
    """Disputes of a project by `state`: all for reviewers and above."""
    access = project_for(user, project_id, Action.REVIEW)
    rows = _disputes().filter(project_id=access.project.pk, task__trashed_at=None)
    if state := given.get("state"):
        if state not in Dispute.State.values:
            raise Invalid(f"`state` must be open, upheld or overturned, got {state[:40]!r}.")
        rows = rows.filter(state=state)
    return rows, access


def dispute_for(user: User, dispute_id: int, action: Action) -> tuple[Dispute, ProjectAccess]:
    found = _disputes().filter(pk=dispute_id, task__trashed_at=None).first()
    return found_for(user, found, "dispute", action)


def may_decide(one: Dispute, user_id: int, role: str) -> bool:
    """The next level: a reviewer without a part in the task, or a manager who gave no verdict on this work."""
    if user_id in (one.author_id, one.review.reviewer_id):
        return False
    if role in (Role.OWNER, Role.MANAGER):
        return True
    took_part = Revision.objects.filter(task_id=one.task_id, author_id=user_id).exists()
    return not took_part and not Review.objects.filter(task_id=one.task_id, reviewer_id=user_id).exists()
