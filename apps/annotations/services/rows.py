"""The rows behind a draft: elements as they stand, the log of edits, and writing both in one statement."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from psycopg2 import Binary
from psycopg2.extras import register_uuid

from apps.annotations.models import Annotation, EditPack
from apps.annotations.queries.documents import Entry, find_in_base
from apps.annotations.services.judging import Judge
from apps.annotations.services.saved import Accepted, Edit, Saved
from apps.core.prepared import Statement
from domain.checks import Context, pair_window
from domain.elements import Region

register_uuid()
MOST_TOUCHING = 200  # neighbours that the checks of a save look at
MOST_ACTIVE_MS = 86_400_000  # of work that one call can claim: a day


@dataclass(slots=True)
class Row:
    """An element as it stands, or as this call leaves it."""

    version: int
    session: str
    deleted: bool
    editor_id: int | None
    body: bytes | None
    bounds: tuple[float, float, float, float] | None = None
    element: Any = None


@dataclass(frozen=True, slots=True)
class Written:
    """An edit that is to be written, and the element it leaves."""

    edit: Edit
    element_id: str
    row: Row
    cut: bool  # stored otherwise than sent


_LOGGED = Statement("""
    SELECT edit_id, element_id, version, kind, CASE WHEN cut THEN body END FROM annotations_edit
    WHERE annotation_id = %s AND edit_id = ANY(%s::uuid[])""")
_STANDING = Statement("""
    SELECT element_id, kind, version, session, deleted, editor_id, body FROM annotations_element
    WHERE annotation_id = %s AND kind = ANY(%s::varchar[]) AND element_id = ANY(%s::varchar[])""")
_TOUCHING = Statement("""
    SELECT body FROM annotations_element
    WHERE annotation_id = %s AND kind = 'region' AND NOT deleted AND bounds[1] BETWEEN %s AND %s
      AND bounds[2] BETWEEN %s AND %s AND bounds[3] BETWEEN %s AND %s AND bounds[4] BETWEEN %s AND %s
      AND NOT (element_id = ANY(%s::varchar[])) LIMIT %s""")


def drop_repeats(annotation: Annotation, edits: list[Edit], saved: Saved) -> list[Edit]:
    """Answer edits that the log has with their first answer; returns the others, each once."""
    if not edits:
        return []
    known: dict[UUID, Accepted] = {}
    for edit_id, element_id, version, kind, body in _LOGGED.rows([annotation.pk, [edit.id for edit in edits]]):
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


def standing(annotation: Annotation, keys: list[tuple[str, str]]) -> dict[tuple[str, str], Row]:
    """Elements as they stand: their rows, else those of the base."""
    if not keys:
        return {}
    found: dict[tuple[str, str], Row] = {}
    asked = [annotation.pk, sorted({kind for _, kind in keys}), [element_id for element_id, _ in keys]]
    for element_id, kind, version, session, deleted, editor_id, body in _STANDING.rows(asked):
        kept = None if deleted or body is None else bytes(body)
        found[element_id, kind] = Row(version, session, deleted, editor_id, kept)
    rest = [key for key in dict.fromkeys(keys) if key not in found]
    for key, body in find_in_base(annotation.base, rest).items():
        author = annotation.base.author_id if annotation.base else None
        found[key] = Row(annotation.base_version, "", False, author, body)
    return found


# One statement, since each costs a way to the server and back. The arrays are as long as the call has elements and edits.
_STORE = Statement("""
    WITH elements AS (
        INSERT INTO annotations_element
               (annotation_id, element_id, kind, version, session, deleted, editor_id, bounds, body)
        SELECT %(annotation)s, e.id, e.kind, %(version)s, %(session)s, e.body IS NULL, %(editor)s,
               CASE WHEN e.x0 IS NULL THEN NULL ELSE ARRAY[e.x0, e.y0, e.x1, e.y1] END, e.body
        FROM unnest(%(ids)s::varchar[], %(kinds)s::varchar[], %(x0)s::float8[], %(y0)s::float8[], %(x1)s::float8[],
                    %(y1)s::float8[], %(bodies)s::bytea[]) AS e (id, kind, x0, y0, x1, y1, body)
        ON CONFLICT (annotation_id, kind, element_id) DO UPDATE
           SET version = EXCLUDED.version, session = EXCLUDED.session, deleted = EXCLUDED.deleted,
               editor_id = EXCLUDED.editor_id, bounds = EXCLUDED.bounds, body = EXCLUDED.body
    ), log AS (
        INSERT INTO annotations_edit (annotation_id, edit_id, element_id, kind, op, over, version, body, cut, created_at)
        SELECT %(annotation)s, l.edit, l.id, l.kind, l.op, l.over, %(version)s, l.body, l.cut, now()
        FROM unnest(%(log_edits)s::uuid[], %(log_ids)s::varchar[], %(log_kinds)s::varchar[], %(log_ops)s::varchar[],
                    %(log_overs)s::bigint[], %(log_bodies)s::bytea[], %(log_cuts)s::boolean[])
             AS l (edit, id, kind, op, over, body, cut)
    )
    UPDATE annotations_annotation SET version = %(version)s, edited = true, active_ms = active_ms + %(active)s,
           updated_at = now() WHERE id = %(annotation)s""")


def store(
    annotation: Annotation, *, editor_id: int, session: str, active_ms: int, written: list[Written], saved: Saved
) -> None:
    """Write elements, log and the annotation's version, and tell the answer."""
    last = {(one.element_id, one.edit.kind): one.row for one in written}
    corners = [row.bounds or (None, None, None, None) for row in last.values()]
    values: dict[str, Any] = {
        "annotation": annotation.pk,
        "version": saved.version,
        "session": session,
        "editor": editor_id,
        "active": max(0, min(active_ms, MOST_ACTIVE_MS)),
        "ids": [element_id for element_id, _ in last],
        "kinds": [kind for _, kind in last],
        **{side: [box[i] for box in corners] for i, side in enumerate(("x0", "y0", "x1", "y1"))},
        "bodies": [_binary(row) for row in last.values()],
        "log_edits": [one.edit.id for one in written],
        "log_ids": [one.element_id for one in written],
        "log_kinds": [one.edit.kind for one in written],
        "log_ops": [one.edit.op for one in written],
        "log_overs": [one.edit.over for one in written],
        "log_bodies": [_binary(one.row) for one in written],
        "log_cuts": [one.cut for one in written],
    }
    _STORE.do(values)
    for one in written:
        body = one.row.body
        changed = Entry(one.element_id, one.edit.kind, saved.version, body) if one.cut and body is not None else None
        saved.accepted.append(Accepted(str(one.edit.id), one.element_id, saved.version, changed))


def _binary(row: Row) -> Any:
    return Binary(row.body) if row.body is not None else None


def touching(annotation: Annotation, changed: list[Region], context: Context) -> tuple[list[Region], bool]:
    """Regions that could make a pair with one of these, and whether that is all there could be."""
    if len(changed) > MOST_TOUCHING:
        return [], False
    window = pair_window(changed, context)
    if window is None:
        return [], True
    ids = [str(region.id) for region in changed]
    rows = _TOUCHING.rows([annotation.pk, *(limit for side in window for limit in side), ids, MOST_TOUCHING + 1])
    found = [Judge.decode_region(bytes(body)) for (body,) in rows[:MOST_TOUCHING]]
    return found, len(rows) <= MOST_TOUCHING and annotation.base_id is None
