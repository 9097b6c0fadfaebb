"""The totals of agreement: what one task adds to them, moving them by a difference, and making them anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec
from django.db import connection, transaction
from psycopg2.extras import execute_values

from apps.quality.models import AgreementSum, SaidCount, TaskAgreement
from domain.agreement.ratios import raters_of
from domain.agreement.scoring import ALL, MICRO, PairScore, Sums

SumKey = tuple[str, int, int, int, date]  # subject, a, b, batch, day
SaidKey = tuple[str, int, int, int, int, str, str]  # question, a, b, batch, raters, left, right
_SUM_COLUMNS = (
    "tasks",
    "pairs",
    "size",
    "alike",
    "overlap",
    "empty",
    "size_size",
    "size_alike",
    "alike_alike",
    "size_overlap",
    "overlap_overlap",
    "alike_overlap",
)
_LOCK = 4_207_001  # class of advisory locks: one a project; scoring shares it, making anew has it alone
TASKS_AT_ONCE = 1_000


class PairBody(msgspec.Struct, array_like=True):
    """What two people's answers to one task add."""

    a: int
    b: int
    empty: bool
    left_out: int
    sums: dict[str, Sums]
    said: list[tuple[str, str, str, int]]  # question, left, right, times


BODY = msgspec.msgpack.Decoder(list[PairBody])


def body_of(pairs: Iterable[PairScore], *, categorical: frozenset[str]) -> list[PairBody]:
    """As it is kept. What was said against what is kept of questions with a list of answers only: free text would fill
    the table."""
    return [
        PairBody(
            pair.a,
            pair.b,
            pair.empty,
            pair.left_out,
            pair.sums,
            [(q, left, right, n) for (q, left, right), n in sorted(pair.said.items()) if q in categorical],
        )
        for pair in pairs
    ]


class Totals:
    """Differences to add to the totals of one project."""

    def __init__(self) -> None:
        self.sums: dict[SumKey, list[float]] = {}
        self.said: dict[SaidKey, int] = {}

    def add(self, pairs: list[PairBody], *, batch: int, day: date, raters: int, sign: int = 1) -> None:
        """What one task adds (or takes away, by a `sign` of -1)."""
        groups: dict[tuple[str, int, int], list[int]] = {}
        asked = Counter(q for pair in pairs for q, _, _, n in pair.said for _ in range(n) if q.startswith("item:"))
        for pair in pairs:
            for subject, sums in pair.sums.items():
                empty = int(pair.empty and subject == ALL)
                for a, b in ((pair.a, pair.b), (pair.a, 0), (pair.b, 0), (0, 0)):
                    group = groups.get((subject, a, b))
                    if group is None:
                        group = groups[subject, a, b] = [0, 0, 0, 0, 0]
                    group[0] += 1
                    group[1] += sums.size
                    group[2] += sums.alike
                    group[3] += sums.overlap
                    group[4] += empty
            for question, left, right, times in pair.said:
                # a question that some left open had fewer raters than the task has answers
                of = raters_of(asked[question]) if question in asked else raters
                self._say((question, pair.a, pair.b, batch, of, left, right), sign * times)
                self._say((question, 0, 0, batch, of, left, right), sign * times)
        for (subject, a, b), (count, size, alike, micro, none) in groups.items():
            overlap = micro / MICRO
            values = (
                1, count, size, alike, micro, none,
                size * size, size * alike, alike * alike, size * overlap, overlap * overlap, alike * overlap,
            )  # fmt: skip
            row = self.sums.setdefault((subject, a, b, batch, day), [0] * len(_SUM_COLUMNS))
            for place, value in enumerate(values):
                row[place] += sign * value

    def _say(self, key: SaidKey, times: int) -> None:
        self.said[key] = self.said.get(key, 0) + times

    def write(self, project_id: int) -> None:
        """Add them, in one order of keys, so that two writers wait for each other and never block each other."""
        sums = [(project_id, *key, *row) for key, row in sorted(self.sums.items()) if any(row)]
        said = [(project_id, *key, times) for key, times in sorted(self.said.items()) if times]
        with connection.cursor() as cursor:
            if sums:
                moved = ", ".join(f"{name} = s.{name} + EXCLUDED.{name}" for name in _SUM_COLUMNS)
                execute_values(
                    cursor.cursor,
                    f"""INSERT INTO quality_agreementsum AS s (project_id, subject, a, b, batch_id, day, {", ".join(_SUM_COLUMNS)})
                        VALUES %s ON CONFLICT (project_id, subject, a, b, batch_id, day) DO UPDATE SET {moved}""",  # noqa: S608 names of our own columns
                    sums,
                    page_size=500,
                )
            if said:
                execute_values(
                    cursor.cursor,
                    """INSERT INTO quality_saidcount AS s (project_id, question, a, b, batch_id, raters, "left", "right", times)
                       VALUES %s ON CONFLICT (project_id, question, a, b, batch_id, raters, "left", "right")
                       DO UPDATE SET times = s.times + EXCLUDED.times""",
                    said,
                    page_size=500,
                )


def hold_totals(project_id: int, *, alone: bool = False) -> None:
    """Until the end of the transaction: shared by who adds differences, alone for who makes the totals anew."""
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [_LOCK, project_id % 2**31])


@transaction.atomic
def rebuild_totals(*, project_id: int) -> int:
    """Make a project's totals anew out of its tasks' scores; returns how many tasks have some."""
    hold_totals(project_id, alone=True)
    totals, tasks = Totals(), 0
    for row in _scored(project_id):
        assert row.day is not None
        totals.add(BODY.decode(row.body), batch=row.batch_id, day=row.day, raters=len(row.people))
        tasks += 1
    AgreementSum.objects.filter(project_id=project_id).delete()
    SaidCount.objects.filter(project_id=project_id).delete()
    totals.write(project_id)
    return tasks


def _scored(project_id: int) -> Iterator[TaskAgreement]:
    rows = TaskAgreement.objects.filter(project_id=project_id).exclude(day=None)
    return rows.only("batch_id", "day", "body", "people").order_by("pk").iterator(TASKS_AT_ONCE)
