"""Trying a new model file in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings

from apps.predictions.errors import ModelRefused
from domain.inference import Signature, Spec

EXTRA_SECONDS = 30  # of wall time beyond four times the CPU that is allowed


class Tried(msgspec.Struct):
    signature: Signature
    spec: Spec


def try_file(path: Path, *, labels: list[str], given: Mapping[str, Any], role: str = "model") -> Tried:
    """Load a file and run it once, within limits of memory and time.

    Args:
        labels: names that people gave; [] where the file says them.
        given: further members of `Spec` that people gave.

    Raises:
        ModelRefused: it is not used, with the reason.
    """
    seconds = settings.LABELWRIGHT_MODEL_CHECK_SECONDS
    asked = {
        "path": str(path),
        "labels": labels,
        "given": dict(given),
        "role": role,
        "bytes": settings.LABELWRIGHT_MODEL_CHECK_BYTES,
        "seconds": seconds,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "apps.predictions.inference.probe"],
            input=json.dumps(asked).encode(),
            cwd=settings.BASE_DIR,
            env={"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            capture_output=True,
            timeout=seconds * 4 + EXTRA_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelRefused("too_slow", f"The model was not loaded and tried within {seconds} seconds.") from error
    return _said(done, seconds)


def _said(done: subprocess.CompletedProcess[bytes], seconds: int) -> Tried:
    try:
        said = json.loads(done.stdout.decode() or "null")
    except ValueError:
        said = None
    if isinstance(said, dict) and "spec" in said:
        return msgspec.convert(said, Tried)
    if isinstance(said, dict) and "code" in said:
        raise ModelRefused(str(said["code"]), str(said["detail"]))
    if done.returncode in (-24, -9) or b"MemoryError" in done.stderr:  # SIGXCPU, SIGKILL
        if done.returncode == -24:
            raise ModelRefused("too_slow", f"The model took more than {seconds} seconds of CPU to load and try.")
        raise ModelRefused("out_of_memory", "The model needs more memory than a check may take.")
    raise ModelRefused("crashed", "The runtime broke down over this file.")
