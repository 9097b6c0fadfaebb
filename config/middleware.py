"""Cross-origin isolation: WebAssembly threads need COOP and COEP on every page and worker script."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

EMBEDDER_POLICY = "Cross-Origin-Embedder-Policy"
RESOURCE_POLICY = "Cross-Origin-Resource-Policy"


class CrossOriginIsolation:
    """Adds the two headers that Django's SecurityMiddleware does not know, to static files too; an answer's own headers win."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(EMBEDDER_POLICY, "require-corp")
        response.headers.setdefault(RESOURCE_POLICY, "same-origin")
        return response
