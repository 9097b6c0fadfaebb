"""Reading what models say. Whoever calls has asked for the task or the project."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from apps.annotations.queries.documents import Entry, chunk_bodies, named
from apps.core.seeds import seed_of
from apps.predictions.models import Prediction
from apps.projects.models import Project
from apps.projects.settings import settings_of
from domain.elements import unpack
from domain.sampling import sampling_number


def latest(task_ids: Sequence[int]) -> QuerySet[Prediction]:
    """The present answer of each model to each task."""
    rows = Prediction.objects.filter(task_id__in=task_ids)
    return rows.order_by("task_id", "model", "-id").distinct("task_id", "model")


def entries(prediction: Prediction) -> list[Entry]:
    """Its elements, as documents have them."""
    return [Entry(named(raw), kind, 0, raw) for body in chunk_bodies(prediction.chunks) for kind, raw in unpack(body)]


def withheld(project: Project, task_id: int) -> bool:
    """Whether who does the task is not shown what models say: by chance, and always the same of one task."""
    share = settings_of(project).without_predictions
    return share > 0 and sampling_number(seed_of(project.pk, "without predictions"), task_id) < share
