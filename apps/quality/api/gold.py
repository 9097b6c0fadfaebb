"""Gold, hidden tests, and what they showed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.annotations.api.present import inline
from apps.annotations.queries import iter_revision
from apps.annotations.services.judging import schema_of
from apps.assets.queries import delivery_urls
from apps.core.api import answer, body
from apps.core.errors import Invalid
from apps.core.pagination import Page, paginate
from apps.core.people import Person
from apps.core.permissions import Action
from apps.core.views import Api
from apps.projects.access import ProjectAccess, project_for
from apps.projects.settings import settings_of
from apps.quality.api.gold_structs import (
    ClassAccuracy,
    ConsequenceOut,
    Figure,
    GoldIn,
    GoldOut,
    GoldReport,
    LeakOut,
    LiftIn,
    OwnTest,
    OwnTests,
    PersonGold,
)
from apps.quality.api.planted import planted_out
from apps.quality.models import Consequence, Gold, Probe, ProbeScore
from apps.quality.queries import gold as queries
from apps.quality.services import gold as services
from apps.quality.services import scoring
from apps.quality.services.honeypots import covered_by
from apps.tasks.api.naming import names
from domain.elements import encode

CURSOR = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]


class GoldsView(Api):
    actions = {"get": Action.GOLD_VIEW, "post": Action.GOLD_EDIT}

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=["active", "retired"]), *CURSOR], responses={200: Page[GoldOut]}
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Gold of a project, newest first."""
        access = project_for(self.user, project_id, Action.GOLD_VIEW)
        state = request.query_params.get("state")
        if state not in (None, "active", "retired"):
            raise Invalid("`state` is active or retired.")
        rows, following = paginate(request, queries.gold_of(access, state=state))
        return answer(Page(results=_golds(rows, access), next=following))

    @extend_schema(request=GoldIn, responses={201: GoldOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Mark a revision as gold, or bring a reference for a task. The gold that the task had is retired."""
        access = project_for(self.user, project_id, Action.GOLD_EDIT)
        sent = body(request, GoldIn)
        if (sent.revision is None) == (sent.task is None):
            raise Invalid("Name either a `revision` or a `task`.")
        if sent.revision is not None:
            made = services.mark_gold(user=self.user, revision_id=sent.revision, note=sent.note)
        else:
            elements = [("region", encode(one)) for one in sent.regions] + [("answer", encode(a)) for a in sent.answers]
            made = services.import_gold(
                user=self.user, task_id=cast(int, sent.task), elements=elements, outcome=sent.outcome, note=sent.note
            )
        return answer(_golds([queries.gold_of(access).get(pk=made.pk)], access)[0], status=201)


class GoldRetireView(Api):
    actions = {"post": Action.GOLD_EDIT}

    @extend_schema(request=None, responses={200: GoldOut})
    def post(self, request: Request, gold_id: int) -> HttpResponse:
        """Take it out of use; tests that nobody has begun are taken back."""
        _, access = queries.gold_for(self.user, gold_id, Action.GOLD_EDIT)
        services.retire_gold(user=self.user, gold_id=gold_id)
        return answer(_golds([queries.gold_of(access).get(pk=gold_id)], access)[0])


class GoldRestoreView(Api):
    actions = {"post": Action.GOLD_EDIT}

    @extend_schema(request=None, responses={200: GoldOut})
    def post(self, request: Request, gold_id: int) -> HttpResponse:
        """Take it into use again."""
        _, access = queries.gold_for(self.user, gold_id, Action.GOLD_EDIT)
        services.restore_gold(user=self.user, gold_id=gold_id)
        return answer(_golds([queries.gold_of(access).get(pk=gold_id)], access)[0])


class GoldReportView(Api):
    actions = {"get": Action.GOLD_VIEW}

    @extend_schema(responses={200: GoldReport})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Accuracy per person and class, with intervals, from hidden tests."""
        people, access = queries.project_accuracy(self.user, project_id)
        reviewers, _ = queries.project_accuracy(self.user, project_id, Probe.Kind.FAULT, of=Probe.Kind.GOLD)
        return answer(_report(people, reviewers, access))


class ConsequencesView(Api):
    actions = {"get": Action.GOLD_VIEW}

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=["active", "lifted"]), *CURSOR],
        responses={200: Page[ConsequenceOut]},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """What was done because of hidden tests, newest first."""
        access = project_for(self.user, project_id, Action.GOLD_VIEW)
        state = request.query_params.get("state")
        if state not in (None, "active", "lifted"):
            raise Invalid("`state` is active or lifted.")
        rows, following = paginate(request, queries.consequences_of(access, state=state))
        return answer(Page(results=_consequences(rows, access), next=following))


