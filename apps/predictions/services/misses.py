"""Hints at what may be missing: from which score on, and what people say to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from apps.annotations.models import Annotation
from apps.core.errors import Conflict
from apps.core.permissions import Action
from apps.predictions.errors import UnknownHint
from apps.predictions.models import MissThreshold, PossibleMiss, Prediction
from apps.predictions.queries.misses import Offered, offered_regions, thresholds_of
from apps.predictions.queries.uses import scored_by_class
from apps.projects.access import project_for
from apps.projects.models import Project
from domain.inference.misses import sure_from


class Said(msgspec.Struct, frozen=True):
    """What who annotates says to one hint."""

    prediction: int
    element: str
    said: PossibleMiss.Said


@transaction.atomic
def calibrate(*, project: Project, models: Iterable[str]) -> None:
    """Choose anew from which score on the classes of these models are hinted at, by what people made of their answers."""
    for model in sorted(models):
        known = {row.class_id: row for row in thresholds_of(project, model).select_for_update()}
        for class_id, (scores, correct) in scored_by_class(project, model).items():
            found = sure_from(class_id, scores, correct)
            row = known.get(class_id) or MissThreshold(project=project, model=model, class_id=class_id)
            row.score, row.n, row.right, row.low = found.score, found.n, found.right, found.low
            row.save()


@transaction.atomic
def answer_hints(*, annotation: Annotation, user: User, answers: Sequence[Said]) -> None:
    """Keep what who draws says to hints; the last word on each counts. Safe to send twice.

    Raises:
        NotFound: the project is not theirs to annotate in.
        Conflict: somebody else draws.
        UnknownHint: no model has said so of the task, or its class is not hinted at.
    """
    project_for(user, annotation.project_id, Action.ANNOTATE)
    if annotation.author_id != user.pk:
        raise Conflict("Only who draws answers hints.")
    known = _offered(annotation, {one.prediction for one in answers})
    for said in sorted(answers, key=lambda one: (one.prediction, one.element)):
        prediction, region = known.get((said.prediction, said.element), (None, None))
        if prediction is None or region is None or region.score is None:
            raise UnknownHint("No model has said so of this task.")
        # The row of the class is the lock: two words on one hint are counted one after the other.
        classes = thresholds_of(annotation.project, prediction.model).select_for_update()
        of_class = classes.filter(class_id=region.class_id, score__isnull=False).first()
        if of_class is None:
            raise UnknownHint("Regions of this class are not hinted at.")
        _say(annotation, prediction, region.id, region.score, said.said, of_class)


def _offered(annotation: Annotation, ids: Iterable[int]) -> dict[tuple[int, str], tuple[Prediction, Offered]]:
    rows = Prediction.objects.filter(pk__in=ids, task_id=annotation.task_id)
    return {(row.pk, region.id): (row, region) for row in rows for region in offered_regions(row)}


def _say(
    annotation: Annotation,
    prediction: Prediction,
    element: str,
    score: float,
    said: PossibleMiss.Said,
    of_class: MissThreshold,
) -> None:
    of_hint = PossibleMiss.objects.filter(annotation=annotation, prediction=prediction, element_id=element)
    before = of_hint.values_list("said", flat=True).first()
    if before == said:
        return
    PossibleMiss.objects.update_or_create(
        annotation=annotation,
        prediction=prediction,
        element_id=element,
        defaults={
            "project_id": annotation.project_id,
            "task_id": annotation.task_id,
            "model": prediction.model,
            "class_id": of_class.class_id,
            "score": score,
            "said": said,
        },
    )
    moved = Counter({str(said): 1})
    if before is not None:
        moved[before] -= 1
    MissThreshold.objects.filter(pk=of_class.pk).update(**{name: F(name) + by for name, by in moved.items()})
