"""Findings of revisions as rows: what is new is opened, what is gone is fixed, what was accepted stays so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from apps.activity import events
from apps.annotations.models import Annotation, Revision
from apps.annotations.queries import find_in_base, iter_revision
from apps.annotations.services.draft_checks import answer_line, revision_findings
from apps.quality.models import Finding
from domain import checks
from domain.checks import Reference
from domain.elements import Region, bounds_of, decode

SYMMETRIC = frozenset(("duplicate", "forbidden_combination"))
NAMED = frozenset(("missing_attribute", "naming", "wrong_count"))  # rules whose `at` tells one finding from another


class Key(NamedTuple):
    """What makes a finding the same one in another revision."""

    rule: str
    element: str
    other: str
    at: str


@dataclass(frozen=True, slots=True)
class Place:
    """Class and bounds of an element."""

    class_id: int
    bounds: list[float] | None


def key_of(finding: checks.Finding) -> Key:
    element, other = finding.element, finding.other or ""
    if finding.rule in SYMMETRIC and other:
        element, other = sorted((element, other))
    return Key(finding.rule, element, other, finding.at[:120] if finding.rule in NAMED else "")


@transaction.atomic
def record_revisions(*, revisions: Sequence[Revision]) -> int:
    """Check revisions of one project and keep what is found; returns how many findings are open in them.

    Each with its task's asset, project and annotation. Again it changes nothing.
    """
    if not revisions:
        return 0
    gold = _gold(revisions)
    known: dict[tuple[int, int], dict[Key, Finding]] = {}
    for row in Finding.objects.select_for_update().filter(task__in={r.task_id for r in revisions}):
        own = known.setdefault((row.task_id, row.answer_id), {})
        own[Key(row.rule, row.element_id, row.other_id, row.at)] = row
    fresh: list[Finding] = []
    changed: list[Finding] = []
    open_now = 0
    for revision in revisions:
        found = revision_findings(
            project=revision.project,
            asset=revision.task.asset,
            revision=revision,
            gold=gold.get(revision.task_id, []),
        )
        answer_id, author_id = answer_line(revision.annotation)
        rows = known.get((revision.task_id, answer_id), {})
        by_key = {key_of(one): one for one in found}
        places = _places(revision, {key.element for key in by_key if key not in rows})
        for key, one in by_key.items():
            standing = rows.get(key)
            if standing is None:
                fresh.append(_row(revision, answer_id, author_id, key, one, places.get(key.element)))
            elif _seen(standing, revision, one):
                changed.append(standing)
        changed += _gone(rows, by_key, revision)
        open_now += sum(key not in rows or rows[key].state == Finding.State.OPEN for key in by_key)
    Finding.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=1_000)
    if changed:
        fields = ["state", "revision_id", "severity", "blocks", "detail", "values", "updated_at"]
        Finding.objects.bulk_update(changed, fields, batch_size=500)
    if fresh or changed:
        project = revisions[0].project_id
        events.publish(f"project:{project}", "findings.changed", {"project": project})
    return open_now


def _row(
    revision: Revision, answer_id: int, author_id: int | None, key: Key, one: checks.Finding, place: Place | None
) -> Finding:
    return Finding(
        project_id=revision.project_id,
        task_id=revision.task_id,
        answer_id=answer_id,
        revision_id=revision.pk,
        rule=key.rule,
        element_id=key.element,
        other_id=key.other,
        at=key.at,
        severity=one.severity,
        blocks=one.blocks,
        detail=one.detail[:500],
        values=one.values,
        class_id=place.class_id if place else None,
        bounds=place.bounds if place else None,
        by_gold=one.values.get("by") == "gold",
        person_id=author_id,
    )


def _seen(row: Finding, revision: Revision, one: checks.Finding) -> bool:
    """The finding is still there, or is back; whether the row changed."""
    before = (row.state, row.revision_id, row.severity, row.blocks, row.detail)
    if row.state == Finding.State.FIXED:
        row.state = Finding.State.OPEN
    row.revision_id, row.severity, row.blocks = revision.pk, one.severity, one.blocks
    row.detail, row.values = one.detail[:500], one.values
    row.updated_at = timezone.now()
    return before != (row.state, row.revision_id, row.severity, row.blocks, row.detail)


def _gone(rows: dict[Key, Finding], found: Iterable[Key], revision: Revision) -> list[Finding]:
    """Open findings that this revision does not have any more."""
    still, gone = set(found), []
    for key, row in rows.items():
        if key not in still and row.state == Finding.State.OPEN:
            row.state, row.updated_at = Finding.State.FIXED, timezone.now()
            row.revision_id = revision.pk
            gone.append(row)
    return gone


def _places(revision: Revision, ids: set[str]) -> dict[str, Place]:
    """Class and bounds of the elements that new findings are about."""
    wanted = {element_id for element_id in ids if element_id}
    if not wanted:
        return {}
    bodies = find_in_base(revision, [(element_id, "region") for element_id in sorted(wanted)])
    found = {}
    for (element_id, kind), body in bodies.items():
        region = decode(kind, body)
        if isinstance(region, Region):
            bounds = bounds_of(region)
            found[element_id] = Place(region.class_id, list(bounds) if bounds else None)
    return found


def _gold(revisions: Sequence[Revision]) -> dict[int, list[Reference]]:
    """Trusted regions of the tasks, where there is gold."""
    rows = Revision.objects.filter(task__in={r.task_id for r in revisions}, kind=Annotation.Kind.GOLD)
    found: dict[int, list[Reference]] = {}
    for gold in rows.exclude(annotation__state=Annotation.State.DISCARDED):
        for entry in iter_revision(gold):
            region = decode(entry.kind, entry.body) if entry.kind == "region" else None
            if isinstance(region, Region) and (bounds := bounds_of(region)) is not None:
                found.setdefault(gold.task_id, []).append(Reference(region.class_id, bounds, "gold"))
    return found
