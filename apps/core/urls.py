"""Paths that are right with or without a trailing slash, so that no client is redirected (a redirect loses a POST's body)."""

from __future__ import annotations

import re
from typing import Any

from django.urls import URLPattern, re_path

_CONVERTERS = {
    "int": r"[0-9]{1,18}",
    "uuid": r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
    "str": r"[^/]+",
    "sha256": r"[0-9a-f]{64}",
}


def route(path: str, view: Any, name: str | None = None) -> URLPattern:
    """`route("projects/<int:project_id>/tasks", …)`: matches with and without the trailing slash.

    Views get the captured values as text; `Api.initial` turns those named `…_id` or `number` into int.
    """
    pattern = re.sub(r"<(\w+):(\w+)>", lambda m: f"(?P<{m[2]}>{_CONVERTERS[m[1]]})", path.strip("/"))
    return re_path(rf"^{pattern}/?$", view, name=name)
