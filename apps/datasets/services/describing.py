"""The datasheet of a version: what is counted when it is frozen, and what people say of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec
from django.db import connection
from django.db.models import Count, Q

from apps.datasets.errors import NotReady
from apps.datasets.filters import EXPORTED_OUTCOMES
from apps.datasets.models import DatasetVersion
from apps.datasets.queries.differences import KINDS, difference
from apps.quality.models import Audit
from apps.quality.queries.agreement import whole_agreement
from apps.tasks.models import Task
from domain.datasheet import SAID, render
from domain.schema import parse

USUAL = "train val test"  # splits in the order that people think of them; others follow by name
FEW = 20  # regions of a class: below it a model sees little of it
KEYS, VALUES = 12, 12  # metadata keys, and values of each
MOST_DISTINCT = 200  # values of a key: beyond it a slice of it says nothing
PEOPLE = 200

_FROM = """
FROM datasets_versionitem i JOIN annotations_revision r ON r.id = i.revision_id JOIN assets_asset a ON a.id = i.asset_id
"""


def _kind(name: str, column: str) -> str:
    """The items of each value of a column, the most first."""
    counted = f"'{name}', {column}, '', count(*), 0, 0 FROM item GROUP BY {column} ORDER BY 4 DESC, 2 LIMIT 50"
    return f"UNION ALL (SELECT {counted})"


# Who made what a result says: a change that was taken back leaves the same words under another revision.
_MADE = f"""
{_FROM} JOIN LATERAL (
    SELECT o.kind, o.stage, o.author_id FROM annotations_revision o
    WHERE o.task_id = r.task_id AND o.sha256 = r.sha256 ORDER BY o.number LIMIT 1
) made ON true
"""  # noqa: S608
_VERDICT = """
reviews_review v JOIN annotations_revision judged
    ON judged.id = CASE v.verdict WHEN 'accept' THEN v.revision_id ELSE v.fix_revision_id END
"""
# What each item is, gathered once; then its counts of every kind: a name, and `Counted`.
_COUNTED = f"""
WITH item AS MATERIALIZED (
    SELECT i.split, coalesce(nullif(i."group", ''), i.asset_sha256) AS kin, r.region_count, r.class_counts, a.licence, a.origin,
           a.attribution, a.metadata, made.kind, made.author_id,
           (made.stage = 'adjudicate' AND made.author_id IS NOT NULL) OR EXISTS (
               SELECT 1 FROM {_VERDICT} WHERE v.task_id = i.task_id AND judged.sha256 = r.sha256) AS reviewed
    {_MADE} WHERE i.version_id = %s
), said AS (
    SELECT m.key, m.value, count(*) AS n, count(*) OVER (PARTITION BY m.key) AS many,
           row_number() OVER (PARTITION BY m.key ORDER BY count(*) DESC, m.value) AS place
    FROM item, jsonb_each_text(item.metadata) AS m WHERE item.metadata != '{{}}' GROUP BY 1, 2
)
SELECT 'splits', '', split, count(*), sum(region_count)::bigint, count(DISTINCT kin) FROM item GROUP BY split
UNION ALL SELECT 'classes', c.key, split, count(*), sum(c.value::bigint)::bigint, 0
    FROM item, jsonb_each_text(item.class_counts) AS c GROUP BY c.key, split
{_kind("licences", "licence")} {_kind("origins", "origin")} {_kind("attributions", "attribution")} {_kind("stages", "kind")}
UNION ALL SELECT 'reviewed', '', '', count(*), 0, 0 FROM item WHERE reviewed
UNION ALL (SELECT 'people', author_id::text, '', count(*), 0, 0 FROM item WHERE author_id IS NOT NULL
    GROUP BY author_id ORDER BY 4 DESC, author_id LIMIT {PEOPLE})
