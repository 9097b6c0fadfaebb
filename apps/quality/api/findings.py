"""Findings of a project: the list, what people decide about them, and a run of every check."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, cast

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.assets.crops import crop_url, window_around
from apps.core.api import answer, body, invalid_from, nothing
from apps.core.pagination import Page, paginate
from apps.core.people import Person
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import JobOut, job_out
from apps.jobs.models import Job
from apps.projects.access import ProjectAccess, project_for
from apps.quality.models import Finding
from apps.quality.queries.findings import FindingFilter, counts_by_rule, findings_of_project
from apps.quality.services import findings as services
from apps.quality.services.findings.running import KIND
from apps.tasks.api.naming import names
from domain import checks

State = Literal["open", "fixed", "accepted"]
Severity = Literal["info", "warning", "error"]
_NUMBERS = ("class_id", "person", "task")
_WORDS = ("state", "rule", "severity")


class FindingRow(msgspec.Struct):
    """One finding. `element` null: about the whole item. `crop` is a picture of the place, x, y, w, h in `window`."""

    id: int
    rule: str
    state: State
    severity: Severity
    blocks: bool
    detail: str
    values: dict[str, Any]
    task: int
    task_number: int
    task_name: str
    revision: int | None
    element: str | None
    other: str | None
    at: str
    class_id: int | None
    person: Person | None
    bounds: list[float] | None
    crop: str | None
    window: list[int] | None
    decided_by: Person | None
    decided_at: datetime | None
    reason: str
    created_at: datetime
    updated_at: datetime
    web_url: str


class RuleCount(msgspec.Struct):
    rule: str
    open: int
    accepted: int


class FindingsSummary(msgspec.Struct):
    """How many findings are open and accepted, by rule, and how the last run of all checks went."""

    rules: list[RuleCount]
    run: JobOut | None


class DecisionIn(msgspec.Struct, kw_only=True):
    """Accept findings as they are, with a reason, or open accepted ones again: named by ids, or all that a filter finds."""

    state: Literal["accepted", "open"]
    ids: Annotated[list[int], msgspec.Meta(max_length=10_000)] | None = None
    filter: FindingFilter | None = None
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class DecisionOut(msgspec.Struct):
    """`ids`: those that changed, for the undo; at most 10,000 are named."""

    changed: int
    ids: list[int]


class KeepIn(msgspec.Struct, kw_only=True):
    """A finding as a save told it, which the person keeps as it is."""

    rule: Annotated[str, msgspec.Meta(max_length=40)]
    element: Annotated[str, msgspec.Meta(max_length=120)] | None = None
    other: Annotated[str, msgspec.Meta(max_length=120)] | None = None
    at: Annotated[str, msgspec.Meta(max_length=120)] = ""
    detail: Annotated[str, msgspec.Meta(max_length=500)] = ""
    severity: Severity = "warning"
    values: dict[str, str | int | float] = {}
    class_id: int | None = None
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class RunStarted(msgspec.Struct):
    job: JobOut


FILTERS = [
    *(OpenApiParameter(name, int) for name in _NUMBERS),
    OpenApiParameter("state", str, enum=["open", "fixed", "accepted"]),
    OpenApiParameter("rule", str),
    OpenApiParameter("severity", str, enum=["info", "warning", "error"]),
]


def filter_from(request: Request) -> FindingFilter:
    """The filter that the query parameters make."""
    given = {name: request.query_params[name] for name in (*_NUMBERS, *_WORDS) if request.query_params.get(name)}
    try:
        return msgspec.convert(given, FindingFilter, strict=False)
    except msgspec.ValidationError as error:
        raise invalid_from(error) from error


class FindingsView(Api):
    actions = {"get": Action.REVIEW}

    @extend_schema(
        parameters=[*FILTERS, OpenApiParameter("cursor", str), OpenApiParameter("limit", int)],
        responses={200: Page[FindingRow]},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Findings of a project, newest first."""
        access, rows = findings_of_project(self.user, project_id, filter_from(request))
        found, following = paginate(request, rows)
        return answer(Page(results=_rows(access, found), next=following))


class FindingsSummaryView(Api):
    actions = {"get": Action.REVIEW}

    @extend_schema(responses={200: FindingsSummary})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """How many are open and accepted, by rule; of the newest 100,000 of each."""
        access = project_for(self.user, project_id, Action.REVIEW)
        opened, accepted = counts_by_rule(access, "open"), counts_by_rule(access, "accepted")
        last = Job.objects.filter(project_id=project_id, kind=KIND).order_by("-pk").first()
        rules = [RuleCount(rule, opened.get(rule, 0), accepted.get(rule, 0)) for rule in sorted({*opened, *accepted})]
        return answer(FindingsSummary(rules=rules, run=job_out(last) if last else None))


class DecisionView(Api):
    actions = {"post": Action.REVIEW}

    @extend_schema(request=DecisionIn, responses={200: DecisionOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Accept findings as they are, or open them again."""
        asked = body(request, DecisionIn)
        changed = services.decide(
            user=self.user,
            project_id=project_id,
            ids=asked.ids,
            wanted=asked.filter,
            state=asked.state,
            reason=asked.reason,
        )
        return answer(DecisionOut(changed=len(changed), ids=changed[:10_000]))


class RunView(Api):
    actions = {"post": Action.TASKS_MANAGE}

    @extend_schema(request=None, responses={202: RunStarted})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Run every check over the project's current work."""
        job = services.ask_for_run(user=self.user, project_id=project_id)
        return answer(RunStarted(job=job_out(job)), status=202)


class KeepView(Api):
    actions = {"post": Action.ANNOTATE}

    @extend_schema(request=KeepIn, responses={204: None})
    def post(self, request: Request, annotation_id: int) -> HttpResponse:
        """Keep what a check complains about in one's own draft: it is not told again, and reviewers see who kept it."""
        asked = body(request, KeepIn)
        finding = checks.Finding(
            asked.rule,
            asked.element or "",
            asked.detail,
            severity=asked.severity,
            other=asked.other,
            at=asked.at,
            values=asked.values,
        )
        services.keep_while_drawing(
            user=self.user, annotation_id=annotation_id, finding=finding, class_id=asked.class_id, reason=asked.reason
        )
        return nothing()


def _rows(access: ProjectAccess, found: list[Finding]) -> list[FindingRow]:
    people = names(access, {pk for row in found for pk in (row.person_id, row.decided_by_id)})
    return [_row(row, people) for row in found]


def _row(row: Finding, people: dict[Any, Any]) -> FindingRow:
    asset = row.task.asset
    window = window_around(row.bounds, asset.width, asset.height) if row.bounds else None
    region = f"?region={row.element_id}" if row.element_id else ""
    return FindingRow(
        id=row.pk,
        rule=row.rule,
        state=cast(State, row.state),
        severity=cast(Severity, row.severity),
        blocks=row.blocks,
        detail=row.detail,
        values=row.values,
        task=row.task_id,
        task_number=row.task.number,
        task_name=row.task.name,
        revision=row.revision_id,
        element=row.element_id or None,
        other=row.other_id or None,
        at=row.at,
        class_id=row.class_id,
        person=people.get(row.person_id),
        bounds=row.bounds,
        crop=crop_url(asset, window) if window else None,
        window=list(window) if window else None,
        decided_by=people.get(row.decided_by_id),
        decided_at=row.decided_at,
        reason=row.reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
        web_url=f"/tasks/{row.task_id}{region}",
    )
