"""Schema, guideline and workflow versions."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import QuerySet

from apps.core.errors import NotFound
from apps.projects.models import BulkChange, GuidelineImage, GuidelineVersion, Project, SchemaVersion, WorkflowVersion
from domain import schema as label_schema
from domain import workflow as workflows

SCHEMAS_KEPT = WORKFLOWS_KEPT = 256  # parsed ones a process
_workflows: dict[int, workflows.Workflow] = {}
_schemas: dict[int, label_schema.LabelSchema] = {}


def schema_of(version: SchemaVersion) -> label_schema.LabelSchema:
    """The version's body as structs; parsed once a process, since versions never change."""
    found = _schemas.get(version.pk)
    if found is None:
        found = label_schema.parse(version.body)
        if len(_schemas) >= SCHEMAS_KEPT:
            _schemas.clear()
        _schemas[version.pk] = found
    return found


_KINDS = {"schema": SchemaVersion, "guideline": GuidelineVersion, "workflow": WorkflowVersion}


@lru_cache(maxsize=1024)
def version_number(kind: str, version_id: int | None) -> int | None:
    """The number that people know a schema, guideline or workflow version by. It never changes, so it is kept."""
    if version_id is None:
        return None
    return _KINDS[kind].objects.values_list("number", flat=True).get(pk=version_id)  # type: ignore[attr-defined,no-any-return]


def workflow_of(project: Project) -> workflows.Workflow:
    """The project's current workflow; parsed once a process, since versions never change."""
    assert project.workflow_id is not None
    found = _workflows.get(project.workflow_id)
    if found is None:
        assert project.workflow is not None
        found = workflows.parse(project.workflow.body)
        if len(_workflows) >= WORKFLOWS_KEPT:
            _workflows.clear()
        _workflows[project.workflow_id] = found
    return found


def schema_versions(project: Project) -> QuerySet[SchemaVersion]:
    return SchemaVersion.objects.filter(project=project).select_related("created_by")


def schema_version(project: Project, number: int | None = None) -> SchemaVersion:
    """The current version, or the one of this number.

    Raises:
        NotFound: no version of this number.
    """
    rows = schema_versions(project)
    wanted = {"pk": project.schema_id} if number is None else {"number": number}
    found = rows.filter(**wanted).first()
    if found is None:
        raise NotFound("The label schema has no version of this number.")
    return found


def guideline_versions(project: Project) -> QuerySet[GuidelineVersion]:
    return GuidelineVersion.objects.filter(project=project).select_related("created_by")


def guideline_image(project: Project, image_id: int) -> GuidelineImage:
    found = GuidelineImage.objects.filter(project=project, pk=image_id).first()
    if found is None:
        raise NotFound("The guideline has no such image.")
    return found


def bulk_changes(project: Project) -> QuerySet[BulkChange]:
    return BulkChange.objects.filter(project=project).select_related("created_by")
