"""The next version of the workflow."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.activity import events
from apps.activity.services import record
from apps.core.etags import check_fresh
from apps.core.permissions import POLICY, Action
from apps.jobs.models import Job
from apps.projects.errors import BadWorkflow, NothingToUndo
from apps.projects.models import BulkChange, PeopleGroup, PeopleGroupMember, Project, WorkflowVersion
from apps.projects.queries.members import members_taking_part
from apps.projects.services.locking import locked, next_number, touch
from apps.projects.services.merging import ask_for, nothing_running
from domain import workflow as workflows

MOVE_JOB, UNDO_JOB = "reviews.move_in_flight", "reviews.undo_move_in_flight"
PREVIEW_JOB = "reviews.preview_in_flight"


def workflow_etag(version: WorkflowVersion) -> str:
    return f'"workflow-{version.number}"'


def checked_workflow(project: Project, body: bytes | dict[str, Any]) -> workflows.Workflow:
    """The workflow that a body describes, for this project: its groups are there, and each level has somebody to review.

    Raises:
        BadWorkflow: what is wrong, and where.
    """
    try:
        new = workflows.parse(body)
        _check_people(project, new)
    except workflows.WorkflowError as error:
        fault = {"pointer": error.pointer, "code": error.code, "detail": error.detail}
        raise BadWorkflow(
            f"{error.detail[:1].upper()}{error.detail[1:]}. Nothing was saved.", fields=[fault]
        ) from error
    return new


def _check_people(project: Project, workflow: workflows.Workflow) -> None:
    """A level that only some people may judge has at least one of them, else work would never leave it."""
    there = set(PeopleGroup.objects.filter(project=project).values_list("pk", flat=True))
    for place, stage in enumerate(workflow.stages):
        if not isinstance(stage, workflows.Review) or not (stage.roles or stage.groups):
            continue
        for i, group in enumerate(stage.groups):
            if group not in there:
                raise workflows.WorkflowError(
                    f"/stages/{place}/groups/{i}", "unknown_group", "the project has no such group or skill"
                )
        rows: QuerySet[Any] = members_taking_part(project)
        rows = rows.filter(member_role__in=stage.roles or POLICY[Action.REVIEW])
        if stage.groups:
            people = PeopleGroupMember.objects.filter(group_id__in=stage.groups)
            rows = rows.filter(user_id__in=people.values("user_id"))
        if not rows.exists():
            member = "groups" if stage.groups else "roles"
            raise workflows.WorkflowError(
                f"/stages/{place}/{member}",
                "nobody_reviews",
                "nobody may review at this level: work would never be done",
            )


@transaction.atomic
def put_workflow(
    *,
    project: Project,
    user: User,
    body: bytes | dict[str, Any],
    note: str = "",
    expected: str | None = None,
    move: bool = False,
) -> tuple[WorkflowVersion, BulkChange | None]:
    """Make the next version out of a whole body. It holds for what is claimed or submitted from now on.

    Args:
        move: also move what is in flight, by a job that can be undone; the second of the answer.

    Raises:
        BadWorkflow: what is wrong, and where.
        StaleVersion: somebody made another version since `expected`.
        Conflict: another bulk change of this project is still running.
    """
    row = locked(project)
    assert row.workflow is not None
    check_fresh(expected, workflow_etag(row.workflow))
    new = checked_workflow(row, body)
    if new == workflows.parse(row.workflow.body):
        return row.workflow, None
    if move:
        nothing_running(row)
    before = row.workflow.number
    version = next_version(row, user, new, note)
    return version, (start_moving(row, user, before, version) if move else None)


def next_version(row: Project, user: User, new: workflows.Workflow, note: str) -> WorkflowVersion:
    """Make the version under the project's lock, and tell."""
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


def start_moving(row: Project, user: User, before: int, version: WorkflowVersion) -> BulkChange:
    """Ask for the job that moves what is in flight."""
    title = f"Move work in flight to workflow {version.number}"
    change = BulkChange.objects.create(
        project=row,
        kind=BulkChange.Kind.WORKFLOW,
        title=title,
        arguments={"before": before, "after": version.number},
        created_by=user,
    )
    ask_for(change, row, user, MOVE_JOB, title)
    return change


@transaction.atomic
def start_undo_workflow(*, change: BulkChange, user: User) -> tuple[BulkChange, Job]:
    """Take a change of the workflow back: the one before is the next version, and what moved goes back where nobody has
    gone on with it.

    Raises:
        NothingToUndo: it is not done, or was undone already, or the workflow was changed again since.
        Conflict: another bulk change of this project is still running.
    """
    row = locked(change.project)
    change = BulkChange.objects.select_for_update().get(pk=change.pk)
    if change.state not in (BulkChange.State.DONE, BulkChange.State.FAILED):
        raise NothingToUndo(f"This change is {change.state}.")
    assert row.workflow is not None
    if row.workflow.number != change.arguments["after"]:
        raise NothingToUndo("The workflow was changed again since. Change it by hand.")
    nothing_running(row)
    old = WorkflowVersion.objects.get(project=row, number=change.arguments["before"])
    next_version(row, user, workflows.parse(old.body), f"Undo: {change.title}"[:500])
    change.state = BulkChange.State.UNDOING
    change.save(update_fields=["state", "updated_at"])
    job = ask_for(change, row, user, UNDO_JOB, f"Undo: {change.title}"[:300])
    return change, job
