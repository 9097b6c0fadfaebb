"""Reading verdicts."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.annotations.models import Annotation, Revision
from apps.annotations.queries import revision_for, revisions_visible
from apps.projects.access import ProjectAccess
from apps.reviews.models import Review


def _with_all() -> QuerySet[Review]:
    return Review.objects.select_related("task__project").prefetch_related("marks").order_by("pk")


def reviews_of(*, user: User, revision_id: int) -> QuerySet[Review]:
    """Verdicts on a revision that the person may see."""
    return _with_all().filter(revision=revision_for(user, revision_id))


def reviews_of_task(access: ProjectAccess, task_id: int) -> QuerySet[Review]:
    """Verdicts on those revisions of a task that the person may see."""
    return _with_all().filter(task_id=task_id, revision__in=revisions_visible(access).filter(task_id=task_id))


def last_rejection(annotation: Annotation) -> Review | None:
    """Why an answer came back: the rejection of the revision that its draft is based on, or of a fix of it; or that it was
    asked for again."""
    if annotation.base_id is None:
        return None
    here = Q(revision_id=annotation.base_id)
    fixed = Q(revision__kind=Annotation.Kind.FIX, revision__annotation__based_on_id=annotation.base_id)
    back = (Review.Verdict.REJECT, Review.Verdict.REOPEN)
    return _with_all().filter(here | fixed, verdict__in=back).last()


def previous_revision(revision: Revision) -> Revision | None:
    """The revision of the same answer that was judged before this one."""
    return (
        Revision.objects.filter(annotation_id=revision.annotation_id, number__lt=revision.number, reviews__isnull=False)
        .order_by("-number")
        .first()
    )
