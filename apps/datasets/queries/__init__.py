"""Reading versions, exports and imports."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.core.permissions import Action
from apps.datasets.filters import SplitShares
from apps.datasets.models import DatasetVersion, Export, Import, Leak, MovedGroup, TrainingRun, VersionItem
from apps.datasets.queries.afterwards import Afterwards, afterwards
from apps.projects.access import ProjectAccess, found_for, hidden, project_of
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


def versions_of(project: Project, *, named: bool = False) -> QuerySet[DatasetVersion]:
    rows = DatasetVersion.objects.filter(project_id=project.pk).select_related(
        "schema_version", "guideline_version", "job"
    )
    return rows.exclude(name="") if named else rows


def exports_of(project: Project) -> QuerySet[Export]:
    return Export.objects.filter(project_id=project.pk).select_related("version", "job", "target")


def imports_of(project: Project) -> QuerySet[Import]:
    return Import.objects.filter(project_id=project.pk).select_related("job")


def version_for(user: User, version_id: int, action: Action) -> tuple[DatasetVersion, ProjectAccess]:
    """Raises NotFound or NotAllowed; so do the functions below."""
    rows = DatasetVersion.objects.select_related("schema_version", "guideline_version", "project", "job")
    row = rows.filter(pk=version_id).first()
    return found_for(user, row, "version", action)


def export_for(user: User, export_id: int, action: Action) -> tuple[Export, ProjectAccess]:
    row = Export.objects.select_related("version", "job", "target").filter(pk=export_id).first()
    return found_for(user, row, "export", action)


def import_for(user: User, import_id: int, action: Action) -> tuple[Import, ProjectAccess]:
    row = Import.objects.select_related("job").filter(pk=import_id).first()
    return found_for(user, row, "import", action)


def items_of(version: DatasetVersion, *, split: str | None = None) -> QuerySet[VersionItem]:
    rows = VersionItem.objects.filter(version_id=version.pk).select_related("asset")
    return rows if split is None else rows.filter(split=split)


def items_at(version: DatasetVersion, ordinals: Iterable[int]) -> dict[int, VersionItem]:
    """{place: item}."""
    return {item.ordinal: item for item in items_of(version).filter(ordinal__in=list(ordinals))}


def leaks_of(version: DatasetVersion) -> QuerySet[Leak]:
    return Leak.objects.filter(version_id=version.pk)


def trainings_of(project: Project) -> QuerySet[TrainingRun]:
    return TrainingRun.objects.filter(version__project_id=project.pk).select_related("version")


def training_for(user: User, run_id: int, action: Action) -> TrainingRun:
    row = TrainingRun.objects.select_related("version__project").filter(pk=run_id).first()
    if row is None:
        raise hidden("training")
    project_of(user, row.version.project_id, "training", action)
    return row


def moved_groups_of(project: Project) -> QuerySet[MovedGroup]:
    return MovedGroup.objects.filter(project_id=project.pk).select_related("asset", "moved_by")


def moved_group_for(user: User, moved_id: int, action: Action) -> MovedGroup:
    row = MovedGroup.objects.select_related("project").filter(pk=moved_id).first()
    return found_for(user, row, "move", action)[0]


def file_name(export: Export) -> str:
    """What a downloaded archive is called."""
    return f"project-{export.project_id}-version-{export.version.number}-{export.format}.zip"


def split_counts(version: DatasetVersion) -> dict[str, int]:
    """Items a split, as counted when it was frozen."""
    return dict(version.splits.get("counts") or {})


def shares_of(version: DatasetVersion) -> SplitShares | None:
    """The splits as they were asked for."""
    asked = {name: value for name, value in version.splits.items() if name in SplitShares.__struct_fields__}
    return msgspec.convert(asked, SplitShares) if asked else None
