"""Answering a top-up: a person takes the regions of one task, answers them one after the other, and a fix of the result
is made of it. An answer is kept as soon as it is acknowledged: who stops half-way leaves a fix with what they said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.annotations.models import RegionIndex, TopUp, TopUpPiece
from apps.annotations.queries import find_in_base
from apps.annotations.queries.top_ups import piece_for, tell, top_up_for, unanswered
from apps.annotations.services.freeze import Changes
from apps.annotations.services.judging import schema_of
from apps.annotations.services.regions.asking import RegionChange
from apps.annotations.services.regions.changing import changed_region, fix_of, write_fixes
from apps.core.errors import Invalid
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess
from apps.projects.settings import settings_of
from apps.tasks.errors import LeaseLost
from apps.tasks.models import Slot, Stage, Task
from apps.tasks.services.gates import pass_gates
from apps.tasks.services.locks import lock_slots
from apps.tasks.services.moves import move_task
from domain.elements import Region, decode, encode
from domain.schema import LabelSchema, check_region, value_problem
from domain.workflow import parse


@dataclass(slots=True)
class Piece:
    """A piece in a person's hands with what it still asks. `made`: the fix that finishing it has just made."""

    piece: TopUpPiece | None
    asked: list[RegionIndex]
    access: ProjectAccess
    top_up: TopUp
    made: list[int]


def claim_piece(*, user: User, top_up_id: int) -> Piece:
    """Their own piece again, or the next one; none where nothing is left.

    Raises:
        NotFound, NotAllowed: the top-up is not for this person. Gates of the queue have their own errors.
    """
    top_up, access = top_up_for(user, top_up_id, Action.ANNOTATE)
    pass_gates(access, Stage.ANNOTATE)
    made: list[int] = []
    while top_up.state == TopUp.State.OPEN:
        with transaction.atomic():
            piece = _next(user, top_up)
            if piece is None:
                break
            if piece.holder_id not in (None, user.pk):
                made += freeze_answers(piece, last=False)  # who held it said this much
            asked = unanswered(piece)
            if not asked and not piece.answers:
                made += freeze_answers(piece, last=True)
                continue
            _hold(piece, access)
        return Piece(piece, asked, access, top_up, made)
    _end_if_done(top_up)
    return Piece(None, [], access, top_up, made)


def _next(user: User, top_up: TopUp) -> TopUpPiece | None:
    """What they hold, else what nobody holds any more, locked."""
    rows = TopUpPiece.objects.select_for_update(of=("self",), skip_locked=True).filter(top_up=top_up)
    rows = rows.select_related("top_up__project__schema", "top_up__change", "task")
    held = Q(state=TopUpPiece.State.HELD)
    mine = rows.filter(held, holder=user).order_by("pk").first()
    if mine is not None:
        return mine
    return (
        rows.filter(state=TopUpPiece.State.OPEN).order_by("pk").first()
        or rows.filter(held, held_until__lt=timezone.now()).order_by("pk").first()
    )


def _hold(piece: TopUpPiece, access: ProjectAccess) -> None:
    piece.state, piece.holder = TopUpPiece.State.HELD, access.user
    piece.held_until = timezone.now() + timedelta(seconds=settings_of(access.project).lease_seconds)
    piece.save(update_fields=["state", "holder", "held_until"])


@transaction.atomic
def answer_piece(*, user: User, piece_id: int, answers: Mapping[str, Any]) -> TopUpPiece:
    """Keep answers by region; null says that it cannot be told. A second answer to a region takes the first one's place.

    Raises:
        LeaseLost: the piece is in other hands, or the top-up has ended.
        Invalid: an answer that the question does not have.
    """
    _, access = piece_for(user, piece_id)
    piece = _own(user, piece_id)
    schema = schema_of(cast(int, access.project.schema_id))
    for element, value in answers.items():
        if fault := _fault(piece.top_up, schema, value):
            field = {"pointer": f"/answers/{element}", "code": "invalid", "detail": fault}
            raise Invalid("An answer does not fit the question.", fields=[field])
    piece.answers = piece.answers | dict(answers)
    piece.save(update_fields=["answers"])
    _hold(piece, access)
    return piece


@transaction.atomic
def finish_piece(*, user: User, piece_id: int) -> Piece:
    """Make the fix. What the piece still asks after it is handed out again.

    Raises:
        LeaseLost: the piece is in other hands, or the top-up has ended.
    """
    _, access = piece_for(user, piece_id)
    piece = _own(user, piece_id)
    made = freeze_answers(piece, last=not unanswered(piece))
    _end_if_done(piece.top_up)
    tell(piece.top_up)
    return Piece(piece, unanswered(piece), access, piece.top_up, made)


def lock_piece(piece_id: int) -> TopUpPiece:
    rows = TopUpPiece.objects.select_for_update(of=("self",))
    return rows.select_related("top_up__project__schema", "top_up__change", "task").get(pk=piece_id)


