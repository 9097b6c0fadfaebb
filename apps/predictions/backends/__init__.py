"""The back ends of models: ONNX files, servers, and what is built in. Loaded when one is asked: they bring numpy along."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from apps.predictions.backends.base import Asked, Backend, Reply, Taught, Told
from apps.predictions.errors import NoTraining
from apps.predictions.models import ModelVersion, RegisteredModel

if TYPE_CHECKING:
    from domain.inference.base import Spec

_MODULES = {
    RegisteredModel.Backend.ONNX: "onnx",
    RegisteredModel.Backend.HTTP: "native",
    RegisteredModel.Backend.LABEL_STUDIO: "studio",
    RegisteredModel.Backend.BUILTIN: "builtin",
    RegisteredModel.Backend.TRAINED: "trained",
}


def check(version: ModelVersion) -> Spec:
    """Look at a version that may not be fit.

    Raises:
        ModelRefused: it is not, with the reason.
        ModelFails: its stored file is not what was uploaded.
        FetchRefused, FetchFailed, FetchTooLarge: its server cannot be asked.
    """
    found: Spec = _module(version).check(version)
    return found


def opened(version: ModelVersion) -> Backend:
    """A version that was found fit, made ready to be asked.

    Raises:
        ModelFails: it is not what it was.
        Unavailable: not here, or not now.
    """
    found: Backend = _module(version).opened(version)
    return found


def teach(version: ModelVersion, taught: Sequence[Taught]) -> Told:
    """Send a server accepted work to learn from, and wait for its answer as long as its time allows.

    Raises:
        NoTraining: it does not train, or is no server.
        ModelFails: it says that it failed, or its answer is none.
        FetchRefused, FetchFailed, FetchTooLarge
    """
    module = _module(version)
    if not hasattr(module, "teach"):
        raise NoTraining("Only servers are sent labels to learn from.")
    told: Told = module.teach(version, taught)
    return told


def _module(version: ModelVersion) -> Any:
    return import_module(f"{__name__}.{_MODULES[RegisteredModel.Backend(version.model.backend)]}")


__all__ = ["Asked", "Backend", "Reply", "Taught", "Told", "check", "opened", "teach"]
