"""Registering models, running them, and keeping what they say."""

from apps.predictions.services.keeping import NewPrediction, keep_predictions, new_among, withdraw_predictions
from apps.predictions.services.measuring import measure_moved
from apps.predictions.services.registering import (
    WeightFile,
    add_version,
    ask_to_check,
    change_model,
    folder_files,
    from_folder,
    register_model,
)
from apps.predictions.services.teaching import change_version

__all__ = [
    "NewPrediction",
    "WeightFile",
    "add_version",
    "ask_to_check",
    "change_model",
    "change_version",
    "folder_files",
    "from_folder",
    "keep_predictions",
    "measure_moved",
    "new_among",
    "register_model",
    "withdraw_predictions",
]
