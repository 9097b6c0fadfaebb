"""What became of predictions, in figures with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Sum

from apps.predictions.models import PredictionUse
from apps.projects.models import Project

COUNTS = ("accepted", "edited", "redrawn", "reclassed", "rejected", "missed", "right")
BINS = 10  # of a calibration plot
AUTOMATIC = (
    "automatic"  # stage of revisions that a model's answer became without a person: they prove nothing of the model
)
SCORED_MOST = 5_000  # the newest rows of what became of predictions, a class and a task each
NEWEST = 2_000  # finished tasks that effort is reckoned from

_CALIBRATION = """
SELECT least(floor(said.score * %(bins)s), %(bins)s - 1)::int AS bin, count(*), avg(said.score), count(*) FILTER (WHERE said.correct)
FROM predictions_predictionuse AS used, unnest(used.scores, used.correct) AS said (score, correct)
WHERE used.project_id = %(project)s AND used.model = %(model)s AND (%(class_id)s::bigint IS NULL OR used.class_id = %(class_id)s)
  AND (%(attribute)s = '' OR (used.attribute = %(attribute)s AND used.value = %(value)s))
GROUP BY bin ORDER BY bin
"""

# Active time of all hands on a task, reviewers' and rework included, over the regions of its result.
_EFFORT = """
WITH done AS (
    SELECT id, region_count FROM tasks_task
    WHERE project_id = %(project)s AND state = 'done' AND purpose = 'work' AND region_count > 0
    ORDER BY updated_at DESC, id DESC LIMIT %(newest)s
), shown AS (
    SELECT said.task_id, bool_or(used.shown AND used.accepted + used.edited + used.rejected + used.reclassed + used.redrawn > 0) AS shown
    FROM done JOIN predictions_prediction AS said ON said.task_id = done.id
    JOIN predictions_predictionuse AS used ON used.prediction_id = said.id
    GROUP BY said.task_id
)
SELECT coalesce(shown.shown, false), sum(work.active_ms) / 1000.0 / done.region_count
FROM done JOIN tasks_assignment AS work ON work.task_id = done.id LEFT JOIN shown ON shown.task_id = done.id
GROUP BY done.id, done.region_count, shown.shown HAVING sum(work.active_ms) > 0
"""


@dataclass(frozen=True, slots=True)
class UseOfClass:
    """What a model offered of one class, or of one value of a question, by what became of it, and what it missed."""

    class_id: int
    attribute: str
    value: str
    shown: bool
    accepted: int
    edited: int
    redrawn: int
    reclassed: int
    rejected: int
    missed: int
    right: int
    likeness_sum: float

    @property
    def offered(self) -> int:
        return self.accepted + self.edited + self.redrawn + self.reclassed + self.rejected


@dataclass(frozen=True, slots=True)
class Bin:
    """What was offered with a score in [bin / BINS, (bin + 1) / BINS)."""

    bin: int
    n: int
    score: float  # their mean
    right: int


def uses_of(project: Project, model: str) -> list[UseOfClass]:
    """Of a model ("name:version"), by class and by whether who annotated saw it."""
    rows = (
        PredictionUse.objects.filter(project=project, model=model)
        .values("class_id", "attribute", "value", "shown")
        .order_by("class_id", "attribute", "value", "shown")
    )
    sums: dict[str, Any] = {name: Sum(name) for name in (*COUNTS, "likeness_sum")}
    found: Any = rows.annotate(**sums)
    return [UseOfClass(**row) for row in found]


def scored_by_class(project: Project, model: str) -> dict[int, tuple[list[float], list[bool]]]:
    """Scores, and whether each was right, of the regions that the model offered before people finished the tasks."""
    rows = PredictionUse.objects.filter(
        project=project, model=model, attribute="", prediction__created_at__lt=F("revision__created_at")
    ).exclude(revision__stage=AUTOMATIC)
    found: dict[int, tuple[list[float], list[bool]]] = {}
    for class_id, scores, correct in rows.order_by("-pk").values_list("class_id", "scores", "correct")[:SCORED_MOST]:
        of_class = found.setdefault(class_id, ([], []))
        of_class[0].extend(scores)
        of_class[1].extend(correct)
    return {class_id: one for class_id, one in found.items() if one[0]}


def calibration_of(
    project: Project, model: str, class_id: int | None = None, *, attribute: str = "", value: str = ""
) -> list[Bin]:
    """Of a model, or of one class or one value of a question: how often a score was right."""
    said: dict[str, Any] = {"project": project.pk, "model": model, "class_id": class_id, "bins": BINS}
    said |= {"attribute": attribute, "value": value}
    with connection.cursor() as cursor:
        cursor.execute(_CALIBRATION, said)
        return [Bin(*row) for row in cursor.fetchall()]


def seconds_a_region(project: Project) -> tuple[Sequence[float], Sequence[float]]:
    """Active seconds per region of the newest finished tasks: those whose predictions were shown, and the others."""
    with connection.cursor() as cursor:
        cursor.execute(_EFFORT, {"project": project.pk, "newest": NEWEST})
        rows = cursor.fetchall()
    return [float(s) for shown, s in rows if shown], [float(s) for shown, s in rows if not shown]
