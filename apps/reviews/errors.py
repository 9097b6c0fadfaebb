"""What can go wrong with judging, each with what to do next."""

from __future__ import annotations

from apps.core.errors import Conflict, Invalid, NotAllowed


class OwnWork(NotAllowed):
    code, title = "own_work", "Nobody judges their own work"


class AlreadyReviewed(Conflict):
    code, title = "already_reviewed", "You have judged this revision already"


class StaleRevision(Conflict):
    code, title = "stale_revision", "This revision does not wait for a verdict"


class EditsPresent(Conflict):
    code, title = "edits_present", "Your fix draft has edits"


class NothingFixed(Conflict):
    code, title = "nothing_fixed", "Your fix draft has no edits"


class ReasonMissing(Invalid):
    code, title = "reason_missing", "A rejection needs a reason"


class AnsweredAlready(Conflict):
    code, title = "answered_already", "This question was answered already"


class NotAnswered(Conflict):
    code, title = "not_answered", "This question has no answer yet"


class DraftedAlready(Conflict):
    code, title = "drafted_already", "This question is in the guideline already"


class IssuesOpen(Conflict):
    code, title = "issues_open", "Open issues must be resolved first"


class DisputedAlready(Conflict):
    code, title = "disputed_already", "A verdict is disputed once"


class NothingToDispute(Conflict):
    code, title = "nothing_to_dispute", "Only a fix or a rejection of one's own work is disputed"


class Involved(NotAllowed):
    code, title = "involved", "Somebody who was not involved decides this"


class DecidedAlready(Conflict):
    code, title = "decided_already", "This dispute was decided already"


class CannotRestore(Conflict):
    code, title = "cannot_restore", "The answer cannot be made the result again"
