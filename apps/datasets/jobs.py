"""Writing exports, reading imports, and removing files that nothing names."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from apps.assets.services import tidy_uploads
from apps.core import storage
from apps.datasets import services
from apps.datasets.models import DatasetVersion, Export, Import
from apps.datasets.services import restoring
from apps.datasets.services.importing import Bringing
from apps.jobs.running import JobRun, job
from apps.projects.models import BulkChange
from apps.projects.services import finish_bulk_change


@job("datasets.write_export")
def write_export(run: JobRun) -> dict[str, Any]:
    """Write one export archive. Run twice, the same bytes come out."""
    export = Export.objects.select_related("version__schema_version", "project", "target").get(
        pk=run.arguments["export"]
    )
    part = run.part_path("export.zip")
    digest, report = services.write_export(export=export, part=part, progress=run.progress)
    size = part.stat().st_size
    run.check()
    kept: dict[str, str] = {}
    if export.target is not None:
        kept["stored_as"] = services.send_to_storage(export=export, part=part, digest=digest, check=run.check)
    else:
        kept["path"] = f"projects/{export.project_id}/exports/{export.pk}/{digest}.zip"
        storage.move_in(part, kept["path"])
    Export.objects.filter(pk=export.pk).update(size=size, digest=digest, report=report, **kept)
    return {"export": export.pk, "size": size, "digest": digest}


@job("datasets.freeze_version")
def freeze_version(run: JobRun) -> dict[str, Any]:
    """Freeze a large version. Run twice, the second finds it frozen."""
    version = services.freeze(version=DatasetVersion.objects.get(pk=run.arguments["version"]))
    return {"version": version.pk, "items": version.item_count}


@job("datasets.preview_export")
def preview_export(run: JobRun) -> dict[str, Any]:
    """Say what an export would hold and lose."""
    export = Export.objects.select_related("version__schema_version", "project").get(pk=run.arguments["export"])
    report = services.preview_export(export=export, part=run.part_path("preview.zip"), progress=run.progress)
    run.check()
    Export.objects.filter(pk=export.pk).update(preview=report)
    return {"export": export.pk, "items": report["items"], "regions": report["regions"]}


@job(restoring.JOB)
def restore_version(run: JobRun) -> dict[str, Any]:
    """Give finished tasks the results of a version. A second start does the rest."""
    change = BulkChange.objects.select_related("project").get(pk=run.arguments["bulk_change"])
    tasks = restoring.restore(change=change, report=run.progress)
    finish_bulk_change(change_id=change.pk, state=BulkChange.State.DONE)
    return {"bulk_change": change.pk, "tasks": tasks}


@job("datasets.undo_restore")
def undo_restore(run: JobRun) -> dict[str, Any]:
    """Give them back what they had. A second start does the rest."""
    change = BulkChange.objects.select_related("project").get(pk=run.arguments["bulk_change"])
    tasks = restoring.undo_restore(change=change, report=run.progress)
    finish_bulk_change(change_id=change.pk, state=BulkChange.State.UNDONE)
    return {"bulk_change": change.pk, "tasks": tasks}


@job("datasets.find_leaks")
def find_leaks(run: JobRun) -> dict[str, Any]:
    """Find leaks between the splits of a version. Run twice, the same are found."""
    version = DatasetVersion.objects.get(pk=run.arguments["version"])
    return services.find_leaks(version=version, within=run.arguments["within"], progress=run.progress)


@job("datasets.find_alike")
def find_alike(run: JobRun) -> dict[str, Any]:
    """Find pictures of a project that look alike. Run twice, the same are found."""
    given = run.arguments
    return services.find_alike(project_id=given["project"], within=given["within"], progress=run.progress)


@job("datasets.read_import")
def read_import(run: JobRun) -> dict[str, Any]:
    """Read one file of annotations. Run twice, it goes on where it was."""
    row = Import.objects.select_related("project__schema").get(pk=run.arguments["import"])
    assert run.user is not None
    bringing = Bringing(row=row, user=run.user)
    report = services.read_import(bringing=bringing, part=run.part_path("import"), progress=run.progress)
    return {"import": row.pk, "tasks": report["tasks"], "regions": report["regions"]}


@job("datasets.try_import")
def try_import(run: JobRun) -> dict[str, Any]:
    """Say what bringing a file in would do. Nothing of the project changes."""
    row = Import.objects.select_related("project__schema").get(pk=run.arguments["import"])
    assert run.user is not None
    bringing = Bringing(row=row, user=run.user, dry=True)
    report = services.read_import(bringing=bringing, part=run.part_path("import"), progress=run.progress)
    return {"import": row.pk, "tasks": report["changed"], "regions": report["regions"]}


@job("datasets.undo_import")
def undo_import(run: JobRun) -> dict[str, Any]:
    """Take back what an import brought. Run twice, it goes on where it was."""
    row = Import.objects.select_related("project").get(pk=run.arguments["import"])
    assert run.user is not None
    undone = services.undo_import(row=row, user=run.user, progress=run.progress)
    return {"import": row.pk, "tasks": undone["taken_back"], "left": undone["left"]}


@job("datasets.look_into_import")
def look_into_import(run: JobRun) -> dict[str, Any]:
    """Say what is in a file of annotations, without bringing it in."""
    row = Import.objects.select_related("project__schema").get(pk=run.arguments["import"])
    preview = services.look_into_import(row=row, part=run.part_path("import"), progress=run.progress)
    return {"import": row.pk, "items": preview["items"], "regions": preview["regions"]}


@shared_task(name="datasets.tidy_media", ignore_result=True)
def tidy_media() -> None:
    """Remove files that nothing names any more. Safe to deliver twice."""
    tidy_uploads()
    services.tidy_media()
    services.tidy_scratch()
