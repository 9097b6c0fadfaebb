"""Registering models, running them, and keeping what they say."""

from apps.predictions.services.bringing import PredictedItem, bring_predictions
from apps.predictions.services.keeping import NewPrediction, keep_predictions, new_among, withdraw_predictions
from apps.predictions.services.measuring import measure_moved
from apps.predictions.services.misses import Said, answer_hints
from apps.predictions.services.prelabelling import ask_to_prelabel, check_usable, go_on, wanted_tasks
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
from apps.predictions.services.upholding import uphold_work

__all__ = [
    "NewPrediction",
    "PredictedItem",
    "Said",
    "WeightFile",
    "add_version",
    "answer_hints",
    "ask_to_check",
    "ask_to_prelabel",
    "bring_predictions",
    "change_model",
    "change_version",
    "check_usable",
    "folder_files",
    "from_folder",
    "go_on",
    "keep_predictions",
    "measure_moved",
    "new_among",
    "register_model",
    "uphold_work",
    "wanted_tasks",
    "withdraw_predictions",
]