UNION ALL SELECT 'metadata', key, value, n, many, place FROM said WHERE place <= {VALUES} AND many <= {MOST_DISTINCT}
"""  # noqa: S608
_REVIEWERS = f"""
SELECT count(DISTINCT i.id) {_FROM} JOIN ({_VERDICT}) ON v.task_id = i.task_id AND judged.sha256 = r.sha256
WHERE i.version_id = %s GROUP BY v.reviewer_id ORDER BY 1 DESC, v.reviewer_id LIMIT %s
"""
_REGIONS = """
SELECT x.shape, coalesce(x.source, 'people'), count(*)
FROM annotations_regionindex x JOIN datasets_versionitem i ON i.revision_id = x.revision_id
WHERE x.project_id = %s AND i.version_id = %s GROUP BY 1, 2
"""
MOST_KINDS = 50  # shapes and sources that are listed


class Counted(NamedTuple):
    """What `_COUNTED` says of one value."""

    key: str
    split: str
    items: int
    regions: int
    groups: int


def _rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def count_up(version: DatasetVersion) -> dict[str, Any]:
    """The facts of a version that was just frozen: regions are counted in the index, which holds current work only."""
    project = version.project
    counted: dict[str, list[Counted]] = defaultdict(list)
    for kind, *row in _rows(_COUNTED, version.pk):
        counted[kind].append(Counted(*row))
    splits = {row.split: row[2:] for row in counted["splits"]}
    names = sorted(version.splits.get("shares", {}), key=lambda name: (name not in USUAL, USUAL.find(name), name))
    classes = _classes(version, counted["classes"])
    reviewed = counted["reviewed"][0].items
    reviewers = _rows(_REVIEWERS, version.pk, PEOPLE) if reviewed else []
    licences = _by_value(counted["licences"])
    kinds = _rows(_REGIONS, project.pk, version.pk)
    return {
        "kind": "labelwright.datasheet",
        "format": 1,
        "project": {"name": project.name, "id": project.pk},
        "splits": [
            {"name": name, **dict(zip(("items", "regions", "groups"), splits.get(name, (0, 0, 0)), strict=True))}
            for name in names
        ],
        "asked": {k: v for k, v in version.splits.items() if k in ("shares", "seed", "stratify", "test_takes_any")},
        "schema": version.schema_version.number,
        "classes": classes,
        "shapes": _most((shape, n) for shape, _, n in kinds),
        "origins": _by_value(counted["origins"]),
        "metadata": _metadata(counted["metadata"]),
        "licences": licences,
        "attributions": _by_value(counted["attributions"]),
        "guideline": _guideline(version),
        "labelled": {
            "stages": _by_value(counted["stages"]),
            "reviewed": reviewed,
            "people": {f"person {n}": row.items for n, row in enumerate(counted["people"], 1)},
            "reviewers": {str(n): items for n, (items,) in enumerate(reviewers, 1)},
            "sources": _most((source, n) for _, source, n in kinds),
        },
        "quality": {"agreement": _agreement(project.pk), "audits": _audits(project.pk)},
        "gaps": _gaps(version, classes, reviewed, licences),
        "changes": _changes(version),
    }  # fmt: skip


def sheet_of(version: DatasetVersion, said: dict[str, str]) -> dict[str, Any]:
    """`datasheet.json`: what was counted, and what people said when the export was asked for.

    What is exported without a name says neither its number nor its day: the same data gives the same bytes again.
    """
    about: dict[str, Any] = {
        "name": said.get("name", ""),
        "items": version.item_count,
        "regions": version.region_count,
        "sha256": version.sha256,
    }
    if version.name:
        about |= {"number": version.number, "frozen_on": version.created_at.date().isoformat()}
    texts = {name: said.get(name, "") for name in SAID}
    return (version.datasheet or count_up(version)) | {"dataset_version": about, "said": texts}


def datasheet_of(version: DatasetVersion) -> dict[str, Any]:
    """The datasheet as an export would hold it now.

    Raises:
        NotReady: the version is not frozen.
    """
    if version.state != "frozen":
        raise NotReady("The version is not frozen yet.")
    said = said_of(version)
    sheet = sheet_of(version, said)
    return {"said": sheet["said"], "sheet": sheet, "readme": render(sheet)}


def say_of_version(*, version: DatasetVersion, said: dict[str, str]) -> DatasetVersion:
    """Change what people say of it. Exports that were asked for before keep their own words."""
    version.said = version.said | {name: text.strip() for name, text in said.items() if name in SAID}
    version.save(update_fields=["said"])
    return version


def sheet_files(version: DatasetVersion, said: dict[str, str]) -> dict[str, bytes]:
    """The two files of an export's card, by name."""
    sheet = sheet_of(version, said)
    document = msgspec.json.format(msgspec.json.encode(sheet, order="sorted"), indent=1)
    return {"README.md": render(sheet).encode(), "datasheet.json": document + b"\n"}


