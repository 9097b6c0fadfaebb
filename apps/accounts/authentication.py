"""How a request proves who it is: `Authorization: Token lw_…`, or the session cookie with CSRF."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from django.utils import timezone
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from apps.accounts.models import ApiToken, User
from apps.core.auth import TOKEN_PREFIX, token_hash
from apps.core.prepared import Statement
from apps.core.rows import columns, instance

LAST_USED_GRAIN = timedelta(minutes=5)  # `last_used_at` is written this often at most: no write on every request


class TokenAuthentication(BaseAuthentication):
    """Looks a token up by its hash; expired, revoked and deactivated ones are all just "not valid"."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() not in (b"token", b"bearer"):
            return None
        secret = words[1].decode("ascii", "replace") if len(words) == 2 else ""
        if not secret.startswith(TOKEN_PREFIX):
            raise exceptions.AuthenticationFailed("The header must read `Authorization: Token lw_…`.")
        now = timezone.now()
        token = _live_token(token_hash(secret), now)
        if token is None or not token.user.is_active:
            raise exceptions.AuthenticationFailed(
                "This token is not valid: unknown, expired or revoked. Make a new one."
            )
        if token.last_used_at is None or now - token.last_used_at > LAST_USED_GRAIN:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Token"


_LIVE = """
    SELECT {token}, {user} FROM accounts_apitoken t JOIN accounts_user u ON u.id = t.user_id
    WHERE t.token_hash = %s AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %s)"""


@lru_cache(maxsize=1)
def _live() -> Statement:
    return Statement(_LIVE.format(token=columns(ApiToken, "t"), user=columns(User, "u")))


def _live_token(hashed: str, now: datetime) -> ApiToken | None:
    """The token of a hash with its person, unless it is revoked or expired. Every request of a client asks this."""
    row = _live().row([hashed, now])
    if row is None:
        return None
    token, rest = instance(ApiToken, row)
    token.user, _ = instance(User, row, rest)
    return token
