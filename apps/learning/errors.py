"""What can be wrong with learning from accepted work."""

from __future__ import annotations

from apps.core.errors import Conflict, Invalid


class UnknownTarget(Invalid):
    code, title = "unknown_target", "There is no such thing to learn"


class TooFewLabels(Conflict):
    code, title = "too_few_labels", "There are too few labels to learn from"


class OneClass(Conflict):
    code, title = "one_class", "All labels are the same"


class NothingHeldOut(Conflict):
    code, title = "nothing_held_out", "Nothing can be held out to measure by"


class BadBase(Invalid):
    code, title = "bad_base", "The model finds nothing to name"


class NotTrainedHere(Conflict):
    code, title = "not_trained_here", "The model is not one that is trained here"


class TrainingRuns(Conflict):
    code, title = "training_runs", "The model is being trained"
