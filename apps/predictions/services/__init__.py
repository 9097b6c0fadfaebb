"""Keeping what models say."""

from apps.predictions.services.keeping import NewPrediction, keep_predictions, new_among, withdraw_predictions

__all__ = ["NewPrediction", "keep_predictions", "new_among", "withdraw_predictions"]
