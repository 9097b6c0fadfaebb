"""How a delivery proves where it comes from: HMAC-SHA256 over `timestamp.body`.

A webhook's secret is derived from its salt and the server's secret key, so that neither a stolen database nor a backup
holds it. An earlier secret, and those of earlier secret keys, sign beside the present one while they are still known.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import sha256

from django.conf import settings

from apps.activity.models import Webhook

PREFIX = "whsec_"  # what a secret looks like, so that scanners of source code find it
VERSION = "v1"
DELIVERY, KIND, TIMESTAMP, SIGNATURE = (
    "X-Labelwright-Delivery",
    "X-Labelwright-Event",
    "X-Labelwright-Timestamp",
    "X-Labelwright-Signature",
)


def secret_of(salt: str, *, secret_key: str | None = None) -> str:
    """The secret that belongs to a salt: 256 bits as hex."""
    key = hmac.new((secret_key or settings.SECRET_KEY).encode(), b"labelwright webhook v1", sha256).digest()
    return PREFIX + hmac.new(key, salt.encode(), sha256).hexdigest()


def secrets_of(webhook: Webhook, now: datetime) -> list[str]:
    """Those that sign now, the present one first."""
    salts = [webhook.salt]
    if webhook.old_salt and webhook.old_salt_until is not None and webhook.old_salt_until > now:
        salts.append(webhook.old_salt)
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [secret_of(salt, secret_key=str(key)) for key in keys for salt in salts]


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Hex of HMAC-SHA256 over `<timestamp>.<body>` (https://www.rfc-editor.org/rfc/rfc2104)."""
    return hmac.new(secret.encode(), b"%d." % timestamp + body, sha256).hexdigest()


def headers(*, secrets: list[str], key: str, kind: str, timestamp: int, body: bytes) -> dict[str, str]:
    """What a delivery carries beside its body."""
    signed = ",".join(f"{VERSION}={signature(secret, timestamp, body)}" for secret in secrets)
    return {
        "Content-Type": "application/json",
        DELIVERY: key,
        KIND: kind,
        TIMESTAMP: str(timestamp),
        SIGNATURE: signed,
    }
