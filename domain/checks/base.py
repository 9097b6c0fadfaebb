"""What rules get and give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from domain.elements.structs import Region
from domain.schema import LabelSchema

from .choices import DEFAULT, Choices, Level

EXEMPT = frozenset(("ignore", "crowd"))  # left out of checks, as they are out of training targets


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an automated check says about an element.

    `blocks` stops a submit. `other` is the second element of a pair; `by` is in pixels, or an IoU for duplicates.
    """

    rule: str
    element: str
    detail: str
    severity: Literal["info", "warning", "error"] = "warning"
    blocks: bool = False
    other: str | None = None
    at: str = ""  # the attribute, or "x,y" in image pixels
    by: float | None = None


class Context(msgspec.Struct, frozen=True):
    """The surroundings of a region: the project's schema and choices, and the image's size in pixels."""

    schema: LabelSchema
    width: float
    height: float
    amodal: bool = False
    choices: Choices = DEFAULT


def exempt(region: Region) -> bool:
    return not EXEMPT.isdisjoint(region.flags)


def levelled(findings: Iterable[Finding], choices: Choices) -> list[Finding]:
    """Findings of the rules that run, each as grave as the project wants it."""
    kept = []
    for finding in findings:
        rule = choices.rules.get(finding.rule)
        if rule is None:
            kept.append(finding)
        elif rule.on:
            kept.append(finding if rule.level is None else _at_level(finding, rule.level))
    return kept


def _at_level(finding: Finding, level: Level) -> Finding:
    severity: Literal["info", "warning", "error"] = "error" if level == "stop" else level
    return msgspec.structs.replace(finding, severity=severity, blocks=level == "stop")
