"""Versions, exports and imports as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec

from apps.accounts.queries import people, plain_person
from apps.assets.queries import delivery_urls
from apps.core.people import Person
from apps.core.permissions import Action
from apps.datasets import queries
from apps.datasets.api.structs import (
    ExportOut,
    ExportReport,
    ExportTarget,
    FormatList,
    FormatOption,
    FormatOut,
    ImportOut,
    ImportPreview,
    ImportReport,
    ImportTrial,
    ImportUndone,
    MovedOut,
    VersionItemOut,
    VersionOut,
)
from apps.datasets.api.version_structs import TrainingOut
from apps.datasets.models import DatasetVersion, Export, Import, MovedGroup, TrainingRun, VersionItem
from apps.datasets.services import source_of
from apps.datasets.services.importing import Tally
from apps.jobs.documents import JobOut, JobState, job_out
from apps.jobs.models import Job
from apps.projects.access import ProjectAccess
from apps.projects.settings import settings_of

_EMPTY = Tally().document()  # what reports that were written before it was counted lack
_NOBODY = Person(id=None, name="")


def formats_out() -> FormatList:
    from domain import formats  # numpy stays out of processes that never export

    return FormatList(
        results=[
            FormatOut(
                name=found.name,
                title=found.title,
                reads=found.reader is not None,
                writes=found.writer is not None,
                lossless=found.lossless,
                shapes=list(found.shapes),
                options=_options(found.options, formats.choices_of(found.writer)),
                read_options=_options(found.read_options, formats.choices_of(found.reader)),
            )
            for found in formats.FORMATS.values()
        ]
    )


def _options(options: dict[str, str], choices: dict[str, list[str]]) -> list[FormatOption]:
    return [FormatOption(name=name, detail=detail, choices=choices.get(name, [])) for name, detail in options.items()]


def _makers(rows: Iterable[Any], access: ProjectAccess, field: str = "created_by_id") -> dict[int, Person]:
    return people(
        organisation_id=access.project.organisation_id,
        user_ids=[getattr(row, field) for row in rows],
        reader=access.user,
        reader_role=access.role,
        pseudonyms=settings_of(access.project).pseudonyms,
    )


def _job(job: Job | None, access: ProjectAccess) -> JobOut | None:
    """Only for those who may see jobs."""
    if job is None or not (access.can(Action.JOBS_VIEW) or job.created_by_id == access.user.pk):
        return None
    return job_out(job, plain_person(job.created_by) if job.created_by else None)


def _state(job: Job | None, finished: bool) -> JobState:
    return cast(JobState, job.state) if job is not None else "succeeded" if finished else "failed"


def version_out(version: DatasetVersion, access: ProjectAccess) -> VersionOut:
    return version_rows([version], access)[0]


def version_rows(rows: Sequence[DatasetVersion], access: ProjectAccess) -> list[VersionOut]:
    makers = _makers(rows, access)
    return [
        VersionOut(
            id=row.pk,
            project=row.project_id,
            number=row.number,
            name=row.name,
            state=cast(Any, row.state),
            sha256=row.sha256,
            test_sha256=row.test_sha256,
            item_count=row.item_count,
            region_count=row.region_count,
            splits=queries.split_counts(row),
            shares=queries.shares_of(row),
            held_back=row.splits.get("held_back", 0),
            filter=row.filter,
            schema_version=row.schema_version.number,
            guideline_version=row.guideline_version.number if row.guideline_version else None,
            notes=row.notes,
            tags=row.tags,
            job=_job(row.job, access),
            created_at=row.created_at,
            created_by=makers.get(row.created_by_id, _NOBODY),
            web_url=f"/projects/{row.project_id}/versions/{row.pk}",
        )
        for row in rows
    ]


def item_out(row: VersionItem) -> VersionItemOut:
    return VersionItemOut(
        ordinal=row.ordinal,
        asset=row.asset_id,
        asset_sha256=row.asset_sha256,
        task=row.task_id,
        revision=row.revision_id,
        split=row.split,
        name=row.asset.name,
        group=row.group,
        thumb=delivery_urls(row.asset)["thumb"],
    )


def job_shown(job_id: int | None, access: ProjectAccess) -> JobOut | None:
    """Only for those who may see jobs."""
    if job_id is None:
        return None
    job = Job.objects.filter(pk=job_id, project_id=access.project.pk).select_related("created_by").first()
    return _job(job, access)


def training_rows(rows: Sequence[TrainingRun], access: ProjectAccess) -> list[TrainingOut]:
    makers = _makers(rows, access)
    return [
        TrainingOut(
            id=row.pk,
            version=row.version_id,
            version_number=row.version.number,
            version_name=row.version.name,
            test_sha256=row.version.test_sha256,
            model=row.model,
            metrics=row.metrics,
            per_class=row.per_class,
            notes=row.notes,
            created_at=row.created_at,
            created_by=makers.get(row.created_by_id, _NOBODY),
        )
        for row in rows
    ]


def moved_rows(rows: Sequence[MovedGroup], access: ProjectAccess) -> list[MovedOut]:
    movers = _makers(rows, access, "moved_by_id")
    return [
        MovedOut(
            id=row.pk,
            group="" if row.key == row.asset.sha256 else row.key,
            asset=row.asset_id,
            name=row.asset.name,
            split=row.split,
            moved_by=movers.get(row.moved_by_id, _NOBODY),
            created_at=row.created_at,
        )
        for row in rows
    ]


def export_out(export: Export, access: ProjectAccess) -> ExportOut:
    return export_rows([export], access)[0]


def export_rows(rows: Sequence[Export], access: ProjectAccess) -> list[ExportOut]:
    makers = _makers(rows, access)
    return [
        ExportOut(
            id=row.pk,
            project=row.project_id,
            format=row.format,
            state=_state(row.job, bool(row.path or row.stored_as or row.preview)),
            version=row.version_id,
            version_number=row.version.number,
            options=row.options,
            file_url=f"/api/v1/exports/{row.pk}/file" if row.path else None,
            target=_target(row),
            file_name=queries.file_name(row),
            size=row.size,
            digest=row.digest,
            preview=_export_report(row.preview),
            report=_export_report(row.report),
            job=_job(row.job, access),
            created_at=row.created_at,
            created_by=makers.get(row.created_by_id, _NOBODY),
            web_url=f"/projects/{row.project_id}/exports",
        )
        for row in rows
    ]


def _target(row: Export) -> ExportTarget | None:
    if row.target is None and not row.stored_as:
        return None
    return ExportTarget(storage=row.target_id, name=row.target.name if row.target else "", key=row.stored_as)


def _export_report(found: dict[str, Any] | None) -> ExportReport | None:
    return msgspec.convert({"table": []} | found, ExportReport) if found else None


def import_out(run: Import, access: ProjectAccess) -> ImportOut:
    return import_rows([run], access)[0]


def import_rows(rows: Sequence[Import], access: ProjectAccess) -> list[ImportOut]:
    makers = _makers(rows, access)
    return [
        ImportOut(
            id=row.pk,
            project=row.project_id,
            name=row.name,
            format=row.format,
            mode=cast(Any, row.mode),
            enter=cast(Any, row.enter),
            source=source_of(row),
            classes=row.options.get("classes", {}),
            state=_state(row.job, row.report is not None or row.preview is not None),
            preview=msgspec.convert(row.preview, ImportPreview) if row.preview else None,
            trial=msgspec.convert(_EMPTY | row.trial, ImportTrial) if row.trial else None,
            report=msgspec.convert(_EMPTY | row.report, ImportReport) if row.report else None,
            undone=msgspec.convert(row.undone, ImportUndone) if row.undone else None,
            job=_job(row.job, access),
            created_at=row.created_at,
            created_by=makers.get(row.created_by_id, _NOBODY),
            web_url=f"/projects/{row.project_id}/exports",
        )
        for row in rows
    ]
