"""All cheap rules over a document as it stands: what a reviewer, or who opens work again, is shown at once."""

from __future__ import annotations

from apps.annotations.models import Annotation
from apps.annotations.queries import iter_document
from apps.annotations.services.judging import Judge
from apps.assets.models import Asset
from apps.projects.models import Project
from domain import checks

MOST_REGIONS = 1_000  # more are checked by the edits that touch them, and at submit
BUDGET_MS = 20.0


def check_document(*, annotation: Annotation, project: Project, asset: Asset) -> list[checks.Finding]:
    """Findings on the regions of a draft or submitted answer; none for one that is too large to look through in a claim."""
    if annotation.version == 0 and annotation.base_id is None:
        return []
    judge = Judge.of(project, asset)
    regions = []
    for entry in iter_document(annotation):
        if entry.kind == "region":
            regions.append(Judge.decode_region(entry.body))
        if len(regions) > MOST_REGIONS:
            return []
    found, _ = checks.run(regions, [], context=judge.context, budget_ms=BUDGET_MS)
    return found
