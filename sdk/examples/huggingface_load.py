"""From a project to a `datasets.DatasetDict`: export Hugging Face's imagefolder and load it from disk.

pip install datasets
python huggingface_load.py "Street scenes" street/
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import Any

from labelwright import Client, Project


def fetch(project: Project, folder: Path, version: int | None = None) -> Path:
    """The folder with one folder a split, each with its pictures and `metadata.jsonl`."""
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / "export.zip"
    project.export("imagefolder", version=version, options={"images": True}, to=archive)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder / "data")
    archive.unlink()
    return folder / "data"


def load(folder: Path) -> Any:
    """A `DatasetDict` with `image`, `width`, `height` and `objects` (`bbox` as x, y, width, height; `categories`)."""
    import datasets

    return datasets.load_dataset("imagefolder", data_dir=str(folder), cache_dir=str(folder.parent / "cache"))


if __name__ == "__main__":
    print(load(fetch(Client().project(sys.argv[1]), Path(sys.argv[2]))))
