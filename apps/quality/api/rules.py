"""The checks that there are, for the settings of a project."""

from __future__ import annotations

from typing import Literal

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.annotations.services.knowing import known_of
from apps.core.api import answer
from apps.core.permissions import Action
from apps.core.views import Api
from apps.projects.access import project_for
from domain.checks import described


class RuleParameter(msgspec.Struct):
    """A number that the project may set, between `least` and `most`."""

    name: str
    default: float
    least: float
    most: float


class RuleOut(msgspec.Struct):
    """One check. `when`: in the answer to a save, or at submit because it looks at the whole item. `told`: advice while
    drawing, never kept as a finding."""

    code: str
    level: Literal["info", "warning", "stop"]
    when: Literal["save", "submit"]
    told: bool
    parameters: list[RuleParameter]


class RulesOut(msgspec.Struct):
    """`measured`: classes with regions enough to say what is usual of them, by id: how many regions were looked at."""

    rules: list[RuleOut]
    measured: dict[str, int]


class RulesView(Api):
    actions = {"get": Action.PROJECT_VIEW}

    @extend_schema(responses={200: RulesOut})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """All checks with their usual level and what may be set. What the project chose stands in its settings."""
        access = project_for(self.user, project_id, Action.PROJECT_VIEW)
        known = known_of(access.project.pk)
        rules = [
            RuleOut(
                code=one.code,
                level=one.level,
                when=one.when,
                told=one.told,
                parameters=[
                    RuleParameter(name, default, least, most)
                    for name, (default, least, most) in sorted(one.parameters.items())
                ],
            )
            for one in described()
        ]
        measured = {str(class_id): usual.n for class_id, usual in sorted(known.usual.items())}
        return answer(RulesOut(rules=rules, measured=measured))
