"""Searching the regions of a project, and changing many at once."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, cast, get_args

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.annotations.api import structs
from apps.annotations.filters import FlagName, RegionFilter, Sort
from apps.annotations.models import RegionIndex
from apps.annotations.queries.regions import (
    EXACT_TO,
    count_regions,
    key_after,
    region_slice,
    regions_matching,
)
from apps.annotations.services import regions as services
from apps.assets.crops import crop_url, window_around
from apps.assets.queries import delivery_urls
from apps.core.api import answer, body, invalid_from
from apps.core.errors import Invalid
from apps.core.pagination import NOT_OURS, Page, page_size
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import job_out
from apps.projects.access import ProjectAccess, project_for
from apps.projects.api.documents import bulk_change_out
from apps.projects.api.structs import BulkChangeStarted
from apps.quality.queries.findings import open_rules, with_findings
from apps.tasks.api.naming import names
from apps.tasks.models import Task

MOST_LISTED = 100  # classes, shapes or tasks that one request may name
_LISTS = ("class_id", "shape", "task")
_NUMBERS = ("min_area", "max_area", "min_aspect", "max_aspect", "min_score", "max_score")
_WORDS = ("author", "source", "flag", "finding")
_SORTS: tuple[str, ...] = get_args(Sort)

FILTERS = [
    *(OpenApiParameter(name, str, description="one, or up to 100 separated by commas") for name in _LISTS),
    *(OpenApiParameter(name, float) for name in _NUMBERS),
    OpenApiParameter("author", int, description="who made it"),
    OpenApiParameter("source", str, description="`person`: drawn by hand"),
    OpenApiParameter("flag", str, enum=list(get_args(FlagName))),
    OpenApiParameter("finding", str, description="a check's code, or `any`: with an open finding; for reviewers"),
    OpenApiParameter("attribute.<name>", str, description="value of an attribute"),
    OpenApiParameter("metadata.<key>", str, description="value of a metadata key of its image"),
]
PAGES = [
    OpenApiParameter("sort", str, enum=list(_SORTS), description="default oldest"),
    OpenApiParameter("cursor", str),
    OpenApiParameter("limit", int),
]


class RegionsView(Api):
    actions = {"get": Action.REVISIONS_VIEW}

    @extend_schema(parameters=[*FILTERS, *PAGES], responses={200: Page[structs.RegionRow]})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Search the regions of current revisions."""
        access = project_for(self.user, project_id, Action.REVISIONS_VIEW)
        size, sort = page_size(request), _sort(request)
        rows = _matching(access, filter_from(request))
        found = region_slice(rows, sort=sort, after=_after(request, sort), size=size + 1)
        following = _cursor(key_after(found[size - 1], sort)) if len(found) > size else None
        return answer(Page(results=_shown(access, found[:size]), next=following))


class RegionCountView(Api):
    actions = {"get": Action.REVISIONS_VIEW}

    @extend_schema(parameters=FILTERS, responses={200: structs.RegionCount})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """How many regions a filter finds, counted to 100,000."""
        access = project_for(self.user, project_id, Action.REVISIONS_VIEW)
        count = count_regions(_matching(access, filter_from(request)))
        return answer(structs.RegionCount(count=min(count, EXACT_TO), more=count > EXACT_TO))


class RegionChangePreviewView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=services.RegionChange, responses={200: structs.RegionChangePreview})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """What a change of many regions would be about. Nothing is written."""
        found = services.preview(
            user=self.user, project_id=project_id, change=body(request, services.RegionChange), narrow=with_findings
        )
        return answer(
            structs.RegionChangePreview(
                regions=found.regions, more=found.more, tasks=found.tasks, not_done=found.not_done
            )
        )


