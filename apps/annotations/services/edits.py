"""Saving: edits of elements, each accepted, in conflict or rejected for itself. What is acknowledged is committed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction

from apps.accounts.models import User
from apps.annotations.errors import Finished, NotYourDraft
from apps.annotations.models import Annotation
from apps.annotations.services.draft_checks import ask_for_draft
from apps.annotations.services.judging import Judge, Refused
from apps.annotations.services.rows import Row, Written, drop_repeats, standing, store, touching
from apps.annotations.services.saved import Conflicting, Edit, Rejected, Saved, Theirs
from apps.assets.models import Blob
from apps.core.api import invalid_from
from apps.core.errors import Invalid, MalformedJson, TooLarge
from apps.core.permissions import Action
from apps.core.prepared import Statement
from apps.core.rows import columns, instance
from apps.projects.access import ProjectAccess, hidden, project_of
from apps.projects.models import Project
from apps.tasks.errors import ProjectClosed
from apps.tasks.models import Assignment
from domain import checks
from domain.elements import Region

MAX_EDITS_BYTES = settings.LABELWRIGHT_MAX_EDIT_BYTES
CHECK_BUDGET_MS = 10.0


class _Named(msgspec.Struct):
    id: UUID


class _Envelope(msgspec.Struct):
    session: str
    edits: list[msgspec.Raw]
    active_ms: int = 0


_ENVELOPE, _EDIT, _NAMED = msgspec.json.Decoder(_Envelope), msgspec.json.Decoder(Edit), msgspec.json.Decoder(_Named)


def save_edits(*, user: User, annotation_id: int, data: bytes) -> Saved:
    """Save a call's edits into one's own open draft, in one transaction.

    Args:
        data: the body as it came; elements are decoded one by one, so that a bad one fails alone.

    Raises:
        MalformedJson, Invalid, TooLarge: the envelope; nothing is saved.
        NotFound, NotYourDraft, Finished: the draft is not there, not theirs, or frozen.
    """
    envelope = _decoded(data)
    access, annotation, size = _draft(user, annotation_id)
    judge = Judge.sized(access.project, *size)
    rejected: list[Rejected] = []
    edits = [edit for raw in envelope.edits if (edit := _one(raw, rejected)) is not None]
    with transaction.atomic():
        locked = _lock(annotation)
        saved = Saved(access=access, version=locked.version, rejected=rejected)
        fresh = drop_repeats(locked, edits, saved)
        written = _apply(locked, access, judge, envelope.session, fresh, saved)
        if written:
            saved.version = locked.version + 1
            store(
                locked,
                editor_id=user.pk,
                session=envelope.session,
                active_ms=envelope.active_ms,
                written=written,
                saved=saved,
            )
    _check(locked, judge, written, saved)
    if saved.rules_pending:
        ask_for_draft(annotation_id=locked.pk)
    return saved


def _decoded(data: bytes) -> _Envelope:
    try:
        envelope = _ENVELOPE.decode(data)
    except msgspec.ValidationError as error:
        raise invalid_from(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedJson(f"The body is not valid JSON: {error}. Nothing was saved.") from error
    if len(envelope.edits) > settings.LABELWRIGHT_MAX_EDITS:
        raise TooLarge(
            f"{len(envelope.edits)} edits in one call; at most {settings.LABELWRIGHT_MAX_EDITS} are taken. Split it."
        )
    if not 1 <= len(envelope.session) <= 64:
        raise Invalid(
            "`session` must have 1 to 64 characters.",
            fields=[{"pointer": "/session", "code": "length", "detail": "1 to 64"}],
        )
    return envelope


def _one(raw: msgspec.Raw, rejected: list[Rejected]) -> Edit | None:
    """One edit, or a rejection of it; without a readable id no answer could name it, so the call is refused."""
    try:
        return _EDIT.decode(raw)
    except msgspec.ValidationError as error:
        try:
            edit_id = str(_NAMED.decode(raw).id)
        except msgspec.ValidationError:
            raise invalid_from(error) from error
        rejected.append(Rejected(edit_id, "bad_edit", str(error).replace("`", "'")))
        return None


_DRAFT = """
    SELECT a.width, a.height, {annotation} FROM annotations_annotation n
    JOIN tasks_task t ON t.id = n.task_id JOIN assets_asset a ON a.id = t.asset_id WHERE n.id = %s"""
_LOCK = Statement("""
    SELECT state, version, base_id, base_version, edited FROM annotations_annotation WHERE id = %s FOR NO KEY UPDATE""")


@lru_cache(maxsize=1)
def _draft_and_size() -> Statement:
    return Statement(_DRAFT.format(annotation=columns(Annotation, "n")))


def _draft(user: User, annotation_id: int) -> tuple[ProjectAccess, Annotation, tuple[int, int]]:
    """The person's draft, and the width and height of its image."""
    row = _draft_and_size().row([annotation_id])
    if row is None:
        raise hidden("annotation")
    found, _ = instance(Annotation, row, 2)
    access = project_of(user, found.project_id, "annotation", Action.ANNOTATE)
    if found.author_id != user.pk:
        raise NotYourDraft("Only its author edits a draft. Claim work of your own.")
    if access.project.state == Project.State.ARCHIVED:
        raise ProjectClosed("The project is archived: nothing can be changed in it.")
    return access, found, (row[0], row[1])


