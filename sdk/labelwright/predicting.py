"""A model's answers as plain JSON: what most training code can write in two lines.

Taken are a JSON list, JSON Lines, and the COCO "results" list that evaluators use. They become one COCO file, which the
server reads like any other.

    {"image": "street/0001.jpg", "class": "car", "box": [10, 20, 40, 30], "score": 0.93}
    {"image": "street/0001.jpg", "class": "road", "polygon": [0, 0, 640, 0, 640, 200], "score": 0.81}
    {"image_id": 7, "category_id": 3, "bbox": [10, 20, 40, 30], "score": 0.93}         with a COCO file that names both
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KNOWN = ("box", "polygon", "mask", "bbox", "segmentation")
MOST_PROBLEMS = 1_000  # that are named one by one


@dataclass(slots=True)
class Answers:
    """COCO made of plain rows, and what was left out: each `{row, code, detail}`."""

    document: dict[str, Any]
    problems: list[dict[str, Any]] = field(default_factory=list)
    left_out: int = 0

    def leave_out(self, row: int, code: str, detail: str) -> None:
        self.left_out += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append({"row": row, "code": code, "detail": detail})


def is_plain(path: Path) -> bool:
    """Whether a file is a list of answers and no data set in a format of its own."""
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return True
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        start = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    head = start[1:].lstrip()
    return start[:1] == b"[" and (head[:1] in (b"{", b"]")) and (b'"score"' in head or not head.startswith(b"{"))


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Raises ValueError with the line where it is no JSON, or no object."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() == ".json":
        try:
            found = json.loads(text)
        except ValueError as error:
            raise ValueError(f"{path} is not JSON: {error}") from error
        yield from (_an_object(row, f"{path}, row {number}") for number, row in enumerate(found, start=1))
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise ValueError(f"{path}, line {number} is not JSON: {error}") from error
            yield _an_object(row, f"{path}, line {number}")


def _an_object(row: Any, where: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise ValueError(f"{where}: expected an object with `image`, `class` and `box`, got {json.dumps(row)[:60]}")
    return row


def as_coco(
    found: Iterable[Mapping[str, Any]],
    *,
    sizes: Mapping[str, tuple[int, int]],
    classes: Mapping[str, int],
    coco: Mapping[str, Any] | None = None,
) -> Answers:
    """One COCO document of plain rows.

    Args:
        sizes: (width, height) of the project's images by name and by external id.
        classes: ids of the project's classes by name, title and alias.
        coco: a file whose `images` and `categories` name the ids of COCO results.
    """
    names = {image["id"]: image["file_name"] for image in (coco or {}).get("images", [])}
    titles = {category["id"]: category["name"] for category in (coco or {}).get("categories", [])}
    told = Answers({"images": [], "annotations": [], "categories": []})
    images: dict[str, int] = {}
    used: dict[int, str] = {}
    for number, row in enumerate(found, start=1):
        name = row.get("image", names.get(row.get("image_id")))
        title = row.get("class", titles.get(row.get("category_id")))
        size = sizes.get(str(name)) if name is not None else None
        class_id = classes.get(str(title)) if title is not None else None
        if size is None:
            told.leave_out(number, "unknown_image", f"no image is called {_said(row, name, 'image', 'image_id')}")
            continue
        if class_id is None:
            told.leave_out(number, "unknown_class", f"no class is called {_said(row, title, 'class', 'category_id')}")
            continue
        try:
            annotation = _annotation(row)
        except ValueError as error:
            told.leave_out(number, "bad_geometry", str(error))
            continue
        image_id = images.setdefault(str(name), len(images) + 1)
        used[class_id] = str(title)
        annotation |= {"id": len(told.document["annotations"]) + 1, "image_id": image_id, "category_id": class_id}
        told.document["annotations"].append(annotation)
    told.document["images"] = [
        {"id": image_id, "file_name": name, "width": sizes[name][0], "height": sizes[name][1]}
        for name, image_id in images.items()
    ]
    told.document["categories"] = [{"id": class_id, "name": name} for class_id, name in sorted(used.items())]
    return told


def _said(row: Mapping[str, Any], name: Any, plain: str, number: str) -> str:
    if name is None and number in row:
        return f"by the {number} {row[number]!r}: give the COCO file that names it (--coco)"
    return repr(name) if name is not None else f"anything: the row has no `{plain}`"


def _annotation(row: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValueError: no shape, or numbers that are none."""
    shape = next((key for key in KNOWN if row.get(key) is not None), None)
    if shape is None:
        raise ValueError(f"no shape: expected one of {', '.join(KNOWN)}")
    value = row[shape]
    out: dict[str, Any] = {"iscrowd": 0}
    if shape in ("box", "bbox"):
        out["bbox"] = _numbers(value, "a box is [x, y, width, height] in pixels", exactly=4)
        if min(out["bbox"][2:]) <= 0:
            raise ValueError(f"a box of {out['bbox'][2]:g} × {out['bbox'][3]:g} pixels has no area")
    elif shape == "polygon":
        rings = value if value and isinstance(value[0], list) else [value]
        out["segmentation"] = [
            _numbers(ring, "a polygon is [x, y, x, y, …] in pixels, of 3 points or more") for ring in rings
        ]
        if any(len(ring) < 6 or len(ring) % 2 for ring in out["segmentation"]):
            raise ValueError("a polygon is [x, y, x, y, …] in pixels, of 3 points or more")
    else:
        out["segmentation"] = value
    score = row.get("score")
    if score is not None:
        (out["score"],) = _numbers([score], "a score is a number from 0 to 1")
        if not 0 <= out["score"] <= 1:
            raise ValueError(f"a score is a number from 0 to 1, got {score}")
    return out


def _numbers(value: Any, expected: str, *, exactly: int | None = None) -> list[float]:
    numbers = isinstance(value, list) and all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in value)
    if not numbers or (exactly is not None and len(value) != exactly) or not all(math.isfinite(n) for n in value):
        raise ValueError(f"{expected}, got {json.dumps(value)[:60]}")
    return list(value)
