"""Freezing a version: the list of finished items as it is now, in a fixed order, with a hash."""

from __future__ import annotations

import io
from collections import Counter
from hashlib import sha256
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import Max

from apps.accounts.models import User
from apps.activity.services import record
from apps.datasets.errors import BadOptions, NothingToExport
from apps.datasets.filters import ItemFilter, SplitShares, finished_items
from apps.datasets.models import DatasetVersion, VersionItem
from apps.projects.models import Project
from domain.sampling import SplitError, assign_split, split_shares

AT_ONCE = 20_000  # items that are frozen while the caller waits; more are a job's
COPY_ROWS = 10_000


@transaction.atomic
def new_version(
    *, project: Project, user: User, name: str, item_filter: ItemFilter, splits: SplitShares | None
) -> DatasetVersion:
    """A version that is not frozen yet. The project row is locked, so that numbers have no gaps."""
    locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    _bounds(splits)
    last = DatasetVersion.objects.filter(project_id=project.pk).aggregate(last=Max("number"))["last"] or 0
    assert locked.schema_id is not None
    version = DatasetVersion.objects.create(
        project_id=project.pk,
        number=last + 1,
        name=name.strip(),
        filter=msgspec.to_builtins(item_filter),
        splits=msgspec.to_builtins(splits) if splits else {},
        schema_version_id=locked.schema_id,
        created_by=user,
    )
    record(
        organisation_id=project.organisation_id, project_id=project.pk, verb="version.made", actor=user,
        object_type="version", object_id=version.pk, details={"number": version.number, "name": version.name},
    )  # fmt: skip
    return version


def freeze_version(
    *, project: Project, user: User, name: str, item_filter: ItemFilter, splits: SplitShares | None
) -> DatasetVersion:
    """Make a version and freeze it.

    Raises:
        NothingToExport: no finished item fits the filter.
        BadOptions: shares that share out nothing.
    """
    with transaction.atomic():
        version = new_version(project=project, user=user, name=name, item_filter=item_filter, splits=splits)
        return freeze(version=version)


def is_small(project: Project, item_filter: ItemFilter) -> bool:
    """Whether freezing takes no longer than a person waits. Raises NothingToExport for nothing at all."""
    found = finished_items(project, item_filter).order_by()[: AT_ONCE + 1].values("pk").count()
    if not found:
        raise NothingToExport("No finished item fits. Items are finished when their review is done; see the data page.")
    return found <= AT_ONCE


def _bounds(splits: SplitShares | None) -> list[tuple[str, float]] | None:
    try:
        return split_shares(splits.shares) if splits else None
    except SplitError as error:
        raise BadOptions(str(error)) from error


@transaction.atomic
def freeze(*, version: DatasetVersion) -> DatasetVersion:
    """Write the items down. A version that is frozen stays as it is."""
    version = DatasetVersion.objects.select_for_update().select_related("project").get(pk=version.pk)
    if version.state == "frozen":
        return version
    wanted = msgspec.convert(version.filter, ItemFilter)
    splits = msgspec.convert(version.splits, SplitShares) if version.splits else None
    rows = finished_items(version.project, wanted).values_list(
        "pk",
        "asset_id",
        "asset__sha256",
        "asset__group",
        "asset__name",
        "result_id",
        "result__sha256",
        "result__region_count",
    )
    digest, split_counts, items, regions = _write_items(
        version.pk, rows, _bounds(splits), str(splits.seed if splits else 0)
    )
    if not items:
        raise NothingToExport("No finished item fits. Items are finished when their review is done; see the data page.")
    version.sha256, version.item_count, version.region_count = digest, items, regions
    if splits:
        version.splits = version.splits | {"counts": dict(split_counts)}
    version.state = "frozen"
    version.save(update_fields=["sha256", "item_count", "region_count", "splits", "state"])
    return version


def _write_items(version_id: int, rows: Any, bounds: Any, seed: str) -> tuple[str, Counter[str], int, int]:
    """COPY the rows in; (hash, items a split, items, regions). The hash is over what trains: pictures, labels, splits."""
    VersionItem.objects.filter(version_id=version_id).delete()
    digest, counts, regions, items = sha256(), Counter[str](), 0, 0
    buffer = io.StringIO()
    for task, asset, asset_hash, group, name, revision, revision_hash, count in rows.iterator(chunk_size=COPY_ROWS):
        split = assign_split(bounds, seed=seed, group=group or name) if bounds else ""
        buffer.write(f"{version_id}\t{items}\t{asset}\t{asset_hash}\t{task}\t{revision}\t{split}\n")
        digest.update(f"{asset_hash}\0{name}\0{revision_hash}\0{split}\n".encode())
        counts[split] += 1
        regions += count
        items += 1
        if items % COPY_ROWS == 0:
            _copy(buffer)
            buffer = io.StringIO()
    _copy(buffer)
    return digest.hexdigest(), counts, items, regions


def _copy(buffer: io.StringIO) -> None:
    buffer.seek(0)
    columns = ("version_id", "ordinal", "asset_id", "asset_sha256", "task_id", "revision_id", "split")
    with connection.cursor() as cursor:
        cursor.cursor.copy_from(buffer, VersionItem._meta.db_table, columns=columns)
