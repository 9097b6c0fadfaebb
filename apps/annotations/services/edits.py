"""Saving: edits of elements, each accepted, in conflict or rejected for itself. What is acknowledged is committed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import connection, transaction
from psycopg2 import Binary
from psycopg2.extras import execute_values, register_uuid

from apps.accounts.models import User
from apps.annotations.errors import Finished, NotYourDraft
from apps.annotations.models import Annotation, EditPack
from apps.annotations.queries.documents import Entry, find_in_base
from apps.annotations.services.judging import Judge, Refused
from apps.assets.models import Blob
from apps.core.api import invalid_from
from apps.core.errors import Invalid, MalformedJson, NotFound, TooLarge
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.projects.models import Project
from apps.tasks.errors import ProjectClosed
from apps.tasks.models import Assignment
from domain import checks
from domain.elements import Region

register_uuid()
MAX_EDITS_BYTES = settings.LABELWRIGHT_MAX_EDIT_BYTES
CHECK_BUDGET_MS = 10.0
MOST_TOUCHING = 200  # neighbours that the checks of a save look at
Kind = Literal["region", "track", "keyframe", "answer"]


class Edit(msgspec.Struct):
    """An edit as it is sent; its element is still bytes."""

    id: UUID
    op: Literal["put", "delete"]
    kind: Kind = "region"
    over: int | None = None
    region: msgspec.Raw = msgspec.Raw()
    track: msgspec.Raw = msgspec.Raw()
    keyframe: msgspec.Raw = msgspec.Raw()
    answer: msgspec.Raw = msgspec.Raw()
    element_id: str | None = None


class _Named(msgspec.Struct):
    id: UUID


class _Envelope(msgspec.Struct):
    session: str
    edits: list[msgspec.Raw]
    active_ms: int = 0


_ENVELOPE, _EDIT, _NAMED = msgspec.json.Decoder(_Envelope), msgspec.json.Decoder(Edit), msgspec.json.Decoder(_Named)


@dataclass(frozen=True, slots=True)
class Accepted:
    edit: str
    element: str
    version: int
    changed: Entry | None = None  # stored otherwise than sent


@dataclass(frozen=True, slots=True)
class Theirs:
    kind: str
    version: int
    editor_id: int | None
    body: bytes | None  # None: deleted


@dataclass(frozen=True, slots=True)
class Conflicting:
    edit: str
    element: str
    theirs: Theirs


@dataclass(frozen=True, slots=True)
class Rejected:
    edit: str
    code: str
    detail: str
    element: str | None = None
    at: str = ""


@dataclass(slots=True)
class Saved:
    """The answer to a save."""

    access: ProjectAccess  # decides how other people are named to the person
    version: int
    accepted: list[Accepted] = field(default_factory=list)
    conflicts: list[Conflicting] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    findings: list[checks.Finding] = field(default_factory=list)
    rules_pending: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Row:
    """An element as it stands, or as this call leaves it."""

    version: int
    session: str
    deleted: bool
    editor_id: int | None
    body: bytes | None
    bounds: tuple[float, float, float, float] | None = None
    element: Any = None


def save_edits(*, user: User, annotation_id: int, data: bytes) -> Saved:
    """Save a call's edits into one's own open draft, in one transaction.

    Args:
        data: the body as it came; elements are decoded one by one, so that a bad one fails alone.

    Raises:
        MalformedJson, Invalid, TooLarge: the envelope; nothing is saved.
        NotFound, NotYourDraft, Finished: the draft is not there, not theirs, or frozen.
    """
    envelope = _decoded(data)
    access, annotation = _draft(user, annotation_id)
    judge = Judge.sized(access.project, annotation.asset_width, annotation.asset_height)  # type: ignore[attr-defined]
    rejected: list[Rejected] = []
    edits = [edit for raw in envelope.edits if (edit := _one(raw, rejected)) is not None]
    with transaction.atomic():
        locked = _lock(annotation)
        saved = Saved(access=access, version=locked.version, rejected=rejected)
        fresh = _drop_repeats(locked, edits, saved)
        written = _apply(locked, access, judge, envelope.session, fresh, saved)
        if written:
            saved.version = locked.version + 1
            _store(locked, user, envelope, written, saved)
    _check(locked, judge, written, saved)
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
    SELECT n.*, a.width AS asset_width, a.height AS asset_height FROM annotations_annotation n
    JOIN tasks_task t ON t.id = n.task_id JOIN assets_asset a ON a.id = t.asset_id WHERE n.id = %s"""


