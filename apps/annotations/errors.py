"""What can go wrong with answers, each with what to do next."""

from __future__ import annotations

from apps.core.errors import Conflict, Invalid, NotAllowed


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
