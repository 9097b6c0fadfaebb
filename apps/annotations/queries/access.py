"""Who may see which draft and which revision. In blind projects nobody sees another's answer before the task is done."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from rest_framework.request import Request

from apps.accounts.models import Role, User
from apps.annotations.models import Annotation, Revision
from apps.core.pagination import paginate
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, found_for, hidden, project_for, project_of
from apps.projects.settings import is_tested
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.queries import had_by

_AT_WORK = (Assignment.State.HELD, Assignment.State.PARKED, Assignment.State.STALE)


def revisions_visible(access: ProjectAccess) -> QuerySet[Revision]:
    """Revisions of a project that the person may see.

    Viewers: accepted ones only. Annotators: their own, and others' once the task is done, or at once where the project is
    not blind. Reviewers and managers: all but those of a task that they are answering themselves.
    """
    rows = Revision.objects.filter(project_id=access.project.pk, task__trashed_at=None)
    rows = rows.exclude(task__purpose=Task.Purpose.PLANTED, author_id=access.user.pk)  # never theirs
    if not access.can(Action.GOLD_VIEW):
        rows = rows.exclude(kind=Annotation.Kind.GOLD)
    if is_tested(access):
        rows = rows.filter(Exists(had_by(access).filter(task_id=OuterRef("task_id"))) | Q(pk__in=_to_judge(access)))
    accepted = Q(task__state=Task.State.DONE, task__result_id=F("pk"))
    if access.role == Role.VIEWER:
        return rows.filter(accepted)
    if not access.project.blind:
        return rows
    mine = Q(author_id=access.user.pk)
    done = Q(task__state=Task.State.DONE)
    if access.role == Role.ANNOTATOR:
        return rows.filter(mine | done)
    answering = Assignment.objects.filter(
        task_id=OuterRef("task_id"), user_id=access.user.pk, stage=Stage.ANNOTATE, state__in=_AT_WORK
    )
    rework = Q(annotation__author_id=access.user.pk)
    return rows.filter(mine | done | rework | ~Exists(answering))


def _to_judge(access: ProjectAccess) -> QuerySet[Any, Any]:
    """What waits for a verdict that this person may give."""
    rows = Slot.objects.filter(project_id=access.project.pk, stage=Stage.REVIEW, state=Slot.State.OPEN)
    return (
        rows.exclude(revision=None).values_list("revision_id", flat=True) if access.can(Action.REVIEW) else rows.none()
    )


def revision_for(user: User, revision_id: int) -> Revision:
    """A revision that the person may see; with its task, project and annotation."""
    project_id = Revision.objects.filter(pk=revision_id).values_list("project_id", flat=True).first()
    access = project_of(user, project_id, "revision", Action.REVISIONS_VIEW)
    found = (
        revisions_visible(access).select_related("task__asset", "project", "annotation").filter(pk=revision_id).first()
    )
    if found is None:
        raise hidden("revision")
    return found


def annotation_for(user: User, annotation_id: int) -> Annotation:
    """An annotation: drafts for their author only (managers see stale ones to hand over), others by their revisions."""
    row = (
        Annotation.objects.select_related("task__asset", "project", "base", "assignment")
        .filter(pk=annotation_id)
        .first()
    )
    found, access = found_for(user, row, "annotation", Action.REVISIONS_VIEW)
    if found.author_id == user.pk:
        return found
    if found.state == Annotation.State.SUBMITTED and revisions_visible(access).filter(pk=found.base_id or 0).exists():
        return found
    raise hidden("annotation")


def revision_page(request: Request, *, user: User, annotation_id: int) -> tuple[list[Revision], str | None]:
    """Revisions of one annotation that the person may see, newest first."""
    annotation = annotation_for(user, annotation_id)
    access = project_for(user, annotation.project_id, Action.REVISIONS_VIEW)
    rows = revisions_visible(access).filter(annotation_id=annotation.pk).select_related("annotation", "project")
    return paginate(request, rows)
