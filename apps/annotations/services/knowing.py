"""What a project's earlier work tells the checks: read for every save, so kept in the process for a little while."""

from __future__ import annotations

import time

import msgspec

from apps.annotations.models import Annotation, ProjectKnowledge, Revision
from apps.annotations.queries.documents import chunk_bodies
from domain.checks import NOTHING, Known, Reference
from domain.elements import Region, decode_chunk

KEPT_SECONDS = 60.0  # it is measured anew every few minutes
_kept: dict[int, tuple[float, Known]] = {}
MOST_KEPT = 256


def known_of(project_id: int) -> Known:
    """The project's knowledge as it was last measured; at most a minute old."""
    found = _kept.get(project_id)
    now = time.monotonic()
    if found is not None and found[0] > now:
        return found[1]
    body = ProjectKnowledge.objects.filter(project_id=project_id).values_list("body", flat=True).first()
    known = msgspec.convert(body, Known, strict=False) if body else NOTHING
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[project_id] = now + KEPT_SECONDS, known
    return known


def keep_known(*, project_id: int, known: Known) -> None:
    """Write what was measured."""
    ProjectKnowledge.objects.update_or_create(project_id=project_id, defaults={"body": msgspec.to_builtins(known)})
    _kept.pop(project_id, None)


def predicted(base: Revision | None) -> list[Reference]:
    """Regions that a model drew and an import brought to begin from. Gold is never told to who labels."""
    if base is None or base.kind != Annotation.Kind.IMPORT:
        return []
    found = []
    for body in chunk_bodies(base.chunks):
        for entry in decode_chunk(body):
            one = entry.element
            if isinstance(one, Region) and one.score is not None and (bounds := one.geometry.bounds()) is not None:
                found.append(Reference(one.class_id, bounds, "prediction", one.score))
    return found
