"""Freezing a version: the list of finished items as it is now, in a fixed order, with a hash."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from django.db import transaction
from django.db.models import Max

from apps.accounts.models import User
from apps.activity.services import record
from apps.datasets.errors import BadOptions, NothingToExport
from apps.datasets.filters import ItemFilter, SplitShares, finished_items
from apps.datasets.models import DatasetVersion, VersionItem
from apps.datasets.services import dealing
from apps.datasets.services.dealing import Dealing, copy_in
from apps.datasets.services.describing import count_up
from apps.datasets.services.leaking import ask_for_leaks
from apps.jobs.services import enqueue
from apps.projects.models import Project
from domain.sampling import SplitError, split_shares

AT_ONCE = 20_000  # items that are frozen while the caller waits; more are a job's
COPY_ROWS = 2_000
MAX_TAGS = 20
NOTHING = "No finished item fits. Items are finished when their review is done; see the data page."
_COLUMNS = ("version_id", "ordinal", "asset_id", "asset_sha256", "task_id", "revision_id", "split", "group")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class _Written(NamedTuple):
    sha256: str
    test_sha256: str
    counts: Counter[str]  # items a split; "": held back
    items: int
    regions: int


@transaction.atomic
def new_version(
    *,
    project: Project,
    user: User,
    name: str,
    item_filter: ItemFilter,
    splits: SplitShares | None,
    notes: str = "",
    tags: Sequence[str] = (),
) -> DatasetVersion:
    """A version that is not frozen yet. The project row is locked, so that numbers have no gaps."""
    locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    check_shares(splits)
    last = DatasetVersion.objects.filter(project_id=project.pk).aggregate(last=Max("number"))["last"] or 0
    assert locked.schema_id is not None
    version = DatasetVersion.objects.create(
        project_id=project.pk,
        number=last + 1,
        name=name.strip(),
        notes=notes.strip(),
        tags=clean_tags(tags),
        filter=msgspec.to_builtins(item_filter),
        splits=msgspec.to_builtins(splits) if splits else {},
        schema_version_id=locked.schema_id,
        guideline_version_id=locked.guideline_id,
        created_by=user,
    )
    record(
        organisation_id=project.organisation_id, project_id=project.pk, verb="version.made", actor=user,
        object_type="version", object_id=version.pk, details={"number": version.number, "name": version.name},
    )  # fmt: skip
    return version


def freeze_version(
    *,
    project: Project,
    user: User,
    name: str,
    item_filter: ItemFilter,
    splits: SplitShares | None,
    notes: str = "",
    tags: Sequence[str] = (),
) -> DatasetVersion:
    """Make a version and freeze it: at once, or by a job where it is large.

    Raises:
        NothingToExport: no finished item fits the filter.
        BadOptions: shares that share out nothing.
    """
    small = is_small(project, item_filter)
    with transaction.atomic():
        version = new_version(
            project=project, user=user, name=name, item_filter=item_filter, splits=splits, notes=notes, tags=tags
        )
        if small:
            return freeze(version=version)
        version.job = enqueue(
            kind="datasets.freeze_version",
            title=f"Freeze version {version.number}",
            organisation=project.organisation_id,
            project=project,
            user=user,
            arguments={"version": version.pk},
        )
        version.save(update_fields=["job"])
    return version


def describe_version(
    *, version: DatasetVersion, name: str | None, notes: str | None, tags: Sequence[str] | None
) -> DatasetVersion:
    """Change what people say of a version. What it holds stays."""
    if name is not None:
        version.name = name.strip()
    if notes is not None:
        version.notes = notes.strip()
    if tags is not None:
        version.tags = clean_tags(tags)
    version.save(update_fields=["name", "notes", "tags"])
    return version


def clean_tags(tags: Sequence[str]) -> list[str]:
    """Each once, as they were given. Raises BadOptions where there are too many."""
    found = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    if len(found) > MAX_TAGS:
        raise BadOptions(f"A version has at most {MAX_TAGS} tags.")
    return found


def is_small(project: Project, item_filter: ItemFilter) -> bool:
    """Whether freezing takes no longer than a person waits. Raises NothingToExport for nothing at all."""
    found = finished_items(project, item_filter).order_by()[: AT_ONCE + 1].values("pk").count()
    if not found:
        raise NothingToExport(NOTHING)
    return found <= AT_ONCE


def check_shares(splits: SplitShares | None) -> None:
    """Raises BadOptions for shares that share out nothing."""
    try:
        if splits:
            split_shares(splits.shares)
    except SplitError as error:
        raise BadOptions(str(error)) from error


@transaction.atomic
def freeze(*, version: DatasetVersion) -> DatasetVersion:
    """Write the items down. A version that is frozen stays as it is."""
    version = (
        DatasetVersion.objects.select_for_update(of=("self",))
        .select_related("project", "schema_version", "guideline_version")
        .get(pk=version.pk)
    )
    if version.state == "frozen":
        return version
    wanted = msgspec.convert(version.filter, ItemFilter)
    splits = msgspec.convert(version.splits, SplitShares) if version.splits else None
    if splits is None:
        found = _write_items(version.pk, _unsplit(version.project, wanted))
    else:
        plan = Dealing(version.project, wanted, splits)
        dealing.deal(plan)
        found = _write_items(version.pk, dealing.dealt_rows())
        held_back = found.counts.pop("", 0)
        left = dealing.remember(plan) if version.name else 0
        dealing.drop()
        version.splits = version.splits | {"counts": dict(found.counts), "held_back": held_back, "left": left}
    if not found.items:
        raise NothingToExport(NOTHING)
    version.sha256, version.item_count, version.region_count = found.sha256, found.items, found.regions
    version.test_sha256 = found.test_sha256
    version.state = "frozen"
    version.datasheet = count_up(version)
    version.save()
    if version.name and len(found.counts) > 1:
        ask_for_leaks(version=version, user=version.created_by)
    return version


def _unsplit(project: Project, wanted: ItemFilter) -> Iterator[tuple[Any, ...]]:
    """Rows as `dealing.dealt_rows` gives them, in no split."""
    rows = finished_items(project, wanted).values_list(
        "pk", "asset_id", "asset__sha256", "asset__group", "asset__name", "result_id", "result__sha256",
        "result__region_count",
    )  # fmt: skip
    return ((*row, "") for row in rows.iterator(chunk_size=COPY_ROWS))


def _write_items(version_id: int, rows: Iterator[tuple[Any, ...]]) -> _Written:
    """COPY the rows in. The hash is over what trains: pictures, labels, splits; the test's is over that split alone.

    Rows whose split is null are held back: counted under "", and not written.
    """
    VersionItem.objects.filter(version_id=version_id).delete()
    digest, test, counts, regions, items = sha256(), sha256(), Counter[str](), 0, 0
    buffer = io.StringIO()
    for task, asset, asset_hash, group, name, revision, revision_hash, count, split in rows:
        if split is None:
            counts[""] += 1
            continue
        group = group.translate(_ESCAPES)
        buffer.write(f"{version_id}\t{items}\t{asset}\t{asset_hash}\t{task}\t{revision}\t{split}\t{group}\n")
        digest.update(f"{asset_hash}\0{name}\0{revision_hash}\0{split}\n".encode())
        if split == "test":
            test.update(f"{asset_hash}\0{revision_hash}\n".encode())
        if split:
            counts[split] += 1
        regions += count
        items += 1
        if items % COPY_ROWS == 0:
            copy_in(buffer, VersionItem._meta.db_table, _COLUMNS)
            buffer = io.StringIO()
    copy_in(buffer, VersionItem._meta.db_table, _COLUMNS)
    return _Written(digest.hexdigest(), test.hexdigest() if counts["test"] else "", counts, items, regions)
