"""Reviewers in figures: what they judged, how fast, and how often they were wrong."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from apps.activity.queries import Sums
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess
from apps.quality.models import AuditItem
from apps.quality.queries.planted import Found, found_by_reviewer
from apps.reviews.models import Review


@dataclass(slots=True)
class Judge:
    """`audited`: verdicts whose work an audit looked at later, `let_through`: of them those where it found a grave defect.
    `planted`: of planted faults; None for who must not know of them."""

    user_id: int
    reviewed: int
    regions: int
    active_ms: int
    overturned: int
    audited: int = 0
    let_through: int = 0
    planted: Found | None = None


def judges_of(access: ProjectAccess, sums: Sums, *, since: date | None) -> list[Judge]:
    """Everybody who gave a verdict, who gave most first."""
    ids = {user_id for (measure, _, user_id), n in sums.items() if measure == "reviewed" and user_id and n}
    audited = audited_verdicts(access.project.pk, since=since)
    knows = access.can(Action.GOLD_VIEW)
    planted = {one.user_id: one.overall for one in found_by_reviewer(access.project.pk, since=since)} if knows else {}
    of: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (measure, key, owner), n in sums.items():
        if owner in ids and (measure != "active_ms" or key == "review"):
            of[owner][measure] += n
    found = []
    for user_id in ids:
        mine = of[user_id]
        looked_at, let_through = audited.get(user_id, (0, 0))
        found.append(
            Judge(
                user_id=user_id,
                reviewed=mine["reviewed"],
                regions=mine["reviewed_regions"],
                active_ms=mine["active_ms"],
                overturned=mine["overturned"],
                audited=looked_at,
                let_through=let_through,
                planted=planted.get(user_id, Found()) if knows else None,
            )
        )
    return sorted(found, key=lambda one: (-one.reviewed, one.user_id))


def audited_verdicts(project_id: int, *, since: date | None = None) -> dict[int, tuple[int, int]]:
    """{reviewer: (their accepted or mended work that audits judged, of it what had a grave defect)}."""
    items = AuditItem.objects.filter(audit__project_id=project_id).exclude(defects=None)
    graves = {pk: any(d["severity"] == "major" for d in defects or []) for pk, defects in items.values_list("revision_id", "defects")}  # fmt: skip
    stood = Q(verdict=Review.Verdict.ACCEPT, revision_id__in=graves) | Q(fix_revision_id__in=graves)
    rows = Review.objects.filter(stood, task__project_id=project_id, sent_back_from__isnull=True)
    if since is not None:
        rows = rows.filter(created_at__date__gte=since)
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for user_id, revision_id, fix_id in rows.values_list("reviewer_id", "revision_id", "fix_revision_id"):
        found[user_id][0] += 1
        found[user_id][1] += graves[fix_id or revision_id]
    return {user_id: (looked_at, grave) for user_id, (looked_at, grave) in found.items()}
