"""What can go wrong with human work, each with what to do next."""

from __future__ import annotations

from apps.core.errors import Conflict, NotAllowed


class LeaseLost(Conflict):
    code, title = "lease_lost", "This work is not in your hands any more"


class NotYours(NotAllowed):
    code, title = "not_your_work", "This work is in somebody else's hands"


class ProjectClosed(Conflict):
    code, title = "project_not_active", "The project takes no work in its present state"


class MemberPaused(Conflict):
    code, title = "member_paused", "You are handed no work here for now"


class CapReached(Conflict):
    code, title = "cap_reached", "You have as much work as you may have"


class NotYourLevel(NotAllowed):
    code, title = "not_your_level", "This level of review is for others"


class WrongState(Conflict):
    code, title = "wrong_state", "This cannot be done in the present state"


class TooLateToRecall(Conflict):
    code, title = "too_late_to_recall", "The next step has begun"
