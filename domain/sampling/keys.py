"""Numbers that are the same wherever the same seed and id meet."""

from __future__ import annotations

from datetime import date
from hashlib import blake2b

_PRIORITY_STEP = 2**40
_HALF = 2**39  # room for 5 · 10^11 tasks of one priority without a due date; before them what is due
_FIRST_DAY, _DAYS = date(2024, 1, 1), 2**13  # due dates from 2024 to 2046; beyond they count as the last
_A_DAY = _HALF // _DAYS  # room for 67 million tasks due on one day
_PRIORITY_LIMIT = 2**20


def sampling_number(seed: str, *keys: object) -> float:
    """A number in [0, 1) drawn from the seed and keys, evenly over keys."""
    text = "\x1f".join([seed, *map(str, keys)]).encode()
    return (int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> 11) / 2**53


def order_key(
    *, priority: int, number: int, seed: str | None = None, due: date | None = None, pace: float | None = None
) -> int:
    """Place in the queue: lower comes first. Higher priority first; of equal ones what is due, the earliest day first;
    then by task number, by a shuffle when a seed is given, or by `pace`.

    Args:
        priority: -1,048,576 to 1,048,576; beyond is cut.
        number: the task's number in its project, from 1.
        due: dated work stands in the lower half of its priority, undated in the upper.
        pace: which share of its batch comes before the task, in [0, 1): batches in which it is given are worked on alike.
    """
    kept = max(-_PRIORITY_LIMIT, min(_PRIORITY_LIMIT, priority))
    room = _HALF if due is None else _A_DAY
    if pace is not None:
        within = int(pace * room)
    else:
        within = number % room if seed is None else int(sampling_number(seed, number) * room)
    if due is not None:
        within += _A_DAY * max(0, min(_DAYS - 1, (due - _FIRST_DAY).days)) - _HALF
    return -kept * _PRIORITY_STEP + within
