"""Errors of the domain of the product, and how they become RFC 9457 problem+json."""

from __future__ import annotations

import errno
from typing import Any, ClassVar


class DomainError(Exception):
    """Something a caller asked for that cannot be done, said so that they know what to do next.

    `code` is stable and part of the API; `detail` is for people; `fields` names what was wrong
    (a list of `{"pointer", "code", "detail"}`); `extra` are further members of the problem document.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request could not be carried out"

    def __init__(self, detail: str = "", *, fields: list[dict[str, str]] | None = None, **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.fields = fields or []
        self.extra = extra

    def problem(self) -> dict[str, Any]:
        """The members of the problem document, without `request_id`."""
        document: dict[str, Any] = {
            "type": f"urn:labelwright:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.fields:
            document["errors"] = self.fields
        return document | self.extra


class NotFound(DomainError):
    code, status, title = "not_found", 404, "There is no such thing here"


class NotAllowed(DomainError):
    code, status, title = "not_allowed", 403, "Your role does not allow this"


class NotSignedIn(DomainError):
    code, status, title = "not_signed_in", 401, "Sign in first"


class Invalid(DomainError):
    code, status, title = "invalid", 400, "Something in the request is not valid"


class MalformedJson(DomainError):
    code, status, title = "malformed_json", 400, "The body is not valid JSON"


class UnsupportedMedia(DomainError):
    code, status, title = "unsupported_media_type", 415, "This content type is not taken here"


class TooLarge(DomainError):
    code, status, title = "too_large", 413, "The request is too large"


class Conflict(DomainError):
    code, status, title = "conflict", 409, "This does not fit the present state"


class StaleVersion(DomainError):
    code, status, title = "stale_version", 412, "Somebody changed this in the meantime"


class Throttled(DomainError):
    code, status, title = "throttled", 429, "Too many tries, wait a little"


class Unavailable(DomainError):
    code, status, title = "unavailable", 503, "A part of the server is not reachable, try again shortly"


class StorageFull(DomainError):
    code, status, title = "storage_full", 507, "The server has no room left"

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(
            detail or "The disk of the server is full. Nothing was kept; free some space and try again.", **extra
        )


_PG_DISK_FULL = "53100"


def is_disk_full(error: BaseException) -> bool:
    """Whether this came of a full disk or quota, ours or the database's."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return getattr(error.__cause__, "pgcode", None) == _PG_DISK_FULL
