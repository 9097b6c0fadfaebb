"""What a training learns from: labels, and the features of what they are of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from apps.assets.models import Asset
from apps.learning.models import Crop, Training
from apps.learning.queries.labels import REGIONS, LabelSet, labels_of, meaning_of, without_rare
from apps.learning.services.cutting import cut_unsettled, look_at_crops, watch_crops
from apps.projects.queries import schema_of

if TYPE_CHECKING:
    from domain.learning.features import Floats

LOOK_SECONDS = 2.0  # at crops, before the job says that it goes on
Report = Callable[[int, int], None]


def material_of(training: Training, report: Report) -> tuple[LabelSet, Floats, str]:
    """(labels, (N, D) the features of each, and what these are called). Features are kept, so that a second start finds them.

    Raises:
        UnknownTarget
        JobLost, JobCancelled: from `report`.
    """
    return _of_regions(training, report) if training.target == REGIONS else _of_pictures(training, report)


def _of_pictures(training: Training, report: Report) -> tuple[LabelSet, Floats, str]:
    import numpy as np

    from apps.predictions.inference.features import features_of
    from domain.learning.features import DIMENSIONS, NAME

    found = labels_of(training.project, training.target)
    assets = Asset.objects.filter(pk__in={one.asset_id for one in found.labels}).order_by("pk")
    vectors = features_of(list(assets), report=report)
    kept = [one for one in found.labels if one.asset_id in vectors]
    found.left_out["unreadable"] += len(found.labels) - len(kept)
    found.labels = kept
    rows = np.array([vectors[one.asset_id] for one in kept], dtype=np.float32)
    return found, rows.reshape(-1, DIMENSIONS), NAME


def _of_regions(training: Training, report: Report) -> tuple[LabelSet, Floats, str]:
    """The crops that are kept of accepted work, brought up to date first."""
    import numpy as np

    from domain.learning.neighbours import NAME, SIZE

    project = training.project
    watch_crops(project.pk)
    looked = 0
    while some := look_at_crops(project_id=project.pk, seconds=LOOK_SECONDS):
        looked += some
        report(0, looked)
    cut_unsettled(project_id=project.pk)
    found = labels_of(project, REGIONS)
    of_task = {one.task_id: one for one in found.labels}
    assert project.schema is not None
    names = {one.class_id: name for name, one in meaning_of(schema_of(project.schema), REGIONS).items()}
    rows = Crop.objects.filter(project=project, task__in=list(of_task), class_id__in=list(names)).order_by("pk")
    crops = list(rows.values_list("task_id", "class_id", "vector"))
    found.labels = [replace(of_task[task_id], label=names[class_id]) for task_id, class_id, _ in crops]
    vectors = np.frombuffer(b"".join(bytes(raw) for _, _, raw in crops), dtype="<f2").reshape(-1, SIZE)
    wanted = without_rare(found, list(names.values())).names
    kept = [place for place, (_, class_id, _) in enumerate(crops) if names[class_id] in wanted]
    return found, vectors[kept].astype(np.float32), NAME
