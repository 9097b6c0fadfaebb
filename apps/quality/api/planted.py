"""Planted faults: what of them reviewers found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from apps.core.people import Person
from apps.projects.access import ProjectAccess
from apps.projects.queries import workflow_of
from apps.projects.settings import settings_of
from apps.quality.queries.planted import (
    METHOD,
    Found,
    ReviewerFound,
    found_by_reviewer,
    planted_counts,
    trusted_work,
)
from apps.tasks.api.naming import names
from domain.planting import KINDS, FaultKind


class FoundFaults(msgspec.Struct):
    """How many planted faults were found, as a share with its exact 95 % interval (Clopper and Pearson); null of none."""

    found: int
    planted: int
    value: float | None
    low: float | None
    high: float | None
    reason: str | None
    method: str


class KindFound(msgspec.Struct):
    kind: FaultKind
    share: FoundFaults


class ReviewerFaults(msgspec.Struct):
    """What a reviewer found of the faults that were planted in work they were given, by kind."""

    person: Person
    overall: FoundFaults
    kinds: list[KindFound]
    last: datetime | None


class PlantedReport(msgspec.Struct):
    """Planted faults: `share` of the review queue, 0 is none. `sources`: trusted work that is left for them; `waiting` in the
    queue or about to come there; `judged`. `reviewed`: the workflow has a review, without which there are none."""

    share: float
    sources: int
    waiting: int
    judged: int
    reviewed: bool
    people: list[ReviewerFaults]
    kinds: list[KindFound]


def planted_out(access: ProjectAccess) -> PlantedReport:
    """The report of a project, for who may know of tests."""
    share, people = settings_of(access.project).hidden_tests.faults, found_by_reviewer(access.project.pk)
    counted = planted_counts(access.project.pk)
    shown = names(access, [one.user_id for one in people])
    whole: dict[str, Found] = {}
    for one in people:
        for kind, found in one.kinds.items():
            sums = whole.setdefault(kind, Found())
            sums.found, sums.planted = sums.found + found.found, sums.planted + found.planted
    return PlantedReport(
        share=share,
        sources=len(trusted_work(access.project)) if share else 0,
        waiting=counted["waiting"],
        judged=counted["judged"],
        reviewed=bool(workflow_of(access.project).reviews),
        people=[_reviewer(one, shown[one.user_id]) for one in people if one.user_id in shown],
        kinds=_kinds(whole),
    )


def _reviewer(one: ReviewerFound, person: Person) -> ReviewerFaults:
    return ReviewerFaults(person=person, overall=found_out(one.overall), kinds=_kinds(one.kinds), last=one.last)


def _kinds(found: Mapping[str, Found]) -> list[KindFound]:
    return [KindFound(kind=kind, share=found_out(found[kind])) for kind in KINDS if kind in found]


def found_out(found: Found) -> FoundFaults:
    low, high = found.interval or (None, None)
    return FoundFaults(
        found=found.found,
        planted=found.planted,
        value=found.value,
        low=low,
        high=high,
        reason=None if found.planted else "no_items",
        method=METHOD,
    )
