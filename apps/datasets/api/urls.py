"""Addresses of formats, dataset versions, exports and imports."""

from __future__ import annotations

from apps.core.urls import route
from apps.datasets.api import alike, certificates, exports, imports, version_parts, versions

PROJECT = "projects/<int:project_id>"

urlpatterns = [
    route(f"{PROJECT}/look-alikes", alike.LookAlikesView.as_view()),
    route("formats", exports.FormatsView.as_view()),
    route(f"{PROJECT}/versions", versions.VersionsView.as_view()),
    route(f"{PROJECT}/versions/plan", versions.VersionPlanView.as_view()),
    route(f"{PROJECT}/moved-groups", versions.MovedGroupsView.as_view()),
    route("moved-groups/<int:moved_id>", versions.MovedGroupView.as_view()),
    route("versions/<int:version_id>/moves", versions.VersionMoveView.as_view()),
    route("versions/<int:version_id>", versions.VersionView.as_view()),
    route("versions/<int:version_id>/certificates", certificates.VersionCertificatesView.as_view()),
    route("versions/<int:version_id>/items", versions.VersionItemsView.as_view()),
    route("versions/<int:version_id>/diff", versions.VersionDiffView.as_view()),
    route("versions/<int:version_id>/changes", version_parts.VersionChangesView.as_view()),
    route("versions/<int:version_id>/restore", version_parts.RestoreView.as_view()),
    route("versions/<int:version_id>/leaks", version_parts.LeaksView.as_view()),
    route("versions/<int:version_id>/datasheet", version_parts.DatasheetView.as_view()),
    route("versions/<int:version_id>/runs", version_parts.VersionRunsView.as_view()),
    route(f"{PROJECT}/trainings", version_parts.TrainingsView.as_view()),
    route("trainings/<int:run_id>", version_parts.TrainingView.as_view()),
    route(f"{PROJECT}/exports", exports.ExportsView.as_view()),
    route(f"{PROJECT}/exports/copies", exports.CopiesView.as_view()),
    route("exports/<int:export_id>", exports.ExportView.as_view()),
    route("exports/<int:export_id>/go-on", exports.GoOnView.as_view()),
    route("exports/<int:export_id>/file", exports.ExportFileView.as_view()),
    route(f"{PROJECT}/imports", imports.ImportsView.as_view()),
    route("imports/<int:import_id>", imports.ImportView.as_view()),
    route("imports/<int:import_id>/go-on", imports.GoOnView.as_view()),
    route("imports/<int:import_id>/undo", imports.UndoImportView.as_view()),
    route("imports/<int:import_id>/afterwards", imports.AfterwardsView.as_view()),
]
