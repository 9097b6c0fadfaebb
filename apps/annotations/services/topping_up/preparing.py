"""Gathering the regions of a top-up: one piece a task."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.db.models import Count

from apps.annotations.models import TopUp, TopUpPiece
from apps.annotations.queries.top_ups import lacking, tell
from apps.annotations.services.regions.asking import results
from apps.projects.models import BulkChange

AT_ONCE = 2_000


def prepare(*, change: BulkChange, report: Callable[[int, int], None] | None = None) -> TopUp:
    """Make the pieces and open the top-up. A second start adds what the first did not."""
    top_up = TopUp.objects.select_related("project").get(change=change)
    rows = results(lacking(top_up.project, top_up.class_id, top_up.attribute)).order_by()
    counted = list(rows.values_list("task_id").annotate(Count("ordinal")).order_by("task_id"))
    for start in range(0, len(counted), AT_ONCE):
        some = counted[start : start + AT_ONCE]
        TopUpPiece.objects.bulk_create(
            [TopUpPiece(top_up=top_up, task_id=task, regions=number) for task, number in some], ignore_conflicts=True
        )
        if report is not None:
            report(start + len(some), len(counted))
    with transaction.atomic():
        top_up = TopUp.objects.select_for_update().select_related("project").get(pk=top_up.pk)
        if top_up.state == TopUp.State.PREPARING:
            top_up.state = TopUp.State.OPEN if counted else TopUp.State.DONE
            top_up.save(update_fields=["state", "updated_at"])
        elif top_up.state == TopUp.State.CANCELLED:  # meanwhile
            top_up.pieces.filter(state=TopUpPiece.State.OPEN).update(state=TopUpPiece.State.DROPPED)
        tell(top_up)
    return top_up
