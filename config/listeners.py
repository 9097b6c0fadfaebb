"""Who opens an event stream, and which channels they may hear. Runs once a stream, in a thread."""

from __future__ import annotations

import io

import msgspec
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIRequest
from django.db import OperationalError, close_old_connections
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.accounts.authentication import TokenAuthentication
from apps.accounts.models import User
from apps.core.errors import DomainError, NotSignedIn, Unavailable
from apps.projects.access import visible_projects
from config.front import Scope, environ_of


class NotWelcome(Exception):
    """The stream is refused; `body` is a problem document."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(error.detail)
        self.status = error.status
        self.body = msgspec.json.encode(error.problem())

    @classmethod
    def unavailable(cls) -> NotWelcome:
        return cls(Unavailable("Live events are not available at the moment. The page asks again by itself."))


def listener(scope: Scope) -> list[str]:
    """The channels of the person who asks: their own, and those of the projects they may see.

    Raises:
        NotWelcome: not signed in, or the database does not answer.
    """
    close_old_connections()
    try:
        user = _user(WSGIRequest(environ_of(scope, io.BytesIO())))
        if user is None:
            raise NotWelcome(NotSignedIn("Sign in, or send `Authorization: Token lw_…`."))
        projects = visible_projects(user).values_list("pk", flat=True)
        return [f"user:{user.pk}", *(f"project:{pk}" for pk in projects)]
    except OperationalError as error:
        raise NotWelcome.unavailable() from error


def _user(request: WSGIRequest) -> User | None:
    try:
        by_token = TokenAuthentication().authenticate(Request(request))
    except AuthenticationFailed as error:
        raise NotWelcome(NotSignedIn(str(error.detail))) from error
    if by_token is not None:
        return by_token[0]
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    return user if user.is_authenticated and user.is_active else None
