"""Dealing items out to splits, in temporary tables: as much memory for a million items as for ten."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, NullIf

from apps.annotations.models import Revision
from apps.datasets.filters import ItemFilter, SplitShares, finished_items
from apps.projects.models import Project
from apps.reviews.models import Review
from apps.tasks.models import Stage, Task
from domain.sampling import GUARDED, Dealer

CHUNK = 10_000  # rows
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

_RAREST = """
CREATE TEMP TABLE dealing_stratum ON COMMIT DROP AS
WITH held AS (SELECT DISTINCT i.key, c.class FROM dealing_item i, jsonb_object_keys(i.classes) AS c(class)),
     often AS (SELECT class, count(*) AS n FROM held GROUP BY class)
SELECT DISTINCT ON (held.key) held.key, held.class AS stratum FROM held JOIN often USING (class)
ORDER BY held.key, often.n, held.class
"""
_SMALLEST = """
CREATE TEMP TABLE dealing_stratum ON COMMIT DROP AS
SELECT key, coalesce(min(stratum), '') AS stratum FROM dealing_item GROUP BY key
"""
_GROUPS = """
CREATE TEMP TABLE dealing_group ON COMMIT DROP AS
SELECT i.key, count(*) AS size, bool_and(i.fit) AS fit, coalesce(max(s.stratum), '') AS stratum,
       coalesce(max(m.split), CASE WHEN %(keep)s THEN max(k.split) END) AS split, max(k.split) AS before
FROM dealing_item i LEFT JOIN dealing_stratum s ON s.key = i.key
LEFT JOIN datasets_movedgroup m ON m.project_id = %(project)s AND m.key = i.key AND m.split = ANY(%(names)s)
LEFT JOIN datasets_groupsplit k
    ON k.project_id = %(project)s AND k.seed = %(seed)s AND k.key = i.key AND k.split = ANY(%(names)s)
