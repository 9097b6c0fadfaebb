"""What became of a model's predictions."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Annotated, ClassVar, Literal

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body, nothing
from apps.core.errors import Invalid
from apps.core.numbers import whole
from apps.core.permissions import Action
from apps.core.views import Api
from apps.predictions import queries, services
from apps.predictions.models import MissThreshold
from apps.predictions.queries.uses import Bin, UseOfClass
from apps.projects.access import project_for
from apps.tasks.queries import task_for
from domain.inference.misses import is_silent

SEED = 20_26
DISAGREEMENTS = 50  # that are listed, the strongest


class ShareOf(msgspec.Struct, kw_only=True):
    """A share with Wilson's 95 % interval; null of nothing."""

    value: float | None
    low: float | None
    high: float | None
    n: int


class ClassUse(msgspec.Struct, kw_only=True):
    """Regions of one class, or answers with one `value` of the question `attribute`. `precision`: of those offered, how many were right (class, and IoU of 0.5 or more with what stands);
    `recall`: of those that stand, how many were offered rightly. `likeness`: mean IoU of the edited ones with what they were."""

    class_id: int
    attribute: str
    value: str
    shown: bool
    offered: int
    accepted: int
    edited: int
    redrawn: int
    reclassed: int
    rejected: int
    missed: int
    precision: ShareOf
    recall: ShareOf
    likeness: float | None


class CalibrationBin(msgspec.Struct, kw_only=True):
    """What was offered, by tenths of the score: their mean score, and how many of them were right."""

    low: float
    high: float
    score: float
    right: ShareOf


class Effort(msgspec.Struct, kw_only=True):
    """Median active seconds a region, all hands and rework included, with a 95 % bootstrap interval."""

    seconds: float | None
    low: float | None
    high: float | None
    tasks: int


class HintsOfClass(msgspec.Struct, kw_only=True):
    """Hints at what may be missing, of one class. `score`: from which score on it is hinted at, or null where the `n` regions that
    people looked at are not enough for that; `precision`: of what people decided, how much was added."""

    class_id: int
    state: Literal["hints", "silent", "unknown"]
    """`silent`: its hints were mostly refused. `unknown`: nothing is known to be sure enough."""
    score: float | None
    n: int
    right: int
    added: int
    refused: int
    kept: int
    precision: ShareOf


class DisagreementOut(msgspec.Struct, kw_only=True):
    """A finished task in which people left out or changed `regions` of a class that the model is sure of: from the score of its hints
    on, nine of ten were right elsewhere. `score` is the highest of them."""

    task: int
    number: int
    name: str
    class_id: int
    score: float
    regions: int


class UpheldIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`upheld`: the work is right as it is; false takes that back. `model` as predictions name it."""

    model: Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern="^[^\\x00]+$")]
    class_id: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    upheld: bool = True


class UsesOut(msgspec.Struct, kw_only=True):
    model: str
    classes: list[ClassUse]
    calibration: list[CalibrationBin]
    effort_with: Effort
    effort_without: Effort
    hints: list[HintsOfClass]
    disagreements: list[DisagreementOut]


class UsesView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.MODELS_VIEW}

    @extend_schema(
        parameters=[
            OpenApiParameter("model", str, required=True, description="As predictions name it: `name:version`."),
            OpenApiParameter("class_id", int, description="The calibration of this class alone."),
            OpenApiParameter(
                "attribute", str, description="The calibration of answers to this question alone, with `value`."
            ),
            OpenApiParameter("value", str),
        ],
        responses={200: UsesOut},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """What became of a model's predictions in finished tasks, by class and by whether who annotated saw them."""
        access = project_for(self.user, project_id, Action.MODELS_VIEW)
        model, class_id, answered = _asked(request)
        shown, others = queries.seconds_a_region(access.project)
        found = UsesOut(
            model=model,
            classes=[_class(one) for one in queries.uses_of(access.project, model)],
            calibration=[_bin(one) for one in queries.calibration_of(access.project, model, class_id, **answered)],
            effort_with=_effort(shown),
            effort_without=_effort(others),
            hints=[_hints(one) for one in queries.thresholds_of(access.project, model)],
            disagreements=[
                _disagreement(one) for one in queries.disagreements_of(access.project, model, DISAGREEMENTS)
            ],
        )
        return answer(found)


