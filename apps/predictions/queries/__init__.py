"""Reading models and what they say."""

from apps.predictions.queries.answers import entries, latest, predictions_listed, told, withheld
from apps.predictions.queries.disagreements import Disagreement, disagreements_of
from apps.predictions.queries.misses import sure_regions, thresholds_of
from apps.predictions.queries.models import (
    file_of,
    interactive_version,
    model_for,
    models_of,
    run_for,
    runs_of,
    spec_of,
    version_for,
)
from apps.predictions.queries.places import models_measured, models_that_said, order_standing, places_shown
from apps.predictions.queries.runs import summary_of
from apps.predictions.queries.uses import BINS, calibration_of, seconds_a_region, uses_of

__all__ = [
    "BINS",
    "Disagreement",
    "calibration_of",
    "disagreements_of",
    "entries",
    "file_of",
    "interactive_version",
    "latest",
    "model_for",
    "models_measured",
    "models_of",
    "models_that_said",
    "order_standing",
    "places_shown",
    "predictions_listed",
    "run_for",
    "runs_of",
    "seconds_a_region",
    "spec_of",
    "summary_of",
    "sure_regions",
    "thresholds_of",
    "told",
    "uses_of",
    "version_for",
    "withheld",
]