GROUP BY i.key
"""
_UNDEALT = """
SELECT key, size, fit, stratum FROM dealing_group WHERE split IS NULL
ORDER BY sha256(convert_to(%s || key, 'UTF8'))
"""
# An item that a guarded split may not hold is left out where its group is there: in another split it would leak.
_DEALT = """
CREATE TEMP VIEW dealing_dealt AS
SELECT i.*, CASE WHEN i.fit OR g.split <> ALL(%s) THEN g.split END AS split, g.before
FROM dealing_item i JOIN dealing_group g USING (key)
"""
_ROWS = """
SELECT task, asset, asset_hash, asset_group, name, revision, revision_hash, regions, split FROM dealing_dealt ORDER BY number
"""
_REMEMBER = """
INSERT INTO datasets_groupsplit (project_id, seed, key, split)
SELECT %s, %s, key, split FROM dealing_group WHERE split IS NOT NULL
ON CONFLICT (project_id, seed, key) DO UPDATE SET split = excluded.split WHERE datasets_groupsplit.split <> excluded.split
"""


@dataclass(frozen=True, slots=True)
class Dealing:
    """How items are dealt: for one project, filter and wish."""

    project: Project
    wanted: ItemFilter
    splits: SplitShares

    @property
    def seed(self) -> str:
        return str(self.splits.seed) if self.splits.seed is not None else f"project {self.project.pk}"

    @property
    def guarded(self) -> frozenset[str]:
        return frozenset() if self.splits.test_takes_any else GUARDED

    def dealer(self) -> Dealer:
        """Raises SplitError."""
        return Dealer(self.splits.shares, seed=self.seed, guarded=self.guarded)


def reviewed() -> Q:
    """Tasks whose result says what a person has accepted, fixed in review, or decided between answers. A change that was
    taken back leaves the same words under another revision."""
    of_task = Q(task_id=OuterRef("pk"))
    verdicts = Review.objects.filter(of_task).filter(
        Q(verdict=Review.Verdict.ACCEPT, revision__sha256=OuterRef("result__sha256"))
        | Q(fix_revision__sha256=OuterRef("result__sha256"))
    )
    settled = Revision.objects.filter(
        of_task, sha256=OuterRef("result__sha256"), stage=Stage.ADJUDICATE, author__isnull=False
    )
    return Exists(verdicts) | Exists(settled)


def deal(dealing: Dealing) -> None:
    """Fill `dealing_dealt` with the items and their splits (null: held back), for the rest of this transaction."""
    splits = dealing.splits
    _create_items(dealing)
    with connection.cursor() as cursor:
        cursor.execute(_RAREST if splits.stratify == "class" else _SMALLEST)
        cursor.execute("ANALYZE dealing_stratum")
        given: dict[str, Any] = {
            "project": dealing.project.pk,
            "seed": dealing.seed,
            "names": [name for name, share in splits.shares.items() if share > 0],
            "keep": splits.keep,
        }
        cursor.execute(_GROUPS, given)
        cursor.execute("CREATE TEMP TABLE dealing_chosen (key text PRIMARY KEY, split text) ON COMMIT DROP")
    _copy_chosen(_chosen(dealing))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dealing_group g SET split = c.split FROM dealing_chosen c WHERE g.key = c.key AND c.split <> ''"
        )
        cursor.execute("CREATE UNIQUE INDEX ON dealing_group (key)")
        cursor.execute("ANALYZE dealing_group")
        cursor.execute(_DEALT, [list(dealing.guarded)])


def dealt_rows() -> Iterator[tuple[Any, ...]]:
    """What `_ROWS` says of each dealt item, in the order of the tasks' numbers."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ROWS)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def remember(dealing: Dealing) -> int:
    """Keep the splits for later versions; how many groups left the one they had."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dealing_group WHERE before IS NOT NULL AND split <> before")
        left = int(cursor.fetchone()[0])
        cursor.execute(_REMEMBER, [dealing.project.pk, dealing.seed])
    return left


def drop() -> None:
    """Remove the tables before the transaction ends, so that it may deal again."""
    with connection.cursor() as cursor:
        cursor.execute("DROP VIEW IF EXISTS dealing_dealt")
        cursor.execute("DROP TABLE IF EXISTS dealing_item, dealing_stratum, dealing_group, dealing_chosen")


def _create_items(dealing: Dealing) -> None:
    drop()
    rows = _annotated(finished_items(dealing.project, dealing.wanted), dealing.splits.stratify)
    sql, params = rows.query.sql_with_params()
    columns = "number, task, asset, asset_hash, asset_group, name, revision, revision_hash, regions, classes, key, stratum, fit, origin_is_real"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE dealing_item ({columns}) ON COMMIT DROP AS {sql}", params)
        cursor.execute("ANALYZE dealing_item")


def _annotated(rows: QuerySet[Task], stratify: str) -> QuerySet[Task, Any]:
    real, stratum = Q(asset__origin="real"), Value("", output_field=TextField())
    if stratify == "origin":
        stratum = Cast(F("asset__origin"), TextField())  # type: ignore[assignment]
    elif stratify.startswith("metadata."):
        stratum = KeyTextTransform(stratify.removeprefix("metadata."), "asset__metadata")  # type: ignore[assignment]
    return (
        rows.order_by()
        .annotate(
            key=Coalesce(NullIf(F("asset__group"), Value("")), F("asset__sha256"), output_field=CharField()),
            stratum=stratum,
            is_real=Case(When(real, then=Value(True)), default=Value(False)),
            fit=Case(When(real & reviewed(), then=Value(True)), default=Value(False)),
        )
        .values_list(
            "number", "pk", "asset_id", "asset__sha256", "asset__group", "asset__name", "result_id", "result__sha256",
            "result__region_count", "result__class_counts", "key", "stratum", "fit", "is_real",
        )
    )  # fmt: skip


def _chosen(dealing: Dealing) -> Iterator[tuple[str, str]]:
    dealer, stratified = dealing.dealer(), bool(dealing.splits.stratify)
    if stratified:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT split, stratum, sum(size) FROM dealing_group WHERE split IS NOT NULL GROUP BY split, stratum"
            )
            for split, stratum, size in cursor.fetchall():
                dealer.keep(split, stratum=stratum, size=int(size))
    with connection.chunked_cursor() as cursor:
        cursor.execute(_UNDEALT, [dealing.seed])
        while rows := cursor.fetchmany(CHUNK):
            for key, size, fit, stratum in rows:
                fit = fit or not dealing.guarded
                split = dealer.in_stratum(stratum, size=size, fit=fit) if stratified else dealer.by_hash(key, fit=fit)
                yield key, split or ""


def _copy_chosen(chosen: Iterable[tuple[str, str]]) -> None:
    buffer, waiting = io.StringIO(), 0
    for key, split in chosen:
        buffer.write(f"{key.translate(_ESCAPES)}\t{split}\n")
        waiting += 1
        if waiting == CHUNK:
            copy_in(buffer, "dealing_chosen", ("key", "split"))
            buffer, waiting = io.StringIO(), 0
    copy_in(buffer, "dealing_chosen", ("key", "split"))


def copy_in(buffer: io.StringIO, table: str, columns: tuple[str, ...]) -> None:
    buffer.seek(0)
    with connection.cursor() as cursor:
        cursor.cursor.copy_from(buffer, table, columns=columns)
