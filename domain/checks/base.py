"""What rules get and give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from domain.elements.structs import Region
from domain.geometry.rings import Bounds
from domain.schema import LabelSchema

from .choices import DEFAULT, Choices, Level
from .usual import Confused, Usual

EXEMPT = frozenset(("ignore", "crowd"))  # left out of checks, as they are out of training targets
Severity = Literal["info", "warning", "error"]


Values = dict[str, str | int | float]


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an automated check says about an element.

    `blocks` stops a submit. `other` is the second element of a pair; `by` is in pixels, or an IoU for duplicates. `values`
    are what the sentence of `detail` is made of, for readers of another language; `box` is where the region would lie if
    the finding were settled.
    """

    rule: str
    element: str
    detail: str
    severity: Severity = "warning"
    blocks: bool = False
    other: str | None = None
    at: str = ""  # the attribute, or "x,y" in image pixels
    by: float | None = None
    values: Values = {}
    box: Bounds | None = None


class Reference(msgspec.Struct, frozen=True):
    """A region that somebody or something else drew of the same item: gold, or a confident prediction."""

    class_id: int
    bounds: Bounds
    by: Literal["gold", "prediction"]
    score: float = 1.0


class Known(msgspec.Struct, frozen=True):
    """What the project's earlier work tells: how regions of a class usually are, and what is taken for what.

    `drawn_share`: of `items` finished items, how many have a region.
    """

    usual: Mapping[int, Usual] = {}
    confused: Mapping[int, Sequence[Confused]] = {}
    items: int = 0
    drawn_share: float = 0.0


NOTHING = Known()


class Context(msgspec.Struct, frozen=True):
    """The surroundings of a region: the project's schema, choices and earlier work, and the image's size in pixels."""

    schema: LabelSchema
    width: float
    height: float
    amodal: bool = False
    choices: Choices = DEFAULT
    known: Known = NOTHING
    references: Sequence[Reference] = ()
    outcome: str = "labelled"


def exempt(region: Region) -> bool:
    return not EXEMPT.isdisjoint(region.flags)


def levelled(findings: Iterable[Finding], choices: Choices, *, level: Level = "warning") -> list[Finding]:
    """Findings of the rules that run, each as grave as the project wants it; `level` where it says nothing."""
    kept = []
    for finding in findings:
        rule = choices.rules.get(finding.rule)
        if rule is None:
            kept.append(_at_level(finding, level))
        elif rule.on:
            kept.append(_at_level(finding, rule.level or level))
    return kept


def _at_level(finding: Finding, level: Level) -> Finding:
    severity: Severity = "error" if level == "stop" else level
    blocks = level == "stop"
    if finding.severity == severity and finding.blocks == blocks:
        return finding
    return msgspec.structs.replace(finding, severity=severity, blocks=blocks)
