"""Counting again: the maintained counts rebuilt from the rows that they count."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.db import connection, transaction
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from apps.activity import counts
from apps.activity.models import CountDelta
from apps.annotations.models import Annotation, Revision
from apps.annotations.services.index import current_revisions
from apps.reviews.models import Dispute, Review
from apps.reviews.services.disputes import overturned_count
from apps.reviews.services.figures import MEASURES as VERDICT_MEASURES
from apps.reviews.services.figures import deltas_of
from apps.tasks.models import Task
from apps.tasks.services.tallies import tally_deltas

MEASURES = (
    "tasks_by_state",
    "tasks_by_batch",
    "done",
    "submitted",
    *VERDICT_MEASURES,
    "overturned",
    "active_ms",
    "regions_by_class",
    "tasks_by_class",
)


@transaction.atomic
def recount(*, project_id: int) -> int:
    """Replace a project's counts by what its rows say; returns how many counts there are.

    Run it while nobody works on the project: deltas of transactions that are still open would be counted twice.
    """
    counts.forget(project_id, MEASURES)
    rows = [
        *_tasks(project_id),
        *_answers(project_id),
        *_reviews(project_id),
        *_overturned(project_id),
        *_classes(project_id),
    ]
    counts.add_many(rows)
    return len(rows)


Place = tuple[str, str, date | None, int]  # measure, key, day, user id

_KEPT = """
    SELECT measure, key, day, user_id, sum(amount) FROM (
        SELECT measure, key, day, user_id, amount FROM activity_count WHERE project_id = %(project)s
        UNION ALL SELECT measure, key, day, user_id, amount FROM activity_countdelta WHERE project_id = %(project)s
    ) kept WHERE measure = ANY(%(measures)s) GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0"""
_MONTHS = """
    SELECT coalesce(d.measure, m.measure) || ' by month', coalesce(d.key, m.key), coalesce(d.month, m.month), coalesce(d.user_id, m.user_id),
        coalesce(m.amount, 0), coalesce(d.amount, 0)
    FROM (SELECT measure, key, date_trunc('month', day::timestamp)::date AS month, user_id, sum(amount) AS amount
          FROM activity_count WHERE project_id = %(project)s GROUP BY 1, 2, 3, 4) d
    FULL JOIN (SELECT * FROM activity_monthcount WHERE project_id = %(project)s) m
        ON (m.measure, m.key, m.user_id) = (d.measure, d.key, d.user_id)
        AND coalesce(m.month, '-infinity') = coalesce(d.month, '-infinity')
    WHERE coalesce(m.amount, 0) <> coalesce(d.amount, 0)"""


def kept_counts(project_id: int) -> dict[Place, int]:
    """What the maintained counts say, folded or not; zeros are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, {"project": project_id, "measures": list(MEASURES)})
        return {(measure, key, day, user): int(n) for measure, key, day, user, n in cursor.fetchall()}


def differences(*, project_id: int) -> dict[Place, tuple[int, int]]:
    """{what: (kept, of a full scan)} where the maintained counts differ from the rows, and sums of months, told
    with their first day, from those of their days. Nothing is changed."""
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"project": project_id})
        found: dict[Place, tuple[int, int]] = {tuple(row[:4]): (int(row[4]), int(row[5])) for row in cursor.fetchall()}
    kept = kept_counts(project_id)
    with transaction.atomic():
        recount(project_id=project_id)
        scanned = kept_counts(project_id)
        transaction.set_rollback(True)
    for place in {*kept, *scanned}:
        if kept.get(place, 0) != scanned.get(place, 0):
            found[place] = kept.get(place, 0), scanned.get(place, 0)
    return found


def _tasks(project_id: int) -> list[CountDelta]:
    tasks = Task.objects.filter(project_id=project_id, trashed_at=None)
    tally = {
        (state, batch_id): n for state, batch_id, n in tasks.values_list("state", "batch_id").annotate(Count("pk"))
    }
    done = (
        tasks.filter(state=Task.State.DONE)
        .annotate(day=TruncDate("finished_at"))
        .values_list("day")
        .annotate(Count("pk"))
    )
    return [
        *tally_deltas(project_id, tally),
        *(CountDelta(project_id=project_id, measure="done", day=day, amount=n) for day, n in done),
    ]


def _answers(project_id: int) -> list[CountDelta]:
    rows = (
        Revision.objects.filter(project_id=project_id, kind=Annotation.Kind.ANSWER)
        .exclude(task__purpose__in=[Task.Purpose.EXAM, Task.Purpose.PLANTED])
        .annotate(day=TruncDate("created_at"))
        .values_list("day", "author_id")
        .annotate(n=Count("pk", filter=Q(recalled=False)), active=Sum("active_ms"))
    )
    found = []
    for day, user_id, n, active in rows:
        found.append(CountDelta(project_id=project_id, measure="submitted", day=day, user_id=user_id, amount=n))
        found.append(
            CountDelta(
                project_id=project_id, measure="active_ms", key="annotate", day=day, user_id=user_id, amount=active
            )
        )
    return found


def _reviews(project_id: int) -> list[CountDelta]:
    sums: Counter[tuple[str, str, date | None, int]] = Counter()
    seen: set[int] = set()
    judged = Review.objects.filter(task__project_id=project_id).exclude(verdict=Review.Verdict.REOPEN)
    for review in judged.select_related("revision", "task").prefetch_related("marks").order_by("pk").iterator(2_000):
        answer = review.revision.annotation_id
        for delta in deltas_of(review, first=answer not in seen, marks=review.marks.all()):
            sums[delta.measure, delta.key, delta.day, delta.user_id] += delta.amount
        seen.add(answer)
    return [
        CountDelta(project_id=project_id, measure=measure, key=key, day=day, user_id=user_id, amount=n)
        for (measure, key, day, user_id), n in sums.items()
    ]


def _overturned(project_id: int) -> list[CountDelta]:
    rows = Dispute.objects.filter(project_id=project_id, state=Dispute.State.OVERTURNED).select_related("review")
    return [overturned_count(one.review, project_id) for one in rows]


def _classes(project_id: int) -> list[CountDelta]:
    regions: Counter[str] = Counter()
    tasks: Counter[str] = Counter()
    for class_counts in Revision.objects.filter(pk__in=current_revisions(project_id)).values_list(
        "class_counts", flat=True
    ):
        regions.update(class_counts)
        tasks.update(name for name, n in class_counts.items() if n)
    return [
        *(
            CountDelta(project_id=project_id, measure="regions_by_class", key=key, amount=n)
            for key, n in regions.items()
        ),
        *(CountDelta(project_id=project_id, measure="tasks_by_class", key=key, amount=n) for key, n in tasks.items()),
    ]
