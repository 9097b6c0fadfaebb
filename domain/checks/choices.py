"""What a project chose for its checks: which rules run, how grave each is, and what the rules over a whole item ask."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Level = Literal["info", "warning", "stop"]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
MOST_LINES = 200


class Rule(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """One rule. `level` None: as the rule itself says; `parameters` stand in for the rule's defaults."""

    on: bool = True
    level: Level | None = None
    parameters: dict[str, float] = {}


class Wanted(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How many regions of a class an item has: at least `least` and, where given, at most `most`."""

    class_id: int = msgspec.field(name="class")
    least: Count = 0
    most: Count | None = None

    def __post_init__(self) -> None:
        if self.most is not None and self.most < self.least:
            raise ValueError(f"`most` ({self.most}) is less than `least` ({self.least})")


class Apart(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Two classes that are never in one item."""

    class_id: int = msgspec.field(name="class")
    other: int

    def __post_init__(self) -> None:
        if self.class_id == self.other:
            raise ValueError("a class cannot be kept apart from itself: say how many there may be instead")


class Naming(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a text attribute looks like: `*` any text, `?` one character, `[0-9]` one of these.

    No regular expressions: they can take forever on a server.
    """

    attribute: Name
    pattern: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Choices(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Everything a project chose. The empty one lets every rule do as it says."""

    rules: dict[str, Rule] = {}
    counts: Annotated[list[Wanted], msgspec.Meta(max_length=MOST_LINES)] = []
    apart: Annotated[list[Apart], msgspec.Meta(max_length=MOST_LINES)] = []
    names: Annotated[list[Naming], msgspec.Meta(max_length=MOST_LINES)] = []

    def runs(self, code: str) -> bool:
        rule = self.rules.get(code)
        return rule is None or rule.on

    def value(self, code: str, name: str, default: float) -> float:
        rule = self.rules.get(code)
        return default if rule is None else rule.parameters.get(name, default)


DEFAULT = Choices()
