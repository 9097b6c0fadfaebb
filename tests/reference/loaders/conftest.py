"""Libraries that load data sets read what we wrote: `make reference`, in an environment of their own."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[3]
collect_ignore_glob = ["test_*.py"] if find_spec("fiftyone") is None else []
os.environ.update(
    HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", FIFTYONE_DO_NOT_TRACK="1"
)  # nothing is asked for or told
sys.path[:0] = [str(ROOT), str(ROOT / "sdk"), str(ROOT / "sdk" / "examples")]
