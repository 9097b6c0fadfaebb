"""Reading versions, exports and imports."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.core.errors import Invalid, NotFound
from apps.core.permissions import Action
from apps.datasets.filters import SplitShares
from apps.datasets.models import DatasetVersion, Export, Import, MovedGroup, VersionItem
from apps.datasets.queries.afterwards import Afterwards, afterwards
from apps.projects.access import ProjectAccess, project_for
from apps.projects.models import Project

__all__ = [
    "Afterwards",
    "afterwards",
    "difference",
    "export_for",
    "exports_of",
    "file_name",
    "import_for",
    "imports_of",
    "items_of",
    "split_counts",
    "version_for",
    "versions_of",
]
LISTED = 1_000  # ids a list of a difference


def versions_of(project: Project, *, named: bool = False) -> QuerySet[DatasetVersion]:
    rows = DatasetVersion.objects.filter(project_id=project.pk).select_related(
        "schema_version", "guideline_version", "job"
    )
    return rows.exclude(name="") if named else rows


def exports_of(project: Project) -> QuerySet[Export]:
    return Export.objects.filter(project_id=project.pk).select_related("version", "job")


def imports_of(project: Project) -> QuerySet[Import]:
    return Import.objects.filter(project_id=project.pk).select_related("job")


def _found(user: User, row: Any, what: str, action: Action) -> ProjectAccess:
    missing = f"There is no such {what}, or you may not see it."
    if row is None:
        raise NotFound(missing)
    try:
        return project_for(user, row.project_id, action)
    except NotFound as error:
        raise NotFound(missing) from error


def version_for(user: User, version_id: int, action: Action) -> tuple[DatasetVersion, ProjectAccess]:
    """Raises NotFound or NotAllowed; so do the functions below."""
    rows = DatasetVersion.objects.select_related("schema_version", "guideline_version", "project", "job")
    row = rows.filter(pk=version_id).first()
    access = _found(user, row, "version", action)
    assert row is not None
    return row, access


def export_for(user: User, export_id: int, action: Action) -> tuple[Export, ProjectAccess]:
    row = Export.objects.select_related("version", "job").filter(pk=export_id).first()
    access = _found(user, row, "export", action)
    assert row is not None
    return row, access


def import_for(user: User, import_id: int, action: Action) -> tuple[Import, ProjectAccess]:
    row = Import.objects.select_related("job").filter(pk=import_id).first()
    access = _found(user, row, "import", action)
    assert row is not None
    return row, access


def items_of(version: DatasetVersion, *, split: str | None = None) -> QuerySet[VersionItem]:
    rows = VersionItem.objects.filter(version_id=version.pk).select_related("asset")
    return rows if split is None else rows.filter(split=split)


def moved_groups_of(project: Project) -> QuerySet[MovedGroup]:
    return MovedGroup.objects.filter(project_id=project.pk).select_related("asset", "moved_by")


def moved_group_for(user: User, moved_id: int, action: Action) -> MovedGroup:
    row = MovedGroup.objects.select_related("project").filter(pk=moved_id).first()
    _found(user, row, "move", action)
    assert row is not None
    return row


def file_name(export: Export) -> str:
    """What a downloaded archive is called."""
    return f"project-{export.project_id}-version-{export.version.number}-{export.format}.zip"


def difference(version: DatasetVersion, against: DatasetVersion) -> dict[str, Any]:
    """What changed from `against` to `version`, by task.

    Raises:
        Invalid: they are not of the same project.
    """
    if version.project_id != against.project_id:
        raise Invalid("Two versions of different projects have no difference.")
    old, new = _contents(against), _contents(version)
    both = new.keys() & old.keys()
    lists = {
        "added": sorted(new.keys() - old.keys()),
        "removed": sorted(old.keys() - new.keys()),
        "relabelled": sorted(task for task in both if new[task][0] != old[task][0]),
        "moved": sorted(task for task in both if new[task][1] != old[task][1]),
    }
    found: dict[str, Any] = {"against": against.pk}
    for name, tasks in lists.items():
        found |= {name: tasks[:LISTED], f"{name}_count": len(tasks)}
    return found


def _contents(version: DatasetVersion) -> dict[int, tuple[int, str]]:
    rows = VersionItem.objects.filter(version_id=version.pk).values_list("task_id", "revision_id", "split")
    return {task: (revision, split) for task, revision, split in rows.iterator(chunk_size=10_000)}


def split_counts(version: DatasetVersion) -> dict[str, int]:
    """Items a split, as counted when it was frozen."""
    return dict(version.splits.get("counts") or {})


def shares_of(version: DatasetVersion) -> SplitShares | None:
    """The splits as they were asked for."""
    asked = {name: value for name, value in version.splits.items() if name in SplitShares.__struct_fields__}
    return msgspec.convert(asked, SplitShares) if asked else None
