"""Other people's packages read our exports: `make reference`, in an environment of their own."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

collect_ignore_glob = ["test_*.py"] if find_spec("supervision") is None or find_spec("datumaro") is None else []
sys.path[:0] = [str(Path(__file__).parents[3]), str(Path(__file__).parent)]
