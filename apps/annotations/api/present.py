"""Drafts, revisions and saved edits as structs."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Iterator
from typing import Any, cast
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from rest_framework.request import Request

from apps.accounts.models import User
from apps.annotations.api import structs
from apps.annotations.models import Annotation, Revision
from apps.annotations.queries import (
    Entry,
    changes_since,
    elements_of,
    iter_document,
    iter_revision,
    removed_regions,
)
from apps.annotations.services import Saved
from apps.core.errors import Invalid
from apps.core.numbers import whole, whole_between
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.projects.queries import version_number
from apps.tasks.api.naming import names
from domain import checks
from domain.elements import bounds_of, decode

ELEMENTS_A_PAGE, MOST_A_PAGE = 2_000, 5_000


def edits_out(saved: Saved) -> structs.EditsOut:
    """The answer to a save."""
    people = names(saved.access, {c.theirs.editor_id for c in saved.conflicts})
    return structs.EditsOut(
        version=saved.version,
        accepted=[
            structs.AcceptedEdit(id=a.edit, element=a.element, version=a.version, changed=_entry(a.changed))
            for a in saved.accepted
        ],
        conflicts=[
            structs.ConflictingEdit(
                id=c.edit,
                element=c.element,
                theirs=structs.Theirs(
                    kind=cast(Any, c.theirs.kind),
                    version=c.theirs.version,
                    deleted=c.theirs.body is None,
                    editor=people.get(c.theirs.editor_id),
                    element=msgspec.Raw(c.theirs.body) if c.theirs.body is not None else None,
                ),
            )
            for c in saved.conflicts
        ],
        rejected=[
            structs.RejectedEdit(id=r.edit, code=r.code, detail=r.detail, element=r.element, at=r.at)
            for r in saved.rejected
        ],
        findings=findings(saved.findings),
        rules_pending=saved.rules_pending,
    )


def _entry(entry: Entry | None) -> Any:
    return msgspec.Raw(entry.document()) if entry is not None else None


def findings(found: Iterable[checks.Finding]) -> list[structs.Finding]:
    """Findings with the place that they point at, where they say one."""
    return [_finding(finding) for finding in found]


def _finding(finding: checks.Finding) -> structs.Finding:
    x, y = _place(finding.at)
    return structs.Finding(
        rule=finding.rule,
        code=finding.rule,
        detail=finding.detail,
        severity=finding.severity,
        element=finding.element or None,
        other=finding.other,
        at=finding.at,
        x=x,
        y=y,
        blocks=finding.blocks,
        values=finding.values,
        box=list(finding.box) if finding.box is not None else None,
    )


def _place(at: str) -> tuple[float | None, float | None]:
    try:
        x, y = at.split(",")
        return float(x), float(y)
    except ValueError:
        return None, None


def revision_out(revision: Revision, people: dict[Any, Any]) -> structs.RevisionOut:
    return structs.RevisionOut(
        id=revision.pk,
        number=revision.number,
        task=revision.task_id,
        project=revision.project_id,
        annotation=revision.annotation_id,
        kind=cast(Any, revision.kind),
        stage=revision.stage,
        author=people.get(revision.author_id),
        outcome=cast(Any, revision.outcome),
        outcome_reason=revision.outcome_reason,
        passed_reason=revision.passed_reason,
        sha256=revision.sha256,
        element_count=revision.element_count,
        region_count=revision.region_count,
        class_counts=revision.class_counts,
        answers=revision.answers,
        schema_version=version_number("schema", revision.schema_version_id) or 0,
        guideline_version=version_number("guideline", revision.guideline_version_id),
        workflow_version=version_number("workflow", revision.workflow_version_id) or 0,
        active_ms=revision.active_ms,
        wall_ms=revision.wall_ms,
        based_on=revision.annotation.based_on_id,
        bulk_change=revision.bulk_change_id,
        created_at=revision.created_at,
        web_url=f"/tasks/{revision.task_id}",
    )


def revisions(
    rows: Iterable[Revision], *, user: User, access: ProjectAccess | None = None
) -> list[structs.RevisionOut]:
    """Revisions of one project, each with its annotation."""
    rows = list(rows)
    if not rows:
        return []
    access = access or project_for(user, rows[0].project_id, Action.REVISIONS_VIEW)
    people = names(access, [revision.author_id for revision in rows])
    return [revision_out(revision, people) for revision in rows]


def inline(entries: Iterator[Entry]) -> tuple[Any, int]:
    """The elements that may come along, and how many were read."""
    return elements_of(entries, most=settings.LABELWRIGHT_INLINE_ELEMENTS, most_bytes=settings.LABELWRIGHT_INLINE_BYTES)


def revision_document(revision: Revision, *, user: User) -> structs.RevisionDocument:
    elements, _ = inline(iter_revision(revision))
    url = None if elements is not None else f"/api/v1/revisions/{revision.pk}/elements"
    return structs.RevisionDocument(
        revision=revisions([revision], user=user)[0],
        elements=elements,
        elements_url=url,
        removed=revision.annotation.removed,
    )


def annotation_document(
    annotation: Annotation, *, user: User, access: ProjectAccess | None = None
) -> structs.AnnotationDocument:
    """A draft or a submitted answer with what its elements are now."""
    access = access or project_for(user, annotation.project_id, Action.REVISIONS_VIEW)
    fresh = annotation.version == 0 and annotation.base_id is None  # nothing can be in it
    elements, count = ([], 0) if fresh else inline(iter_document(annotation))
    return structs.AnnotationDocument(
        id=annotation.pk,
        task=annotation.task_id,
        kind=cast(Any, annotation.kind),
        state=cast(Any, annotation.state),
        version=annotation.version,
        author=names(access, [annotation.author_id]).get(annotation.author_id),
        based_on=annotation.based_on_id,
        edited=annotation.edited,
        active_ms=annotation.active_ms,
        element_count=count if elements is not None else sum(1 for _ in iter_document(annotation)),
        elements=elements,
        elements_url=None if elements is not None else f"/api/v1/annotations/{annotation.pk}/elements",
        removed=[] if fresh else removed_regions(annotation),
    )


def changes(request: Request, annotation: Annotation) -> structs.ChangesOut:
    """What was written since `?since=`, without what the editing session `?session=` wrote itself."""
    since = whole("since", request.query_params.get("since", ""), "a version of the annotation")
    if since < annotation.base_version:  # it was handed in meanwhile: its rows are in a revision now
        return structs.ChangesOut(version=annotation.version, results=[], more=False, stale=True)
    rows, more = changes_since(annotation, since, but=request.query_params.get("session", "")[:64])
    return structs.ChangesOut(
        version=rows[-1].version if more else annotation.version,
        results=[
            structs.ChangedElement(
                kind=cast(Any, row.kind),
                id=row.id,
                version=row.version,
                element=msgspec.Raw(row.body) if row.body is not None else None,
            )
            for row in rows
        ],
        more=more,
        stale=False,
    )


def _bbox(request: Request) -> tuple[float, float, float, float] | None:
    text = request.query_params.get("bbox")
    if not text:
        return None
    try:
        x0, y0, x1, y1 = map(_finite, text.split(","))
    except ValueError:
        raise Invalid(f"`bbox` must be x0,y0,x1,y1 in image pixels, got {text[:80]!r}.") from None
    return x0, y0, x1, y1


def _finite(text: str) -> float:
    """Raises ValueError for what is no number, and for `nan` and `inf`."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _limit(request: Request) -> int:
    return whole_between("limit", request.query_params.get("limit", str(ELEMENTS_A_PAGE)), 1, MOST_A_PAGE)


