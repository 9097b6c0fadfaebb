"""The totals of agreement: what one task adds to them, moving them by a difference, and making them anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

import msgspec
import numpy as np
from django.db import connection, transaction
from psycopg2.extras import execute_values

from apps.quality.models import AgreementSum, SaidCount, TaskAgreement
from domain.agreement.ratios import raters_of
from domain.agreement.scoring import ALL, MICRO, PairScore, Sums

K = TypeVar("K")
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
_WHOLE = 6  # the first so many are whole numbers
_NOTE = 10
NOTED_AT_ONCE = 50_000  # pairs and subjects in memory
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


def _number(known: dict[K, int], key: K) -> int:
    return known.setdefault(key, len(known))


class Totals:
    """Differences to add to the totals of one project. What tasks add is noted first, and summed for many at once."""

    def __init__(self) -> None:
        self.sums: dict[SumKey, list[float]] = {}
        self._said: dict[tuple[int, int, int, int], dict[tuple[str, str, str], int]] = {}  # a, b, batch, raters
        self._noted: list[int] = []  # `_NOTE` numbers a pair and subject
        self._tasks = 0
        self._subjects: dict[str, int] = {}
        self._people: dict[int, int] = {0: 0}  # 0 is nobody
        self._places: dict[tuple[int, date], int] = {}

    def add(self, pairs: list[PairBody], *, batch: int, day: date, raters: int, sign: int = 1) -> None:
        """What one task adds (or takes away, by a `sign` of -1)."""
        task, place = self._tasks, _number(self._places, (batch, day))
        self._tasks += 1
        for pair in pairs:
            a, b = _number(self._people, pair.a), _number(self._people, pair.b)
            for subject, sums in pair.sums.items():
                empty = pair.empty and subject == ALL
                self._noted += (
                    task,
                    place,
                    sign,
                    _number(self._subjects, subject),
                    a,
                    b,
                    sums.size,
                    sums.alike,
                    sums.overlap,
                    empty,
                )
        if len(self._noted) > NOTED_AT_ONCE * _NOTE:
            self._sum_up()
        asked: dict[str, int] = {}
        for pair in pairs:
            for question, _, _, times in pair.said:
                if question.startswith("item:"):
                    asked[question] = asked.get(question, 0) + times
        for pair in pairs:
            for question, left, right, times in pair.said:
                # a question that some left open had fewer raters than the task has answers
                of = raters_of(asked[question]) if question in asked else raters
                said = self._said.setdefault((pair.a, pair.b, batch, of), {})
                said[question, left, right] = said.get((question, left, right), 0) + sign * times

    def _sum_up(self) -> None:
        """Each task's sums of two people, of one against the others and of all; their squares; both added up."""
        if not self._noted:
            return
        task, place, sign, subject, a, b, *figures = np.array(self._noted, dtype=np.int64).reshape(-1, _NOTE).T
        self._noted, self._tasks = [], 0
        nobody = np.zeros_like(a)
        first, second = np.concatenate([a, a, b, nobody]), np.concatenate([b, nobody, nobody, nobody])
        people, subjects = len(self._people), len(self._subjects)
        whose = (np.tile(subject, 4) * people + first) * people + second
        of_task, at, rows = np.unique(
            np.tile(task, 4) * (subjects * people * people) + whose, return_index=True, return_inverse=True
        )
        size, alike, micro, empty = (np.bincount(rows, np.tile(one, 4)) for one in figures)
        overlap = micro / MICRO
        values = (
            np.ones(len(of_task)), np.bincount(rows), size, alike, micro, empty,
            size * size, size * alike, alike * alike, size * overlap, overlap * overlap, alike * overlap,
        )  # fmt: skip
        signs = np.tile(sign, 4)[at]
        keys, cells = np.unique(np.tile(place, 4)[at] * (subjects * people * people) + whose[at], return_inverse=True)
        summed = np.stack([np.bincount(cells, value * signs) for value in values], axis=1)
        names, ids, places = list(self._subjects), list(self._people), list(self._places)
        for key, new in zip(keys.tolist(), summed.tolist(), strict=True):
            rest, two = divmod(key, people)
            rest, one = divmod(rest, people)
            where, what = divmod(rest, subjects)
            total = self.sums.setdefault((names[what], ids[one], ids[two], *places[where]), [0.0] * len(_SUM_COLUMNS))
            for column, value in enumerate(new):
                total[column] += value

    def _all_said(self) -> dict[SaidKey, int]:
        """Of every two people, and of all."""
        found: dict[SaidKey, int] = {}
        for (a, b, batch, raters), said in self._said.items():
            for (question, left, right), times in said.items():
                for key in ((question, a, b, batch, raters, left, right), (question, 0, 0, batch, raters, left, right)):
                    found[key] = found.get(key, 0) + times
        return found

    def write(self, project_id: int) -> None:
        """Add them, in one order of keys, so that two writers wait for each other and never block each other."""
        self._sum_up()
        sums = [
            (project_id, *key, *map(int, row[:_WHOLE]), *row[_WHOLE:])
            for key, row in sorted(self.sums.items())
            if any(row)
        ]
        said = [(project_id, *key, times) for key, times in sorted(self._all_said().items()) if times]
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
