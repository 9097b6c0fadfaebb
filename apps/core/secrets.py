"""Credentials of other services, encrypted before they are kept. The key never lies in the database.

The key comes of the first of LABELWRIGHT_ENCRYPTION_KEYS, or of SECRET_KEY where that is not set. Earlier keys still open
what they sealed; `manage.py rotate_secrets` seals everything anew with the first.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from apps.core.errors import Conflict

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

_INFO = b"labelwright secrets v1"


class SecretUnreadable(Conflict):
    code, title = "secret_unreadable", "The kept credentials cannot be read"


def seal(text: str) -> str:
    """Encrypted and authenticated (Fernet: AES-128-CBC, HMAC-SHA256), as text for a column."""
    return _box(_keys()).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises SecretUnreadable where no key of today opens it."""
    from cryptography.fernet import InvalidToken

    try:
        return _box(_keys()).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable("The server's key has changed since. Enter the credentials again.") from error


def _keys() -> tuple[str, ...]:
    """What keys are made of: the first seals, all open."""
    own = tuple(settings.LABELWRIGHT_ENCRYPTION_KEYS)
    return (*own, settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    from base64 import urlsafe_b64encode

    from cryptography.fernet import Fernet, MultiFernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = (HKDF(SHA256(), length=32, salt=None, info=_INFO).derive(key.encode()) for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in derived])
