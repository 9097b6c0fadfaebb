"""What who annotates says to hints at what may be missing."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.annotations.queries import annotation_for
from apps.core.api import body, nothing
from apps.core.permissions import Action
from apps.core.views import Api
from apps.predictions import services
from apps.predictions.models import PossibleMiss

BigId = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


class HintAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """`added`: it was missing. `refused`: nothing of the kind is there. `kept`: left as it is; this decides nothing."""

    prediction: BigId
    element: Annotated[str, msgspec.Meta(max_length=120)]
    said: Literal["added", "refused", "kept"]


class HintAnswersIn(msgspec.Struct, forbid_unknown_fields=True):
    answers: Annotated[list[HintAnswer], msgspec.Meta(min_length=1, max_length=500)]


class HintsView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.ANNOTATE}

    @extend_schema(request=HintAnswersIn, responses={204: None})
    def post(self, request: Request, annotation_id: int) -> HttpResponse:
        """Say what became of hints in one's own work: it is what their precision is reckoned from, class by class."""
        sent = body(request, HintAnswersIn)
        services.answer_hints(
            annotation=annotation_for(self.user, annotation_id),
            user=self.user,
            answers=[services.Said(one.prediction, one.element, PossibleMiss.Said(one.said)) for one in sent.answers],
        )
        return nothing()
