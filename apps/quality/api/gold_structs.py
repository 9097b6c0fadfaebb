"""What the endpoints of gold and hidden tests take and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from apps.annotations.api.structs import AnyElement
from apps.core.people import Person
from apps.quality.api.planted import PlantedReport
from domain.elements.structs import Answer, AnyRegion

Note = Annotated[str, msgspec.Meta(max_length=500)]
ConsequenceName = Literal["notify", "pause", "retrain"]


class GoldIn(msgspec.Struct, kw_only=True):
    """Mark a `revision`, or bring a reference for a `task`: its regions and answers, or `outcome` empty without any."""

    revision: int | None = None
    task: int | None = None
    regions: Annotated[list[AnyRegion], msgspec.Meta(max_length=5000)] = []
    answers: Annotated[list[Answer], msgspec.Meta(max_length=1000)] = []
    outcome: Literal["labelled", "empty"] = "labelled"
    note: Note = ""


class GoldOut(msgspec.Struct):
    """One trusted answer. `problem` says why no tests are made of it; `gone_classes`: classes that nobody can choose now."""

    id: int
    task: int
    task_number: int
    name: str
    thumb: str
    revision: int
    version: int
    state: Literal["active", "retired"]
    outcome: str
    region_count: int
    classes: list[int]
    note: str
    problem: Literal["classes_gone", "asset_in_trash"] | None
    gone_classes: list[int]
    placed: int
    answered: int
    created_by: Person | None
    created_at: datetime
    retired_at: datetime | None
    web_url: str


class Figure(msgspec.Struct):
    """A figure with its 95 % interval; null with a reason."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None
    method: str


class ClassAccuracy(msgspec.Struct):
    class_id: int  # 0: questions about the item
    name: str
    color: str
    accuracy: Figure
    correct: int
    things: int


class LeakOut(msgspec.Struct):
    """Gold against judged work. `suspected`: the whole interval of the difference lies above 0.1."""

    gold: float
    work: float
    work_n: int
    low: float
    high: float
    suspected: bool


class PersonGold(msgspec.Struct):
    """Somebody's hidden tests. `acts`: n is great enough for consequences."""

    person: Person
    accuracy: Figure
    classes: list[ClassAccuracy]
    faults: dict[str, int]
    last: datetime | None
    acts: bool
    leak: LeakOut | None


class GoldReport(msgspec.Struct):
    """`usable`: gold that tests are made of; `waiting` in the queue; `begun` or answered. A `share` above `advised` wants more
    gold: people soon have had it all, and tests come mostly at the beginning. `covered`: the share of the next tasks whose
    pictures have a format and size that gold has too; tests stand only there. Null of an empty queue."""

    people: list[PersonGold]
    reviewers: list[PersonGold]  # share of known faults in answers to tests that each found
    planted: PlantedReport
    classes: list[ClassAccuracy]
    usable: int
    waiting: int
    begun: int
    share: float
    advised: float
    covered: float | None
    target: float
    fewest: int


class ConsequenceOut(msgspec.Struct):
    """What was done, with the evidence it rests on."""

    id: int
    person: Person | None
    kind: ConsequenceName
    state: Literal["active", "lifted"]
    accuracy: Figure
    target: float
    faults: dict[str, int]
    created_at: datetime
    lifted_at: datetime | None
    lifted_by: Person | None
    lifted_reason: str


class LiftIn(msgspec.Struct):
    reason: Note = ""


class OwnTest(msgspec.Struct):
    """One hidden test that the caller has answered, as far as the project tells."""

    id: int
    task: int
    name: str
    thumb: str
    score: float
    at: datetime
    faults: dict[str, int] | None
    yours: list[AnyElement] | None
    gold: list[AnyElement] | None
    wrong: list[str]  # ids of the caller's regions and of gold regions that a fault names


class OwnTests(msgspec.Struct):
    """`feedback` none: nothing is told."""

    feedback: Literal["none", "score", "hints", "full"]
    accuracy: Figure | None
    tests: list[OwnTest]
    next: str | None