def _lock(seen: Annotation) -> Annotation:
    """The annotation under lock. The first edit of a draft also marks its assignment, so that a lapse keeps the work."""
    if not seen.edited and seen.assignment_id is not None:
        Assignment.objects.filter(pk=seen.assignment_id, edited=False).update(edited=True)
    row = _LOCK.row([seen.pk])
    if row is None or row[0] != Annotation.State.DRAFT:
        state = row[0] if row else "gone"
        raise Finished(f"This annotation is {state}: finished work cannot be edited. Recall it, or have it sent back.")
    seen.state, seen.version, seen.base_id, seen.base_version, seen.edited = row
    return seen


def _apply(
    annotation: Annotation, access: ProjectAccess, judge: Judge, session: str, edits: list[Edit], saved: Saved
) -> list[Written]:
    """Decide each edit; returns what is to be written."""
    decided: list[tuple[Edit, str, Any, bool]] = []
    for edit in edits:
        try:
            element_id, element, cut = judge.read(edit, saved.findings)
        except Refused as refusal:
            saved.rejected.append(Rejected(str(edit.id), refusal.code, refusal.detail, refusal.element, refusal.at))
            continue
        decided.append((edit, element_id, element, cut))
    _check_blobs(access.project, decided, saved)
    found = standing(annotation, [(element_id, edit.kind) for edit, element_id, _, _ in decided])
    written = []
    for edit, element_id, element, cut in decided:
        key = (element_id, edit.kind)
        row = found.get(key)
        if (row.version if row else None) != edit.over and not (row and row.session == session):
            saved.conflicts.append(Conflicting(str(edit.id), element_id, _theirs(edit.kind, row)))
            continue
        body = judge.encode(element) if element is not None else None
        bounds = judge.bounds(element) if element is not None else None
        found[key] = Row(annotation.version + 1, session, element is None, access.user.pk, body, bounds, element)
        written.append(Written(edit, element_id, found[key], cut))
    return written


def _theirs(kind: str, row: Row | None) -> Theirs:
    """What stands in the way; version 0 and deleted where there is no such element (any more, or ever)."""
    return Theirs(kind, row.version, row.editor_id, row.body) if row else Theirs(kind, 0, None, None)


def _check_blobs(project: Project, decided: list[tuple[Edit, str, Any, bool]], saved: Saved) -> None:
    """Geometry that stands in a blob must have been uploaded first."""
    wanted = {position: blob for position, (_, _, element, _) in enumerate(decided) if (blob := _blob(element))}
    if not wanted:
        return
    known = set(
        Blob.objects.filter(project_id=project.pk, sha256__in=set(wanted.values())).values_list("sha256", flat=True)
    )
    for position in sorted(wanted, reverse=True):
        if wanted[position] not in known:
            edit, element_id, _, _ = decided.pop(position)
            detail = (
                f"the blob {wanted[position]} is not uploaded: PUT it to projects/{project.pk}/blobs/{{sha256}} first"
            )
            saved.rejected.append(Rejected(str(edit.id), "unknown_blob", detail, element_id, "geometry/blob"))


def _blob(element: Any) -> str | None:
    return getattr(getattr(element, "geometry", None), "blob", None)


def _check(annotation: Annotation, judge: Judge, written: list[Written], saved: Saved) -> None:
    """The cheap rules on what changed and what it touches; rules that did not fit are named."""
    changed = list(
        {one.row.element.id: one.row.element for one in written if isinstance(one.row.element, Region)}.values()
    )
    if not changed:
        return
    context = judge.context
    near, all_seen = touching(annotation, changed, context)
    found, pending = checks.run(changed, near, context=context, budget_ms=CHECK_BUDGET_MS)
    saved.findings += found
    saved.rules_pending = sorted({*pending, *([] if all_seen else checks.pair_codes(context))})
