"""Loaded models, kept in the worker between calls. The import of onnxruntime stands here and in the probe only."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings

from apps.core.errors import Unavailable
from apps.predictions.errors import ModelFails
from apps.predictions.inference.files import local_file
from apps.predictions.models import ModelFile

if TYPE_CHECKING:
    from numpy.typing import NDArray

log = structlog.get_logger("labelwright.models")
WEIGH = 3  # a loaded model takes about so many times its file


@dataclass(slots=True)
class Session:
    """A model in memory."""

    sha256: str
    size: int
    provider: str  # CPUExecutionProvider, CUDAExecutionProvider …
    _runner: Any
    _outputs: list[str]

    def run(self, feeds: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """All outputs by name.

        Raises:
            ModelFails: it does not run with these inputs.
        """
        try:
            return dict(zip(self._outputs, self._runner.run(self._outputs, dict(feeds)), strict=True))
        except Exception as error:
            raise ModelFails(f"The model does not run: {short(error)}", reason="run_failed") from error


_kept: OrderedDict[str, Session] = OrderedDict()
_lock = threading.Lock()


def session_of(file: ModelFile) -> Session:
    """The loaded file. The least used ones are let go where they would take more than LABELWRIGHT_MODEL_CACHE_BYTES.

    Raises:
        ModelDamaged, NotFound: see `local_file`.
        ModelFails: it cannot be loaded.
        Unavailable: onnxruntime is not installed.
    """
    with _lock:
        found = _kept.get(file.sha256)
        if found is not None:
            _kept.move_to_end(file.sha256)
            return found
        room = settings.LABELWRIGHT_MODEL_CACHE_BYTES - file.size * WEIGH
        while _kept and sum(one.size * WEIGH for one in _kept.values()) > max(0, room):
            _kept.popitem(last=False)
        made = _kept[file.sha256] = _load(file)
        return made


def _load(file: ModelFile) -> Session:
    try:
        import onnxruntime
    except ImportError as error:
        raise Unavailable("onnxruntime is not installed here, so ONNX models cannot be run.") from error
    path = local_file(file)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    wanted = [one for one in ("CUDAExecutionProvider", "CPUExecutionProvider") if one in onnxruntime.get_available_providers()]  # fmt: skip
    try:
        runner = onnxruntime.InferenceSession(str(path), options, providers=wanted)
    except Exception as error:
        raise ModelFails(f"The model cannot be loaded: {short(error)}", reason="load_failed") from error
    log.info("model_loaded", sha256=file.sha256[:12], size=file.size, providers=runner.get_providers())
    return Session(
        sha256=file.sha256,
        size=file.size,
        provider=runner.get_providers()[0],
        _runner=runner,
        _outputs=[one.name for one in runner.get_outputs()],
    )


def threads() -> int:
    """Of one model: the cores of the machine shared among the worker's processes."""
    return settings.LABELWRIGHT_MODEL_THREADS or max(
        1, (os.cpu_count() or 1) // max(1, settings.LABELWRIGHT_WORKER_PROCESSES)
    )


def short(error: BaseException) -> str:
    """What a runtime says, without paths, in one line."""
    text = " ".join(str(error).split())
    return " ".join(word if "/" not in word or "://" in word else "…" for word in text.split(" "))[:300]
