"""What endpoints of versions share: bodies `{"body": …, "note": …}` or the bare body, and a version's number."""

from __future__ import annotations

import msgspec
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from apps.core.api import raw_body
from apps.core.errors import Invalid, MalformedJson
from apps.projects.access import ProjectAccess

MAX_NOTE = 500
NUMBER = OpenApiParameter("number", int, description="an older version; without it the current one")


def fresh(access: ProjectAccess) -> ProjectAccess:
    """The same access after a version was made."""
    access.project.refresh_from_db()
    return access


def version_body(request: Request) -> tuple[bytes, str]:
    """The body's bytes, to be parsed with precise errors by the domain, and the note.

    Raises:
        MalformedJson, Invalid: it is not JSON, or not an object.
    """
    try:
        members = msgspec.json.decode(raw_body(request) or b"{}", type=dict[str, msgspec.Raw])
    except msgspec.ValidationError as error:
        raise Invalid("The body must be a JSON object.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedJson(f"The body is not valid JSON: {error}") from error
    if "body" not in members:
        return msgspec.json.encode(members), ""
    try:
        note = msgspec.json.decode(members.get("note", msgspec.Raw(b'""')), type=str)
    except msgspec.DecodeError as error:
        raise Invalid("`note` must be text.") from error
    if len(note) > MAX_NOTE:
        raise Invalid(f"`note` has {len(note)} characters, at most {MAX_NOTE} are kept.")
    return bytes(members["body"]), note


def moves_too(request: Request) -> bool:
    """Whether the body asks to move work in flight as well.

    Raises:
        Invalid: `move` is not true or false.
    """
    members = msgspec.json.decode(raw_body(request) or b"{}", type=dict[str, msgspec.Raw])
    try:
        return msgspec.json.decode(members.get("move", msgspec.Raw(b"false")), type=bool)
    except msgspec.DecodeError as error:
        raise Invalid("`move` must be true or false.") from error
