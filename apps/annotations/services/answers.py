"""Writing the answers to the questions about a whole image in one go, as a page of pictures does."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

import msgspec

from apps.accounts.models import User
from apps.annotations.models import Annotation
from apps.annotations.queries import iter_document
from apps.annotations.services.edits import save_edits
from apps.core.errors import Invalid
from domain.schema.structs import Value


def write_answers(*, user: User, annotation: Annotation, answers: Mapping[str, Value], session: str) -> None:
    """Make these the draft's answers: others are deleted, equal ones left. The caller holds the locks of the work.

    Raises:
        Invalid: the schema does not take one of them; nothing is saved.
        As `save_edits`.
    """
    standing = {entry.id: entry for entry in iter_document(annotation) if entry.kind == "answer"}
    edits: list[dict[str, object]] = [
        {"id": str(uuid4()), "op": "delete", "kind": "answer", "element_id": name, "over": entry.version}
        for name, entry in standing.items()
        if answers.get(name) is None
    ]
    for name, value in answers.items():
        before = standing.get(name)
        if value is None or (before is not None and msgspec.json.decode(before.body).get("value") == value):
            continue
        over = before.version if before is not None else None
        edits.append(
            {"id": str(uuid4()), "op": "put", "kind": "answer", "over": over, "answer": {"id": name, "value": value}}
        )
    if not edits:
        return
    body = msgspec.json.encode({"session": session, "edits": edits})
    saved = save_edits(user=user, annotation_id=annotation.pk, data=body)
    if saved.rejected or saved.conflicts:
        faults = [
            {"pointer": f"/answers/{one.element or ''}", "code": one.code, "detail": one.detail}
            for one in saved.rejected
        ]
        raise Invalid(faults[0]["detail"] if faults else "Another window changed an answer meanwhile.", fields=faults)
