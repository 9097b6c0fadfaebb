"""Control charts of one person's speed and accuracy, and fatigue within their sessions: drawn from their newest answers, so
that it costs the same after a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.accounts.models import User
from apps.annotations.models import Annotation, Revision
from apps.quality.queries.statistics import may_see_person
from apps.reviews.models import Review
from apps.tasks.models import Task
from domain.agreement.annotators import Chart, Fatigue, control_chart, log_seconds, session_fatigue

NEWEST = 2_000  # answers that are looked at
AT_ONCE = 10  # answers a point: one alone says little
PAUSE = timedelta(minutes=30)  # without a submit: another session has begun
RIGHT = (Review.Verdict.ACCEPT,)


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer of the person: when, how long, and whether its first verdict took it as it was; None: not judged."""

    at: datetime
    active_ms: int
    right: bool | None


@dataclass(frozen=True, slots=True)
class Charted:
    """A chart, the end of each of its points, and the value of a point in the unit that people read: seconds, or a share."""

    chart: Chart
    ends: list[datetime]
    items: int


@dataclass(frozen=True, slots=True)
class Control:
    speed: Charted
    accuracy: Charted
    fatigue: Fatigue
    since: datetime | None


def control(*, user: User, project_id: int, wanted: int) -> Control:
    """The charts of a person, for themselves and for who may see people's figures.

    Raises:
        NotFound: another's, for somebody who may not see them.
    """
    may_see_person(user, project_id, wanted)
    rows = answered(project_id, wanted)
    timed = [row for row in rows if row.active_ms > 0]
    judged = [row for row in rows if row.right is not None]
    return Control(
        speed=_charted([row.at for row in timed], log_seconds([row.active_ms / 1000 for row in timed])),
        accuracy=_charted([row.at for row in judged], [float(bool(row.right)) for row in judged]),
        fatigue=session_fatigue(in_sessions(rows)),
        since=rows[0].at if rows else None,
    )


def answered(project_id: int, user_id: int) -> list[Answered]:
    """The person's newest answers, oldest first: each annotation as it was first submitted, with its first verdict."""
    rows = Revision.objects.filter(
        project_id=project_id, author_id=user_id, kind=Annotation.Kind.ANSWER, recalled=False
    )
    rows = rows.exclude(task__purpose=Task.Purpose.PLANTED).order_by("-pk")
    first: dict[int, tuple[int, datetime, int]] = {}
    for pk, annotation, at, active in rows.values_list("pk", "annotation_id", "created_at", "active_ms")[:NEWEST]:
        first[annotation] = (pk, at, active)  # the oldest of an annotation comes last
    verdicts: dict[int, str] = {}
    asked = Review.objects.filter(revision_id__in=[pk for pk, _, _ in first.values()], sent_back_from__isnull=True)
    for revision, verdict in asked.order_by("-pk").values_list("revision_id", "verdict"):
        verdicts[revision] = verdict
    return [
        Answered(at, active, verdicts[pk] in RIGHT if pk in verdicts else None)
        for pk, at, active in sorted(first.values())
    ]


def in_sessions(rows: Sequence[Answered]) -> list[tuple[float, bool]]:
    """(minutes since the session began, right or not) of what was judged."""
    found: list[tuple[float, bool]] = []
    began = last = None
    for row in rows:
        if began is None or last is None or row.at - last > PAUSE:
            began = row.at - timedelta(milliseconds=row.active_ms)
        last = row.at
        if row.right is not None:
            found.append(((row.at - began).total_seconds() / 60, row.right))
    return found


def _charted(ends: Sequence[datetime], values: Sequence[float]) -> Charted:
    """Points of ten answers each, the newest whole; what is left over at the beginning is in none."""
    spare = len(values) % AT_ONCE
    points = [sum(values[at : at + AT_ONCE]) / AT_ONCE for at in range(spare, len(values), AT_ONCE)]
    chart = control_chart(points)
    last = list(ends[spare + AT_ONCE - 1 :: AT_ONCE])
    return Charted(chart, last[len(last) - len(chart.points) :], len(values))
