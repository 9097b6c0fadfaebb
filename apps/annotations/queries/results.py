"""Which revision stands for a task."""

from __future__ import annotations

from apps.annotations.models import Annotation, Revision
from apps.core.prepared import Statement
from apps.tasks.models import Slot

_KNOWN = Statement("""
    SELECT c.key, sum(c.value::bigint), count(*) FROM tasks_task t JOIN annotations_revision r ON r.id = t.result_id
    CROSS JOIN LATERAL jsonb_each_text(r.class_counts) c
    WHERE t.project_id = %s AND t.state = 'done' AND t.trashed_at IS NULL AND c.value <> '0' GROUP BY 1""")


def finished_class_counts(project_id: int) -> dict[int, tuple[int, int]]:
    """{class: (regions, tasks)} of finished work: what somebody may know who must not learn others' answers before."""
    return {int(key): (int(regions), int(tasks)) for key, regions, tasks in _KNOWN.rows([project_id])}


NO_ANSWER = ("unusable", "cannot_tell")


def first_answer(task_id: int) -> int | None:
    """The first finished answer by its slot's ordinal, or the fix that a reviewer made of it."""
    for annotation_id in (
        Annotation.objects.filter(task_id=task_id, kind=Annotation.Kind.ANSWER, state=Annotation.State.SUBMITTED)
        .filter(assignment__slot__state=Slot.State.DONE)
        .order_by("assignment__slot__ordinal", "assignment__slot_id")
        .values_list("pk", flat=True)
    ):
        last = Revision.objects.filter(annotation_id=annotation_id).order_by("-number").first()
        if last is None or last.outcome in NO_ANSWER:  # somebody else was asked instead, for the same place
            continue
        fix = Revision.objects.filter(
            annotation__based_on=last, kind=Annotation.Kind.FIX, annotation__state=Annotation.State.SUBMITTED
        ).order_by("-number")
        return (fix.first() or last).pk
    return None
