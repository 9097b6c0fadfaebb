"""What can be wrong with versions, exports and imports."""

from __future__ import annotations

from apps.core.errors import Conflict, DomainError, Invalid


class UnknownFormat(Invalid):
    code = "unknown_format"


class BadOptions(Invalid):
    code = "bad_options"


class NothingToExport(Conflict):
    code = "nothing_to_export"


class NotFrozen(Conflict):
    code = "not_frozen"


class NotReady(Conflict):
    code = "not_ready"


class NoReview(Conflict):
    code = "no_review"


class ImportRefused(DomainError):
    """A file that cannot be imported; `reason` is the format's own code."""

    code = "import_refused"

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail, reason=reason)
        self.code = reason  # type: ignore[misc]


class NotForExports(Conflict):
    code = "not_for_exports"
