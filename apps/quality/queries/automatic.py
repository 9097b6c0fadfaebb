"""What automatic labelling may take, and what is known of the model where people looked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from apps.predictions.models import ModelVersion, Prediction, PredictionUse
from apps.predictions.queries.answers import withheld
from apps.predictions.queries.offers import Offer, offers
from apps.predictions.queries.uses import AUTOMATIC
from apps.projects.access import ProjectAccess
from apps.projects.models import Project
from apps.quality.models import AutomaticRun, Gold
from apps.tasks.filters import TaskFilter
from apps.tasks.models import Slot, Stage, Task
from apps.tasks.queries import tasks_matching
from domain.sampling.thresholds import Held, What

HELD_MOST = 20_000  # the newest rows of what became of predictions


def models_measured(project: Project) -> list[str]:
    """Models, as predictions name them, of whose answers it is known what became of them."""
    return sorted(PredictionUse.objects.filter(project=project).values_list("model", flat=True).distinct())


def version_named(project: Project, model: str) -> ModelVersion | None:
    """The registered version that predictions name like this."""
    name, _, version = model.rpartition(":")
    rows = ModelVersion.objects.select_related("model").filter(project=project, model__name=name, name=version)
    return rows.first()


def held_out(project: Project, model: str, *, blind_only: bool = False) -> list[Held]:
    """Tasks that people finished after the model had answered: it cannot have learned from them.

    Args:
        blind_only: those alone in which who annotated was not shown what the model said.
    """
    rows = PredictionUse.objects.filter(
        project=project, model=model, prediction__created_at__lt=F("revision__created_at")
    ).exclude(revision__stage=AUTOMATIC)
    if blind_only:
        rows = rows.filter(shown=False)
    found: dict[int, Held] = {}
    for use in rows.order_by("-pk")[:HELD_MOST]:
        what: What = (use.attribute, use.value) if use.attribute else use.class_id
        regions: list[tuple[What, float | None, bool]] = [
            (what, score, right) for score, right in zip(use.scores, use.correct, strict=True)
        ]
        offered = use.accepted + use.edited + use.redrawn + use.reclassed + use.rejected
        plain, plain_right = offered - len(use.scores), use.right - sum(use.correct)
        regions += [(what, None, place < plain_right) for place in range(plain)]
        before = found.get(use.prediction_id)
        found[use.prediction_id] = Held(
            regions=(before.regions if before else []) + regions,
            missed=(before.missed if before else 0) + use.missed,
        )
    return list(found.values())


def candidates(access: ProjectAccess, wanted: TaskFilter, model: str) -> QuerySet[Task]:
    """Tasks that nobody has begun and one person would answer, of which the model has said something.

    Never gold, tests of people, tasks of several answers, or what somebody has left a draft or an import on.
    """
    here = Slot.objects.filter(task=OuterRef("pk"))
    plain = Q(stage=Stage.ANNOTATE, state=Slot.State.OPEN, ordinal=0, draft=None, revision=None, reserved_for=None)
    rows = tasks_matching(access, wanted).filter(
        Exists(here.filter(plain)),
        ~Exists(here.exclude(plain)),
        ~Exists(Gold.objects.filter(task=OuterRef("pk"), state=Gold.State.ACTIVE)),
        Exists(Prediction.objects.filter(task=OuterRef("pk"), model=model)),
        state=Task.State.WAITING,
        purpose=Task.Purpose.WORK,
    )
    return rows.order_by("pk")


def offered(project: Project, task_ids: Sequence[int], model: str) -> Iterator[Offer]:
    """The model's present answers to these tasks; those that are always done without predictions are left out."""
    return (one for one in offers(task_ids, model) if not withheld(project, one.task_id))


def runs_of(project: Project) -> QuerySet[AutomaticRun]:
    """The newest first."""
    return AutomaticRun.objects.filter(project=project).select_related("change", "audit").order_by("-pk")
