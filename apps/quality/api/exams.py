"""The exam before work: a person's own, and what managers see and decide."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, cast

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body
from apps.core.people import Person
from apps.core.permissions import Action
from apps.core.views import Api
from apps.projects.access import ProjectAccess
from apps.projects.queries import last_read
from apps.projects.settings import settings_of
from apps.quality.api.gold import class_rows
from apps.quality.api.gold_structs import ClassAccuracy, Figure
from apps.quality.models import ExamTry
from apps.quality.queries import exams as queries
from apps.quality.queries.gold import METHOD, Accuracy, exam_gold
from apps.quality.services import exams as services
from apps.tasks.api.naming import names
from apps.tasks.models import Assignment


class ExamTryOut(msgspec.Struct):
    """One try. `classes`: what was right of all things there, by class."""

    number: int
    state: Literal["open", "passed", "failed", "excused"]
    tasks: int
    pass_mark: float
    accuracy: Figure
    classes: list[ClassAccuracy]
    faults: dict[str, int]
    guideline: int
    forgiven: bool
    at: datetime


class OwnExam(msgspec.Struct):
    """`state` none: no exam is asked of the caller. `resume`: an assignment of the open try that is in their hands."""

    state: Literal["none", "needed", "open", "passed", "failed"]
    tasks: int
    pass_mark: float
    tries_left: int
    left: int
    guideline: int
    guideline_read: bool
    resume: int | None
    tries: list[ExamTryOut]


class PersonExam(msgspec.Struct):
    person: Person
    state: Literal["none", "needed", "open", "passed", "failed"]
    tries: list[ExamTryOut]


class ExamReport(msgspec.Struct):
    """`gold`: pieces that exams are dealt from; fewer than `tasks` and nobody can take it."""

    tasks: int
    pass_mark: float
    gold: int
    people: list[PersonExam]


class ExamAllowIn(msgspec.Struct):
    """Let a person work without the exam (`pass`), or give them their `tries` back."""

    person: int
    what: Literal["pass", "tries"]


class OwnExamView(Api):
    actions = {"get": Action.ANNOTATE, "post": Action.ANNOTATE}

    @extend_schema(responses={200: OwnExam})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Where the caller stands with the project's exam."""
        return answer(self._own(project_id))

    @extend_schema(request=None, responses={200: OwnExam})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Begin a try, or go on with the one that is open; its tasks come by claims."""
        services.begin_exam(user=self.user, project_id=project_id)
        return answer(self._own(project_id))

    def _own(self, project_id: int) -> OwnExam:
        found, tries, access = queries.exam_for(self.user, project_id)
        rules, guideline = settings_of(access.project).exam, queries.guideline_number(access.project)
        left = found.left if found else []
        held = Assignment.objects.filter(user=self.user, task_id__in=left, state__in=["held", "stale"])
        return OwnExam(
            state=found.state if found else "none",
            tasks=rules.tasks,
            pass_mark=rules.pass_mark,
            tries_left=found.tries_left if found else 0,
            left=len(left),
            guideline=guideline,
            guideline_read=last_read(access.project, self.user.pk) >= guideline,
            resume=held.order_by("pk").values_list("pk", flat=True).first(),
            tries=[_try(one, access) for one in tries],
        )


class ExamReportView(Api):
    actions = {"get": Action.GOLD_VIEW}

    @extend_schema(responses={200: ExamReport})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Who tried the exam, and how it went."""
        found, access = queries.tries_of(self.user, project_id)
        rules = settings_of(access.project).exam
        shown = names(access, list(found))
        people = [
            PersonExam(
                person=shown[user_id],
                state=queries.standing(access.project, rules, tries).state if rules.tasks else "none",
                tries=[_try(one, access) for one in tries],
            )
            for user_id, tries in found.items()
        ]
        return answer(ExamReport(rules.tasks, rules.pass_mark, len(exam_gold(access.project)), people))


class ExamAllowView(Api):
    actions = {"post": Action.GOLD_EDIT}

    @extend_schema(request=ExamAllowIn, responses={204: None})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Decide for somebody who has not passed."""
        sent = body(request, ExamAllowIn)
        services.allow(user=self.user, project_id=project_id, person_id=sent.person, what=sent.what)
        return answer(None, status=204)


def _try(one: ExamTry, access: ProjectAccess) -> ExamTryOut:
    marked = one.state in (ExamTry.State.PASSED, ExamTry.State.FAILED) and one.tasks > 0
    low, high = (queries.interval_of(one) or (None, None)) if marked else (None, None)
    sums = {
        int(key): Accuracy(n=things, total=float(correct), correct=correct, things=things)
        for key, (correct, things) in one.classes.items()
        if things
    }
    return ExamTryOut(
        number=one.number,
        state=cast("Literal['open', 'passed', 'failed', 'excused']", one.state),
        tasks=one.tasks,
        pass_mark=one.pass_mark,
        accuracy=Figure(
            value=one.total / one.tasks if marked else None, low=low, high=high, n=one.tasks if marked else 0,
            reason=None if marked else "no_items", method=METHOD,
        ),
        classes=class_rows(sums, access),
        faults=one.faults,
        guideline=one.guideline,
        forgiven=one.forgiven,
        at=one.finished_at or one.created_at,
    )  # fmt: skip
