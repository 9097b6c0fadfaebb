"""Pages of alike pictures: several open slots taken at once, kept and given back together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core.errors import DomainError
from apps.projects.access import ProjectAccess, project_for
from apps.projects.queries import schema_of
from apps.projects.settings import settings_of
from apps.tasks.errors import WrongState
from apps.tasks.models import Assignment, Slot, Stage
from apps.tasks.queries.assignments import stage_action
from apps.tasks.services.claim import Taken, open_project, take
from apps.tasks.services.gates import narrowed, room_under_caps
from apps.tasks.services.leases import release
from apps.tasks.services.queue import Only, Upcoming, begin_after, free_now, lock_membership, upcoming
from domain.sampling.near import in_groups

LEAST, MOST = 6, 48  # pictures on a page
LOOKED_AT = 400  # next slots of the queue among which alike pictures are looked for


def claim_page(*, user: User, project_id: int, size: int, only: Only | None = None) -> list[Taken]:
    """Take the person's next piece of work and up to `size` − 1 more: those of the next ones whose pictures look like it, and
    where they do not fill the page, the next one that is left and those that look like that.

    Each piece passes the queue's own rules when it is locked, one after the other, so that two answers to one task, or two
    tasks of one picture that are kept apart, never come together. What was sent back, handed on or kept for somebody is
    left to single claims. Empty when nothing is left. Fewer are taken where a cap of the person would be passed.

    Raises:
        WrongState: the project does not only ask about whole images, or the person is at an exam.
        As `claim`.
    """
    access = open_project(user, project_id, Stage.ANNOTATE)
    _check_pages(access)
    with transaction.atomic(savepoint=False):
        lock_membership(access)
        found = upcoming(access, most=LOOKED_AT, only=only)
        size = room_under_caps(access, size)
        taken = _take_alike(access, found, size)
        if found and taken and only is None:
            begin_after(access, found[0], taken=len(taken))
        return taken


def _check_pages(access: ProjectAccess) -> None:
    assert access.project.schema is not None  # every project has one
    schema = schema_of(access.project.schema)
    draws = any(one.shapes and not one.archived for one in schema.classes)
    if draws or not any(not one.archived for one in schema.item_attributes):
        raise WrongState("Pages are for projects that only ask about whole images. Claim one task at a time.")
    if narrowed(access, Stage.ANNOTATE) is not None:
        raise WrongState("An exam is answered one picture at a time.")


def _take_alike(access: ProjectAccess, found: list[Upcoming], size: int) -> list[Taken]:
    taken: list[Taken] = []
    for place in in_groups([one.looks for one in found]):
        if len(taken) >= size:
            break
        if free_now(access, found[place]):
            taken.append(take(access=access, slot_id=found[place].slot))
    return taken


def keep_page(*, user: User, project_id: int, tokens: Mapping[int, int | None]) -> tuple[Assignment | None, list[int]]:
    """Renew the leases of these assignments (by id, with their tokens).

    Returns:
        (one that was renewed, ids of those that are not in the person's hands any more).
    """
    access = project_for(user, project_id, stage_action(Stage.ANNOTATE))
    expires = timezone.now() + timedelta(seconds=settings_of(access.project).lease_seconds)
    with transaction.atomic():
        rows = Assignment.objects.select_for_update(no_key=True).filter(
            pk__in=tokens, user=user, project=access.project, state=Assignment.State.HELD, slot__state=Slot.State.HELD
        )  # fmt: skip
        held = [one for one in rows.order_by("pk") if tokens[one.pk] in (None, one.token)]
        Assignment.objects.filter(pk__in=[one.pk for one in held]).update(expires_at=expires, updated_at=timezone.now())
    for one in held:
        one.expires_at = expires
    kept = {one.pk for one in held}
    return (held[0] if held else None), sorted(set(tokens) - kept)


def release_page(*, user: User, project_id: int, tokens: Mapping[int, int | None]) -> int:
    """Give these pieces back, each for itself; how many. What is in other hands by now is left there."""
    project_for(user, project_id, stage_action(Stage.ANNOTATE))
    given = 0
    for assignment_id, token in sorted(tokens.items()):
        try:
            release(user=user, assignment_id=assignment_id, token=token)
        except DomainError:
            continue
        given += 1
    return given
