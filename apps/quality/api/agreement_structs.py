"""What the endpoints of agreement and consensus take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import msgspec

from apps.assets.api.structs import MediaUrls
from apps.core.people import Person
from apps.jobs.documents import JobOut
from apps.tasks.api.structs import RevisionRef
from domain.elements.structs import AnyRegion

DifferenceKind = Literal["missed", "class", "attribute", "answer", "outcome"]


class AgreementFigure(msgspec.Struct):
    """A metric: a value with its 95 % interval, or null with a `reason`; never NaN. `method` and `params` say how."""

    value: float | None
    reason: str | None
    n_items: int
    n_pairs: int
    ci95: tuple[float, float] | None
    method: str
    params: dict[str, Any]


class ClassAgreement(msgspec.Struct):
    """`agreement`: F1 at the threshold; `soft`: the same with each pair counted by its likeness; `likeness`: the mean of
    what was paired."""

    class_id: int
    name: str
    color: str
    agreement: AgreementFigure
    soft: AgreementFigure
    likeness: AgreementFigure


class QuestionAgreement(msgspec.Struct):
    """Of an attribute. `beyond_chance` is Krippendorff's alpha; null where only one's own figures are shown."""

    question: str
    scope: Literal["item", "region"]
    name: str
    agreement: AgreementFigure
    beyond_chance: AgreementFigure | None


class PersonAgreement(msgspec.Struct):
    person: Person
    agreement: AgreementFigure
    soft: AgreementFigure


class PairAgreement(msgspec.Struct):
    """Of two people, by their ids in `people`."""

    a: int
    b: int
    agreement: AgreementFigure
    soft: AgreementFigure


class BatchAgreement(msgspec.Struct):
    batch: int | None
    name: str
    agreement: AgreementFigure


class DayAgreement(msgspec.Struct):
    """Of tasks whose last answer came on that day (UTC)."""

    day: date
    agreement: AgreementFigure


class AgreementOut(msgspec.Struct):
    """A project's agreement. `own`: the reader's own against the others'. `waiting` tasks are still to be compared."""

    agreement: AgreementFigure
    soft: AgreementFigure
    likeness: AgreementFigure
    tasks: int
    waiting: int
    empty_pairs: int
    mixed_schemas: int
    threshold: float
    own: bool
    scored_at: datetime | None
    classes: list[ClassAgreement]
    questions: list[QuestionAgreement]
    people: list[PersonAgreement]
    pairs: list[PairAgreement]
    batches: list[BatchAgreement]
    days: list[DayAgreement]


class ConfusionValue(msgspec.Struct):
    """`value` "" says that one side has nothing there."""

    value: str
    name: str
    color: str | None


class ConfusionCell(msgspec.Struct):
    left: str
    right: str
    times: int


class ConfusionOut(msgspec.Struct):
    """What was said against what. Without two people each cell stands for both ways round."""

    question: str
    values: list[ConfusionValue]
    cells: list[ConfusionCell]
    agreement: AgreementFigure
    beyond_chance: AgreementFigure


class DifferenceSide(msgspec.Struct):
    person: Person | None
    revision: int
    said: str
    region: AnyRegion | None


class DifferenceTask(msgspec.Struct):
    id: int
    number: int
    name: str
    width: int
    height: int
    urls: MediaUrls


class DifferenceOut(msgspec.Struct):
    """Where two answers differ. `said` is a class's id, an attribute's value or an outcome; "" for nothing there."""

    task: DifferenceTask
    kind: DifferenceKind
    question: str
    likeness: float | None
    a: DifferenceSide
    b: DifferenceSide
    web_url: str


class DifferencePage(msgspec.Struct):
    """`next`: the `cursor` of what follows, null at the end. A page can be short and still have a next one."""

    results: list[DifferenceOut]
    next: str | None


class TaskAnswer(msgspec.Struct):
    """One answer. `letter` names it for who may not know the person."""

    letter: str
    person: Person | None
    revision: RevisionRef
    outcome: str
    regions: list[AnyRegion]
    answers: dict[str, Any]


class TaskPair(msgspec.Struct):
    a: str
    b: str
    value: float | None


class CommonMember(msgspec.Struct):
    letter: str
    region: str
    class_id: int
    likeness: float


class CommonVote(msgspec.Struct):
    """What was said to one question: `said` by letter. `value` null in a conflict."""

    name: str
    value: Any
    agreed: bool
    said: dict[str, Any]


class CommonRegion(msgspec.Struct):
    """A thing that answers have in common. Of a conflict `region` is the best guess, and `why` says what is not agreed."""

    region: AnyRegion
    agreed: bool
    why: list[str]
    members: list[CommonMember]
    missing: list[str]
    support: float
    likeness: float | None
    method: str
    votes: list[CommonVote]


class ConsensusRef(msgspec.Struct):
    id: int
    revision: int
    state: Literal["stands", "undone", "replaced"]
    agreed: int
    conflicts: int
    created_at: datetime


class TaskAnswersOut(msgspec.Struct):
    """All answers to a task side by side. `regions` and `items`: what they have in common; null while the reader may not
    see every answer."""

    task: int
    blind: bool
    answers: list[TaskAnswer]
    pairs: list[TaskPair]
    regions: list[CommonRegion] | None
    items: list[CommonVote] | None
    consensus: ConsensusRef | None
    agreement: float | None


class AskedJob(msgspec.Struct):
    job: JobOut


class ConsensusRunIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Make the consensus of tasks that are in conflict or done. `method`, `threshold` and `by_class` as in a workflow."""

    which: list[Literal["conflict", "done"]]
    method: Literal["champion", "majority", "box_fusion", "medoid", "pixel_vote", "staple", "dawid_skene"] = "majority"
    threshold: float = 0.5
    by_class: dict[str, float] = {}


class UndoRunIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Take back all that the run of this job made."""

    job: int


class UndoneOut(msgspec.Struct):
    task: int
    task_state: str
