"""The next version of the workflow."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import transaction

from apps.accounts.models import User
from apps.activity import events
from apps.activity.services import record
from apps.core.etags import check_fresh
from apps.projects.errors import BadWorkflow
from apps.projects.models import Project, WorkflowVersion
from apps.projects.services.locking import locked, next_number, touch
from domain import workflow as workflows


def workflow_etag(version: WorkflowVersion) -> str:
    return f'"workflow-{version.number}"'


@transaction.atomic
def put_workflow(
    *, project: Project, user: User, body: bytes | dict[str, Any], note: str = "", expected: str | None = None
) -> WorkflowVersion:
    """Make the next version out of a whole body. It holds for what is claimed or submitted from now on.

    Raises:
        BadWorkflow: what is wrong, and where.
        StaleVersion: somebody made another version since `expected`.
    """
    row = locked(project)
    assert row.workflow is not None
    check_fresh(expected, workflow_etag(row.workflow))
    try:
        new = workflows.parse(body)
    except workflows.WorkflowError as error:
        fault = {"pointer": error.pointer, "code": error.code, "detail": error.detail}
        raise BadWorkflow(
            f"{error.detail[:1].upper()}{error.detail[1:]}. Nothing was saved.", fields=[fault]
        ) from error
    if new == workflows.parse(row.workflow.body):
        return row.workflow
    version = WorkflowVersion.objects.create(
        project=row,
        number=next_number(WorkflowVersion.objects.filter(project=row)),
        body=msgspec.to_builtins(new),
        created_by=user,
        note=note,
    )
    row.workflow = version
    touch(row, "workflow")
    details = {"number": version.number}
    record(organisation_id=row.organisation_id, project_id=row.pk, verb="workflow.changed", actor=user, details=details)
    events.publish(f"project:{row.pk}", "project.changed", {"project": row.pk, "state": row.state})
    return version
