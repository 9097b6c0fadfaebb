"""Addresses outside the API: health, media, and the single page application for all the rest."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from apps.core import handlers
from apps.core.health import healthz, readyz
from apps.core.pages import spa

handler404 = handlers.not_found
handler500 = handlers.server_fault


@csrf_exempt  # a client with a token gets a 404 problem, not a CSRF page
def no_such_endpoint(request: HttpRequest) -> HttpResponse:
    """An unknown address below /api is a problem document, never the page."""
    return handlers.not_found(request)


urlpatterns = [
    re_path(r"^healthz/?$", healthz, name="healthz"),
    re_path(r"^readyz/?$", readyz, name="readyz"),
    path("api/v1/", include(("config.api_v1", "api_v1"))),
    re_path(r"^api(?:/|$)", no_such_endpoint),
    path("media/", include("apps.assets.delivery_urls")),
    re_path(r"^(?!static/|media/|metrics).*$", spa, name="spa"),
]
