"""The one line a person reads when something cannot start."""

from __future__ import annotations

import errno


class CannotStart(Exception):
    """Says in one line what is in the way and what to do. Shown without a traceback."""


def explain(error: OSError) -> str:
    """An operating system error as a line for people."""
    if error.errno == errno.ENOSPC:
        return f"The disk is full ({error.filename or 'no space left'}). Free some space and start again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{error.filename or 'A file'} cannot be written: {error.strerror}. Give LABELWRIGHT_DATA a folder you own."
        )
    return str(error)
