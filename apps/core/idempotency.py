"""`Idempotency-Key`: a POST that is sent again, even at the same moment, has one effect and gets the first answer.

The key's row is written in the transaction of the call. A second call with the key waits at the unique constraint until the
first has ended: committed, it gets that answer; rolled back, it is the first. So a refused call leaves no trace and may be
sent again with the same key once it is put right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework.request import Request

from apps.core.errors import Conflict, DomainError, Invalid
from apps.core.models import KeptAnswer

HEADER = "HTTP_IDEMPOTENCY_KEY"
KEPT = timedelta(hours=24)
WAIT_SECONDS = 20  # for the first call with the key to end; then 503 with Retry-After
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_FORGOTTEN_AT_ONCE = 100


class KeyReused(DomainError):
    code, status, title = "idempotency_key_reused", 422, "This key was used for another request"


class AlreadyDone(Conflict):
    code, title = "already_done", "This was done by an earlier request with the same key"


def key_of(request: Request) -> str | None:
    """The header's value, or None where the caller sent none."""
    sent = request.META.get(HEADER)
    if sent is None:
        return None
    if not _KEY.fullmatch(sent):
        raise Invalid("`Idempotency-Key` must be 1 to 255 visible ASCII characters, such as a UUID.")
    return str(sent)


def once(request: Request, key: str, call: Callable[[], HttpResponse], *, secret: bool = False) -> HttpResponse:
    """The answer of `call`, or the kept one of an earlier call with this key.

    Raises:
        KeyReused: the key came with another address or body before.
        AlreadyDone: the answer held a secret, which is not kept.
    """
    user_id, key_hash = int(request.user.pk or 0), sha256(key.encode()).hexdigest()
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        row = _claim(user_id, key_hash, fingerprint)
        if row is None:
            return _again(KeptAnswer.objects.get(user_id=user_id, key_hash=key_hash), fingerprint)
        answer = call()
        if answer.status_code >= 400:
            transaction.set_rollback(True)
            return answer
        KeptAnswer.objects.filter(pk=row).update(
            status=answer.status_code,
            content_type=answer.get("Content-Type", ""),
            etag=answer.get("ETag", ""),
            body=None if secret else answer.content,
        )
        return answer


def _claim(user_id: int, key_hash: str, fingerprint: str) -> int | None:
    """The new row's id, or None where an earlier call made it. Waits for a call that is under way."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM core_keptanswer WHERE id IN (SELECT id FROM core_keptanswer WHERE created_at < %s"
            " ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED)",
            [now - KEPT, _FORGOTTEN_AT_ONCE],
        )
        cursor.execute("SET LOCAL lock_timeout = %s", [f"{WAIT_SECONDS}s"])
        cursor.execute(
            "INSERT INTO core_keptanswer (user_id, key_hash, fingerprint, status, content_type, etag, created_at)"
            " VALUES (%s, %s, %s, 0, '', '', %s) ON CONFLICT (user_id, key_hash) DO NOTHING RETURNING id",
            [user_id, key_hash, fingerprint, now],
        )
        made = cursor.fetchone()
        cursor.execute("SET LOCAL lock_timeout = DEFAULT")
    return int(made[0]) if made else None


def _again(kept: KeptAnswer, fingerprint: str) -> HttpResponse:
    if kept.fingerprint != fingerprint:
        raise KeyReused("This `Idempotency-Key` came with another address or body before. Make a new one.")
    if kept.body is None:
        raise AlreadyDone("It was done by your first request. Its answer held a secret, which is shown only once.")
    headers: dict[str, Any] = {"Idempotent-Replayed": "true"} | ({"ETag": kept.etag} if kept.etag else {})
    return HttpResponse(bytes(kept.body), status=kept.status, content_type=kept.content_type or None, headers=headers)


def _fingerprint(request: Request) -> str:
    """Address and JSON body. Forms are known by their length: reading gigabytes to compare them would cost more than it gives."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    kind = str(request.META.get("CONTENT_TYPE") or "").partition(";")[0].strip().lower()
    small = length.isdigit() and int(length) <= settings.LABELWRIGHT_MAX_JSON_BYTES
    content = request._request.body if small and not kind.startswith("multipart/") else length.encode()
    told = b"\n".join([request.get_full_path().rstrip("/").encode(), kind.encode(), content])
    return salted_hmac("core.idempotency", told, algorithm="sha256").hexdigest()  # a body may hold a password