class RegionChangeView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=services.RegionChange, responses={202: BulkChangeStarted})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Change many regions: a job makes fixes of the results, which `bulk-changes/{id}/undo` takes back as one."""
        asked = body(request, services.RegionChange)
        change, job = services.ask(user=self.user, project_id=project_id, change=asked, narrow=with_findings)
        access = project_for(self.user, project_id, Action.TASKS_MANAGE)
        out = job_out(job)
        return answer(BulkChangeStarted(bulk_change=bulk_change_out(access, change, out), job=out), status=202)


def filter_from(request: Request) -> RegionFilter:
    """The filter that the query parameters make.

    Raises:
        Invalid: a parameter of the wrong type, or too many of a kind.
    """
    given = request.query_params
    members: dict[str, Any] = {name: given[name] for name in _WORDS if given.get(name)}
    members |= {name: given[name] for name in _NUMBERS if given.get(name)}
    for name in _LISTS:
        values = [part for text in given.getlist(name) for part in text.split(",") if part]
        if len(values) > MOST_LISTED:
            raise Invalid(f"`{name}` may name at most {MOST_LISTED}, got {len(values)}.")
        if values:
            members[name] = values
    for member in ("attribute", "metadata"):
        prefix = f"{member}."
        named = {name.removeprefix(prefix): value for name, value in given.items() if name.startswith(prefix)}
        if named:
            members[member] = named
    try:
        wanted = msgspec.convert(members, RegionFilter, strict=False)
    except msgspec.ValidationError as error:
        raise invalid_from(error) from error
    for name in _NUMBERS:
        value = getattr(wanted, name)
        if value is not None and not abs(value) < float("inf"):
            raise Invalid(f"`{name}` must be a finite number.")
    return wanted


def _matching(access: ProjectAccess, wanted: RegionFilter) -> Any:
    if wanted.finding is not None and not access.can(Action.REVIEW):
        raise Invalid("Findings are for reviewers: leave `finding` out.")
    return regions_matching(access, wanted, found=with_findings(access, wanted))


def _sort(request: Request) -> str:
    sort = request.query_params.get("sort") or "oldest"
    if sort not in _SORTS:
        raise Invalid(f"`sort` must be one of {', '.join(_SORTS)}, got {sort[:40]!r}.")
    return sort


def _cursor(key: list[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def _after(request: Request, sort: str) -> tuple[Any, ...] | None:
    """The key that a cursor holds: whole numbers, after one number where the order has it."""
    text = request.query_params.get("cursor")
    if not text:
        return None
    shape: Any = tuple[int, int] if sort in ("newest", "oldest") else tuple[float, int, int]
    try:
        key = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=shape)
    except (ValueError, msgspec.MsgspecError):
        raise Invalid(NOT_OURS) from None
    if any(abs(part) >= 2**62 for part in key):
        raise Invalid(NOT_OURS)
    return cast("tuple[Any, ...]", key)


def _shown(access: ProjectAccess, rows: Sequence[RegionIndex]) -> list[structs.RegionRow]:
    tasks = Task.objects.select_related("asset").in_bulk({row.task_id for row in rows})
    people = names(access, {row.maker_id for row in rows})
    found = open_rules(access.project.pk, tasks) if access.can(Action.REVIEW) else {}
    return [
        _row(row, tasks[row.task_id], people, found.get((row.task_id, row.element_id), []))
        for row in rows
        if row.task_id in tasks
    ]


def _row(row: RegionIndex, task: Task, people: dict[Any, Any], rules: list[str]) -> structs.RegionRow:
    asset = task.asset
    bounds = [row.x0, row.y0, row.x1, row.y1] if row.x0 is not None else None
    window = window_around(cast("list[float]", bounds), asset.width, asset.height) if bounds else None
    return structs.RegionRow(
        id=row.element_id,
        task=row.task_id,
        task_number=task.number,
        revision=row.revision_id,
        class_id=row.class_id,
        shape=row.shape,
        bounds=cast("list[float] | None", bounds),
        area=row.area,
        source=row.source,
        score=row.score,
        flags=row.flags,
        thumb=delivery_urls(asset)["thumb"],
        asset_width=asset.width,
        asset_height=asset.height,
        attributes=row.attributes,
        author=people.get(row.maker_id),
        findings=list(dict.fromkeys(rules)),
        crop=crop_url(asset, window) if window else None,
        window=list(window) if window else None,
        web_url=f"/tasks/{row.task_id}?region={row.element_id}",
    )
