"""Signing in and out. Which sessions are whose is kept, so that all of a person's can be ended at once."""

from __future__ import annotations

from importlib import import_module

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.accounts.announcing import access_changed
from apps.accounts.errors import WrongCredentials
from apps.accounts.models import User, UserSession
from apps.core.errors import Throttled


def sign_in(*, request: HttpRequest, email: str, password: str) -> User:
    """Check the password, throttled by (address, e-mail), and open a session.

    Raises:
        Throttled: too many failures; says for how many seconds.
        WrongCredentials: no such account, a wrong password, or deactivated: all the same to the caller.
    """
    credentials = {"email": email.strip().lower()}
    refuse_if_locked(request, credentials)
    user = authenticate(request, email=credentials["email"], password=password)
    if not isinstance(user, User):
        refuse_if_locked(request, credentials)
        raise WrongCredentials("E-mail address or password is not right, or the account was deactivated.")
    with transaction.atomic():
        login(request, user)
        _forget_ended_sessions(user)
        adopt_session(request=request, user=user)
    return user


def adopt_session(*, request: HttpRequest, user: User) -> None:
    """Note whose session this is; also after its key was cycled."""
    request.session.save()
    UserSession.objects.update_or_create(session_key=request.session.session_key, defaults={"user": user})


def refuse_if_locked(request: HttpRequest, credentials: dict[str, str]) -> None:
    """Raises Throttled while this address may not try this e-mail address."""
    if not AxesProxyHandler.is_locked(request, credentials):
        return
    pause = get_cool_off(request)
    last = AccessAttempt.objects.filter(username=credentials["email"]).order_by("-attempt_time").first()
    left = int((last.attempt_time + pause - timezone.now()).total_seconds()) if last and pause else 0
    wait = max(1, left)
    raise Throttled(f"Too many failed tries to sign in. Try again in {wait} seconds.", retry_after=wait)


def keep_own_answer(request: HttpRequest, response: HttpResponse, credentials: dict[str, str]) -> HttpResponse:
    """AXES_LOCKOUT_CALLABLE: the problem document that `sign_in` raised stands as it is."""
    return response


def sign_out(*, request: HttpRequest) -> None:
    """End this session."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)


def end_sessions(*, user: User, but: str | None = None) -> int:
    """End all sessions of a person at once, `but` this key; returns how many. Open pages hear of it."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    keys = list(rows.values_list("session_key", flat=True))
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:
        store(key).delete()
    rows.delete()
    access_changed([user.pk])
    return len(keys)


def _forget_ended_sessions(user: User) -> None:
    """Drop rows of sessions that have run out, when the person signs in again."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    gone = [
        key
        for key in UserSession.objects.filter(user=user).values_list("session_key", flat=True)
        if not store().exists(key)
    ]
    UserSession.objects.filter(session_key__in=gone).delete()
