"""The one place where an exception becomes an answer: RFC 9457 problem+json."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions as drf
from rest_framework.views import set_rollback

from apps.core.errors import (
    DomainError,
    Invalid,
    MalformedJson,
    NotAllowed,
    NotFound,
    NotSignedIn,
    StorageFull,
    Throttled,
    TooLarge,
    Unavailable,
    UnsupportedMedia,
    is_disk_full,
)

log = structlog.get_logger("labelwright.errors")


class ServerFault(DomainError):
    code, status, title = "server_fault", 500, "The server made a mistake"


class MethodNotAllowed(DomainError):
    code, status, title = "method_not_allowed", 405, "This method is not offered here"


class NotAcceptable(DomainError):
    code, status, title = "not_acceptable", 406, "Only JSON is offered here"


def problem_response(error: DomainError, *, request_id: str | None = None) -> HttpResponse:
    """The error as `application/problem+json`, with the request's id so that a person can quote it."""
    document = error.problem()
    if request_id:
        document["request_id"] = request_id
    headers = {"Retry-After": str(error.extra["retry_after"])} if "retry_after" in error.extra else {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Token"
    return HttpResponse(
        msgspec.json.encode(document), status=error.status, content_type="application/problem+json", headers=headers
    )


_SAME_WORDS: dict[type[drf.APIException], type[DomainError]] = {
    drf.NotAuthenticated: NotSignedIn,
    drf.AuthenticationFailed: NotSignedIn,
    drf.ParseError: MalformedJson,
    drf.MethodNotAllowed: MethodNotAllowed,
    drf.UnsupportedMediaType: UnsupportedMedia,
    drf.NotAcceptable: NotAcceptable,
    drf.ValidationError: Invalid,
}


def translate(error: Exception) -> DomainError | None:
    """Framework exceptions as our own; None for what nobody expected."""
    if isinstance(error, drf.APIException) and (kind := _SAME_WORDS.get(type(error))):
        return kind(str(error.detail))
    match error:
        case DomainError():
            return error
        case Http404() | drf.NotFound():
            return NotFound("There is nothing at this address, or you may not see it.")
        case PermissionDenied() | drf.PermissionDenied():
            return NotAllowed(str(getattr(error, "detail", error)) or "Your role does not allow this.")
        case drf.Throttled():
            return Throttled(str(error.detail), retry_after=int(getattr(error, "wait", None) or 1))
        case RecursionError():  # only decoders recurse with what was sent
            return MalformedJson("The body is nested too deeply.")
        case RequestDataTooBig():
            return TooLarge("The request is larger than this server takes.")
        case OSError() | OperationalError() if is_disk_full(error):
            return StorageFull()
        case OperationalError():
            return Unavailable(
                "The database is not reachable at the moment. Nothing was lost, try again.", retry_after=1
            )
    return None


def request_id_of(request: HttpRequest | None) -> str:
    """The id that the log lines of this request carry."""
    known = getattr(request, "id", None) or structlog.contextvars.get_contextvars().get("request_id")
    return str(known or uuid.uuid4())


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """DRF's EXCEPTION_HANDLER."""
    set_rollback()
    request = context.get("request")
    django_request = getattr(request, "_request", request)
    known = translate(error)
    request_id = request_id_of(django_request)
    if known is None:
        log.exception("request_failed", request_id=request_id, exc_info=error)
        known = ServerFault("This is our fault. Quote the request id when you report it.")
    elif known.status >= 500:
        log.warning("request_unavailable", request_id=request_id, code=known.code, error=str(error))
    return problem_response(known, request_id=request_id)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler404` of the URL configuration."""
    return problem_response(NotFound("There is nothing at this address."), request_id=request_id_of(request))


def server_fault(request: HttpRequest) -> HttpResponse:
    """`handler500` of the URL configuration."""
    return problem_response(
        ServerFault("This is our fault. Quote the request id when you report it."), request_id=request_id_of(request)
    )
