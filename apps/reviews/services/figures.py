"""What a verdict adds to the maintained counts. Live verdicts, their undo and a recount all come through here, so that they
agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from apps.activity.models import CountDelta
from apps.reviews.models import Mark, Review
from apps.tasks.models import Task

VERDICTS = {"accept": "accepted", "fix": "fixed", "reject": "rejected"}
# Besides these and `active_ms`/review, `overturned` comes from disputes.
MEASURES = (*VERDICTS.values(), "reviewed", "reviewed_regions", "judged_regions", "faulty_regions", "rejected_for")
LONGEST_KEY = 64  # characters of a count's key


def reasons_in(text: str, offered: Iterable[str]) -> list[str]:
    """Which of the project's reasons a verdict's text begins with, as the review page writes them: `A, B: a note`."""
    head = text.partition(":")[0]
    return [
        reason for reason in offered if reason in (head, *(part.strip() for part in head.split(","))) or reason == text
    ]


def deltas_of(review: Review, *, first: bool, marks: Iterable[Mark], sign: int = 1) -> list[CountDelta]:
    """The counts of one verdict.

    Args:
        first: the first verdict on this answer; only that one tells how good the work was as it was handed in.
        sign: -1 takes them back.
    """
    if review.verdict == Review.Verdict.REOPEN:
        return []
    reviewer, revision = review.reviewer_id, review.revision
    amounts: Counter[tuple[str, str, int]] = Counter()
    amounts["reviewed", "", reviewer] += 1
    amounts["reviewed_regions", "", reviewer] += revision.region_count
    amounts["active_ms", "review", reviewer] += review.active_ms
    if review.task.purpose != Task.Purpose.PLANTED:  # of those nobody is the author: they say nothing of the work
        _of_the_work(amounts, review, first, marks)
    day = review.created_at.date()
    return [
        CountDelta(
            project_id=review.task.project_id, measure=measure, key=key, day=day, user_id=user_id, amount=sign * amount
        )
        for (measure, key, user_id), amount in amounts.items()
        if amount
    ]


def _of_the_work(amounts: Counter[tuple[str, str, int]], review: Review, first: bool, marks: Iterable[Mark]) -> None:
    """What a verdict says of who made the work."""
    author = review.author_id or 0
    amounts[VERDICTS[review.verdict], "first" if first else "again", author] += 1
    for reason in review.reasons or ([""] if review.verdict == Review.Verdict.REJECT else []):
        amounts["rejected_for", reason[:LONGEST_KEY], author] += 1
    if not first:
        return
    for name, regions in review.revision.class_counts.items():
        amounts["judged_regions", name, author] += regions
    for name, faulty, missed in _faults(marks):
        amounts["faulty_regions", name, author] += faulty
        amounts["judged_regions", name, author] += missed


def _faults(marks: Iterable[Mark]) -> list[tuple[str, int, int]]:
    """(class, regions that are wrong, those of them that were missed): a region counts once, however often it is marked."""
    faulty: dict[str, set[str]] = {}
    missed: Counter[str] = Counter()
    for mark in marks:
        if mark.class_id is None:
            continue
        name = str(mark.class_id)
        seen = faulty.setdefault(name, set())
        place = mark.element_id or f"{mark.x},{mark.y}"
        if mark.kind == Mark.Kind.MISSED and place not in seen:
            missed[name] += 1
        seen.add(place)
    return [(name, len(places), missed[name]) for name, places in faulty.items()]
