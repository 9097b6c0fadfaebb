"""Audits of accepted work."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, cast

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.assets.queries import delivery_urls
from apps.core.api import answer, body
from apps.core.pagination import Page, paginate
from apps.core.people import Person
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import JobOut, job_out
from apps.projects.access import ProjectAccess, project_for
from apps.quality.models import Audit, AuditItem
from apps.quality.queries import audits as queries
from apps.quality.services import audits as services
from apps.reviews.api.structs import MarkKind
from apps.tasks.api.naming import names
from apps.tasks.filters import TaskFilter

Share = Annotated[float, msgspec.Meta(gt=0, lt=1)]
CURSOR = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]


class AuditIn(msgspec.Struct, kw_only=True):
    """`share`: the limit for wrong tasks; `allowed`: wrong ones in the sample that still accept; `by`: strata.

    `viewer`: the audit is open to this viewer; without it, blind, to people who neither made nor reviewed the work.
    """

    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    filter: TaskFilter = msgspec.field(default_factory=TaskFilter)
    by: Literal["none", "class", "batch", "annotator"] = "class"
    share: Share = 0.05
    confidence: Annotated[float, msgspec.Meta(ge=0.5, lt=1)] = 0.95
    allowed: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    minor_counts: bool = False
    viewer: int | None = None


class StratumPlan(msgspec.Struct):
    stratum: str
    tasks: int
    drawn: int


class AuditPlan(msgspec.Struct):
    """`without_auditor`: tasks of the lot that everybody who could audit has made or judged."""

    lot: int
    sample: int
    strata: list[StratumPlan]
    without_auditor: int


class Reopened(msgspec.Struct):
    stratum: str | None
    tasks: int
    at: str
    undone: bool
    undoable: bool


class AuditOut(msgspec.Struct):
    """`certificate` once it is over: plan, lot, result and sampled revisions, hashed by `certificate_sha256`."""

    id: int
    number: int
    name: str
    state: Literal["open", "accepted", "rejected", "cancelled"]
    by: str
    share: float
    confidence: float
    allowed: int
    lot: int
    strata: dict[str, int]
    sample: int
    judged: int
    open_to: Person | None
    created_at: datetime
    finished_at: datetime | None
    certificate: dict[str, Any] | None
    certificate_sha256: str
    reopened: list[Reopened]


class FoundDefect(msgspec.Struct):
    kind: MarkKind
    severity: Literal["minor", "major"]
    class_id: int
    element: str
    x: float | None
    y: float | None
    note: str


class AuditedTask(msgspec.Struct):
    """A sampled task in which something was found."""

    task: int
    number: int
    name: str
    thumb: str
    stratum: str
    defects: list[FoundDefect]
    web_url: str


class DefectIn(msgspec.Struct, kw_only=True):
    """One thing that is wrong: on an element, or at a point in image pixels. `class_id`: of what is wrong, 0 of none."""

    kind: MarkKind
    severity: Literal["minor", "major"] = "major"
    class_id: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    element: Annotated[str, msgspec.Meta(max_length=120)] = ""
    x: float | None = None
    y: float | None = None
    note: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class JudgementIn(msgspec.Struct, kw_only=True):
    """What was found in the task of an audit assignment; no defect says that it is right."""

    assignment: int
    defects: Annotated[list[DefectIn], msgspec.Meta(max_length=500)] = []
    active_ms: Annotated[int, msgspec.Meta(ge=0, le=86_400_000)] = 0
    token: int | None = None


class JudgementOut(msgspec.Struct):
    """How the audit stands."""

    audit: int
    judged: int
    total: int
    over: bool


class ReopenIn(msgspec.Struct):
    """`stratum` null: the whole lot."""

    stratum: str | None = None


class ReopenPreview(msgspec.Struct):
    """How many would be asked for again, and by code why others stay."""

    reopened: int
    left: dict[str, int]


class ReopenOut(msgspec.Struct):
    changed: int
    skipped: int
    job: JobOut | None


class UndoneOut(msgspec.Struct):
    changed: int


def _spec(sent: AuditIn) -> services.AuditSpec:
    return services.AuditSpec(**{name: getattr(sent, name) for name in sent.__struct_fields__})


class AuditsView(Api):
    actions = {"get": Action.AUDITS_VIEW, "post": Action.AUDITS_EDIT}

    @extend_schema(parameters=CURSOR, responses={200: Page[AuditOut]})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Audits of a project, newest first."""
        access = project_for(self.user, project_id, Action.AUDITS_VIEW)
        rows, following = paginate(request, queries.audits_of(access))
        return answer(Page(results=_audits(rows, access), next=following))

    @extend_schema(request=AuditIn, responses={201: AuditOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Draw a sample of accepted tasks and put it into the audit queue."""
        made = services.start_audit(user=self.user, project_id=project_id, spec=_spec(body(request, AuditIn)))
        return answer(_one(self, made.pk), status=201)


class AuditPlanView(Api):
    actions = {"post": Action.AUDITS_EDIT}

    @extend_schema(request=AuditIn, responses={200: AuditPlan})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """How many tasks an audit would judge, and where. Nothing is written."""
        plan = services.plan_audit(user=self.user, project_id=project_id, spec=_spec(body(request, AuditIn)))
        strata = [StratumPlan(key, tasks, drawn) for key, (tasks, drawn) in plan.strata.items()]
        strata.sort(key=lambda one: (-one.tasks, one.stratum))
        return answer(AuditPlan(plan.lot, plan.sample, strata[:200], plan.without_auditor))


class AuditView(Api):
    actions = {"get": Action.AUDITS_VIEW}

    @extend_schema(responses={200: AuditOut})
    def get(self, request: Request, audit_id: int) -> HttpResponse:
        """One audit, with its certificate when it is over."""
        queries.audit_for(self.user, audit_id, Action.AUDITS_VIEW)
        return answer(_one(self, audit_id))


class AuditFoundView(Api):
    actions = {"get": Action.AUDITS_VIEW}

    @extend_schema(parameters=CURSOR, responses={200: Page[AuditedTask]})
    def get(self, request: Request, audit_id: int) -> HttpResponse:
        """Sampled tasks in which something was found; none before the audit is over."""
        audit, _ = queries.audit_for(self.user, audit_id, Action.AUDITS_VIEW)
        rows = queries.found_in(audit)
        if audit.state == Audit.State.OPEN:
            rows = rows.none()
        page, following = paginate(request, rows)
        return answer(Page(results=[_found(item) for item in page], next=following))


class AuditCloseView(Api):
    actions = {"post": Action.AUDITS_EDIT}

    @extend_schema(request=None, responses={200: AuditOut})
    def post(self, request: Request, audit_id: int) -> HttpResponse:
        """Finish with what was judged so far: fewer tasks say less."""
        services.close_audit(user=self.user, audit_id=audit_id)
        return answer(_one(self, audit_id))


class AuditCancelView(Api):
    actions = {"post": Action.AUDITS_EDIT}

    @extend_schema(request=None, responses={200: AuditOut})
    def post(self, request: Request, audit_id: int) -> HttpResponse:
        """Stop it without a result."""
        services.cancel_audit(user=self.user, audit_id=audit_id)
        return answer(_one(self, audit_id))


class JudgeView(Api):
    actions = {"post": Action.AUDIT}

    @extend_schema(request=JudgementIn, responses={200: JudgementOut})
    def post(self, request: Request) -> HttpResponse:
        """What the auditor found. It completes the audit assignment; the last one finishes the audit."""
        sent = body(request, JudgementIn)
        defects = [services.Defect(**msgspec.structs.asdict(one)) for one in sent.defects]
        item = services.judge(
            user=self.user, assignment_id=sent.assignment, defects=defects, active_ms=sent.active_ms, token=sent.token
        )
        rows = AuditItem.objects.filter(audit_id=item.audit_id)
        total, judged = rows.count(), rows.exclude(defects__isnull=True).count()
        return answer(JudgementOut(audit=item.audit_id, judged=judged, total=total, over=judged == total))


class ReopenView(Api):
    actions = {"post": Action.AUDITS_EDIT}

    @extend_schema(request=ReopenIn, responses={200: ReopenOut, 202: ReopenOut})
    def post(self, request: Request, audit_id: int) -> HttpResponse:
        """Ask for a rejected lot again, whole or one stratum. Many tasks make it a job."""
        done = services.reopen(user=self.user, audit_id=audit_id, stratum=body(request, ReopenIn).stratum)
        job = job_out(done.job) if done.job else None
        return answer(ReopenOut(done.changed, done.skipped, job), status=202 if job else 200)


class ReopenPreviewView(Api):
    actions = {"post": Action.AUDITS_EDIT}

    @extend_schema(request=ReopenIn, responses={200: ReopenPreview})
    def post(self, request: Request, audit_id: int) -> HttpResponse:
        """What reopening would do. Nothing is changed."""
        found = services.preview_reopening(user=self.user, audit_id=audit_id, stratum=body(request, ReopenIn).stratum)
        return answer(ReopenPreview(reopened=found.pop("sent_back", 0), left=found))


class ReopenUndoView(Api):
    actions = {"post": Action.AUDITS_EDIT}

    @extend_schema(request=None, responses={200: UndoneOut})
    def post(self, request: Request, audit_id: int) -> HttpResponse:
        """Take the last reopening back where its tasks were not begun again."""
        return answer(UndoneOut(services.undo_reopening(user=self.user, audit_id=audit_id)))


def _one(view: Api, audit_id: int) -> AuditOut:
    audit, access = queries.audit_for(view.user, audit_id, Action.AUDITS_VIEW)
    return _audits([queries.audits_of(access).get(pk=audit.pk)], access)[0]


def _audits(rows: list[Any], access: ProjectAccess) -> list[AuditOut]:
    people = names(access, [row.viewer_id for row in rows])
    return [_audit(row, people) for row in rows]


def _audit(row: Any, people: dict[int | None, Person]) -> AuditOut:
    return AuditOut(
        id=row.pk,
        number=row.number,
        name=row.name,
        state=row.state,
        by=row.by,
        share=row.share,
        confidence=row.confidence,
        allowed=row.allowed,
        lot=sum(row.lot.values()),
        strata=row.lot,
        sample=row.total,
        judged=row.judged,
        open_to=people.get(row.viewer_id),
        created_at=row.created_at,
        finished_at=row.finished_at,
        certificate=row.certificate,
        certificate_sha256=row.certificate_sha256,
        reopened=[
            Reopened(one["stratum"], one["tasks"], one["at"], one["undone"], bool(one["undo"]) and not one["undone"])
            for one in row.reopened
        ],
    )


def _found(item: AuditItem) -> AuditedTask:
    return AuditedTask(
        task=item.task_id,
        number=item.task.number,
        name=item.task.name,
        thumb=delivery_urls(item.task.asset)["thumb"],
        stratum=item.stratum,
        defects=[msgspec.convert(defect, FoundDefect) for defect in cast(list[Any], item.defects)],
        web_url=f"/tasks/{item.task_id}",
    )
