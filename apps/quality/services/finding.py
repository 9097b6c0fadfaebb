"""Scoring verdicts on planted faults: found or missed (ADR 0017)."""

from __future__ import annotations

from math import hypot

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef

from apps.annotations.models import Annotation
from apps.quality.models import Probe, ProbeScore
from apps.quality.services.scoring import knows_gold
from apps.reviews.models import Mark, Review
from domain.planting import Planted, Spot, was_found

AT_ONCE = 500  # verdicts that a sweep scores


def score_planted(*, at_once: int = AT_ONCE) -> int:
    """Score what reviewers said of faulty copies; returns how many verdicts. Only a person's verdict on the copy itself counts,
    not one on another's fix of it."""
    scored = ProbeScore.objects.filter(
        probe__task_id=OuterRef("task_id"), user_id=OuterRef("reviewer_id"), kind=Probe.Kind.FAULT
    )
    rows = Review.objects.filter(
        ~Exists(scored), task__probe__kind=Probe.Kind.FAULT, revision__kind=Annotation.Kind.ANSWER,
        verdict__in=["accept", "fix", "reject"],
    )  # fmt: skip
    rows = rows.select_related("task__asset", "task__probe", "task__project").prefetch_related("marks")
    return sum(_score(review) for review in rows.order_by("pk")[:at_once])


@transaction.atomic
def _score(review: Review) -> bool:
    probe, asset = review.task.probe, review.task.asset
    fault = msgspec.convert(probe.planted[0], Planted)
    found = was_found(
        fault,
        verdict=review.verdict,
        spots=[_spot(mark) for mark in review.marks.all()],
        diagonal=hypot(asset.width, asset.height),
    )
    _, new = ProbeScore.objects.get_or_create(
        probe=probe,
        user_id=review.reviewer_id,
        kind=Probe.Kind.FAULT,
        defaults={
            "project_id": probe.project_id,
            "revision_id": review.revision_id,
            "score": float(found),
            "things": 1,
            "correct": int(found),
            "classes": {str(fault.class_id): [int(found), 1]},
            "faults": [] if found else probe.planted,
            "counted": not knows_gold(review.task.project, review.reviewer_id),
        },
    )
    return new


def _spot(mark: Mark) -> Spot:
    return Spot(kind=mark.kind, element=mark.element_id, x=mark.x, y=mark.y)
