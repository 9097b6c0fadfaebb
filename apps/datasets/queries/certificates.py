"""Certificates of a version: what finished audits say of the very revisions that it holds."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from apps.datasets.models import DatasetVersion, VersionItem
from apps.quality.models import Audit, AuditItem

FINISHED = (Audit.State.ACCEPTED, Audit.State.REJECTED)


@dataclass(frozen=True, slots=True)
class VersionCertificate:
    """An audit whose sample lies in the version: `here` of its `judged` items stand there as they were judged."""

    audit: Audit
    judged: int
    here: int


def certificates_of(version: DatasetVersion) -> list[VersionCertificate]:
    """The newest first. A finished audit and a frozen version never change, so neither does what this answers of the two; an
    audit of what a version holds may come after it."""
    standing = VersionItem.objects.filter(
        version=version, task_id=OuterRef("task_id"), revision_id=OuterRef("revision_id")
    )
    rows = AuditItem.objects.filter(
        audit__project_id=version.project_id, audit__state__in=FINISHED, defects__isnull=False
    )
    counted = rows.annotate(here=Exists(standing)).values("audit_id")
    sums = {
        row["audit_id"]: (row["judged"], row["standing"])
        for row in counted.annotate(judged=Count("pk"), standing=Count("pk", filter=Q(here=True)))
    }
    ids = [pk for pk, (_, here) in sums.items() if here]
    audits = Audit.objects.filter(pk__in=ids).order_by("-number")
    return [VersionCertificate(audit, *sums[audit.pk]) for audit in audits]
