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


def test_the_build_goes_on_without_the_detector_of_the_demo_and_tries_again_a_day_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(build, "DEMO", tmp_path)
    monkeypatch.setattr(build, "MODELS", tmp_path / "models")
    monkeypatch.setenv("PATH", str(tmp_path))  # no npm, as where there is no network it gets nothing
    tries = "getting the detector"

    build.detector()
    assert "the demo goes on without it" in capsys.readouterr().out
    build.detector()
    assert tries not in capsys.readouterr().out
    monkeypatch.setattr(build, "RETRY_SECONDS", -1.0)
    build.detector()
    assert tries in capsys.readouterr().out
