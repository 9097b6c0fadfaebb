"""What can be wrong with models and their answers."""

from __future__ import annotations

from apps.core.errors import Conflict, DomainError, Invalid


class ModelRefused(DomainError):
    """A file or a server that is not used; `reason` is stable and kept with the version."""

    code, status, title = "model_refused", 400, "The model cannot be used"

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail, reason=reason)
        self.reason = reason


class ModelFails(DomainError):
    """A model that was fit does not do what it did."""

    code, status, title = "model_fails", 409, "The model does not answer as it should"

    def __init__(self, detail: str, *, reason: str) -> None:
        super().__init__(detail, reason=reason)
        self.reason = reason


class ModelDamaged(ModelFails):
    code, title = "model_damaged", "The stored model is damaged"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, reason="model_damaged")


class NameTaken(Conflict):
    code, title = "name_taken", "There is one of this name already"


class NotUsable(Conflict):
    code, title = "model_not_ready", "The model is not ready"


class NothingToPredict(Conflict):
    code, title = "nothing_to_predict", "No task fits"


class NotMeasured(Conflict):
    code, title = "not_measured", "The model's predictions do not say that"


class NothingToName(Conflict):
    code, title = "nothing_to_name", "The base model has said nothing of this image"


class NoVariants(Conflict):
    code, title = "no_variants", "The model cannot be asked about variants"


class BadMapping(Invalid):
    code, title = "bad_mapping", "The mapping does not fit the label schema"


class NoTraining(Conflict):
    code, title = "no_training", "The server does not train"


class UnknownFile(Invalid):
    code, title = "unknown_model_file", "There is no such file in the folder of models"


class UnknownVersion(Invalid):
    code, title = "unknown_model_version", "There is no such model version"


class UnknownHint(Invalid):
    code, title = "unknown_hint", "There is no such hint"