def said_of(version: DatasetVersion) -> dict[str, str]:
    """What people say of a version as it stands: kept with an export, so that writing it again gives the same bytes."""
    return {"purpose": version.project.description, **version.said, "name": version.name}


def _by_value(rows: Iterable[Counted]) -> dict[str, int]:
    return {row.key: row.items for row in rows}


def _most(kinds: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Regions by kind, the most first."""
    found = Counter[str]()
    for kind, n in kinds:
        found[kind] += n
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0]))[:MOST_KINDS])


def _classes(version: DatasetVersion, counted: Iterable[Counted]) -> list[dict[str, Any]]:
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for row in counted:
        found.setdefault(int(row.key), {})[row.split] = (row.regions, row.items)
    return [
        {
            "id": one.id,
            "name": one.name,
            "title": one.title,
            "description": one.description,
            "regions": sum(regions for regions, _ in found.get(one.id, {}).values()),
            "items": sum(items for _, items in found.get(one.id, {}).values()),
            "splits": {split: regions for split, (regions, _) in sorted(found.get(one.id, {}).items()) if split},
        }
        for one in parse(version.schema_version.body).classes
        if not one.archived or one.id in found
    ]


def _metadata(counted: Iterable[Counted]) -> dict[str, Any]:
    """The most frequent values of the first keys. Of these rows `split` is the value, `regions` how many there are."""
    found: dict[str, Any] = {}
    for row in sorted(counted, key=lambda row: (row.key, row.groups)):
        if row.key in found or len(found) < KEYS:
            found.setdefault(row.key, {"distinct": row.regions, "values": {}})["values"][row.split[:80]] = row.items
    return found


def _guideline(version: DatasetVersion) -> dict[str, Any] | None:
    found = version.guideline_version
    return {"number": found.number, "markdown": found.markdown} if found else None


def _agreement(project_id: int) -> dict[str, Any]:
    """Of the project's answers so far, on all classes."""
    found: dict[str, Any] = msgspec.to_builtins(whole_agreement(project_id))
    return {key: found.get(key) for key in ("value", "ci95", "method", "n_items", "reason", "params")}


def _audits(project_id: int) -> list[dict[str, Any]]:
    rows = Audit.objects.filter(project_id=project_id, certificate__isnull=False).order_by("number")
    wanted = ("judged", "wrong", "accepted", "rate", "low", "high")
    found = []
    for audit in rows:
        result = (audit.certificate or {})["result"]
        if result["rate"] is not None:
            told = {key: result[key] for key in wanted}
            found.append({"number": audit.number, "sha256": audit.certificate_sha256, **told})
    return found


def _gaps(version: DatasetVersion, classes: list[dict[str, Any]], reviewed: int, licences: dict[str, int]) -> list[str]:
    live = Task.objects.filter(project_id=version.project_id, purpose="work", trashed_at=None, asset__trashed_at=None)
    done = Q(state="done")
    counts = live.aggregate(
        open=Count("pk", filter=~done), left=Count("pk", filter=done & ~Q(result__outcome__in=EXPORTED_OUTCOMES))
    )
    none = [one["title"] or one["name"] for one in classes if not one["regions"]]
    few = [one["title"] or one["name"] for one in classes if 0 < one["regions"] < FEW]
    told = [
        (counts["open"], f"{counts['open']} tasks of the project are not finished."),
        (counts["left"], f"{counts['left']} finished tasks are unusable or could not be decided; they are left out."),
        (version.item_count - reviewed, f"{version.item_count - reviewed} items were reviewed by no person."),
        (version.splits.get("held_back"), f"{version.splits.get('held_back')} items are left out: their groups stand in test."),
        (none, f"Classes without a region: {', '.join(none)}."),
        (few, f"Classes with fewer than {FEW} regions: {', '.join(few)}."),
        (licences.get(""), f"{licences.get('')} items name no licence."),
        (version.filter != {}, "The items were chosen by a filter, not all that is finished."),
    ]  # fmt: skip
    return [sentence for holds, sentence in told if holds]


def _changes(version: DatasetVersion) -> dict[str, Any] | None:
    named = DatasetVersion.objects.filter(project_id=version.project_id, state="frozen", number__lt=version.number)
    before = named.exclude(name="").order_by("-number").first()
    if before is None:
        return None
    counted = difference(version, before)
    return {"against": before.number, **{kind: counted[f"{kind}_count"] for kind in KINDS}}
