"""Scoring hidden tests, and hiding them."""

from __future__ import annotations

from celery import shared_task

from apps.quality.services import finding, honeypots, planting, scoring


@shared_task(name="quality.score_tests", ignore_result=True)
def score_tests() -> None:
    """Score answers to hidden tests. Safe to deliver twice, and finds what a lost message forgot."""
    for revision_id in scoring.unscored():
        scoring.score_answer(revision_id=revision_id)
    scoring.score_verdicts()
    finding.score_planted()


@shared_task(name="quality.place_tests", ignore_result=True)
def place_tests() -> None:
    """Hide gold in the queues that ask for it, and planted faults in the review queues. Safe to deliver twice."""
    honeypots.keep_placed()
    planting.keep_planted()
