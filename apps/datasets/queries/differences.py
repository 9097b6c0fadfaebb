"""What changed between two versions of a project: items, regions, classes, splits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from django.db import connection

from apps.annotations.models import Revision
from apps.annotations.queries.documents import iter_revision
from apps.core.errors import Invalid
from apps.datasets.models import DatasetVersion
from domain.elements import decode

Kind = Literal["added", "removed", "relabelled", "moved"]
KINDS: tuple[Kind, ...] = ("added", "removed", "relabelled", "moved")
LISTED = 1_000  # ids a list of a difference
REGIONS = 60  # shown of an item
MOST_ELEMENTS = 2_000  # of an item whose regions are compared one by one

_BOTH = """
FROM (SELECT * FROM datasets_versionitem WHERE version_id = %(new)s) n
FULL JOIN (SELECT * FROM datasets_versionitem WHERE version_id = %(old)s) o ON o.task_id = n.task_id
"""
_IS: dict[Kind, str] = {
    "added": "o.id IS NULL",
    "removed": "n.id IS NULL",
    "relabelled": "o.revision_id <> n.revision_id",
    "moved": "o.split <> n.split",
}
_COUNTS = f"SELECT {', '.join(f'count(*) FILTER (WHERE {_IS[kind]})' for kind in KINDS)} {_BOTH}"
_CLASSES = """
SELECT c.key::bigint, sum(c.value::bigint) FROM datasets_versionitem i JOIN annotations_revision r ON r.id = i.revision_id,
    jsonb_each_text(r.class_counts) AS c
WHERE i.version_id = %s GROUP BY 1
"""


class Changed(msgspec.Struct):
    """One item that is not as it was."""

    task: int
    asset: int
    split: str | None  # now; null: it is gone
    split_before: str | None
    revision: int | None
    revision_before: int | None


def difference(version: DatasetVersion, against: DatasetVersion) -> dict[str, Any]:
    """What changed from `against` to `version`, by task.

    Raises:
        Invalid: they are not of the same project.
    """
    both = _both(version, against)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, both)
        counts = cursor.fetchone()
    found: dict[str, Any] = {"against": against.pk}
    for kind, count in zip(KINDS, counts, strict=True):
        found |= {kind: [one.task for one in changed(version, against, kind, limit=LISTED)], f"{kind}_count": count}
    before, now = class_counts(against), class_counts(version)
    found["regions_before"], found["regions"] = against.region_count, version.region_count
    found["classes"] = [
        {"class_id": class_id, "before": before.get(class_id, 0), "now": now.get(class_id, 0)}
        for class_id in sorted(before.keys() | now.keys())
    ]
    return found


def changed(
    version: DatasetVersion, against: DatasetVersion, kind: Kind, *, after: int = 0, limit: int = 50
) -> list[Changed]:
    """Items of one kind of change with task ids above `after`, in order."""
    statement = f"""
        SELECT coalesce(n.task_id, o.task_id) AS task, coalesce(n.asset_id, o.asset_id), n.split, o.split,
               n.revision_id, o.revision_id {_BOTH}
        WHERE {_IS[kind]} AND coalesce(n.task_id, o.task_id) > %(after)s ORDER BY 1 LIMIT %(limit)s
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, _both(version, against) | {"after": after, "limit": limit})
        return [Changed(*row) for row in cursor.fetchall()]


def class_counts(version: DatasetVersion) -> dict[int, int]:
    """{class id: regions}."""
    with connection.cursor() as cursor:
        cursor.execute(_CLASSES, [version.pk])
        return {class_id: int(regions) for class_id, regions in cursor.fetchall()}


def changed_regions(rows: Sequence[Changed]) -> dict[int, list[dict[str, Any]]]:
    """{task: regions that were added, removed or changed}, of items whose labels changed. At most `REGIONS` each."""
    wanted = {key for row in rows for key in (row.revision, row.revision_before) if key}
    revisions = Revision.objects.in_bulk(wanted)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        if not row.revision or not row.revision_before or row.revision == row.revision_before:
            continue
        now, before = revisions[row.revision], revisions[row.revision_before]
        if max(now.element_count, before.element_count) <= MOST_ELEMENTS:
            found[row.task] = _regions(now, before)[:REGIONS]
    return found


def _regions(now: Revision, before: Revision) -> list[dict[str, Any]]:
    new, old = ({e.id: e.body for e in iter_revision(one) if e.kind == "region"} for one in (now, before))
    found = []
    for key in sorted(new.keys() | old.keys()):
        if new.get(key) == old.get(key):
            continue
        change = "added" if key not in old else "removed" if key not in new else "changed"
        region: Any = decode("region", msgspec.json.decode(new.get(key) or old[key]))
        bounds = region.geometry.bounds()
        found.append(
            {"change": change, "class_id": region.class_id, "bounds": list(map(float, bounds)) if bounds else None}
        )
    return found


def _both(version: DatasetVersion, against: DatasetVersion) -> dict[str, int]:
    if version.project_id != against.project_id:
        raise Invalid("Two versions of different projects have no difference.")
    return {"new": version.pk, "old": against.pk}
