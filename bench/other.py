"""datumaro on the same data: read from COCO, written in each format, in an environment of its own below `var`."""

from __future__ import annotations

import json
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from bench.rows import Row
from runtime.complaint import CannotStart
from runtime.reference import environment

SCRIPT = Path(__file__).with_name("other_side.py")
FORMATS = ("coco", "yolo", "voc", "cvat")


def measure(archives: Mapping[str, bytes]) -> list[Row]:
    """A row each for CPU and memory; none, and a word why, where it cannot be installed."""
    try:
        python = environment("reference-datumaro")
    except CannotStart as error:
        print(f"datumaro is not measured: {error}")
        return []
    rows: list[Row] = []
    for noun, content in archives.items():
        with tempfile.TemporaryDirectory(prefix="labelwright-bench-") as folder:
            data = Path(folder) / "data"
            _unpack(content, data)
            for name in FORMATS:
                rows += _one(python, data, Path(folder) / name, name, noun)
    return rows


def _unpack(content: bytes, data: Path) -> None:
    """As datumaro wants COCO: the pictures in a folder named as the split."""
    with zipfile.ZipFile(BytesIO(content)) as found:
        for path in found.namelist():
            place = data / path.replace("images/", "images/default/", 1)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(found.read(path))


def _one(python: Path, data: Path, out: Path, name: str, noun: str) -> list[Row]:
    """One process reads the data and writes one format, so that its peak memory is of that alone."""
    command = [str(python), str(SCRIPT), str(data), str(out), name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"datumaro, {name}: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
        return []
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return [
        Row(f"datumaro, {noun}: reading COCO for {name}: CPU", told["read"], "s"),
        Row(f"datumaro, {noun}: writing {name}: CPU", told["write"], "s"),
        Row(f"datumaro, {noun}: reading COCO and writing {name}: peak memory", told["peak"], "MB"),
        Row(f"datumaro, {noun}: annotations it read for {name}", told["annotations"], "count"),
    ]