class LiftView(Api):
    actions = {"post": Action.GOLD_EDIT}

    @extend_schema(request=LiftIn, responses={200: ConsequenceOut})
    def post(self, request: Request, consequence_id: int) -> HttpResponse:
        """Let the person go on; scores from before have no consequence any more."""
        found = scoring.lift(user=self.user, consequence_id=consequence_id, reason=body(request, LiftIn).reason)
        access = project_for(self.user, found.project_id, Action.GOLD_VIEW)
        return answer(_consequences([found], access)[0])


class OwnTestsView(Api):
    actions = {"get": Action.PROJECT_VIEW}

    @extend_schema(parameters=CURSOR, responses={200: OwnTests})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """The caller's own answers to hidden tests, as far as the project tells people."""
        rows, access = queries.own_scores(self.user, project_id)
        feedback = settings_of(access.project).hidden_tests.feedback
        if feedback == "none":
            return answer(OwnTests(feedback="none", accuracy=None, tests=[], next=None))
        page, following = paginate(request, rows)
        mine = queries.accuracy_of(queries.latest_scores(project_id, self.user.pk)).get(self.user.pk)
        return answer(
            OwnTests(
                feedback=feedback,
                accuracy=_figure(mine.overall if mine else queries.Accuracy()),
                tests=[_own(score, feedback) for score in page],
                next=following,
            )
        )


def _own(score: ProbeScore, feedback: str) -> OwnTest:
    hints = feedback in ("hints", "full")
    full = feedback == "full" and score.probe.gold is not None
    kinds: dict[str, int] = {}
    for fault in score.faults:
        kinds[fault["kind"]] = kinds.get(fault["kind"], 0) + 1
    task = score.probe.task
    return OwnTest(
        id=score.pk,
        task=task.pk,
        name=task.name,
        thumb=delivery_urls(task.asset)["thumb"],
        score=score.score,
        at=score.created_at,
        faults=kinds if hints else None,
        yours=inline(iter_revision(score.revision))[0] if full else None,
        gold=inline(iter_revision(score.probe.gold.revision))[0] if full and score.probe.gold else None,
        wrong=sorted({f[k] for f in score.faults for k in ("element", "reference") if f.get(k)}) if full else [],
    )


def _golds(rows: Iterable[Gold], access: ProjectAccess) -> list[GoldOut]:
    rows = list(rows)
    people = names(access, [row.created_by_id for row in rows])
    return [_gold(row, access, people) for row in rows]


def _gold(row: Any, access: ProjectAccess, people: dict[int | None, Person]) -> GoldOut:
    gone = queries.gone_classes(access.project, row)
    trashed = row.asset.trashed_at is not None
    return GoldOut(
        id=row.pk,
        task=row.task_id,
        task_number=row.task.number,
        name=row.task.name,
        thumb=delivery_urls(row.asset)["thumb"],
        revision=row.revision_id,
        version=row.version,
        state=row.state,
        outcome=row.revision.outcome,
        region_count=row.revision.region_count,
        classes=sorted(int(key) for key in row.revision.class_counts),
        note=row.note,
        problem="classes_gone" if gone else "asset_in_trash" if trashed else None,
        gone_classes=gone,
        placed=row.placed,
        answered=row.answered,
        created_by=people.get(row.created_by_id),
        created_at=row.created_at,
        retired_at=row.retired_at,
        web_url=f"/tasks/{row.task_id}",
    )


