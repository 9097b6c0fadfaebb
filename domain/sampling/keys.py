"""Numbers that are the same wherever the same seed and id meet."""

from __future__ import annotations

from hashlib import blake2b

_PRIORITY_STEP = 2**40  # room for 10^12 tasks of one priority
_PRIORITY_LIMIT = 2**20


def sampling_number(seed: str, *keys: object) -> float:
    """A number in [0, 1) drawn from the seed and keys, evenly over keys."""
    text = "\x1f".join([seed, *map(str, keys)]).encode()
    return (int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> 11) / 2**53


def order_key(*, priority: int, number: int, seed: str | None = None) -> int:
    """Place in the queue: lower comes first. Higher priority first, then task number, or a shuffle when a seed is given.

    Args:
        priority: -1,048,576 to 1,048,576; beyond is cut.
        number: the task's number in its project, from 1.
    """
    kept = max(-_PRIORITY_LIMIT, min(_PRIORITY_LIMIT, priority))
    within = number % _PRIORITY_STEP if seed is None else int(sampling_number(seed, number) * _PRIORITY_STEP)
    return -kept * _PRIORITY_STEP + within
