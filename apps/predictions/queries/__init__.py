"""Reading models and what they say."""

from apps.predictions.queries.answers import entries, latest
from apps.predictions.queries.models import file_of, model_for, models_of, run_for, runs_of, spec_of, version_for

__all__ = ["entries", "file_of", "latest", "model_for", "models_of", "run_for", "runs_of", "spec_of", "version_for"]
