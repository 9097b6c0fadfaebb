"""Sending media: by a signed prefix, with types that we fixed and headers that let nothing run."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from apps.assets.crops import Window, is_ours
from apps.assets.errors import LinkExpired
from apps.assets.queries import stored_file, stored_tile
from apps.assets.services.cropping import crop_file
from apps.assets.services.linked import ADDRESS_SECONDS, direct_address
from apps.assets.signing import seconds_left
from apps.core.errors import DomainError, NotFound
from apps.core.handlers import problem_response, request_id_of
from apps.core.storage import is_linked, send_file

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-site",
    "Access-Control-Allow-Origin": "*",  # the signature is what opens it, no cookie
    "Referrer-Policy": "no-referrer",
}


@csrf_exempt
@require_safe
def deliver(request: HttpRequest, token: str, asset_id: str, variant: str) -> HttpResponseBase:
    """One file of one asset: original, display, preview, thumb or raw16."""
    return _signed(request, token, int(asset_id), lambda: stored_file(int(asset_id), variant))


@csrf_exempt
@require_safe
def deliver_tile(
    request: HttpRequest, token: str, asset_id: str, level: str, column: str, row: str
) -> HttpResponseBase:
    """One tile of a large image."""
    return _signed(request, token, int(asset_id), lambda: stored_tile(int(asset_id), int(level), int(column), int(row)))


@csrf_exempt
@require_safe
def deliver_crop(request: HttpRequest, token: str, asset_id: str, window: str, signed: str) -> HttpResponseBase:
    """The part of an image around one region, cut when it is first asked for."""

    def stored() -> tuple[str, str]:
        asked = Window(*map(int, window.split("_")))
        if not is_ours(int(asset_id), asked, signed):
            raise NotFound("There is no such crop.")
        return crop_file(asset_id=int(asset_id), window=asked)

    return _signed(request, token, int(asset_id), stored)


def _signed(request: HttpRequest, token: str, asset_id: int, stored: Callable[[], tuple[str, str]]) -> HttpResponseBase:
    try:
        left = seconds_left(token, asset_id)
        if left is None:
            raise LinkExpired("Load the page again: addresses of media change every few hours.")
        path, content_type = stored()
        if is_linked(path) and (address := direct_address(path)):
            keep = max(0, min(left, ADDRESS_SECONDS - 300))
            return HttpResponse(
                status=302, headers=HEADERS | {"Location": address, "Cache-Control": f"private, max-age={keep}"}
            )
        return send_file(
            request,
            path=path,
            content_type=content_type,
            etag="-".join(path.rsplit("/", 2)[-2:])
            if ".tiles/" in path or ".crops/" in path
            else path.rpartition("/")[2],
            cache=f"private, max-age={left}, immutable",
            headers=HEADERS,
        )
    except DomainError as error:
        return problem_response(error, request_id=request_id_of(request))
