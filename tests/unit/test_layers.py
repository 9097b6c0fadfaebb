"""The order of the layers is held, and a breach is noticed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).parent / "lint-imports"

BREACHES = {
    "domain/geometry/boxes.py": "import apps.core.errors",
    "apps/core/models.py": "import apps.tasks.models",
    "apps/projects/models.py": "import apps.projects.services",
    "apps/tasks/models.py": "import apps.tasks.api.views",
    "apps/jobs/models.py": "import config.celery",
    "runtime/places.py": "import django.conf",
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINTER, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def copied(folder: Path) -> Path:
    for name in ("apps", "config", "domain", "runtime"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


def test_the_layers_hold():
    done = lint(PROJECT)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("file", BREACHES)
def test_an_import_against_the_order_is_found(file, tmp_path):
    folder = copied(tmp_path)
    with open(folder / file, "a") as source:
        source.write(f"\n{BREACHES[file]}\n")
    done = lint(folder)
    assert done.returncode != 0
    assert "BROKEN" in done.stdout