def _figure(found: queries.Accuracy) -> Figure:
    low, high = found.interval or (None, None)
    reason = None if found.n else "no_items"
    return Figure(value=found.value, low=low, high=high, n=found.n, reason=reason, method=queries.METHOD)


def class_rows(found: dict[int, queries.Accuracy], access: ProjectAccess) -> list[ClassAccuracy]:
    named = {c.id: c for c in schema_of(cast(int, access.project.schema_id)).classes}
    rows = []
    for class_id, accuracy in sorted(found.items()):
        one = named.get(class_id)
        title = (one.title or one.name) if one else ""
        color = one.color if one else ""
        rows.append(ClassAccuracy(class_id, title, color, _figure(accuracy), accuracy.correct, accuracy.things))
    return rows


def _report(
    people: list[queries.PersonAccuracy], reviewers: list[queries.PersonAccuracy], access: ProjectAccess
) -> GoldReport:
    rules, placed = settings_of(access.project).hidden_tests, queries.probe_counts(access.project.pk)
    golds = queries.hidden_gold(access.project)
    usable = len(golds)
    shown = names(access, [person.user_id for person in (*people, *reviewers)])
    found = queries.leaks(access.project.pk, people)
    whole: dict[int, queries.Accuracy] = {}
    for person in people:
        for class_id, accuracy in person.classes.items():
            sums = whole.setdefault(class_id, queries.Accuracy())
            sums.n, sums.total = sums.n + accuracy.n, sums.total + accuracy.total
            sums.correct, sums.things = sums.correct + accuracy.correct, sums.things + accuracy.things
    return GoldReport(
        people=_people(people, shown, access, found),
        reviewers=_people(reviewers, shown, access, {}),
        planted=planted_out(access),
        classes=class_rows(whole, access),
        usable=usable,
        waiting=placed["waiting"],
        begun=placed["begun"],
        share=rules.share,
        advised=queries.advised_share(access.project.pk, usable),
        covered=covered_by(access.project.pk, golds) if rules.on else None,
        target=rules.target,
        fewest=queries.FEWEST,
    )


def _people(
    rows: list[queries.PersonAccuracy],
    shown: dict[int | None, Person],
    access: ProjectAccess,
    found: dict[int, queries.Leak],
) -> list[PersonGold]:
    return [
        PersonGold(
            person=shown[row.user_id],
            accuracy=_figure(row.overall),
            classes=class_rows(row.classes, access),
            faults=dict(row.faults),
            last=row.last,
            acts=row.overall.n >= queries.FEWEST,
            leak=_leak(found.get(row.user_id)),
        )
        for row in rows
        if row.user_id in shown
    ]


def _leak(found: queries.Leak | None) -> LeakOut | None:
    if found is None:
        return None
    return LeakOut(found.gold, found.work, found.work_n, found.low, found.high, found.suspected)


def _consequences(rows: Iterable[Consequence], access: ProjectAccess) -> list[ConsequenceOut]:
    rows = list(rows)
    people = names(access, [pk for row in rows for pk in (row.user_id, row.lifted_by_id)])
    return [
        ConsequenceOut(
            id=row.pk,
            person=people.get(row.user_id),
            kind=cast(Any, row.kind),
            state=cast(Any, row.state),
            accuracy=Figure(
                value=row.evidence["value"],
                low=row.evidence["low"],
                high=row.evidence["high"],
                n=row.evidence["n"],
                reason=None,
                method=row.evidence["method"],
            ),
            target=row.evidence["target"],
            faults=row.evidence["faults"],
            created_at=row.created_at,
            lifted_at=row.lifted_at,
            lifted_by=people.get(row.lifted_by_id),
            lifted_reason=row.lifted_reason,
        )
        for row in rows
    ]