def _draft(user: User, annotation_id: int) -> tuple[ProjectAccess, Annotation]:
    found = next(iter(Annotation.objects.raw(_DRAFT, [annotation_id])), None)
    if found is None:
        raise NotFound("There is no such annotation, or you may not see it.")
    try:
        access = project_for(user, found.project_id, Action.ANNOTATE)
    except NotFound:
        raise NotFound("There is no such annotation, or you may not see it.") from None
    if found.author_id != user.pk:
        raise NotYourDraft("Only its author edits a draft. Claim work of your own.")
    if access.project.state == Project.State.ARCHIVED:
        raise ProjectClosed("The project is archived: nothing can be changed in it.")
    return access, found


def _lock(seen: Annotation) -> Annotation:
    """The annotation under lock. The first edit of a draft also marks its assignment, so that a lapse keeps the work."""
    if not seen.edited and seen.assignment_id is not None:
        Assignment.objects.filter(pk=seen.assignment_id, edited=False).update(edited=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT state, version, base_id, base_version, edited FROM annotations_annotation
               WHERE id = %s FOR NO KEY UPDATE""",
            [seen.pk],
        )
        row = cursor.fetchone()
    if row is None or row[0] != Annotation.State.DRAFT:
        state = row[0] if row else "gone"
        raise Finished(f"This annotation is {state}: finished work cannot be edited. Recall it, or have it sent back.")
    seen.state, seen.version, seen.base_id, seen.base_version, seen.edited = row
    return seen


def _drop_repeats(annotation: Annotation, edits: list[Edit], saved: Saved) -> list[Edit]:
    """Answer edits that the log has with their first answer; returns the others, each once."""
    if not edits:
        return []
    known: dict[UUID, Accepted] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT edit_id, element_id, version, kind, CASE WHEN cut THEN body END FROM annotations_edit
               WHERE annotation_id = %s AND edit_id = ANY(%s)""",
            [annotation.pk, [edit.id for edit in edits]],
        )
        for edit_id, element_id, version, kind, body in cursor.fetchall():
            changed = Entry(element_id, kind, version, bytes(body)) if body is not None else None
            known[edit_id] = Accepted(str(edit_id), element_id, version, changed)
    missing = [edit.id for edit in edits if edit.id not in known]
    if missing and annotation.base_id is not None:
        known |= _packed(annotation.pk, missing)
    fresh: dict[UUID, Edit] = {}
    for edit in edits:
        if edit.id in known:
            saved.accepted.append(known[edit.id])
        else:
            fresh.setdefault(edit.id, edit)
    return list(fresh.values())


def _packed(annotation_id: int, ids: list[UUID]) -> dict[UUID, Accepted]:
    """Edits that were packed at an earlier submit."""
    found = {}
    for pack in EditPack.objects.filter(annotation_id=annotation_id, edit_ids__overlap=ids):
        for row in msgspec.json.decode(zlib.decompress(bytes(pack.body))):
            if UUID(row["id"]) in ids:
                found[UUID(row["id"])] = Accepted(row["id"], row["element"], row["version"])
    return found


def _apply(
    annotation: Annotation, access: ProjectAccess, judge: Judge, session: str, edits: list[Edit], saved: Saved
) -> list[tuple[Edit, str, _Row, bool]]:
    """Decide each edit; returns what is to be written: (edit, element id, row, whether it was cut)."""
    decided: list[tuple[Edit, str, Any, bool]] = []
    for edit in edits:
        try:
            element_id, element, cut = judge.read(edit, saved.findings)
        except Refused as refusal:
            saved.rejected.append(Rejected(str(edit.id), refusal.code, refusal.detail, refusal.element, refusal.at))
            continue
        decided.append((edit, element_id, element, cut))
    _check_blobs(access.project, decided, saved)
    standing = _standing(annotation, [(element_id, edit.kind) for edit, element_id, _, _ in decided])
    written = []
    for edit, element_id, element, cut in decided:
        key = (element_id, edit.kind)
        row = standing.get(key)
        if (row.version if row else None) != edit.over and not (row and row.session == session):
            saved.conflicts.append(Conflicting(str(edit.id), element_id, _theirs(edit.kind, row)))
            continue
        body = judge.encode(element) if element is not None else None
        bounds = judge.bounds(element) if element is not None else None
        standing[key] = _Row(annotation.version + 1, session, element is None, access.user.pk, body, bounds, element)
        written.append((edit, element_id, standing[key], cut))
    return written


def _theirs(kind: str, row: _Row | None) -> Theirs:
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


