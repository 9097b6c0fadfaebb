"""How long finished tasks took the people who labelled them."""

from __future__ import annotations

from django.db.models import Q, Sum

from apps.predictions.queries.uses import AUTOMATIC, NEWEST
from apps.projects.models import Project
from apps.tasks.models import Stage, Task


def times_of_done(project: Project) -> list[tuple[int, float]]:
    """(regions, active seconds of all who labelled it) of the newest finished tasks; none that a model finished."""
    rows = Task.objects.filter(project=project, state=Task.State.DONE, purpose=Task.Purpose.WORK, trashed_at=None)
    rows = rows.exclude(result__stage=AUTOMATIC).annotate(
        active=Sum("assignments__active_ms", filter=Q(assignments__stage=Stage.ANNOTATE))
    )
    found = rows.order_by("-pk").values_list("region_count", "active")[:NEWEST]
    return [(regions, (active or 0) / 1000) for regions, active in found]
