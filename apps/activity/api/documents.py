"""Events as the structs that endpoints answer with."""

from __future__ import annotations

from apps.accounts.models import User
from apps.accounts.queries import people
from apps.activity.api.structs import EventOut
from apps.activity.models import Event


def event_outs(rows: list[Event], *, reader: User, role: str) -> list[EventOut]:
    """One page of events of one organisation, with people named as the reader may see them."""
    if not rows:
        return []
    named = people(
        organisation_id=rows[0].organisation_id,
        user_ids=[row.actor_id for row in rows],
        reader=reader,
        reader_role=role,
    )
    return [
        EventOut(
            id=row.pk,
            verb=row.verb,
            actor=named.get(row.actor_id) if row.actor_id else None,
            project=row.project_id,
            object_type=row.object_type,
            object_id=row.object_id,
            details=row.details,
            created_at=row.created_at,
        )
        for row in rows
    ]
