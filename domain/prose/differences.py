"""What changed from one text to the next: by blocks (a paragraph, a list, a heading), and by words within one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

SAME_BLOCK = 0.4  # share of words in common from which a block counts as changed, not as another one
MOST_WORDS = 2_000  # of a block whose words are compared
_TOKEN = re.compile(r"\s+|[^\s]+")
# What begins a line is its shape (a list, a heading, a quotation) and never marked as changed words.
_SHAPE = re.compile(r"(?:[-*+>]|#{1,6}|\d+[.)])$")
_NO_WORDS = re.compile(r"^(?:```|~~~|\||    |<)|!\[")  # code, tables, pictures: shown whole


class BlockChange(NamedTuple):
    """`before` is None for what was added, `after` for what was removed; `at` is the place in the new text's blocks."""

    kind: Literal["same", "added", "removed", "changed"]
    before: str | None
    after: str | None
    at: int


def block_changes(before: Sequence[str], after: Sequence[str]) -> list[BlockChange]:
    """All blocks of both texts in order, each with what became of it."""
    found: list[BlockChange] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i0, i1, j0, j1 in matcher.get_opcodes():
        if tag == "equal":
            found += [BlockChange("same", before[i0 + n], after[j0 + n], j0 + n) for n in range(i1 - i0)]
        else:
            found += _replaced(before[i0:i1], after[j0:j1], j0)
    return found


def _replaced(before: Sequence[str], after: Sequence[str], at: int) -> list[BlockChange]:
    """Blocks that became other blocks: the likest go together, in order."""
    found: list[BlockChange] = []
    done = 0
    for offset, new in enumerate(after):
        likest = max(range(done, len(before)), key=lambda n: _words_shared(before[n], new), default=None)
        if likest is None or _words_shared(before[likest], new) < SAME_BLOCK:
            found.append(BlockChange("added", None, new, at + offset))
            continue
        found += [BlockChange("removed", old, None, at + offset) for old in before[done:likest]]
        found.append(BlockChange("changed", before[likest], new, at + offset))
        done = likest + 1
    return found + [BlockChange("removed", old, None, at + len(after)) for old in before[done:]]


def _words_shared(a: str, b: str) -> float:
    first, second = a.split()[:MOST_WORDS], b.split()[:MOST_WORDS]
    if not first or not second:
        return 0.0
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= SAME_BLOCK else 0.0


def marked_words(before: str, after: str, *, start: str, end: str) -> tuple[str, str]:
    """Both blocks with `start` and `end` around the words that the other one does not have."""
    if _NO_WORDS.search(before) or _NO_WORDS.search(after):
        return before, after
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > 2 * MOST_WORDS:
        return before, after
    gone: set[int] = set()
    come: set[int] = set()
    for tag, i0, i1, j0, j1 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone.update(range(i0, i1))
            come.update(range(j0, j1))
    return _marked(old, gone, start, end), _marked(new, come, start, end)


def _marked(tokens: list[str], which: set[int], start: str, end: str) -> str:
    out, begins_line = [], True
    for place, token in enumerate(tokens):
        shape = begins_line and _SHAPE.match(token)
        out.append(f"{start}{token}{end}" if place in which and not token.isspace() and not shape else token)
        begins_line = bool(shape) or "\n" in token or (begins_line and token.isspace())
    return "".join(out)
