"""What is known of a project's quality, as rows: each figure with its interval, n, method, or the reason why it has no value."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .errors import Problem
from .transport import Transport

Row = dict[str, Any]
COLUMNS = ("part", "measure", "of", "value", "low", "high", "n", "reason", "method")


def report(transport: Transport, project: int, parts: Sequence[str] | None = None) -> list[Row]:
    """The rows of the parts asked for, or of all. A part that one's role may not see is one row that says so.

    Raises:
        ValueError: a part that there is not.
    """
    wanted = list(parts or PARTS)
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        raise ValueError(f"there is no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    out: list[Row] = []
    for part in wanted:
        try:
            out += [row | {"part": part} for row in PARTS[part](transport, project)]
        except Problem as problem:
            if problem.status != 403:
                raise
            out.append(_row("not shown", "", None, reason=problem.code) | {"part": part})
    return [{column: row[column] for column in COLUMNS} for row in out]


def as_csv(rows: Sequence[Row]) -> str:
    """Comma-separated, with a head. Text that a spreadsheet would run as a formula is quoted as text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _harmless(value) for name, value in row.items()})
    return out.getvalue()


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _row(measure: str, of: str, value: Any, *, n: int | None = None, reason: str | None = None) -> Row:
    return {
        "measure": measure,
        "of": of,
        "value": value,
        "low": None,
        "high": None,
        "n": n,
        "reason": reason,
        "method": "",
    }


def _figure(measure: str, of: str, found: dict[str, Any]) -> Row:
    """A share with its interval."""
    return _row(measure, of, found["value"], n=found["n"], reason=found["reason"]) | {
        "low": found["low"],
        "high": found["high"],
        "method": found["method"],
    }


def _agreed(measure: str, of: str, found: dict[str, Any]) -> Row:
    """A measure of agreement, which counts items and has its interval in one."""
    low, high = found["ci95"] or (None, None)
    return _row(measure, of, found["value"], n=found["n_items"], reason=found["reason"]) | {
        "low": low,
        "high": high,
        "method": found["method"],
    }


def _name(person: dict[str, Any]) -> str:
    return str(person["name"])


def _progress(transport: Transport, project: int) -> Iterator[Row]:
    found = transport.call("GET", f"/projects/{project}/stats/")
    yield _row("tasks", "", found["tasks"])
    yield _row("done", "", found["done"])
    yield _row("regions", "", found["regions"])
    yield _figure("accepted at the first review", "", found["accepted_first_time"])
    yield _row("expected to finish", "", found["forecast"]["expected_on"], reason=found["forecast"]["reason"])
    for one in found["classes"]:
        yield _row("regions", one["name"], one["regions"], n=one["tasks"])


def _agreement(transport: Transport, project: int) -> Iterator[Row]:
    found = transport.call("GET", f"/projects/{project}/quality/agreement/")
    yield _agreed("agreement", "", found["agreement"])
    yield _agreed("likeness", "", found["likeness"])
    yield _row("tasks compared", "", found["tasks"])
    for one in found["classes"]:
        yield _agreed("agreement", one["name"], one["agreement"])
    for one in found["questions"]:
        yield _agreed("agreement", f"{one['name'] or one['question']} (question)", one["agreement"])
    for one in found["people"]:
        yield _agreed("agreement with others", _name(one["person"]), one["agreement"])


def _gold(transport: Transport, project: int) -> Iterator[Row]:
    found = transport.call("GET", f"/projects/{project}/quality/gold/people/")
    yield _row("references", "", found["usable"])
    for one in found["people"]:
        yield _figure("accuracy on hidden tests", _name(one["person"]), one["accuracy"])


def _audits(transport: Transport, project: int) -> Iterator[Row]:
    for one in transport.pages(f"/projects/{project}/audits/"):
        of = f"audit {one['number']}" + (f" ({one['name']})" if one["name"] else "")
        yield _row("state", of, one["state"])
        yield _row("judged of the sample", of, one["judged"], n=one["sample"])
        if one["certificate"]:
            found, plan = one["certificate"]["result"], one["certificate"]["plan"]
            yield _figure("error rate", of, found | {"value": found["rate"], "method": plan["method"]})


def _findings(transport: Transport, project: int) -> Iterator[Row]:
    for one in transport.call("GET", f"/projects/{project}/quality/findings/summary/")["rules"]:
        yield _row("open findings", one["rule"], one["open"])


def _statistics(transport: Transport, project: int) -> Iterator[Row]:
    found = transport.call("GET", f"/projects/{project}/statistics/")
    yield _row("submitted", "", found["submitted"])
    yield _row("hours of labelling", "", round(found["annotate_ms"] / 3_600_000, 2))
    yield _row("hours of review", "", round(found["review_ms"] / 3_600_000, 2))
    for one in found["workers"]:
        yield _figure("accepted at the first review", _name(one["person"]), one["first_time"])
        yield _row("ms a task", _name(one["person"]), one["ms_per_task"], n=one["submitted"])


PARTS: dict[str, Callable[[Transport, int], Iterator[Row]]] = {
    "progress": _progress,
    "agreement": _agreement,
    "gold": _gold,
    "audits": _audits,
    "findings": _findings,
    "statistics": _statistics,
}
