"""What the columns of a table are, whoever wrote it, and what its cells say."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from domain.shapes.mask import Mask

from .base import FormatError
from .making import mask_of_runs
from .media import MEDIA_SUFFIXES

csv.field_size_limit(64 << 20)  # run lengths of a large mask stand in one cell
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
ONE_CLASS = "object"  # of tables of boxes alone
_ALIASES = {
    "image": (
        "image",
        "filename",
        "file_name",
        "file",
        "path",
        "image_path",
        "image_id",
        "imageid",
        "name",
        "img",
        "img_name",
        "image_name",
        "imagename",
        "image_file",
        "filepath",
        "file_path",
        "image_url",
    ),
    "class": (
        "class",
        "label",
        "classname",
        "class_name",
        "category",
        "labelname",
        "label_name",
        "target",
        "species",
        "class_id",
        "classid",
        "category_id",
    ),
    "x0": ("x_min", "xmin", "x1", "left", "x_left", "bbox_x1"),
    "y0": ("y_min", "ymin", "y1", "top", "y_top", "bbox_y1"),
    "x1": ("x_max", "xmax", "x2", "right", "x_right", "bbox_x2"),
    "y1": ("y_max", "ymax", "y2", "bottom", "y_bottom", "bbox_y2"),
    "cx": ("x_center", "xcenter", "center_x", "x_centre", "cx"),
    "cy": ("y_center", "ycenter", "center_y", "y_centre", "cy"),
    "rle": (
        "encodedpixels",
        "encoded_pixels",
        "rle",
        "rle_mask",
    ),  # pairs of first pixel from 1 and length, down the columns
    "x": ("x", "bbox_x"),
    "y": ("y", "bbox_y"),
    "w": ("w", "bbox_width", "bbox_w", "box_width"),
    "h": ("h", "bbox_height", "bbox_h", "box_height"),
    "bbox": ("bbox", "bounding_box", "box"),  # four numbers in one cell: x, y, width, height
    "width": ("width", "image_width", "img_width"),
    "height": ("height", "image_height", "img_height"),
    "split": ("split", "set", "subset", "usage"),
    "attributes": ("attributes",),
    "track": ("track_id", "trackid", "track"),
}
SPLITS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "validate": "val",
    "test": "test",
}


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) or (text.startswith("'") and text[1:].startswith(_FORMULA)) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and (text[1:].startswith(_FORMULA) or text[1:].startswith("'")) else text


class Columns:
    """Which column is what: by the heading, else by the shape of the first row.

    `find` gives the picture of a name: where no heading is known, the column whose second row names one has the images.
    """

    def __init__(self, first: list[str], second: Sequence[str] = (), find: Callable[[str], Any] | None = None) -> None:
        names = [cell.strip().lower().replace(" ", "_") for cell in first]
        self.at: dict[str, int] = {}
        for key, aliases in _ALIASES.items():
            found = next((alias for alias in aliases if alias in names), None)
            if found is not None:
                self.at[key] = names.index(found)
        if "image" not in self.at and find is not None and not any(map(is_picture, first)):
            free = [i for i in range(len(first)) if i not in self.at.values()]
            named = [i for i in free if i < len(second) and second[i].strip() and find(second[i].strip())]
            self.at |= {"image": named[0]} if named else {}
        self.headed = "image" in self.at
        self.left_out: list[str] = []  # headings of columns that are not read
        self.classes: dict[int, str] = {}
        if self.headed:
            self._head(first, names)
        elif (
            first
            and first[0].strip().lower() in ("train", "test", "validate", "validation", "unassigned")
            and len(first) >= 9
        ):
            self.at = {"split": 0, "image": 1, "class": 2, "x0": 3, "y0": 4, "x1": 7, "y1": 8}  # of Google's AutoML
        elif len(first) == 3 and first[0].strip().lower() in SPLITS and is_picture(first[1]):
            self.at = {"split": 0, "image": 1, "class": 2}  # of Vertex AI
        elif len(first) == 8 and is_picture(first[5]):
            self.at = {"class": 0, "x": 1, "y": 2, "w": 3, "h": 4, "image": 5, "width": 6, "height": 7}  # of makesense
        elif len(first) >= 6 and is_picture(first[0]):
            self.at = {"image": 0, "x0": 1, "y0": 2, "x1": 3, "y1": 4, "class": 5}  # of keras-retinanet
        elif len(first) == 2 and is_picture(first[0]):
            self.at = {"image": 0, "class": 1}
        else:
            raise FormatError(
                "bad_csv", f"the first row names no image column; known are {', '.join(_ALIASES['image'][:6])}"
            )

    def _head(self, first: list[str], names: list[str]) -> None:
        if "x0" not in self.at and "x" in self.at and "w" not in self.at and "width" in self.at:
            self.at |= {"w": self.at.pop("width"), "h": self.at.pop("height", -1)}  # x, y, width, height of the box
            known = ("image_width", "img_width"), ("image_height", "img_height")
            for key, aliases in zip(("width", "height"), known, strict=True):
                found = next((names.index(alias) for alias in aliases if alias in names), None)
                self.at |= {key: found} if found is not None else {}
        if "cx" in self.at and "w" not in self.at and "width" in self.at:
            self.at |= {"w": self.at.pop("width"), "h": self.at.pop("height", -1)}
        used = set(self.at.values())
        others = {i: first[i].strip() for i in range(len(names)) if i not in used and first[i].strip()}
        if self.at.keys().isdisjoint(("class", *PLACED)):
            self.classes = others
        else:
            self.left_out = list(others.values())

    def placed(self, row: list[str]) -> bool:
        return any(self.cell(row, key) for key in PLACED)

    def title(self, row: list[str]) -> str:
        """The class of a row; tables of boxes alone have one."""
        named = self.cell(row, "class")
        return named or (ONE_CLASS if "class" not in self.at and self.placed(row) else "")

    def number(self, row: list[str], key: str) -> str:
        """A number's text, with a point where it has a comma: tables with semicolons come from where people write so."""
        return self.cell(row, key).replace(",", ".")

    def cell(self, row: list[str], key: str) -> str:
        at = self.at.get(key, -1)
        return unguarded(row[at].strip()) if 0 <= at < len(row) else ""


