"""Bodies and answers of learning."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from apps.core.people import Person
from apps.jobs.documents import JobOut

Step = Literal["training", "predicting", "done"]
Target = Annotated[str, msgspec.Meta(min_length=1, max_length=140)]
After = Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class LearningTarget(msgspec.Struct, kw_only=True):
    """What can be learned: `tags`, `question:<name>`, or what `regions` are. `labels` by label (of regions at most six of a class and task), of the newest accepted tasks; `left_out` counts
    accepted tasks (of regions, these where they are `rare`) by why nothing is learned from them: `test` (in a dataset version's test split, or like one that is),
    `unanswered`, `several`, `rare` (the only one of its label). `problem`: why it cannot be learned yet; "" where it can."""

    target: str
    labels: dict[str, int]
    left_out: dict[str, int]
    problem: str
    detail: str


class LabelMeasured(msgspec.Struct):
    """Of `n` labels that people gave, `said` were predicted as this one, `right` of them rightly."""

    label: str
    n: int
    said: int
    right: int


class ConfusedOut(msgspec.Struct):
    label: str
    instead: str
    n: int


class ScoreBin(msgspec.Struct):
    score: float
    n: int
    right: int


class MeasuredOut(msgspec.Struct, kw_only=True):
    """By labels that were held out: each was predicted by a head that had seen neither it nor its group. `low` and `high`: Wilson's
    95 % interval of `accuracy`; `commonest`: what always saying the commonest label would reach."""

    n: int
    right: int
    accuracy: float
    low: float
    high: float
    commonest: float
    log_loss: float
    folds: int
    decay: float
    by_label: list[LabelMeasured]
    confused: list[ConfusedOut]
    calibration: list[ScoreBin]


class ToldOut(msgspec.Struct):
    """What a server said to a training: `done`, or `running` where it goes on there; `said`: how it calls its version now."""

    state: Literal["done", "running"]
    detail: str
    said: str


class ModelTrainingOut(msgspec.Struct, kw_only=True):
    """One training. `measured` is null until it is done; `seed` deals labels into folds; `doubts`: labels that it holds for wrong.
    Of a server (`target` is `server`) `told` is what it said, and `model_version` a new one where it calls itself by another name since."""

    id: int
    model: int
    name: str
    model_version: int | None
    source: str
    target: str
    base: int | None
    step: Step
    job: JobOut | None
    run: int | None
    accepted: int
    labels: int
    left_out: dict[str, int]
    features: str
    seed: str
    measured: MeasuredOut | None
    told: ToldOut | None
    doubts: int
    created_at: datetime
    created_by: Person | None


class RepeatOut(msgspec.Struct, kw_only=True):
    """`after`: newly accepted tasks; `trouble`: code of why it was not trained again. Set it anew to have it tried."""

    model: int
    after: int
    predict: bool
    order: bool
    trouble: str


class LearningBase(msgspec.Struct):
    id: int
    name: str


class LearningOut(msgspec.Struct, kw_only=True):
    """What the project could learn, and its newest trainings. `bases`: models that find things which could be named."""

    accepted: int
    targets: list[LearningTarget]
    bases: list[LearningBase]
    trainings: list[ModelTrainingOut]
    repeats: list[RepeatOut]


class ModelTrainingIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`model`: whose next version it becomes; without one, a new model called `name`. `predict`: afterwards, look at all tasks that
    wait; `order`: and then put the queue into order, what the model is least sure of first. `base`, of target `regions`: the model
    whose shapes it is to name; without one, as at the model's last training."""

    target: Target
    model: int | None = None
    base: int | None = None
    name: Annotated[str, msgspec.Meta(max_length=80)] = ""
    predict: bool = True
    order: bool = False


class ModelTrainingStarted(msgspec.Struct):
    training: ModelTrainingOut
    job: JobOut


class RepeatIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """0: not any more."""

    after: After
    predict: bool = True
    order: bool = False


class DoubtOut(msgspec.Struct, kw_only=True):
    """`label` is what people said, `instead` what heads that had not seen it say, with their probability."""

    id: int
    task: int
    number: int
    name: str
    label: str
    instead: str
    score: float
    thumb_url: str


class DoubtPage(msgspec.Struct):
    results: list[DoubtOut]
    next: str | None = None


Place = Annotated[float, msgspec.Meta(ge=-1e7, le=1e7)]


class ClassSuggestionsIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`bounds`: x_min, y_min, x_max, y_max of a region, in image pixels."""

    bounds: tuple[Place, Place, Place, Place]


class ClassSuggestion(msgspec.Struct):
    """`neighbours` of the nearest accepted crops are of this class; `share`: what they weigh of all, the nearer the more."""

    class_id: int
    share: float
    neighbours: int


class ClassSuggestionsOut(msgspec.Struct):
    """The likeliest class first; `known`: accepted crops that were compared. Empty while there are few."""

    classes: list[ClassSuggestion]
    known: int
