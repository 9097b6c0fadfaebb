"""From a project to a folder that Ultralytics trains on: freeze a version, export YOLO with images, unpack, check.

labelwright login http://127.0.0.1:8080
python yolo_train_ready.py "Street scenes" street/
yolo detect train data=street/data.yaml model=yolo11n.pt        # with `pip install ultralytics`
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import yaml

from labelwright import Client, Project

SPLITS = {"train": 0.8, "val": 0.2}
COLUMNS = 5  # class, x, y, width, height


def fetch(project: Project, folder: Path, splits: dict[str, float] | None = None) -> Path:
    """The `data.yaml` of a freshly frozen version; images and labels lie beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    version = project.freeze(f"for {folder.name}", splits=splits or SPLITS)
    archive = folder / "export.zip"
    project.export("yolo", version=version.id, options={"images": True}, to=archive)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    archive.unlink()
    file = folder / "data.yaml"
    data = yaml.safe_load(file.read_text())
    data["path"] = str(folder.resolve())  # so that training may start in any folder
    file.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True))
    return file


def check(file: Path) -> dict[str, int]:
    """Images a split, when all is as https://docs.ultralytics.com/datasets/detect/ asks.

    Raises:
        ValueError: the first thing that is not.
    """
    data = yaml.safe_load(file.read_text())
    names = data["names"]
    if sorted(names) != list(range(len(names))):
        raise ValueError(f"class numbers must run from 0 without gaps, got {sorted(names)}")
    counts = {}
    for split in ("train", "val", "test"):
        if split not in data:
            if split == "test":
                continue
            raise ValueError(f"{file} names no {split}")
        images = sorted(path for path in (Path(data["path"]) / data[split]).iterdir() if path.is_file())
        for image in images:
            _check_labels(image, len(names))
        counts[split] = len(images)
    return counts


def _check_labels(image: Path, classes: int) -> None:
    """The label file lies where `images` is `labels`; an image without objects needs none."""
    before, _, after = str(image).rpartition("/images/")
    labels = Path(f"{before}/labels/{after}").with_suffix(".txt")
    lines = labels.read_text().split("\n") if labels.exists() else []
    rows = [line.split() for line in lines if line]
    for row in rows:
        if len(row) != COLUMNS:
            raise ValueError(f"{labels}: a line has {len(row)} columns, not {COLUMNS}")
        if not row[0].isdigit() or int(row[0]) >= classes:
            raise ValueError(f"{labels}: there is no class {row[0]}")
        if not all(0 <= float(value) <= 1 for value in row[1:]):
            raise ValueError(f"{labels}: a coordinate lies outside of 0 to 1")
    if len({tuple(row) for row in rows}) < len(rows):
        raise ValueError(f"{labels}: a line stands there twice")


if __name__ == "__main__":
    made = fetch(Client().project(sys.argv[1]), Path(sys.argv[2]))
    print(made, check(made))
