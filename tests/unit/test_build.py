"""What the build leaves for the start."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from runtime import build


def test_our_modules_are_compiled_by_the_build_also_where_python_is_told_to_write_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "apps" / "thing.py"
    module.parent.mkdir()
    module.write_text("value = 1\n")
    monkeypatch.setattr(build, "PROJECT", tmp_path)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    build.byte_code()

    assert Path(importlib.util.cache_from_source(str(module))).exists()
