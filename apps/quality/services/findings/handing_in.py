"""Handing work in and judging it, with what the checks find of it kept in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from apps.annotations.models import Revision
from apps.annotations.services import Submitted
from apps.annotations.services import submit as submit_answer
from apps.jobs.services import enqueue
from apps.quality.services.findings.recording import record_revisions
from apps.reviews import services as reviews
from apps.reviews.models import Review

AT_ONCE = 500  # regions that are checked while a person waits; more is a job


@transaction.atomic
def submit(**given: Any) -> Submitted:
    """As `annotations.submit`, keeping findings."""
    done = submit_answer(**given)
    note_all([done.revision])
    return done


@transaction.atomic
def judge(**given: Any) -> Review:
    """As `reviews.submit_review`, keeping findings of a fix."""
    review = reviews.submit_review(**given)
    if review.fix_revision is not None:
        note_all([review.fix_revision])
    return review


def note_all(made: Sequence[Revision]) -> None:
    """Keep the findings of revisions of one project that were made in this transaction; of very large ones, by a job."""
    small = [one.pk for one in made if one.region_count <= AT_ONCE]
    if small:
        rows = Revision.objects.select_related("task__asset", "project", "annotation__based_on__annotation__based_on")
        record_revisions(revisions=list(rows.filter(pk__in=small)))
    for revision in made:
        if revision.region_count > AT_ONCE:
            _ask_to_check(revision)


def _ask_to_check(revision: Revision) -> None:
    enqueue(
        kind="quality.check_revisions",
        title=f"Check {revision.region_count} regions of task {revision.task.number}",
        organisation=revision.project.organisation_id,
        project=revision.project_id,
        user=None,
        arguments={"revisions": [revision.pk]},
    )
