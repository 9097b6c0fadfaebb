"""Which revision stands for a task."""

from __future__ import annotations

from apps.annotations.models import Annotation, Revision
from apps.tasks.models import Slot


def first_answer(task_id: int) -> int | None:
    """The first finished answer by its slot's ordinal, or the fix that a reviewer made of it."""
    for annotation_id in (
        Annotation.objects.filter(task_id=task_id, kind=Annotation.Kind.ANSWER, state=Annotation.State.SUBMITTED)
        .filter(assignment__slot__state=Slot.State.DONE)
        .order_by("assignment__slot__ordinal", "assignment__slot_id")
        .values_list("pk", flat=True)
    ):
        last = Revision.objects.filter(annotation_id=annotation_id).order_by("-number").first()
        if last is None:
            continue
        fix = Revision.objects.filter(
            annotation__based_on=last, kind=Annotation.Kind.FIX, annotation__state=Annotation.State.SUBMITTED
        ).order_by("-number")
        return (fix.first() or last).pk
    return None