def _own(user: User, piece_id: int) -> TopUpPiece:
    piece = lock_piece(piece_id)
    if piece.state != TopUpPiece.State.HELD or piece.holder_id != user.pk or piece.top_up.state != TopUp.State.OPEN:
        raise LeaseLost("This is not in your hands any more. What you had answered is kept.")
    return piece


def _fault(top_up: TopUp, schema: LabelSchema, value: Any) -> str | None:
    """Why a value is no answer; None when it is one."""
    if value is None:
        return None
    if not top_up.attribute:
        return None if value in (top_up.class_id, *top_up.into) and value is not True else "is none of the classes"
    found = schema.class_by_id(top_up.class_id)
    wanted = next((one for one in found.attributes if one.name == top_up.attribute), None) if found else None
    if wanted is None:
        return "is to a question that the schema no longer has"
    return "is empty" if value in ("", []) else value_problem(wanted, value)


def freeze_answers(piece: TopUpPiece, *, last: bool) -> list[int]:
    """The fix of what was answered, by who holds the piece, which is then done or open again. The piece is locked.

    Returns:
        Ids of the revisions that were made: one, or none where nothing changed.
    """
    lock_slots(piece.task_id)
    task = (
        Task.objects.select_for_update(of=("self",)).select_related("result", "project__workflow").get(pk=piece.task_id)
    )
    made: list[int] = []
    done = task.state == Task.State.DONE and task.result is not None and task.trashed_at is None
    if done:
        changes, kept = _changes(piece, task)
        if changes and piece.holder is not None:
            made = write_fixes([fix_of(piece.top_up.change, piece.holder, task, changes)])
            _count(piece.top_up, len(changes))
        piece.passed = sorted({*piece.passed, *kept})
        piece.answered = min(piece.regions, piece.answered + len(piece.answers))
    piece.answers, piece.holder, piece.held_until = {}, None, None
    piece.state = TopUpPiece.State.DONE if last else TopUpPiece.State.OPEN
    if not done:
        piece.state = TopUpPiece.State.DROPPED
    if last and done and piece.top_up.review:
        _send_to_review(piece, task)
    piece.save()
    piece.task.refresh_from_db()
    return made


def _changes(piece: TopUpPiece, task: Task) -> tuple[Changes, list[str]]:
    """(what becomes of the regions that are still there and still unanswered, those that stay as they are)."""
    top_up, found, kept = piece.top_up, cast(Changes, {}), []
    schema = schema_of(cast(int, top_up.project.schema_id))
    for key, raw in find_in_base(task.result, [(element, "region") for element in piece.answers]).items():
        value, before = piece.answers[key[0]], cast(Region, decode("region", raw))
        if value is None or value == top_up.class_id or before.class_id != top_up.class_id:
            kept.append(key[0])
            continue
        asked = RegionChange(action="set_class", class_id=value)
        if top_up.attribute:
            asked = RegionChange(action="set_attribute", attribute=top_up.attribute, value=value)
        after = changed_region(asked, schema, before)
        faults = [one for one in check_region(schema, after) if one.severity == "error"]
        if faults or (top_up.attribute and before.attributes.get(top_up.attribute) not in (None, "", [])):
            kept.append(key[0])
        elif (body := encode(after)) != raw:
            found[key] = body
    return found, kept


def _count(top_up: TopUp, regions: int) -> None:
    change = type(top_up.change).objects.select_for_update().get(pk=top_up.change_id)
    change.regions += regions
    change.tasks += 1
    change.save(update_fields=["regions", "tasks", "updated_at"])


def _send_to_review(piece: TopUpPiece, task: Task) -> None:
    """Where the workflow reviews, a task whose regions are answered waits for a verdict."""
    task.refresh_from_db()
    if not parse(task.project.workflow.body).reviews or not piece.answered:  # type: ignore[union-attr]
        return
    assert task.result is not None
    slot = Slot.objects.create(
        project_id=task.project_id,
        task=task,
        stage=Stage.REVIEW,
        revision_id=task.result_id,
        excluded_author_id=task.result.author_id,
        order_key=task.order_key,
    )
    piece.slot_id, piece.finished_at = slot.pk, task.finished_at
    move_task(task, Task.State.IN_REVIEW)


def _end_if_done(top_up: TopUp) -> None:
    """It is over when no piece is open or held."""
    left = top_up.pieces.filter(state__in=(TopUpPiece.State.OPEN, TopUpPiece.State.HELD))
    if top_up.state == TopUp.State.OPEN and not left.exists():
        ended = TopUp.objects.filter(pk=top_up.pk, state=TopUp.State.OPEN)
        if ended.update(state=TopUp.State.DONE, updated_at=timezone.now()):
            top_up.state = TopUp.State.DONE
            tell(top_up)
