"""Which keys below a prefix are meant: `*` within a folder, `**` through folders, `?` and `[a-z]`."""

from __future__ import annotations

import re
from collections.abc import Callable

MOST_STARS = 4  # each one more multiplies the worst case by the length of a key


def matcher(prefix: str, pattern: str, suffixes: tuple[str, ...]) -> Callable[[str], bool]:
    """Without a pattern: names that end as pictures do. A pattern alone decides, whatever the name ends with.

    The pattern is of what follows the folder of the prefix: for the prefix `a/b` that is what follows `a/`.
    """
    folder = prefix.rpartition("/")[0]
    start = len(folder) + 1 if folder else 0
    if not pattern:
        return lambda key: key.lower().partition("?")[0].endswith(suffixes)
    found = re.compile(_expression(pattern), re.DOTALL)
    return lambda key: not key.endswith("/") and found.fullmatch(key, start) is not None


def _expression(pattern: str) -> str:
    """As a regular expression. `services.connect_source` has counted the stars."""
    out, at = [], 0
    while at < len(pattern):
        letter = pattern[at]
        if pattern.startswith("**/", at):
            out.append("(?:.*/)?")
            at += 3
        elif pattern.startswith("**", at):
            out.append(".*")
            at += 2
        elif letter == "*":
            out.append("[^/]*")
            at += 1
        elif letter == "?":
            out.append("[^/]")
            at += 1
        elif letter == "[" and (end := pattern.find("]", at + 2)) > 0:
            inner = pattern[at + 1 : end]
            sign = "^" if inner[0] in "!^" else ""
            body = re.escape(inner[1:] if sign else inner).replace(r"\-", "-")
            out.append(f"[{sign}{body}]")
            at = end + 1
        else:
            out.append(re.escape(letter))
            at += 1
    return "".join(out)


def stars(pattern: str) -> int:
    """How many parts of a pattern may be of any length."""
    return len(re.findall(r"\*+", pattern))
