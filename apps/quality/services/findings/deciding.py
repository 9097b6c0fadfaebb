"""What people decide about findings: accepted as is, and why; or open after all."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import events
from apps.activity.services import record
from apps.annotations.models import Annotation
from apps.annotations.queries import annotation_for
from apps.annotations.services.draft_checks import answer_line
from apps.core.errors import Conflict, Invalid
from apps.core.permissions import Action
from apps.projects.access import project_for
from apps.quality.models import Finding
from apps.quality.queries.findings import FindingFilter, findings_visible, narrowed
from apps.quality.services.findings.recording import Key, key_of
from domain import checks

MOST = 20_000  # findings that one decision may be about


@transaction.atomic
def decide(
    *, user: User, project_id: int, ids: list[int] | None, wanted: FindingFilter | None, state: str, reason: str
) -> list[int]:
    """Accept findings as they are, or open accepted ones again; returns the ids of those that changed.

    Raises:
        Invalid: neither or both of ids and filter, too many, or an acceptance without a reason.
    """
    access = project_for(user, project_id, Action.REVIEW)
    if (ids is None) == (wanted is None):
        raise Invalid("Name the findings either by `ids` or by `filter`.")
    if state == Finding.State.ACCEPTED and not reason.strip():
        raise Invalid("Say why.", fields=[{"pointer": "/reason", "code": "missing", "detail": "is empty"}])
    rows = findings_visible(access)
    rows = rows.filter(pk__in=ids) if ids is not None else narrowed(rows, wanted or FindingFilter())
    before = Finding.State.OPEN if state == Finding.State.ACCEPTED else Finding.State.ACCEPTED
    found = list(rows.filter(state=before).order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(found) > MOST:
        raise Invalid(f"More than {MOST:,} findings: narrow the filter.")
    accepted = state == Finding.State.ACCEPTED
    Finding.objects.filter(pk__in=found).update(
        state=state,
        decided_by=user if accepted else None,
        decided_at=timezone.now() if accepted else None,
        reason=reason.strip()[:500] if accepted else "",
        updated_at=timezone.now(),
    )
    if found:
        record(
            organisation_id=access.project.organisation_id,
            project_id=project_id,
            verb=f"findings.{'accepted' if accepted else 'opened'}",
            actor=user,
            details={"findings": len(found), "reason": reason.strip()[:500]},
        )
        events.publish(f"project:{project_id}", "findings.changed", {"project": project_id})
    return found


@transaction.atomic
def keep_while_drawing(
    *, user: User, annotation_id: int, finding: checks.Finding, class_id: int | None, reason: str = ""
) -> None:
    """An annotator or reviewer keeps what a check complains about: it is not told again, and stands as accepted by them.

    Raises:
        NotFound: no such draft of theirs.
        Conflict: the rule stops a submit: it is passed at submit, with a reason.
    """
    annotation = annotation_for(user, annotation_id)
    project_for(user, annotation.project_id, Action.ANNOTATE)
    if annotation.author_id != user.pk or annotation.state != Annotation.State.DRAFT:
        raise Conflict("Only who draws keeps a finding, and only until the work is submitted.")
    if finding.rule not in checks.RULES:
        raise Invalid(f"There is no check {finding.rule[:40]!r}.")
    if finding.blocks:
        raise Conflict("This check stops a submit. Submit with a reason instead.")
    answer_id, author_id = answer_line(annotation)
    key: Key = key_of(finding)
    Finding.objects.update_or_create(
        task_id=annotation.task_id,
        answer_id=answer_id,
        rule=key.rule,
        element_id=key.element,
        other_id=key.other,
        at=key.at,
        defaults={
            "project_id": annotation.project_id,
            "severity": finding.severity,
            "detail": finding.detail[:500],
            "values": finding.values,
            "class_id": class_id,
            "person_id": author_id,
            "state": Finding.State.ACCEPTED,
            "decided_by": user,
            "decided_at": timezone.now(),
            "reason": reason[:500],
        },
    )
