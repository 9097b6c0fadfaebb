"""Reading projects. What takes a project has been let through by `access.project_for`."""

from __future__ import annotations

from .groups import people_group, people_groups, terms_of_members
from .guidelines import (
    MustRead,
    guideline_draft,
    guideline_version,
    last_read,
    must_read,
    reads,
    topics,
    version_before,
)
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
    "MustRead",
    "bulk_changes",
    "guideline_draft",
    "guideline_image",
    "guideline_version",
    "guideline_versions",
    "last_read",
    "members_taking_part",
    "must_read",
    "people_group",
    "people_groups",
    "people_of_projects",
    "projects_page",
    "reads",
    "reviewers_other_than",
    "schema_of",
    "schema_version",
    "schema_versions",
    "terms_of_members",
    "topics",
    "trashed_project_for",
    "version_before",
    "version_number",
    "workflow_of",
]
