"""A project from its creation to the trash."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from django.db import transaction
from django.utils import timezone

from apps.accounts.announcing import access_changed
from apps.accounts.models import Organisation, User
from apps.activity import events
from apps.activity.services import record
from apps.core.errors import Conflict
from apps.core.etags import check_fresh, etag_of
from apps.projects.errors import BadMove
from apps.projects.models import (
    GuidelineImage,
    GuidelineVersion,
    Project,
    ProjectMember,
    SchemaVersion,
    WorkflowVersion,
)
from apps.projects.queries.members import members_taking_part
from apps.projects.services.guidelines import image_url
from apps.projects.services.locking import locked, touch
from apps.projects.settings import changed_settings
from domain import schema as label_schema
from domain import workflow as workflows

_S = Project.State
MOVES: Final[dict[str, frozenset[str]]] = {
    _S.DRAFT: frozenset({_S.ACTIVE, _S.ARCHIVED}),
    _S.ACTIVE: frozenset({_S.PAUSED, _S.DONE, _S.ARCHIVED}),
    _S.PAUSED: frozenset({_S.ACTIVE, _S.DONE, _S.ARCHIVED}),
    _S.DONE: frozenset({_S.ACTIVE, _S.ARCHIVED}),
    _S.ARCHIVED: frozenset({_S.ACTIVE, _S.PAUSED, _S.DONE}),
}


@transaction.atomic
def create_project(
    *,
    organisation: Organisation,
    user: User,
    name: str,
    description: str = "",
    state: str = Project.State.ACTIVE,
    restricted: bool = False,
    blind: bool = True,
    settings: dict[str, Any] | None = None,
    schema: label_schema.LabelSchema | None = None,
    workflow: workflows.Workflow | None = None,
) -> Project:
    """A new project with its first schema (empty unless given) and workflow (one annotates, another reviews).

    Raises:
        Invalid: a setting that does not exist or does not fit.
    """
    project = Project.objects.create(
        organisation=organisation,
        name=name.strip(),
        description=description,
        state=state,
        restricted=restricted,
        blind=blind,
        settings=changed_settings({}, settings or {}),
        created_by=user,
    )
    _first_versions(project, user, schema or label_schema.LabelSchema(classes=[]), workflow or workflows.default())
    if restricted:
        ProjectMember.objects.create(project=project, user=user, role="")
    access_changed(members_taking_part(project).values_list("user_id", flat=True))
    details = {"name": project.name}
    record(organisation_id=organisation.pk, project_id=project.pk, verb="project.created", actor=user, details=details)
    return project


def _first_versions(
    project: Project, user: User, schema: label_schema.LabelSchema, workflow: workflows.Workflow
) -> None:
    project.schema = SchemaVersion.objects.create(
        project=project, number=1, body=msgspec.to_builtins(schema), created_by=user
    )
    project.workflow = WorkflowVersion.objects.create(
        project=project, number=1, body=msgspec.to_builtins(workflow), created_by=user
    )
    project.save(update_fields=["schema", "workflow"])


@transaction.atomic
def change_project(*, project: Project, user: User, values: dict[str, Any], expected: str | None) -> Project:
    """Set what `values` holds; `settings` in it may be some settings only.

    Raises:
        StaleVersion: it was changed since `expected`.
        BadMove: the state cannot follow the present one.
        Invalid: a setting that does not exist or does not fit.
    """
    row = locked(project)
    check_fresh(expected, etag_of(row.updated_at))
    if "settings" in values:
        values = values | {"settings": changed_settings(row.settings, values["settings"])}
    changed = {field: value for field, value in values.items() if getattr(row, field) != value}
    if "state" in changed:
        _check_move(row.state, changed["state"])
    for field, value in changed.items():
        setattr(row, field, value.strip() if field == "name" else value)
    if "restricted" in changed:
        access_changed(row.organisation.memberships.values_list("user_id", flat=True))
    if changed:
        touch(row, *changed)
        verb = "project.state_changed" if "state" in changed else "project.changed"
        details = {"fields": sorted(changed)} | ({"state": changed["state"]} if "state" in changed else {})
        record(organisation_id=row.organisation_id, project_id=row.pk, verb=verb, actor=user, details=details)
        events.publish(f"project:{row.pk}", "project.changed", {"project": row.pk, "state": row.state})
    return row


def _check_move(state: str, to: str) -> None:
    if to not in MOVES[state]:
        legal = ", ".join(sorted(MOVES[state]))
        raise BadMove(f"A project that is {state} cannot become {to}. From here it can become: {legal}.")


@transaction.atomic
def trash_project(*, project: Project, user: User, expected: str | None = None) -> None:
    """Put the project into the trash, from where it can come back for 30 days."""
    row = locked(project)
    check_fresh(expected, etag_of(row.updated_at))
    row.trashed_at = timezone.now()
    touch(row, "trashed_at")
    details = {"name": row.name}
    record(organisation_id=row.organisation_id, project_id=row.pk, verb="project.trashed", actor=user, details=details)


@transaction.atomic
def restore_project(*, project: Project, user: User) -> Project:
    """Bring a project back from the trash, as it was."""
    row = locked(project)
    if row.trashed_at is None:
        raise Conflict("The project is not in the trash.")
    row.trashed_at = None
    touch(row, "trashed_at")
    access_changed(members_taking_part(row).values_list("user_id", flat=True))
    record(organisation_id=row.organisation_id, project_id=row.pk, verb="project.restored", actor=user)
    return row


@transaction.atomic
def duplicate_project(*, project: Project, user: User, name: str = "") -> Project:
    """A copy with the schema, guideline, workflow, settings and named members, and without any data."""
    assert project.schema is not None
    assert project.workflow is not None
    copy = create_project(
        organisation=project.organisation,
        user=user,
        name=name.strip() or f"{project.name[:190]} (copy)",
        description=project.description,
        restricted=project.restricted,
        blind=project.blind,
        settings=project.settings,
        schema=_without_examples(label_schema.parse(project.schema.body)),
        workflow=workflows.parse(project.workflow.body),
    )
    named = project.members.exclude(user_id__in=copy.members.values("user_id"))
    ProjectMember.objects.bulk_create(
        [ProjectMember(project=copy, user_id=row.user_id, role=row.role) for row in named]
    )
    if project.guideline is not None:
        markdown = project.guideline.markdown
        for image in GuidelineImage.objects.filter(project=project):
            twin = GuidelineImage.objects.create(
                project=copy, name=image.name, path=image.path, content_type=image.content_type
            )
            markdown = markdown.replace(image_url(image), image_url(twin))
        copy.guideline = GuidelineVersion.objects.create(
            project=copy, number=1, markdown=markdown, links=project.guideline.links, created_by=user
        )
        copy.save(update_fields=["guideline"])
    return copy


def _without_examples(schema: label_schema.LabelSchema) -> label_schema.LabelSchema:
    """Examples point at assets of the original."""
    classes = [msgspec.structs.replace(found, examples=[]) for found in schema.classes]
    return msgspec.structs.replace(schema, classes=classes)