def element_page(request: Request, entries: Iterator[Entry]) -> structs.ElementPage:
    """A page of elements past `?cursor=`, an element id, or those that touch `?bbox=`."""
    limit, box, after = _limit(request), _bbox(request), _after(request)
    found: list[Any] = []
    last = None
    for entry in entries:
        if after is not None and (entry.id, entry.kind) <= after:
            continue
        if box is not None and not _touches(entry, box):
            continue
        if len(found) == limit:
            return structs.ElementPage(results=found, next=_next(request, cast(Entry, last)))
        found.append(msgspec.Raw(entry.document()))
        last = entry
    return structs.ElementPage(results=found, next=None)


def _next(request: Request, last: Entry) -> str:
    cursor = base64.urlsafe_b64encode(msgspec.json.encode([last.id, last.kind])).decode().rstrip("=")
    return f"{request.path}?{urlencode({**request.query_params.dict(), 'cursor': cursor})}"


def _after(request: Request) -> tuple[str, str] | None:
    cursor = request.query_params.get("cursor")
    if not cursor:
        return None
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=tuple[str, str])
    except (ValueError, msgspec.MsgspecError):
        raise Invalid("`cursor` is not one that this list gave out. Start again without it.") from None


def _touches(entry: Entry, box: tuple[float, float, float, float]) -> bool:
    bounds = bounds_of(decode(entry.kind, entry.body))
    return (
        bounds is not None
        and bounds[0] <= box[2]
        and bounds[2] >= box[0]
        and bounds[1] <= box[3]
        and bounds[3] >= box[1]
    )
