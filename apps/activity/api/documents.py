"""Events as the structs that endpoints answer with."""

from __future__ import annotations

from typing import NamedTuple

from apps.accounts.models import User
from apps.accounts.queries import people
from apps.activity.api.structs import EventOut, NotificationOut
from apps.activity.models import Event, Notification


class Reading(NamedTuple):
    """How the reader stands in an organisation or project."""

    role: str
    pseudonyms: bool = False


def event_outs(rows: list[Event], *, reader: User, role: str, pseudonyms: bool = False) -> list[EventOut]:
    """One page of events of one organisation, with people named as the reader may see them."""
    if not rows:
        return []
    named = people(
        organisation_id=rows[0].organisation_id,
        user_ids=[row.actor_id for row in rows],
        reader=reader,
        reader_role=role,
        pseudonyms=pseudonyms,
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


# Pages of a project by the verbs that lead to them, whatever the event is about.
PAGES = {
    "audit.started": "audit",
    "exam.no_tries": "quality/gold",
    "gold.under_target": "quality/gold",
    "quality.target_missed": "statistics",
    "review.asked": "review",
    "work.suspected": "quality/gold",
}


def place_of(event: Event) -> str:
    """The page of the front end that an event is about."""
    if event.verb in PAGES:
        return f"/projects/{event.project_id}/{PAGES[event.verb]}"
    if event.verb.startswith("question.asked"):
        return f"/projects/{event.project_id}/questions?question={event.details.get('question', '')}"
    if event.object_type == "dispute" or event.verb == "review.fix":
        return f"/projects/{event.project_id}/feedback?review={event.details.get('review', '')}"
    if event.object_type == "audit":
        return f"/projects/{event.project_id}/quality/audits?audit={event.object_id}"
    if event.object_type == "exam":
        return f"/projects/{event.project_id}/exam"
    if event.object_type == "guideline":
        return f"/projects/{event.project_id}/guidelines"
    if event.object_type == "task":
        return f"/tasks/{event.object_id}"
    if event.object_type == "webhook":
        place = f"/projects/{event.project_id}/settings" if event.project_id is not None else "/organisation"
        return f"{place}/webhooks?webhook={event.object_id}"
    if event.object_type == "job":
        return f"/jobs/{event.object_id}"
    return f"/projects/{event.project_id}" if event.project_id is not None else "/organisation"


def notification_outs(
    rows: list[Notification], *, reader: User, organisations: dict[int, Reading], projects: dict[int, Reading]
) -> list[NotificationOut]:
    """One page of notices; people are named as the reader may see them in each organisation or project."""
    groups: dict[tuple[int, int | None], list[Event]] = {}
    for row in rows:
        groups.setdefault((row.event.organisation_id, row.event.project_id), []).append(row.event)
    shown: dict[int, EventOut] = {}
    for (organisation_id, project_id), events in groups.items():
        reading = projects[project_id] if project_id is not None else organisations[organisation_id]
        outs = event_outs(events, reader=reader, role=reading.role, pseudonyms=reading.pseudonyms)
        shown |= {out.id: out for out in outs}
    return [
        NotificationOut(id=row.pk, read=row.read_at is not None, event=shown[row.event_id], web_url=place_of(row.event))
        for row in rows
    ]