def _standing(annotation: Annotation, keys: list[tuple[str, str]]) -> dict[tuple[str, str], _Row]:
    """Elements as they stand: their rows, else those of the base."""
    if not keys:
        return {}
    found: dict[tuple[str, str], _Row] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT element_id, kind, version, session, deleted, editor_id, body FROM annotations_element
               WHERE annotation_id = %s AND kind = ANY(%s) AND element_id = ANY(%s)""",
            [annotation.pk, sorted({kind for _, kind in keys}), [element_id for element_id, _ in keys]],
        )
        for element_id, kind, version, session, deleted, editor_id, body in cursor.fetchall():
            kept = None if deleted or body is None else bytes(body)
            found[element_id, kind] = _Row(version, session, deleted, editor_id, kept)
    rest = [key for key in dict.fromkeys(keys) if key not in found]
    for key, body in find_in_base(annotation.base, rest).items():
        author = annotation.base.author_id if annotation.base else None
        found[key] = _Row(annotation.base_version, "", False, author, body)
    return found


_ELEMENTS = """
    INSERT INTO annotations_element (annotation_id, element_id, kind, version, session, deleted, editor_id, bounds, body)
    VALUES %s ON CONFLICT (annotation_id, kind, element_id) DO UPDATE
       SET version = EXCLUDED.version, session = EXCLUDED.session, deleted = EXCLUDED.deleted, editor_id = EXCLUDED.editor_id,
           bounds = EXCLUDED.bounds, body = EXCLUDED.body"""
_EDITS = """
    INSERT INTO annotations_edit (annotation_id, edit_id, element_id, kind, op, over, version, body, cut, created_at)
    VALUES %s"""


def _store(
    annotation: Annotation, user: User, envelope: _Envelope, written: list[tuple[Edit, str, _Row, bool]], saved: Saved
) -> None:
    """Elements, log and the annotation's version, in three statements."""
    version = saved.version
    last = {(element_id, edit.kind): row for edit, element_id, row, _ in written}
    elements = [
        (
            annotation.pk,
            element_id,
            kind,
            version,
            row.session,
            row.deleted,
            user.pk,
            list(row.bounds) if row.bounds else None,
            _binary(row),
        )
        for (element_id, kind), row in last.items()
    ]
    log = [
        (annotation.pk, edit.id, element_id, edit.kind, edit.op, edit.over, version, _binary(row), cut)
        for edit, element_id, row, cut in written
    ]
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor, _ELEMENTS, elements, template="(%s,%s,%s,%s,%s,%s,%s,%s::float8[],%s)", page_size=1000
        )
        execute_values(cursor.cursor, _EDITS, log, template="(%s,%s,%s,%s,%s,%s,%s,%s,%s,now())", page_size=1000)
        cursor.execute(
            """UPDATE annotations_annotation SET version = %s, edited = true, active_ms = active_ms + %s, updated_at = now()
               WHERE id = %s""",
            [version, max(0, min(envelope.active_ms, 86_400_000)), annotation.pk],
        )
    for edit, element_id, row, cut in written:
        changed = Entry(element_id, edit.kind, version, row.body) if cut and row.body is not None else None
        saved.accepted.append(Accepted(str(edit.id), element_id, version, changed))


def _binary(row: _Row) -> Any:
    return Binary(row.body) if row.body is not None else None


def _check(annotation: Annotation, judge: Judge, written: list[tuple[Edit, str, _Row, bool]], saved: Saved) -> None:
    """The cheap rules on what changed and what it touches; rules that did not fit are named."""
    changed = list(
        {row.element.id: row.element for _, _, row, _ in written if isinstance(row.element, Region)}.values()
    )
    if not changed:
        return
    touching, all_seen = _touching(annotation, changed)
    found, pending = checks.run(
        changed,
        touching,
        schema=judge.schema,
        width=judge.width,
        height=judge.height,
        amodal=judge.amodal,
        budget_ms=CHECK_BUDGET_MS,
    )
    saved.findings += found
    pairs = [code for code, rule in checks.RULES.items() if hasattr(rule, "check_pair")]
    saved.rules_pending = sorted({*pending, *([] if all_seen else pairs)})


def _touching(annotation: Annotation, changed: list[Region]) -> tuple[list[Region], bool]:
    """Other changed regions whose bounds touch these, and whether that is all there could be."""
    boxes = [bounds for region in changed if (bounds := region.geometry.bounds()) is not None]
    if not boxes or len(changed) > MOST_TOUCHING:
        return [], False
    x0, y0 = min(b[0] for b in boxes), min(b[1] for b in boxes)
    x1, y1 = max(b[2] for b in boxes), max(b[3] for b in boxes)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT body FROM annotations_element
               WHERE annotation_id = %s AND kind = 'region' AND NOT deleted AND bounds[1] <= %s AND bounds[3] >= %s
                 AND bounds[2] <= %s AND bounds[4] >= %s AND NOT (element_id = ANY(%s)) LIMIT %s""",
            [annotation.pk, x1, x0, y1, y0, [str(region.id) for region in changed], MOST_TOUCHING + 1],
        )
        rows = cursor.fetchall()
    found = [Judge.decode_region(bytes(body)) for (body,) in rows[:MOST_TOUCHING]]
    return found, len(rows) <= MOST_TOUCHING and annotation.base_id is None
