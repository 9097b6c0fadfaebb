"""How far a model's answers to a picture and to variants of it lie apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apps.predictions.inference.views import VIEWS
from domain.inference.base import Answer, Found
from domain.inference.targets import Target, Targets, Thresholds
from domain.sampling.disagreement import Boxed, boxes_apart, labels_apart

Kept = list[tuple[Target, Found]]


def variants_apart(
    answers: Sequence[Answer],
    labels: Sequence[str],
    *,
    targets: Targets,
    thresholds: Thresholds,
    size: tuple[int, int],
    whole: bool,
) -> float | None:
    """In [0, 1]; None where no variant was looked at.

    Of what is said of the whole image, `labels_apart`; of things, the mean over variants of `boxes_apart`; by what would be kept
    and by what it means in the project.

    Args:
        answers: of the picture, then of each of VIEWS.
        size: of the picture, width and height in pixels.
        whole: the model answers to the whole image.
    """
    if len(answers) < 2:
        return None
    first, *others = [list(_kept(one, labels, targets, thresholds)) for one in answers]
    if whole:
        return labels_apart([_said(one) for one in (first, *others)])
    boxes = list(_boxed(first))
    far = [
        boxes_apart(boxes, [(class_id, view.back(box, *size)) for class_id, box in _boxed(some)], view.window(*size))
        for view, some in zip(VIEWS, others, strict=True)
    ]
    return sum(far) / len(far)


def _kept(
    answer: Answer, labels: Sequence[str], targets: Targets, thresholds: Thresholds
) -> Iterator[tuple[Target, Found]]:
    for found in answer.found:
        label = labels[found.label] if 0 <= found.label < len(labels) else ""
        target = targets.get(label)
        if target is not None and found.score >= thresholds.of(label):
            yield target, found


def _said(kept: Kept) -> tuple[int | None, str | None, str] | None:
    if not kept:
        return None
    target, _ = max(kept, key=lambda one: one[1].score)
    return target.class_id, target.attribute, repr(target.value)


def _boxed(kept: Kept) -> Iterator[Boxed]:
    for target, found in kept:
        bounds = found.geometry.bounds() if found.geometry is not None else None
        if bounds is not None and target.class_id is not None:
            yield target.class_id, bounds
