"""What a rule has to say about an element."""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["error", "clamped", "finding"]


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong.

    `error` refuses the element, `clamped` says that it was changed to fit and by how much, `finding` is shown to the person
    and may stop a submit.
    """

    code: str
    detail: str
    severity: Severity = "error"
    by: float | None = None  # pixels, when clamped or kept outside
    at: str = ""  # what it is about: an attribute's name, a joint, "parts/0/1"


def errors(problems: list[Problem]) -> list[Problem]:
    """Only those that refuse the element."""
    return [problem for problem in problems if problem.severity == "error"] if problems else problems
