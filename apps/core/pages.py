"""The single page application: one HTML file for every address that is not the API's."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import ensure_csrf_cookie


@lru_cache(maxsize=1)
def _index(stamp: int) -> bytes:
    return (Path(settings.FRONTEND_DIST) / "index.html").read_bytes()


@ensure_csrf_cookie
def spa(request: HttpRequest) -> HttpResponse:
    """The built index.html, never cached, so that a new release is picked up at the next load."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    file = Path(settings.FRONTEND_DIST) / "index.html"
    if not file.exists():
        return HttpResponse("The front end is not built yet. Run `make up`.", status=503, content_type="text/plain")
    response = HttpResponse(_index(file.stat().st_mtime_ns), content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
