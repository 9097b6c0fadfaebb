"""Beginning a top-up, and ending it early."""

from __future__ import annotations

from typing import Annotated

import msgspec
from django.db import transaction

from apps.accounts.models import User
from apps.activity.services import record
from apps.annotations.models import TopUp, TopUpPiece
from apps.annotations.queries.regions import EXACT_TO, count_regions
from apps.annotations.queries.top_ups import lacking, tell, top_up_for
from apps.annotations.services.judging import schema_of
from apps.annotations.services.regions.asking import results
from apps.annotations.services.topping_up.answering import freeze_answers, lock_piece
from apps.core.errors import Conflict, Invalid
from apps.core.permissions import Action
from apps.jobs.models import Job
from apps.projects.access import ProjectAccess, project_for
from apps.projects.models import BulkChange
from apps.projects.services import begin_bulk_change
from domain.schema import Attribute, Class

JOB = "annotations.prepare_top_up"
MOST_PARTS = 30


class NewTopUp(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What to ask of which regions: an attribute of a class that has no answer, or which of `into` a region of it is."""

    class_id: int
    attribute: Annotated[str, msgspec.Meta(max_length=120)] | None = None
    into: Annotated[list[int], msgspec.Meta(max_length=MOST_PARTS)] = []
    review: bool = True


class TopUpPreview(msgspec.Struct, frozen=True):
    """What a top-up would be about, exact to 100,000 regions (`more` says that there are more)."""

    regions: int
    more: bool
    tasks: int
    not_done: int


def preview(*, user: User, project_id: int, new: NewTopUp) -> TopUpPreview:
    """Regions and done tasks that lack the answer. Nothing is written."""
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    _check(access, new)
    rows = lacking(access.project, new.class_id, new.attribute or "")
    done = results(rows)
    regions, total = count_regions(done), count_regions(rows)
    tasks = done.order_by().values("task_id").distinct()[: EXACT_TO + 1].count()
    return TopUpPreview(min(regions, EXACT_TO), regions > EXACT_TO, tasks, max(0, total - regions))


@transaction.atomic
def start(*, user: User, project_id: int, new: NewTopUp) -> tuple[TopUp, Job]:
    """Have a job gather the regions, and hand them out from then on.

    Raises:
        Invalid: the class, the attribute or the parts are not of the schema, or do not go together.
        Conflict: the same is being asked already, or a bulk change of this project is still running.
    """
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    title = _check(access, new)
    same = TopUp.objects.filter(project=access.project, class_id=new.class_id, attribute=new.attribute or "")
    if same.filter(state__in=(TopUp.State.PREPARING, TopUp.State.OPEN)).exists():
        raise Conflict("These regions are being asked this already. Finish or cancel that top-up first.")
    change, job = begin_bulk_change(
        project=access.project, user=user, kind=BulkChange.Kind.TOP_UP, title=title, arguments={}, job_kind=JOB
    )
    top_up = TopUp.objects.create(
        project=access.project,
        change=change,
        class_id=new.class_id,
        attribute=new.attribute or "",
        into=new.into,
        review=new.review,
    )
    return top_up, job


@transaction.atomic
def cancel(*, user: User, top_up_id: int) -> TopUp:
    """End it: what is answered stays (and is undone with the rest), what is not is asked no more.

    Raises:
        Conflict: it has ended already.
    """
    seen, access = top_up_for(user, top_up_id, Action.TASKS_MANAGE)
    top_up = TopUp.objects.select_for_update().get(pk=seen.pk)
    if top_up.state not in (TopUp.State.OPEN, TopUp.State.PREPARING):
        raise Conflict(f"This top-up is {top_up.state}.")
    close(top_up)
    record(
        organisation_id=access.project.organisation_id, project_id=access.project.pk, verb="top_up.cancelled", actor=user,
        object_type="top_up", object_id=top_up.pk, details={"title": seen.change.title},
    )  # fmt: skip
    tell(top_up)
    return top_up


def close(top_up: TopUp) -> None:
    """Ask nothing more; answers that are in nobody's revision yet become one by who gave them."""
    top_up.state = TopUp.State.CANCELLED
    top_up.save(update_fields=["state", "updated_at"])
    for pk in top_up.pieces.filter(state=TopUpPiece.State.HELD).order_by("pk").values_list("pk", flat=True):
        freeze_answers(lock_piece(pk), last=False)
    left = (TopUpPiece.State.OPEN, TopUpPiece.State.HELD)
    top_up.pieces.filter(state__in=left).update(state=TopUpPiece.State.DROPPED, holder=None, held_until=None)


def _check(access: ProjectAccess, new: NewTopUp) -> str:
    """The top-up in words. Raises Invalid."""
    assert access.project.schema_id is not None
    schema = schema_of(access.project.schema_id)
    found = schema.class_by_id(new.class_id)
    if found is None:
        raise _wrong("class_id", "is no class of the schema")
    if (new.attribute is None) == (not new.into):
        raise Invalid("Ask either for an `attribute`, or which of the classes `into` a region is.")
    name = found.title or found.name
    if new.attribute is not None:
        asked = next((one for one in found.attributes if one.name == new.attribute), None)
        _check_attribute(asked)
        assert asked is not None
        return f"Top-up: {asked.title or asked.name} of {name}"
    parts = []
    for class_id in new.into:
        part = schema.class_by_id(class_id)
        _check_part(found, part)
        assert part is not None
        parts.append(part.title or part.name)
    return f"Top-up: {name} is split into {', '.join(parts)}"


def _check_attribute(asked: Attribute | None) -> None:
    if asked is None or asked.archived:
        raise _wrong("attribute", "is no attribute of this class")
    if asked.scope != "region" or asked.mutable:
        raise _wrong("attribute", "changes along a track: it is answered where the track is drawn")


def _check_part(found: Class, part: Class | None) -> None:
    if part is None or part.archived or part.id == found.id:
        raise _wrong("into", "holds what is no other class of the schema")
    if missing := set(found.shapes) - set(part.shapes):
        raise _wrong("into", f"holds {part.title or part.name}, which is not drawn as {', '.join(sorted(missing))}")


def _wrong(name: str, detail: str) -> Invalid:
    return Invalid(f"`{name}` {detail}.", fields=[{"pointer": f"/{name}", "code": "invalid", "detail": detail}])
