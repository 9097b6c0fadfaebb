"""Before the regions of a top-up get back what they were."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps.annotations.models import TopUp, TopUpPiece
from apps.annotations.services.topping_up.asking import close
from apps.projects.models import BulkChange
from apps.tasks.models import Slot, Task
from apps.tasks.services.locks import lock_slots
from apps.tasks.services.moves import move_task


def before_undo(*, change: BulkChange) -> None:
    """It asks nothing more, and tasks whose review nobody has taken up are done as before."""
    with transaction.atomic():
        top_up = TopUp.objects.select_for_update().get(change=change)
        if top_up.state in (TopUp.State.OPEN, TopUp.State.PREPARING):
            close(top_up)
    for piece in TopUpPiece.objects.filter(top_up=top_up).exclude(slot_id=None).order_by("pk"):
        with transaction.atomic():
            slots = {slot.pk: slot for slot in lock_slots(piece.task_id)}
            task = Task.objects.select_related("project").get(pk=piece.task_id)
            slot = slots.get(piece.slot_id or 0)
            if slot is None or slot.state != Slot.State.OPEN or task.state != Task.State.IN_REVIEW:
                continue
            Slot.objects.filter(pk=slot.pk).update(state=Slot.State.CANCELLED)
            when = piece.finished_at or timezone.now()
            move_task(task, Task.State.DONE, result_id=slot.revision_id, finished_at=when)
