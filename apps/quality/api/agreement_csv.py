"""Tables of agreement as CSV: each figure with its interval, n and how it was made."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from apps.accounts.models import User
from apps.quality.api import agreement_present as present
from apps.quality.api.agreement_structs import AgreementFigure
from apps.quality.queries.agreement import Scope, agreement_of, confusion_of
from apps.quality.queries.differences import Wanted, differences_in

FIGURE = ("value", "low", "high", "reason", "items", "pairs", "method")
MOST_DIFFERENCES = 10_000  # rows of the list of differences
Row = list[Any]
_RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula


def _cells(figure: AgreementFigure) -> Row:
    low, high = figure.ci95 or (None, None)
    return [figure.value, low, high, figure.reason, figure.n_items, figure.n_pairs, figure.method]


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value


def _overview(made: Callable[[Any], Iterator[Row]], *head: str) -> Callable[..., Iterator[Row]]:
    def rows(*, user: User, project_id: int, scope: Scope, **_: Any) -> Iterator[Row]:
        yield [*head, *FIGURE]
        yield from made(present.agreement_out(agreement_of(user=user, project_id=project_id, scope=scope)))

    return rows


def _confusion(
    *, user: User, project_id: int, question: str, people: tuple[int, int] | None, scope: Scope, **_: Any
) -> Iterator[Row]:
    found = present.confusion_out(
        confusion_of(user=user, project_id=project_id, question=question, people=people, batch=scope.batch)
    )
    shown = {value.value: value.name for value in found.values}
    yield ["one said", "another said", "times"]
    for cell in found.cells:
        yield [shown.get(cell.left, cell.left), shown.get(cell.right, cell.right), cell.times]


def _differences(*, user: User, project_id: int, wanted: Wanted, **_: Any) -> Iterator[Row]:
    yield [
        "task",
        "name",
        "kind",
        "question",
        "likeness",
        "person",
        "said",
        "region",
        "other",
        "other said",
        "other region",
    ]
    after, written = 0, 0
    while True:
        page = differences_in(user=user, project_id=project_id, wanted=wanted, after=after)
        for one in present.difference_page(page).results:
            sides: Row = []
            for side in (one.a, one.b):
                sides += [
                    side.person.name if side.person else "",
                    side.said,
                    str(side.region.id) if side.region else "",
                ]
            yield [one.task.number, one.task.name, one.kind, one.question, one.likeness, *sides]
            written += 1
        if page.next_task is None or written >= MOST_DIFFERENCES:
            return
        after = page.next_task


def _pairs(found: Any) -> Iterator[Row]:
    known = {one.person.id: one.person.name for one in found.people}
    for pair in found.pairs:
        yield [known.get(pair.a, ""), known.get(pair.b, ""), *_cells(pair.agreement)]


TABLES: dict[str, Callable[..., Iterator[Row]]] = {
    "classes": _overview(lambda f: ([c.name, *_cells(c.agreement)] for c in f.classes), "class"),
    "attributes": _overview(
        lambda f: ([q.question, *_cells(one)] for q in f.questions for one in (q.agreement, q.beyond_chance) if one),
        "attribute",
    ),
    "people": _overview(lambda f: ([p.person.name, *_cells(p.agreement)] for p in f.people), "person"),
    "pairs": _overview(_pairs, "person", "other"),
    "batches": _overview(lambda f: ([b.name, *_cells(b.agreement)] for b in f.batches), "batch"),
    "days": _overview(lambda f: ([d.day.isoformat(), *_cells(d.agreement)] for d in f.days), "day"),
    "confusion": _confusion,
    "differences": _differences,
}


def table(name: str, **asked: Any) -> str:
    """The table as text, with the marks that spreadsheets would run taken out of action."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in TABLES[name](**asked):
        writer.writerow([_safe(cell) for cell in row])
    return out.getvalue()
