"""From a project to a FiftyOne dataset: export COCO with images and open it beside its pictures.

pip install fiftyone
python fiftyone_load.py "Street scenes" street/
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import Any

from labelwright import Client, Project


def fetch(project: Project, folder: Path, version: int | None = None) -> tuple[Path, Path]:
    """(the folder of pictures, the COCO file)."""
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / "export.zip"
    project.export("coco", version=version, options={"images": True}, to=archive)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    archive.unlink()
    (labels,) = sorted((folder / "annotations").glob("instances_*.json"))
    return folder / "images", labels


def load(pictures: Path, labels: Path, name: str = "from-labelwright") -> Any:
    """A `fiftyone.Dataset` with `detections`, and `segmentations` where there are outlines."""
    import fiftyone

    return fiftyone.Dataset.from_dir(
        dataset_type=fiftyone.types.COCODetectionDataset,
        data_path=str(pictures),
        labels_path=str(labels),
        label_types=["detections", "segmentations"],
        name=name,
        overwrite=True,
    )


if __name__ == "__main__":
    print(load(*fetch(Client().project(sys.argv[1]), Path(sys.argv[2]))))
