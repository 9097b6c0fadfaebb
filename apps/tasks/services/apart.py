"""Keeping tasks of one picture, or of one name, apart in a person's hands.

A slot with `apart` set is passed over by a claim while its person had another task of that key among their last `DISTANCE`
pieces. It is asked in the queue's own query and only of such slots, so that a claim stays one query and costs the same. A
negative key is the id of one task: its twin in name comes to who had it only when nothing else is left.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from apps.core.prepared import Statement
from apps.projects.access import ProjectAccess
from apps.tasks.models import Apart, QueueCursor, Slot, Stage

DISTANCE = 200  # pieces of work of the person in between
FOR_EVER = 2**62

NOT_LATELY = """
      AND (s.apart IS NULL OR s.apart < 0 AND %(last)s OR (SELECT min(p.id) FROM tasks_apart p
           WHERE p.user_id = %(user)s AND p.key IN (s.apart, -s.task_id) AND p.slot_id IS DISTINCT FROM s.id
             AND p.until > COALESCE((SELECT c.taken FROM tasks_queuecursor c
                 WHERE c.project_id = s.project_id AND c.user_id = %(user)s AND c.stage = s.stage), 0)) IS NULL)"""
_KEEP = Statement("""
    INSERT INTO tasks_apart (user_id, key, until, slot_id)
    SELECT %(user)s, v.key, CASE WHEN v.key < 0 THEN %(ever)s ELSE %(distance)s + COALESCE((SELECT c.taken FROM tasks_queuecursor c
           WHERE c.project_id = %(project)s AND c.user_id = %(user)s AND c.stage = %(stage)s), 0) END, %(slot)s
    FROM (VALUES (%(apart)s::bigint), (%(task)s::bigint)) v (key)
    ON CONFLICT (user_id, key) DO UPDATE SET until = greatest(tasks_apart.until, EXCLUDED.until), slot_id = EXCLUDED.slot_id""")


def keep_apart(access: ProjectAccess, slot: Slot) -> None:
    """The person has this piece, or its promise: no other of its key comes to them for a while."""
    _KEEP.do(
        {
            "user": access.user.pk,
            "project": slot.project_id,
            "stage": slot.stage,
            "slot": slot.pk,
            "apart": slot.apart,
            "task": -slot.task_id,
            "distance": DISTANCE,
            "ever": FOR_EVER,
        }
    )


def had_lately(access: ProjectAccess, stage: Stage) -> Q:
    """The same rule for queries of the ORM over slots, where work is narrowed to what somebody named: pictures only."""
    taken = QueueCursor.objects.filter(project_id=access.project.pk, user_id=access.user.pk, stage=stage)
    rows = Apart.objects.filter(
        Q(key=OuterRef("apart")) | Q(key=-OuterRef("task_id")),
        user_id=access.user.pk,
        until__gt=Coalesce(Subquery(taken.values("taken")[:1]), 0),
    )
    return Q(apart__gt=0) & Q(Exists(rows.filter(Q(slot_id=None) | ~Q(slot_id=OuterRef("pk")))))


def never_again(*, user_ids: list[int], key: int) -> None:
    """These people know the picture or the name for good."""
    rows = [Apart(user_id=user_id, key=key, until=FOR_EVER) for user_id in user_ids]
    Apart.objects.bulk_create(rows, ignore_conflicts=True)
    Apart.objects.filter(user_id__in=user_ids, key=key).update(until=FOR_EVER, slot_id=None)
