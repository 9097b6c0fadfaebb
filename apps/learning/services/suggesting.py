"""What a region may be, by the project's own accepted crops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from apps.core.errors import Invalid
from apps.learning.models import Crop
from apps.learning.services.cutting import watch_crops
from apps.projects.queries import schema_of
from apps.tasks.models import Task
from domain.learning.neighbours import Suggestion

LEAST_OF_CLASS = 3  # accepted crops; before two classes have so many, nothing is suggested


@dataclass(frozen=True, slots=True)
class Suggested:
    """`known`: accepted crops that were compared."""

    classes: list[Suggestion]
    known: int


def suggest_classes(*, task: Task, bounds: Sequence[float]) -> Suggested:
    """The likeliest classes of what these bounds hold; none while little is known. The first call has the project watched.

    Nothing of the same picture is compared: a hidden test shows one again whose answer is known.

    Args:
        bounds: x_min, y_min, x_max, y_max in image pixels.

    Raises:
        Invalid: bounds outside of the image, or without an area.
        NotFound: the image cannot be read.
    """
    import numpy as np

    from apps.predictions.inference.crops import crop_features
    from domain.learning.neighbours import SIZE, suggested

    asset = task.asset
    x0, y0, x1, y1 = bounds
    if not (x0 < x1 and y0 < y1 and x1 > 0 and y1 > 0 and x0 < asset.width and y0 < asset.height):
        raise Invalid(f"The bounds lie in the image of {asset.width} by {asset.height} pixels, and have an area.")
    watch_crops(task.project_id)
    assert task.project.schema is not None
    live = {one.id for one in schema_of(task.project.schema).classes if not one.archived}
    rows = Crop.objects.filter(project=task.project_id, class_id__in=live).exclude(asset_sha256=asset.sha256)
    found = list(rows.values_list("class_id", "vector"))
    counts = Counter(class_id for class_id, _ in found)
    if sum(n >= LEAST_OF_CLASS for n in counts.values()) < 2:
        return Suggested([], len(found))
    known = np.frombuffer(b"".join(bytes(raw) for _, raw in found), dtype="<f2").reshape(-1, SIZE).astype(np.float32)
    asked = crop_features(asset, [_inside(bounds, asset.width, asset.height)])[0]
    return Suggested(suggested(known, np.array([one for one, _ in found], dtype=np.int64), asked), len(found))


def _inside(bounds: Sequence[float], width: int, height: int) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = bounds
    return max(0.0, x0), max(0.0, y0), min(float(width), x1), min(float(height), y1)