class UpheldView(Api):
    actions: ClassVar[dict[str, Action]] = {"put": Action.TASKS_MANAGE}

    @extend_schema(request=UpheldIn, responses={204: None})
    def put(self, request: Request, task_id: int) -> HttpResponse:
        """Finished work is right where a model is sure of something else: it is not listed again as long as this result stands."""
        task, _ = task_for(self.user, task_id, Action.TASKS_MANAGE)
        services.uphold_work(task=task, user=self.user, **msgspec.structs.asdict(body(request, UpheldIn)))
        return nothing()


def _disagreement(one: queries.Disagreement) -> DisagreementOut:
    return DisagreementOut(
        task=one.task_id,
        number=one.number,
        name=one.name,
        class_id=one.class_id,
        score=one.score,
        regions=one.regions,
    )


def _asked(request: Request) -> tuple[str, int | None, dict[str, str]]:
    """(model, class, question and value). Raises Invalid."""
    model, class_id = request.query_params.get("model", ""), request.query_params.get("class_id", "")
    if not 0 < len(model) <= 120 or "\0" in model:
        raise Invalid("`model` must name a model as predictions do: `name:version`.")
    answered = {name: request.query_params.get(name, "") for name in ("attribute", "value")}
    if any(len(one) > 120 or "\0" in one for one in answered.values()):
        raise Invalid("`attribute` and `value` have at most 120 characters.")
    return model, whole("class_id", class_id, "the id of a class") if class_id else None, answered


def _share(part: int, n: int) -> ShareOf:
    from domain.agreement.intervals import wilson

    if n == 0:
        return ShareOf(value=None, low=None, high=None, n=0)
    low, high = wilson(part, n)
    return ShareOf(value=part / n, low=low, high=high, n=n)


def _class(one: UseOfClass) -> ClassUse:
    return ClassUse(
        class_id=one.class_id,
        attribute=one.attribute,
        value=one.value,
        shown=one.shown,
        offered=one.offered,
        accepted=one.accepted,
        edited=one.edited,
        redrawn=one.redrawn,
        reclassed=one.reclassed,
        rejected=one.rejected,
        missed=one.missed,
        precision=_share(one.right, one.offered),
        recall=_share(one.right, one.right + one.missed),
        likeness=one.likeness_sum / one.edited if one.edited else None,
    )


def _hints(one: MissThreshold) -> HintsOfClass:
    silent = is_silent(one.added, one.refused)
    return HintsOfClass(
        class_id=one.class_id,
        state="unknown" if one.score is None else "silent" if silent else "hints",
        score=one.score,
        n=one.n,
        right=one.right,
        added=one.added,
        refused=one.refused,
        kept=one.kept,
        precision=_share(one.added, one.added + one.refused),
    )


def _bin(one: Bin) -> CalibrationBin:
    wide = 1 / queries.BINS
    return CalibrationBin(
        low=one.bin * wide, high=(one.bin + 1) * wide, score=float(one.score), right=_share(one.right, one.n)
    )


def _effort(seconds: Sequence[float]) -> Effort:
    from domain.agreement.intervals import bootstrap

    if not seconds:
        return Effort(seconds=None, low=None, high=None, tasks=0)
    low, high = bootstrap(lambda at: median(seconds[i] for i in at), len(seconds), seed=SEED, resamples=200) or (
        None,
        None,
    )
    return Effort(seconds=median(seconds), low=low, high=high, tasks=len(seconds))
