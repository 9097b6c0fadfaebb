"""Reading projects. What takes a project has been let through by `access.project_for`."""

from __future__ import annotations

from .members import members_taking_part, people_of_projects, reviewers_other_than
from .projects import projects_page, trashed_project_for
from .versions import (
    bulk_changes,
    guideline_image,
    guideline_versions,
    schema_of,
    schema_version,
    schema_versions,
    version_number,
    workflow_of,
)

__all__ = [
    "bulk_changes",
    "guideline_image",
    "guideline_versions",
    "members_taking_part",
    "people_of_projects",
    "projects_page",
    "reviewers_other_than",
    "schema_of",
    "schema_version",
    "schema_versions",
    "trashed_project_for",
    "version_number",
    "workflow_of",
]
