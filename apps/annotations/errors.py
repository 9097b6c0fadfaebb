"""What can go wrong with answers, each with what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from apps.core.errors import Conflict, Invalid, NotAllowed
from domain.checks import Finding

MOST_NAMED = 100


class NotYourDraft(NotAllowed):
    code, title = "not_your_work", "This draft is somebody else's"


class Finished(Conflict):
    code, title = "annotation_closed", "Finished work cannot be edited"


class OutcomeMissing(Invalid):
    code, title = "outcome_missing", "There is nothing labelled and no outcome"


class OutcomeContradicts(Invalid):
    code, title = "outcome_contradicts", "The outcome does not fit the regions"


class ReasonMissing(Invalid):
    code, title = "outcome_reason_missing", "This outcome needs a reason"


class SubmitBlocked(Conflict):
    code, title = "submit_blocked", "Some findings must be settled first"

    @classmethod
    def by(cls, blocking: Sequence[Finding]) -> SubmitBlocked:
        """Names the findings as a save does, so that a client knows those that it shows already."""
        count = len(blocking)
        detail = f"{count} finding{'s' * (count > 1)} must be settled first: {blocking[0].detail}."
        return cls(detail, findings=[named(finding) for finding in blocking[:MOST_NAMED]])


def named(finding: Finding) -> dict[str, Any]:
    """A finding as answers and events tell it."""
    return {**msgspec.to_builtins(finding), "code": finding.rule, "element": finding.element or None}