PLACED = ("x0", "x", "cx", "bbox", "rle")


def is_picture(text: str) -> bool:
    return text.strip().lower().endswith(MEDIA_SUFFIXES)


def text_of(data: bytes, *, cut: bool = False) -> str:
    """A table's text: UTF-8, UTF-16 by its mark, else as Windows writes it. `cut`: it may end within a letter."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "ignore" if cut else "replace")
    try:
        return data.decode("utf-8-sig", "ignore" if cut else "strict")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def rows_of(text: str) -> Iterator[list[str]]:
    head = text[: text.find("\n") if "\n" in text else len(text)]
    delimiter = max(",;\t", key=head.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def mask_of_pairs(text: str, size: tuple[int, int]) -> Mask:
    """Of `first length first length …`, pixels counted from 1 down the columns, as competitions of Kaggle have it.

    Raises:
        ValueError: no such pairs, they overlap or leave the image, or its size is not known.
    """
    width, height = size
    if min(size) <= 0:
        raise ValueError("the size of the image is not known, and run lengths need it")
    fields = text.split()
    if len(fields) % 2 or not all(map(str.isdecimal, fields)):
        raise ValueError("run lengths are pairs of whole numbers")
    at, runs = 0, []
    for first, length in zip(map(int, fields[0::2]), map(int, fields[1::2]), strict=True):
        if first - 1 < at:
            raise ValueError(f"run lengths go back to pixel {first}")
        runs += [first - 1 - at, length]
        at = first - 1 + length
    return mask_of_runs([*runs, width * height - at], height, width)
