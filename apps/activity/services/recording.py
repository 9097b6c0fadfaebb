"""Writing down what happened, and what people have read of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from apps.activity import events
from apps.activity.models import Event, Notification
from apps.activity.services.telling import tell


def record(
    *,
    organisation_id: int,
    verb: str,
    actor: AbstractBaseUser | None,
    project_id: int | None = None,
    object_type: str = "",
    object_id: int | None = None,
    details: dict[str, Any] | None = None,
    notify: Iterable[int] = (),
) -> Event:
    """Append an event, in the caller's transaction, a notice to each person of `notify` (ids) but the actor, and what
    webhooks are told of it."""
    event = Event.objects.create(
        organisation_id=organisation_id,
        project_id=project_id,
        actor_id=actor.pk if actor is not None else None,
        verb=verb,
        object_type=object_type,
        object_id=object_id,
        details=details or {},
    )
    people = {user_id for user_id in notify if actor is None or user_id != actor.pk}
    if people:
        Notification.objects.bulk_create([Notification(user_id=user_id, event=event) for user_id in sorted(people)])
    for user_id in people:
        events.publish(f"user:{user_id}", "notification.changed", {"verb": verb})
    tell(
        kind=verb, organisation_id=organisation_id, project_id=project_id, object_type=object_type, object_id=object_id,
        details=details, event=event,
    )  # fmt: skip
    return event


@transaction.atomic
def mark_read(*, user_id: int, ids: Iterable[int] | None = None) -> int:
    """The person has read these of their notices, or all of them; returns how many were unread. Again changes nothing."""
    rows = Notification.objects.filter(user_id=user_id, read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    changed = rows.update(read_at=timezone.now())
    if changed:
        events.publish(f"user:{user_id}", "notification.changed", {})
    return changed
