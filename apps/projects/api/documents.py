"""Rows of projects as the structs that endpoints answer with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.accounts.api.documents import actions_of
from apps.accounts.queries import people
from apps.core.etags import etag_of
from apps.core.people import Person
from apps.jobs.documents import JobOut
from apps.projects import queries
from apps.projects.access import ProjectAccess
from apps.projects.api.structs import (
    BulkChangeOut,
    OrganisationRef,
    ProjectMemberOut,
    ProjectOut,
    SchemaChange,
    SchemaOut,
    SchemaSaved,
    SchemaVersionRow,
    WorkflowOut,
)
from apps.projects.models import (
    BulkChange,
    GuidelineVersion,
    MemberTerms,
    Project,
    ProjectVersion,
    SchemaVersion,
    WorkflowVersion,
)
from apps.projects.services.schemas import schema_etag
from apps.projects.services.workflows import workflow_etag
from apps.projects.settings import settings_of
from domain import workflow as workflows


def person_in(access: ProjectAccess, user_id: int) -> Person:
    return named_in(access, [user_id])[user_id]


def named_in(access: ProjectAccess, user_ids: list[int]) -> dict[int, Person]:
    """People as this reader may see them in this project."""
    return people(
        organisation_id=access.project.organisation_id,
        user_ids=user_ids,
        reader=access.user,
        reader_role=access.role,
        pseudonyms=settings_of(access.project).pseudonyms,
    )


def project_out(access: ProjectAccess) -> ProjectOut:
    project = access.project
    assert project.schema is not None
    assert project.workflow is not None
    return ProjectOut(
        id=project.pk,
        name=project.name,
        description=project.description,
        state=_literal(project.state),
        organisation=OrganisationRef(id=project.organisation_id, name=project.organisation.name),
        restricted=project.restricted,
        blind=project.blind,
        settings=settings_of(project),
        role=_literal(access.role),
        actions=actions_of(access.role),
        schema_version=project.schema.number,
        guideline_version=project.guideline.number if project.guideline else None,
        workflow_version=project.workflow.number,
        solo=is_solo(access),
        created_by=person_in(access, project.created_by_id),
        created_at=project.created_at,
        updated_at=project.updated_at,
        trashed_at=project.trashed_at,
        etag=etag_of(project.updated_at),
        web_url=f"/projects/{project.pk}",
    )


def is_solo(access: ProjectAccess) -> bool:
    """The workflow asks for a review, and nobody but the reader could do it."""
    reviewed = bool(queries.workflow_of(access.project).reviews)
    return reviewed and not queries.reviewers_other_than(access.project, access.user)


def schema_out(access: ProjectAccess, version: SchemaVersion) -> SchemaOut:
    return SchemaOut(**_schema_members(access, version))


def schema_saved(access: ProjectAccess, version: SchemaVersion, changes: list[SchemaChange]) -> SchemaSaved:
    return SchemaSaved(**_schema_members(access, version), changes=changes)


def _schema_members(access: ProjectAccess, version: SchemaVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "body": queries.schema_of(version),
        "note": version.note,
        "created_by": person_in(access, version.created_by_id),
        "created_at": version.created_at,
        "etag": schema_etag(version),
        "current": is_current(access, version),
        "web_url": f"/projects/{access.project.pk}/schema",
    }


def schema_rows(access: ProjectAccess, rows: list[SchemaVersion]) -> list[SchemaVersionRow]:
    named = named_in(access, [row.created_by_id for row in rows])
    return [
        SchemaVersionRow(
            number=row.number,
            note=row.note,
            classes=len(row.body.get("classes", [])),
            created_by=named[row.created_by_id],
            created_at=row.created_at,
            current=is_current(access, row),
        )
        for row in rows
    ]


def workflow_out(access: ProjectAccess, version: WorkflowVersion) -> WorkflowOut:
    return WorkflowOut(
        number=version.number,
        body=workflows.parse(version.body),
        note=version.note,
        created_by=person_in(access, version.created_by_id),
        created_at=version.created_at,
        etag=workflow_etag(version),
        current=is_current(access, version),
        solo=is_solo(access),
        web_url=f"/projects/{access.project.pk}/settings",
    )


def bulk_change_out(access: ProjectAccess, change: BulkChange, job: JobOut | None) -> BulkChangeOut:
    return BulkChangeOut(
        id=change.pk,
        kind=change.kind,
        title=change.title,
        state=_literal(change.state),
        regions=change.regions,
        tasks=change.tasks,
        created_by=person_in(access, change.created_by_id),
        created_at=change.created_at,
        undoable=change.state in (BulkChange.State.DONE, BulkChange.State.FAILED),
        job=job,
    )


def project_member_out(
    row: Any, *, groups: list[int] | None = None, terms: MemberTerms | None = None
) -> ProjectMemberOut:
    """From a row of `queries.members_taking_part`."""
    return ProjectMemberOut(
        id=row.user_id,
        name=row.user.name or row.user.email.partition("@")[0],
        email=row.user.email,
        role=row.member_role,
        organisation_role=row.role,
        project_role=row.project_role or None,
        named=row.project_role is not None,
        groups=groups or [],
        cap_open=terms.cap_open if terms else None,
        cap_day=terms.cap_day if terms else None,
        paused=terms.paused if terms else "",
    )


def project_members_out(project: Project, rows: Iterable[Any]) -> list[ProjectMemberOut]:
    """A page of members with their groups and terms."""
    rows = list(rows)
    terms = queries.terms_of_members(project)
    groups: dict[int, list[int]] = {}
    for group in queries.people_groups(project):
        for member in group.members.all():
            groups.setdefault(member.user_id, []).append(group.pk)
    return [project_member_out(row, groups=groups.get(row.user_id), terms=terms.get(row.user_id)) for row in rows]


def is_current(access: ProjectAccess, version: ProjectVersion) -> bool:
    project = access.project
    return version.pk in {
        SchemaVersion: (project.schema_id,),
        GuidelineVersion: (project.guideline_id,),
        WorkflowVersion: (project.workflow_id,),
    }.get(type(version), ())


def _literal(value: str) -> Any:
    """A database choice as the struct's literal: both come from the same list."""
    return value
