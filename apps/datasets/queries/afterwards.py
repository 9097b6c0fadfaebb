"""What became of what an import brought: regions that people left, corrected, deleted and added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from apps.annotations.models import Revision
from apps.annotations.queries.documents import bodies_by_digest, named
from apps.datasets.models import Import
from domain.elements import unpack

AT_ONCE = 500  # tasks whose contents are compared together
MOST = 5_000  # tasks with other contents than the import gave them that are looked at

_WRITTEN = """
WITH found AS (
    SELECT i.made_id, i.before_id, coalesce(t.result_id, last.id, i.made_id) AS now_id, made.region_count
    FROM datasets_importeditem i
    JOIN tasks_task t ON t.id = i.task_id
    JOIN annotations_revision made ON made.id = i.made_id
    LEFT JOIN LATERAL (
        SELECT r.id FROM annotations_revision r JOIN annotations_annotation a ON a.id = r.annotation_id
        WHERE r.task_id = i.task_id AND r.kind <> 'gold' AND NOT r.recalled AND a.state <> 'discarded'
        ORDER BY r.number DESC LIMIT 1
    ) last ON true
    WHERE i.run_id = %s
) SELECT """
_ALIKE = "count(*), coalesce(sum(region_count), 0) FROM found WHERE now_id = made_id AND before_id IS NULL"
_OTHER = "made_id, before_id, now_id FROM found WHERE now_id <> made_id OR before_id IS NOT NULL LIMIT %s"


@dataclass(slots=True)
class Afterwards:
    """Regions of the file as people left them. Work that is not submitted yet does not count.

    `more`: there are other tasks, whose regions are not counted here.
    """

    tasks: int = 0
    changed_tasks: int = 0
    untouched: int = 0
    corrected: int = 0
    removed: int = 0
    added: int = 0
    more: bool = False


def afterwards(run: Import) -> Afterwards:
    """Counted now. None of it for predictions and gold, which nobody edits."""
    found = Afterwards()
    if run.mode in ("predictions", "gold"):
        return found
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN + _ALIKE, [run.pk])
        found.tasks, found.untouched = (int(n) for n in cursor.fetchone())
        cursor.execute(_WRITTEN + _OTHER, [run.pk, MOST + 1])
        rows = cursor.fetchall()
    found.more = len(rows) > MOST
    for start in range(0, min(len(rows), MOST), AT_ONCE):
        _compare(rows[start : min(start + AT_ONCE, MOST)], found)
    return found


def _compare(rows: Sequence[tuple[int, int | None, int]], found: Afterwards) -> None:
    ids = {pk for row in rows for pk in row if pk is not None}
    contents = _regions(ids)
    for made_id, before_id, now_id in rows:
        made, now = contents.get(made_id, {}), contents.get(now_id, {})
        before = contents.get(before_id, {}) if before_id is not None else {}
        found.tasks += 1
        found.changed_tasks += now_id != made_id
        for key, raw in made.items():
            if before.get(key) == raw:
                continue  # stood there before
            here = now.get(key)
            found.untouched += here == raw
            found.corrected += here is not None and here != raw
            found.removed += here is None
        found.added += len(now.keys() - made.keys())


def _regions(ids: set[int]) -> dict[int, dict[str, bytes]]:
    """Regions of revisions, by id."""
    chunks = dict(Revision.objects.filter(pk__in=ids).values_list("pk", "chunks"))
    bodies = bodies_by_digest({bytes(digest) for found in chunks.values() for digest in found})
    return {
        pk: {named(raw): raw for digest in found for kind, raw in unpack(bodies[bytes(digest)]) if kind == "region"}
        for pk, found in chunks.items()
    }
