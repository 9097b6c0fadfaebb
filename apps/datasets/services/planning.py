"""Looking at a version before it is frozen, and putting groups into other splits by hand."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from apps.accounts.models import User
from apps.activity.services import record
from apps.core.errors import Invalid, NotFound
from apps.datasets.errors import NothingToExport
from apps.datasets.filters import ItemFilter, SplitShares
from apps.datasets.models import DatasetVersion, MovedGroup, VersionItem
from apps.datasets.services import dealing
from apps.datasets.services.dealing import Dealing
from apps.datasets.services.freezing import NOTHING, check_shares
from apps.projects.models import Project

_TOTALS = """
SELECT coalesce(split, ''), count(*), coalesce(sum(regions), 0), count(DISTINCT key) FROM dealing_dealt GROUP BY 1
"""
_CLASSES = """
SELECT c.key::bigint, coalesce(split, ''), sum(c.value::bigint)
FROM dealing_dealt, jsonb_each_text(classes) AS c GROUP BY 1, 2 ORDER BY 1
"""
_UNFIT = "SELECT count(*) FILTER (WHERE NOT origin_is_real), count(*) FILTER (WHERE origin_is_real AND NOT fit) FROM dealing_item"
_LEAVING = "SELECT coalesce(sum(size), 0) FROM dealing_group WHERE before IS NOT NULL AND split <> before"


def plan_version(*, project: Project, item_filter: ItemFilter, splits: SplitShares | None) -> dict[str, Any]:
    """What freezing now would give: items and classes a split, and what the test split could not take. Writes nothing.

    Raises:
        NothingToExport: no finished item fits the filter.
        BadOptions: shares that share out nothing.
    """
    check_shares(splits)
    asked = splits or SplitShares(shares={"all": 1.0}, keep=False, test_takes_any=True)
    with transaction.atomic():
        dealing.deal(Dealing(project, item_filter, asked))
        totals = {split: values for split, *values in _rows(_TOTALS)}
        classes: dict[int, dict[str, int]] = {}
        for class_id, split, regions in _rows(_CLASSES):
            if split:
                classes.setdefault(class_id, {})[split if splits else ""] = int(regions)
        ((unreal, unreviewed),) = _rows(_UNFIT)
        ((leaving,),) = _rows(_LEAVING)
        dealing.drop()
    if not totals:
        raise NothingToExport(NOTHING)
    held_back = totals.pop("", [0])[0]
    share_of = sum(asked.shares.values())
    return {
        "items": sum(values[0] for values in totals.values()),
        "regions": int(sum(values[1] for values in totals.values())),
        "splits": [
            {
                "name": name if splits else "",
                "share": share / share_of,
                **dict(zip(("items", "regions", "groups"), map(int, totals.get(name, (0, 0, 0))), strict=True)),
            }
            for name, share in asked.shares.items()
        ],
        "classes": [{"class_id": class_id, "regions": found} for class_id, found in classes.items()],
        "held_back": held_back,
        "unreal": unreal,
        "unreviewed": unreviewed,
        "leaving": int(leaving) if splits else 0,
    }


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


@transaction.atomic
def move_group(*, version: DatasetVersion, user: User, task_id: int, split: str) -> MovedGroup:
    """Put the group of an item into another split, in every version that is frozen from now on.

    Raises:
        NotFound: the version has no such item.
        Invalid: the version has no such split.
    """
    item = VersionItem.objects.filter(version_id=version.pk, task_id=task_id).first()
    if item is None:
        raise NotFound("There is no such item in this version.")
    names = version.splits.get("shares", {})
    if split not in names:
        raise Invalid(f"The version has the splits {', '.join(names) or 'none'}, got {split[:40]!r}.")
    moved, _ = MovedGroup.objects.update_or_create(
        project_id=version.project_id,
        key=item.group or item.asset_sha256,
        defaults={"split": split, "asset_id": item.asset_id, "moved_by": user},
    )
    record(
        organisation_id=version.project.organisation_id, project_id=version.project_id, verb="split.moved", actor=user,
        object_type="asset", object_id=item.asset_id, details={"split": split, "group": item.group},
    )  # fmt: skip
    return moved


@transaction.atomic
def unmove_group(*, moved: MovedGroup, user: User) -> None:
    """Take a move back. Versions that were frozen with it stay as they are."""
    record(
        organisation_id=moved.project.organisation_id, project_id=moved.project_id, verb="split.unmoved", actor=user,
        object_type="asset", object_id=moved.asset_id, details={"split": moved.split},
    )  # fmt: skip
    moved.delete()
