"""`/healthz`: the process answers. `/readyz`: the parts it needs answer too."""

from __future__ import annotations

import msgspec
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from redis import Redis
from redis.exceptions import RedisError


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b'{"status":"ok"}', content_type="application/json")


def readyz(request: HttpRequest) -> HttpResponse:
    """503 with the name of what does not answer; no addresses and no error texts."""
    parts = {"database": _database(), "redis": _redis()}
    ready = all(parts.values())
    document = {
        "status": "ok" if ready else "unavailable",
        "parts": {name: "ok" if up else "down" for name, up in parts.items()},
    }
    return HttpResponse(msgspec.json.encode(document), status=200 if ready else 503, content_type="application/json")


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis() -> bool:
    try:
        return bool(Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2).ping())
    except RedisError:
        return False
