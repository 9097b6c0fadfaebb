"""Cursor pagination: stable while rows are added, and no COUNT."""

from __future__ import annotations

import base64
from typing import Any, Generic, TypeVar

import msgspec
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from rest_framework.request import Request

from apps.core.errors import Invalid
from apps.core.numbers import whole_between

PAGE, LARGEST_PAGE = 50, 500
NOT_OURS = "`cursor` is not one that this list gave out. Start again without it."
T = TypeVar("T")


class Page(msgspec.Struct, Generic[T]):
    """One page. `next` is the cursor to ask for what follows, or null at the end."""

    results: list[T]
    next: str | None = None


def page_size(request: Request) -> int:
    """`?limit=`, between 1 and 500."""
    return whole_between("limit", request.query_params.get("limit", str(PAGE)), 1, LARGEST_PAGE)


def paginate(
    request: Request, rows: QuerySet[Any], *, key: str = "id", descending: bool = True
) -> tuple[list[Any], str | None]:
    """The page of `rows` that `?cursor=` and `?limit=` ask for, ordered by (`key`, id), and the next cursor."""
    size, cursor = page_size(request), request.query_params.get("cursor")
    compare = "lt" if descending else "gt"
    if cursor:
        value, pk = _decode(cursor)
        after = Q(**{f"{key}__{compare}": value})
        try:
            rows = rows.filter(after if key == "id" else after | Q(**{key: value, f"pk__{compare}": pk}))
        except (ValueError, TypeError, ValidationError) as error:  # another list's, or made up
            raise Invalid(NOT_OURS) from error
    sign = "-" if descending else ""
    found = list(rows.order_by(*dict.fromkeys([f"{sign}{key}", f"{sign}id"]))[: size + 1])
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    return found[:size], _encode(getattr(last, key), last.pk)


def _encode(value: Any, pk: int) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([value, pk])).decode().rstrip("=")


def _decode(cursor: str) -> tuple[Any, int]:
    try:
        value, pk = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(value, (str, int, float)) and isinstance(pk, int) and "\x00" not in str(value):
            return value, pk
    except (ValueError, TypeError, msgspec.DecodeError):
        pass
    raise Invalid(NOT_OURS)
