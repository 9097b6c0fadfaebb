"""Predicates over a piece of work, as data: which answers a stage is for, and where a stage hands them on to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
ClassIds = Annotated[list[int], msgspec.Meta(min_length=1, max_length=500)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Values = Annotated[list[Annotated[str, msgspec.Meta(max_length=200)]], msgspec.Meta(min_length=1, max_length=100)]


class ClassPresent(
    msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="class_present"
):
    """Any region of one of these classes."""

    classes: ClassIds


class HasFindings(
    msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="has_findings"
):
    """The checks said at least so many things at the submit."""

    at_least: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1


class AgreementBelow(
    msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="agreement_below"
):
    """The answers of the task are less alike than this."""

    value: Share


class ScoreBelow(
    msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="score_below"
):
    """The lowest score of a model's region in it is below this."""

    value: Share


class HasTag(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="has_tag"):
    """The item's metadata has one of these values under the key, as text."""

    key: Key
    values: Values


class AnyOf(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="any_of"):
    of: Annotated[list[Predicate], msgspec.Meta(min_length=1, max_length=20)]


class AllOf(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="all_of"):
    of: Annotated[list[Predicate], msgspec.Meta(min_length=1, max_length=20)]


class Not(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="not"):
    of: Predicate


Predicate = ClassPresent | HasFindings | AgreementBelow | ScoreBelow | HasTag | AnyOf | AllOf | Not


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a piece of work when it is routed. None: not known."""

    classes: frozenset[int] | None = None
    findings: int | None = None
    agreement: float | None = None
    score: float | None = None
    tags: Mapping[str, str] | None = None


UNKNOWN = Facts()


def holds(predicate: Predicate, facts: Facts) -> bool | None:
    """Whether it holds; None where the facts do not tell (Kleene's logic for the connectives)."""
    match predicate:
        case ClassPresent(classes=classes):
            return None if facts.classes is None else not facts.classes.isdisjoint(classes)
        case HasFindings(at_least=least):
            return None if facts.findings is None else facts.findings >= least
        case AgreementBelow(value=value):
            return None if facts.agreement is None else facts.agreement < value
        case ScoreBelow(value=value):
            return None if facts.score is None else facts.score < value
        case HasTag(key=key, values=values):
            return None if facts.tags is None else facts.tags.get(key) in values
        case AnyOf(of=parts):
            found = [holds(part, facts) for part in parts]
            return True if True in found else None if None in found else False
        case AllOf(of=parts):
            found = [holds(part, facts) for part in parts]
            return False if False in found else None if None in found else True
        case Not(of=part):
            inner = holds(part, facts)
            return None if inner is None else not inner


def asks_agreement(predicate: Predicate | None) -> bool:
    """Whether the answer hangs on how alike the answers are, which takes comparing them first."""
    match predicate:
        case AgreementBelow():
            return True
        case AnyOf(of=parts) | AllOf(of=parts):
            return any(asks_agreement(part) for part in parts)
        case Not(of=part):
            return asks_agreement(part)
    return False
