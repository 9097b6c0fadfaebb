"""Label files without a file of names beside them: what tells them from other texts, and how many classes they need."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from domain.formats.media import MEDIA_SUFFIXES
from domain.formats.sinks import stem
from domain.formats.sources import Source

MAX_TEXT = 64 << 20  # bytes of a file of names, lists or labels
LOOKED_AT = 20  # files
MOST_CLASSES = 10_000


def class_number(text: str) -> int:
    """The class of a line; some tools write all of it as floats.

    Raises:
        ValueError: it is no whole number.
    """
    number = float(text)
    if not number.is_integer():
        raise ValueError(f"a class is a whole number, got {text[:40]}")
    return int(number)


def looks_like_labels(source: Source) -> bool:
    """Whether text files lie beside pictures, or in `labels` beside `images`, or are all there is, and hold rows of labels."""
    seen = False
    for path in islice(_labels(source), LOOKED_AT):
        filled, fits = _first_rows(source, path)
        if not fits:
            return False
        seen = seen or filled
    return seen


def begins_like_labels(source: Source, path: str) -> bool:
    """Whether the first lines of a text are rows of labels."""
    return all(_first_rows(source, path))


def _first_rows(source: Source, path: str) -> tuple[bool, bool]:
    """(whether there are any rows, whether all that there are name a class and shares of a picture)."""
    with source.open(path) as file:
        lines = file.read(1 << 12).decode("utf-8-sig", "replace").splitlines()[:5]
    rows = [line.split() for line in lines if line.strip()]
    return bool(rows), all(map(_is_row, rows))


def numbered_names(source: Source) -> list[str]:
    """`class 0`, `class 1` and so on, up to the highest number in the files."""
    highest = 0
    for path in _labels(source):
        for line in source.read(path, MAX_TEXT).decode("utf-8-sig", "replace").splitlines():
            fields = line.split()
            if _is_row(fields):
                highest = max(highest, class_number(fields[0]))
    return [f"class {number}" for number in range(min(highest + 1, MOST_CLASSES))]


def _labels(source: Source) -> Iterator[str]:
    paths = source.paths()
    pictures = {stem(path) for path in paths if path.lower().endswith(MEDIA_SUFFIXES)}
    texts = [path for path in paths if path.endswith(".txt")]
    alone = len(texts) == len(paths)  # as tools hand out labels without their pictures
    for path in texts:
        if alone:
            yield path
        else:
            head, found, tail = f"/{stem(path)}".rpartition("/labels/")
            image = f"{head}/images/{tail}".lstrip("/") if found else stem(path)
            if image in pictures or stem(path) in pictures:
                yield path


def _is_row(fields: list[str]) -> bool:
    try:
        number = class_number(fields[0])
        return len(fields) >= 5 and 0 <= number < MOST_CLASSES and all(0 <= float(v) <= 1.01 for v in fields[1:])
    except (ValueError, IndexError):
        return False
