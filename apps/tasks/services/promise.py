"""Promising somebody their next piece of work while they finish another, so that it can be fetched before it is needed.

A promise is no work: it has no lease and no assignment, is counted nowhere, moves no cursor and ends by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core.prepared import Statement
from apps.projects.access import ProjectAccess, project_for
from apps.tasks.models import Slot, Stage
from apps.tasks.queries.assignments import stage_action
from apps.tasks.services.apart import keep_apart
from apps.tasks.services.claim import open_project
from apps.tasks.services.gates import narrowed
from apps.tasks.services.queue import STAGES, TO_PROMISE, Only, find, find_among, lock_membership, still_free

PROMISED_FOR = timedelta(minutes=2)
_PROMISE = Statement("UPDATE tasks_slot SET promised_to_id = %s, promised_until = %s WHERE id = %s")


@dataclass(frozen=True, slots=True)
class Promised:
    slot: Slot
    access: ProjectAccess
    until: datetime


def promise(
    *, user: User, project_id: int, stage: str, only: Only | None = None, again: int | None = None
) -> Promised | None:
    """Keep the person's next slot from others for two minutes, or None when nothing is left for them.

    Each call finds another slot, so that every tab has its own; `again` renews a promise if its slot is still free.
    What shows a picture that they had lately, or that another promise shows, is left out as in a claim (`apart`).

    Raises: as `claim`.
    """
    access = open_project(user, project_id, stage)
    if stage not in STAGES:
        return None
    with transaction.atomic(savepoint=False):
        lock_membership(access)
        fixed = narrowed(access, Stage(stage))
        if fixed is not None:
            found: int | None = find_among(access, Stage(stage), fixed, TO_PROMISE)
        elif again is not None and still_free(access, Stage(stage), again):
            found = again
        elif only is not None:
            found = find_among(access, Stage(stage), only, TO_PROMISE)
        else:
            found = find(access, Stage(stage), TO_PROMISE)
        if found is None:
            return None
        until = timezone.now() + PROMISED_FOR
        _PROMISE.do([user.pk, until, found])
        slot = Slot.objects.select_related("task__asset").get(pk=found)
        slot.task.project = access.project
        if slot.apart is not None:
            keep_apart(access, slot)
    return Promised(slot=slot, access=access, until=until)


def let_go(*, user: User, project_id: int, stage: str, slot_ids: list[int]) -> int:
    """Give promised slots back to everybody. How many there were: what was taken or promised on is not touched."""
    access = project_for(user, project_id, stage_action(stage))
    rows = Slot.objects.filter(pk__in=slot_ids, project=access.project, stage=stage, promised_to=user)
    return rows.update(promised_to=None, promised_until=None)
