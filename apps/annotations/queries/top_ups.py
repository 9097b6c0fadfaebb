"""Reading top-ups: what lacks an answer, how far each is, and what a piece still asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Sum

from apps.accounts.models import User
from apps.activity import events
from apps.annotations.models import RegionIndex, TopUp, TopUpPiece
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, found_for, hidden, project_for, project_of
from apps.projects.models import Project
from apps.projects.queries.versions import schema_of
from domain.schema import asked

MOST_SHOWN = 500  # regions that a piece hands out at a time


@dataclass(frozen=True, slots=True)
class Progress:
    """Pieces by state, and regions: all, and those that are answered."""

    tasks: int = 0
    tasks_done: int = 0
    regions: int = 0
    answered: int = 0


def lacking(project: Project, class_id: int, attribute: str) -> QuerySet[RegionIndex]:
    """Regions of a class in current revisions that have no answer to the attribute; all of them where none is named."""
    rows = RegionIndex.objects.filter(project_id=project.pk, class_id=class_id)
    if not attribute:
        return rows
    rows = rows.filter(
        ~Q(attributes__has_key=attribute)
        | Q(attributes__contains={attribute: None})
        | Q(attributes__contains={attribute: ""})
    )
    assert project.schema is not None
    found = schema_of(project.schema).class_by_id(class_id)
    when = next((one.when for one in found.attributes if one.name == attribute), None) if found else None
    if when is None:
        return rows
    holds = Q()
    for value in when.values:
        holds |= Q(attributes__contains={when.attribute: value})
    return rows.filter(holds)


def unanswered(piece: TopUpPiece) -> list[RegionIndex]:
    """Regions of a piece that wait for an answer, as its task stands now; at most `MOST_SHOWN`."""
    top_up, task = piece.top_up, piece.task
    if task.result_id is None:
        return []
    rows = lacking(top_up.project, top_up.class_id, top_up.attribute).filter(revision_id=task.result_id)
    rows = rows.exclude(element_id__in=[*piece.passed, *piece.answers]).order_by("ordinal")[:MOST_SHOWN]
    if not top_up.attribute:
        return list(rows)
    assert top_up.project.schema is not None
    found = schema_of(top_up.project.schema).class_by_id(top_up.class_id)
    wanted = next((one for one in found.attributes if one.name == top_up.attribute), None) if found else None
    if found is None or wanted is None:
        return []
    return [row for row in rows if asked(wanted, row.attributes, found.attributes)]


def top_ups(*, user: User, project_id: int) -> tuple[list[TopUp], ProjectAccess]:
    """Top-ups of a project, those that wait for answers first, then the newest."""
    access = project_for(user, project_id, Action.ANNOTATE)
    rows = TopUp.objects.filter(project_id=access.project.pk).select_related("change", "project__schema")
    if not access.can(Action.TASKS_MANAGE):
        rows = rows.filter(state=TopUp.State.OPEN)
    return sorted(rows.order_by("-pk")[:200], key=lambda one: one.state != TopUp.State.OPEN), access


def top_up_for(user: User, top_up_id: int, action: Action) -> tuple[TopUp, ProjectAccess]:
    """A top-up of a project where the person has `action`."""
    found = TopUp.objects.select_related("change", "project__schema").filter(pk=top_up_id).first()
    return found_for(user, found, "top-up", action)


def piece_for(user: User, piece_id: int) -> tuple[TopUpPiece, ProjectAccess]:
    """A piece that this person may answer; in whose hands it is, is not looked at."""
    found = TopUpPiece.objects.select_related("top_up").filter(pk=piece_id).first()
    if found is None:
        raise hidden("piece")
    return found, project_of(user, found.top_up.project_id, "piece", Action.ANNOTATE)


def progress_of(ids: Sequence[int]) -> dict[int, Progress]:
    """{top-up: how far it is}."""
    over = Q(state__in=(TopUpPiece.State.DONE, TopUpPiece.State.DROPPED))
    rows = TopUpPiece.objects.filter(top_up__in=ids).values("top_up_id")
    counted = rows.annotate(tasks=Count("pk"), done=Count("pk", filter=over), all=Sum("regions"), had=Sum("answered"))
    return {
        row["top_up_id"]: Progress(row["tasks"], row["done"], row["all"] or 0, row["had"] or 0)
        for row in counted.annotate(key=F("top_up_id"))
    }


def tell(top_up: TopUp) -> None:
    """Live pages read the top-ups again, on commit."""
    events.publish(f"project:{top_up.project_id}", "top_up.changed", {"id": top_up.pk, "state": top_up.state})
