"""COCO run-length encoding of binary masks. Plain Python on run lengths; `masks` goes to and from arrays.

Pixels are read column by column (column-major). Runs alternate background, foreground, …, and begin with background (0
long when the first pixel is foreground). The compressed string writes each run as the difference from the run two
before it (from the fourth run on), in groups of five bits with a continuation bit, offset by 48 into printable ASCII.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import sub


def _spelt(value: int) -> bytes:
    """One number as its characters."""
    out = bytearray()
    more = True
    while more:
        bits = value & 0x1F
        value >>= 5
        more = value != -1 if bits & 0x10 else value != 0
        out.append((bits | 0x20 if more else bits) + 48)
    return bytes(out)


# Nearly all differences between runs have at most two characters
_SPELT = {value: _spelt(value) for value in range(-512, 512)}


def compress(runs: Sequence[int]) -> str:
    """Run lengths to COCO's compressed string."""
    values = [*runs[:3], *map(sub, runs[3:], runs[1:])]
    return b"".join([_SPELT.get(value) or _spelt(value) for value in values]).decode("ascii")


def decompress(counts: str) -> list[int]:
    """COCO's compressed string to run lengths.

    Raises:
        ValueError: a character outside the alphabet, a string that ends inside a number, or a negative run.
    """
    if not counts.isascii():
        raise ValueError("counts hold characters that no compressed run length has")
    runs: list[int] = []
    value = shift = 0
    for char in counts.encode("ascii"):
        bits = char - 48
        if not 0 <= bits < 64:
            raise ValueError(f"counts hold the character {chr(char)!r}, which no compressed run length has")
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits & 0x20:
            if shift > 60:
                raise ValueError("counts hold a run longer than any image")
            continue
        if bits & 0x10:
            value -= 1 << shift
        if len(runs) > 2:
            value += runs[-2]
        if value < 0:
            raise ValueError(f"counts hold a negative run, {value}")
        runs.append(value)
        value = shift = 0
    if shift:
        raise ValueError("counts end inside a number")
    return runs


def area(runs: Sequence[int]) -> int:
    """Number of foreground pixels."""
    return sum(runs[1::2])


def tidy(runs: Sequence[int]) -> list[int]:
    """The one shortest form: no zero runs but a leading background one. The total stays the same."""
    out: list[int] = [0]
    foreground = False
    for i, run in enumerate(runs):
        if run == 0:
            continue
        if (i % 2 == 1) == foreground:
            out[-1] += run
        else:
            out.append(run)
            foreground = not foreground
    return out


def columns(runs: Sequence[int], height: int) -> list[tuple[int, int, int]]:
    """Foreground as (column, first row, length) pieces, none of which crosses a column's end."""
    pieces: list[tuple[int, int, int]] = []
    at = 0
    for i, run in enumerate(runs):
        if i % 2:
            start, left = at, run
            while left:
                column, row = divmod(start, height)
                length = min(left, height - row)
                pieces.append((column, row, length))
                start += length
                left -= length
        at += run
    return pieces


def from_columns(pieces: Sequence[tuple[int, int, int]], height: int, width: int) -> list[int]:
    """The inverse of `columns`: pieces in order of column and row, not overlapping."""
    runs: list[int] = []
    at = 0
    for column, row, length in pieces:
        start = column * height + row
        runs += (start - at, length)
        at = start + length
    runs.append(height * width - at)
    return tidy(runs)


def crop(runs: Sequence[int], height: int) -> tuple[int, int, int, int, list[int]] | None:
    """The tightest crop of a mask: (x, y, h, w, runs of the crop), or None when it is empty."""
    pieces = columns(runs, height)
    if not pieces:
        return None
    x, y = pieces[0][0], min(p[1] for p in pieces)
    h, w = max(p[1] + p[2] for p in pieces) - y, pieces[-1][0] - x + 1
    return x, y, h, w, from_columns([(c - x, r - y, n) for c, r, n in pieces], h, w)


def bounds(runs: Sequence[int], height: int) -> tuple[int, int, int, int] | None:
    """The tightest box around the foreground: (x, y, h, w), or None when there is none."""
    top, bottom, first, last, at = height, 0, -1, 0, 0
    for i, run in enumerate(runs):
        if i % 2 and run:
            column, row = divmod(at, height)
            if first < 0:
                first = column
            over = row + run
            if over > height:  # goes on at the top of the next column
                top, bottom = 0, height
            else:
                top, bottom = min(top, row), max(bottom, over)
            last = column + (over - 1) // height
        at += run
    return (first, top, bottom - top, last - first + 1) if first >= 0 else None


def place(runs: Sequence[int], crop_height: int, x: int, y: int, height: int, width: int) -> list[int]:
    """A crop's runs, set at (x, y) into a full frame; what lies outside the frame is cut away."""
    below = height - crop_height
    crop_width = sum(runs) // crop_height
    if below > 0 and x >= 0 and y >= 0 and y + crop_height <= height and x + crop_width <= width:
        return _inside(runs, crop_height, x * height + y, below, height * width)
    pieces = []
    for column, row, length in columns(runs, crop_height):
        column, top, bottom = column + x, max(0, row + y), min(height, row + y + length)
        if 0 <= column < width and bottom > top:
            pieces.append((column, top, bottom - top))
    return from_columns(pieces, height, width)


def _inside(runs: Sequence[int], crop_height: int, start: int, below: int, total: int) -> list[int]:
    """As `place`, for a crop that lies in its frame: between two of its columns lie `below` pixels of background."""
    out: list[int] = []
    background, row = start, 0  # background that is not written yet; where in its column the crop is read
    for i, run in enumerate(runs):
        row += run
        if i % 2 == 0:
            background += run + row // crop_height * below
            row %= crop_height
            continue
        while row > crop_height:
            out += (background, run - row + crop_height)
            row -= crop_height
            run, background = row, below
        out += (background, run)
        background = 0
        if row == crop_height:
            row, background = 0, below
    out.append(total - sum(out))
    return tidy(out)


def contains(runs: Sequence[int], height: int, row: int, column: int) -> bool:
    """Whether one pixel is foreground."""
    index, at = column * height + row, 0
    for i, run in enumerate(runs):
        at += run
        if index < at:
            return i % 2 == 1
    return False
