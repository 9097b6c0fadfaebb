"""The back ends of models: ONNX files, servers, and what is built in. Loaded when one is asked: they bring numpy along."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from apps.predictions.backends.base import Asked, Backend, Reply
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


def _module(version: ModelVersion) -> Any:
    return import_module(f"{__name__}.{_MODULES[RegisteredModel.Backend(version.model.backend)]}")


__all__ = ["Asked", "Backend", "Reply", "check", "opened"]
