"""The datasheet of a version: what is counted when it is frozen, and what people say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

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
_SPLITS = f"""
SELECT i.split, count(*), sum(r.region_count), count(DISTINCT coalesce(nullif(i."group", ''), i.asset_sha256)) {_FROM}
WHERE i.version_id = %s GROUP BY 1
"""
_CLASSES = f"""
SELECT c.key::bigint, i.split, sum(c.value::bigint), count(*) {_FROM}, jsonb_each_text(r.class_counts) AS c
WHERE i.version_id = %s GROUP BY 1, 2
"""
_COUNTED = f"SELECT %s, count(*) {_FROM} WHERE i.version_id = %%s GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50"
_METADATA = f"""
SELECT key, value, n, distinct_values FROM (
    SELECT key, value, n, count(*) OVER (PARTITION BY key) AS distinct_values,
           row_number() OVER (PARTITION BY key ORDER BY n DESC, value) AS place
    FROM (SELECT m.key, m.value, count(*) AS n {_FROM}, jsonb_each_text(a.metadata) AS m
          WHERE i.version_id = %s GROUP BY 1, 2) counted
) placed WHERE place <= %s AND distinct_values <= %s ORDER BY key, place
"""  # noqa: S608
_STAGES = f"SELECT made.kind, count(*) {_MADE} WHERE i.version_id = %s GROUP BY 1 ORDER BY 2 DESC, 1"
_PEOPLE = f"""
SELECT count(*) {_MADE} WHERE i.version_id = %s AND made.author_id IS NOT NULL GROUP BY made.author_id
ORDER BY 1 DESC, made.author_id LIMIT %s
"""
_REVIEWERS = f"""
SELECT count(DISTINCT i.id) {_FROM} JOIN ({_VERDICT}) ON v.task_id = i.task_id AND judged.sha256 = r.sha256
WHERE i.version_id = %s GROUP BY v.reviewer_id ORDER BY 1 DESC, v.reviewer_id LIMIT %s
"""
_REVIEWED = f"""
SELECT count(*) {_MADE} WHERE i.version_id = %s AND (
    (made.stage = 'adjudicate' AND made.author_id IS NOT NULL) OR EXISTS (
        SELECT 1 FROM {_VERDICT} WHERE v.task_id = i.task_id AND judged.sha256 = r.sha256))
"""  # noqa: S608
_REGIONS = """
SELECT x.shape, coalesce(x.source, 'people'), count(*)
FROM annotations_regionindex x JOIN datasets_versionitem i ON i.revision_id = x.revision_id
WHERE x.project_id = %s AND i.version_id = %s GROUP BY 1, 2
"""
MOST_KINDS = 50  # shapes and sources that are listed


def _rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def count_up(version: DatasetVersion) -> dict[str, Any]:
    """The facts of a version that was just frozen: regions are counted in the index, which holds current work only."""
    project = version.project
    splits = {name: tuple(map(int, values)) for name, *values in _rows(_SPLITS, version.pk)}
    names = sorted(version.splits.get("shares", {}), key=lambda name: (name not in USUAL, USUAL.find(name), name))
    classes = _classes(version)
    reviewed = int(_rows(_REVIEWED, version.pk)[0][0])
    licences = _counted("a.licence", version.pk)
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
        "origins": _counted("a.origin", version.pk),
        "metadata": _metadata(version.pk),
        "licences": licences,
        "attributions": _counted("a.attribution", version.pk),
        "guideline": _guideline(version),
        "labelled": {
            "stages": dict(_rows(_STAGES, version.pk)),
            "reviewed": reviewed,
            "people": {f"person {n}": items for n, (items,) in enumerate(_rows(_PEOPLE, version.pk, PEOPLE), 1)},
            "reviewers": {str(n): items for n, (items,) in enumerate(_rows(_REVIEWERS, version.pk, PEOPLE), 1)},
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


def _counted(column: str, version_id: int) -> dict[str, int]:
    return {str(value): n for value, n in _rows(_COUNTED % column, version_id)}


def _most(kinds: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Regions by kind, the most first."""
    found = Counter[str]()
    for kind, n in kinds:
        found[kind] += n
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0]))[:MOST_KINDS])


def _classes(version: DatasetVersion) -> list[dict[str, Any]]:
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for class_id, split, regions, items in _rows(_CLASSES, version.pk):
        found.setdefault(class_id, {})[split] = (int(regions), items)
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


def _metadata(version_id: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value, n, distinct in _rows(_METADATA, version_id, VALUES, MOST_DISTINCT):
        if key in found or len(found) < KEYS:
            found.setdefault(key, {"distinct": distinct, "values": {}})["values"][str(value)[:80]] = n
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
