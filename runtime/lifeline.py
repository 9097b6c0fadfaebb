"""A child that never outlives us, however we die: the kernel sends it a signal of our choice."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def die_with(parent: int, sign: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: runs in the child, after its user was set and before its program.

    The kernel counts the *thread* that starts the child as its parent, so start it from one that lives on.
    """
    libc = ctypes.CDLL(None)

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(sign))
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return prepare
