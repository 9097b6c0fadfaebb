"""Query parameters of task lists as one filter struct: a static allow-list."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from apps.core.api import invalid_from
from apps.core.errors import Invalid
from apps.core.numbers import whole_between
from apps.core.pagination import paginate
from apps.tasks.filters import TaskFilter
from apps.tasks.models import Assignment
from apps.tasks.queries import DEEPEST_OFFSET, LARGEST_WINDOW, SORTS

_LISTS = ("state", "class_id")
_NUMBERS = ("annotator", "batch", "guideline_before", "bulk_change")
_WORDS = (
    "name",
    "search",
    "external_id",
    "group",
    "origin",
    "outcome",
    "created_after",
    "created_before",
    "updated_after",
    "updated_before",
)

FILTER_PARAMETERS = [
    *(OpenApiParameter(name, str, description="may be repeated or comma-separated") for name in _LISTS),
    *(OpenApiParameter(name, int) for name in _NUMBERS),
    *(OpenApiParameter(name, str) for name in _WORDS),
    OpenApiParameter("trashed", bool),
    OpenApiParameter("metadata.<key>", str, description="value of a metadata key"),
]


def filter_from(request: Request) -> TaskFilter:
    """The filter that the query parameters make.

    Raises:
        Invalid: a parameter of the wrong type, or a state or outcome that there is not.
    """
    given = request.query_params
    members: dict[str, Any] = {name: given[name] for name in (*_NUMBERS, *_WORDS) if given.get(name)}
    for name in _LISTS:
        values = [part for text in given.getlist(name) for part in text.split(",") if part]
        if values:
            members[name] = values
    metadata = {name.removeprefix("metadata."): value for name, value in given.items() if name.startswith("metadata.")}
    if metadata:
        members["metadata"] = metadata
    if given.get("trashed") in ("1", "true", "yes"):
        members["trashed"] = True
    try:
        return msgspec.convert(members, TaskFilter, strict=False)
    except msgspec.ValidationError as error:
        raise invalid_from(error) from error


def _whole(request: Request, name: str, default: int, low: int, high: int) -> int:
    return whole_between(name, request.query_params.get(name, str(default)), low, high)


def window_from(request: Request) -> tuple[int, int, str]:
    """(offset, limit, sort) of a window."""
    sort = request.query_params.get("sort", "number")
    if sort not in SORTS:
        raise Invalid(f"`sort` must be one of {', '.join(sorted(SORTS))}, got {sort[:40]!r}.")
    return _whole(request, "offset", 0, 0, DEEPEST_OFFSET), _whole(request, "limit", 100, 1, LARGEST_WINDOW), sort


_OPEN = (Assignment.State.HELD, Assignment.State.PARKED, Assignment.State.STALE)


def assignment_rows(request: Request, rows: QuerySet[Assignment]) -> tuple[list[Assignment], str | None]:
    """The page of assignments that `?state=`, `?project=` and `?user=` ask for."""
    state = request.query_params.get("state", "held")
    if state == "open":
        rows = rows.filter(state__in=_OPEN)
    elif state in Assignment.State.values:
        rows = rows.filter(state=state)
    else:
        raise Invalid(f"`state` must be open or one of {', '.join(Assignment.State.values)}, got {state[:40]!r}.")
    for name in ("project", "user"):
        if request.query_params.get(name):
            rows = rows.filter(**{f"{name}_id": _whole(request, name, 0, 0, 2**62)})
    return paginate(request, rows)
