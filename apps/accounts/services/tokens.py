"""API tokens: made once, kept as a hash, revoked for good."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import ApiToken, User
from apps.core.auth import new_token, token_hash
from apps.core.errors import Invalid, NotFound

SHOWN = 10  # characters of the secret that stay readable, so that a person can tell tokens apart
SCOPES = ("read", "write")


@transaction.atomic
def create_token(*, user: User, name: str, scopes: list[str], expires_in_days: int | None) -> tuple[ApiToken, str]:
    """A new token and its secret, which is kept nowhere.

    Raises:
        Invalid: no scope, or one that does not exist.
    """
    wanted = [scope for scope in SCOPES if scope in scopes]
    if not wanted or set(scopes) - set(SCOPES):
        raise Invalid(f"`scopes` must name at least one of {', '.join(SCOPES)}.")
    secret = new_token()
    expires_at = timezone.now() + timedelta(days=expires_in_days) if expires_in_days else None
    token = ApiToken.objects.create(
        user=user,
        name=name.strip() or "token",
        prefix=secret[:SHOWN],
        token_hash=token_hash(secret),
        scopes=sorted({*wanted, "read"}),  # writing without reading back is of no use
        expires_at=expires_at,
    )
    return token, secret


def revoke_token(*, user: User, token_id: int) -> None:
    """Raises NotFound where the person has no such token."""
    if not ApiToken.objects.filter(pk=token_id, user=user, revoked_at=None).update(revoked_at=timezone.now()):
        raise NotFound("You have no such token.")


def revoke_tokens_of(*, user: User) -> int:
    """Revoke all tokens of a person; returns how many."""
    return ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())
