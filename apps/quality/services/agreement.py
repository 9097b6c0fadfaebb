"""Scoring tasks: answers are read, compared each with each, and the totals moved by what changed.

A task waits to be scored in its `TaskAgreement` row. Whoever scores takes waiting rows under lock and passes over those
that another worker has, so any number of workers share the work, and what a dead one had is free again at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec
from django.db import connection, transaction
from django.utils import timezone
from psycopg2 import Binary
from psycopg2.extras import execute_values

from apps.activity import events
from apps.projects.models import Project
from apps.quality.models import TaskAgreement
from apps.quality.queries.answers import Given, answers_given, bodies_of, compare, read_answers, tokens
from apps.quality.services.agreement_sums import BODY, Totals, body_of, hold_totals
from domain.agreement.scoring import AnswerOf, PairScore, task_value
from domain.schema import LabelSchema

TASKS_AT_ONCE = 200  # a transaction
ELEMENTS_AT_ONCE = 40_000  # held in memory, whatever the tasks hold
LATELY = timedelta(minutes=15)  # how far back the periodic look for forgotten tasks reaches
_ENCODER = msgspec.msgpack.Encoder()

_MARK = """
    INSERT INTO quality_taskagreement (task_id, project_id, batch_id, people, revisions, schemas, body, differs, waiting)
    SELECT t.id, t.project_id, 0, '{}', '{}', 0, '', '{}', true FROM tasks_task t WHERE t.id = ANY(%s) AND t.purpose = 'work' ORDER BY t.id
    ON CONFLICT (task_id) DO UPDATE SET waiting = true"""
_MARK_ALL = """
    INSERT INTO quality_taskagreement (task_id, project_id, batch_id, people, revisions, schemas, body, differs, waiting)
    SELECT a.task_id, a.project_id, 0, '{}', '{}', 0, '', '{}', true FROM annotations_annotation a
    JOIN tasks_task t ON t.id = a.task_id AND t.purpose = 'work'
    WHERE a.project_id = %s AND a.kind = 'answer' AND a.state = 'submitted'
    GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY 1
    ON CONFLICT (task_id) DO UPDATE SET waiting = true"""
_FORGOTTEN = """
    INSERT INTO quality_taskagreement (task_id, project_id, batch_id, people, revisions, schemas, body, differs, waiting)
    SELECT t.id, t.project_id, 0, '{}', '{}', 0, '', '{}', true
    FROM projects_project p
    JOIN tasks_task t ON t.project_id = p.id AND t.updated_at > %(lately)s AND t.trashed_at IS NULL AND t.purpose = 'work'
    LEFT JOIN quality_taskagreement s ON s.task_id = t.id
    WHERE p.trashed_at IS NULL AND s.waiting IS NOT TRUE
      AND (SELECT count(*) FROM annotations_annotation a JOIN annotations_revision r ON r.id = a.base_id
           WHERE a.task_id = t.id AND a.kind = 'answer' AND a.state = 'submitted'
             AND r.outcome IN ('labelled', 'empty') AND NOT r.id = ANY (COALESCE(s.revisions, '{}'))) > (CASE WHEN s.task_id IS NULL THEN 1 ELSE 0 END)
    ORDER BY t.id
    ON CONFLICT (task_id) DO UPDATE SET waiting = true"""


@transaction.atomic
def ask(*, task_ids: Sequence[int]) -> None:
    """These tasks are to be scored (again): an answer was submitted, taken back or thrown away."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [sorted(task_ids)])


@transaction.atomic
def ask_all(*, project_id: int) -> int:
    """All tasks of a project with several answers, or with scores; returns how many."""
    TaskAgreement.objects.filter(project_id=project_id).update(waiting=True)
    with connection.cursor() as cursor:
        cursor.execute(_MARK_ALL, [project_id])
    return waiting_in(project_id)


def waiting_in(project_id: int) -> int:
    return TaskAgreement.objects.filter(project_id=project_id, waiting=True).count()


def ask_forgotten() -> list[int]:
    """Ask for tasks that moved lately and whose scores are older, or not there; returns the projects that wait.

    A message that got lost is made good by this, and what a dead worker let go of is taken up again.
    """
    lately = timezone.now() - LATELY
    with connection.cursor() as cursor:
        cursor.execute(_FORGOTTEN, {"lately": lately})
    rows = TaskAgreement.objects.filter(waiting=True).values_list("project_id", flat=True)
    return sorted(set(rows.order_by().distinct()))


def score_waiting(*, project_id: int, report: Callable[[int], None] | None = None) -> int:
    """Score what waits and nobody else has in hand; returns how many tasks. `report` gets the tasks done so far."""
    done = 0
    while found := score_some(project_id=project_id):
        done += found
        if report is not None:
            report(done)
    if done:
        announce(project_id)
    return done


def announce(project_id: int) -> None:
    """Live pages read the figures again."""
    events.publish(f"project:{project_id}", "agreement.changed", {"project": project_id})


@transaction.atomic
def score_some(*, project_id: int, task_ids: Sequence[int] | None = None, most: int = TASKS_AT_ONCE) -> int:
    """Score some waiting tasks in one transaction. `task_ids` names them, and waits for whoever has them in hand."""
    hold_totals(project_id)
    rows = TaskAgreement.objects.select_for_update(skip_locked=task_ids is None, of=("self",)).order_by("pk")
    rows = rows.filter(project_id=project_id, waiting=True) if task_ids is None else rows.filter(pk__in=task_ids)
    taken = list(rows.select_related("task__asset", "project")[:most])
    if not taken:
        return 0
    totals = Totals()
    for some in _in_memory(taken):
        for row, answers in some:
            _score(row, answers, totals)
    totals.write(project_id)
    _keep(taken)
    return len(taken)


@dataclass(slots=True)
class Answers:
    """The answers to one task that are compared."""

    project: Project
    given: list[Given]
    read: list[AnswerOf] = field(default_factory=list)
    schema: LabelSchema | None = None


def _in_memory(rows: Sequence[TaskAgreement]) -> Iterator[list[tuple[TaskAgreement, Answers]]]:
    """Rows with their answers, as many at once as memory should hold."""
    given = answers_given([row.pk for row in rows])
    batch: list[tuple[TaskAgreement, Answers]] = []
    held = 0
    for row in rows:
        answers = Answers(row.project, given.get(row.pk, []) if row.task.trashed_at is None else [])
        batch.append((row, answers))
        held += sum(one.elements for one in answers.given)
        if held >= ELEMENTS_AT_ONCE:
            yield _read(batch)
            batch, held = [], 0
    if batch:
        yield _read(batch)


def _read(batch: list[tuple[TaskAgreement, Answers]]) -> list[tuple[TaskAgreement, Answers]]:
    """Fill in the answers' elements: all chunks in one question."""
    several = [answers for _, answers in batch if len(answers.given) > 1]
    bodies = bodies_of(one for answers in several for one in answers.given)
    for answers in several:
        answers.read, answers.schema = read_answers(answers.given, bodies, answers.project)
    return batch


def _score(row: TaskAgreement, answers: Answers, totals: Totals) -> None:
    """Take what the task added away, and add what it adds now."""
    if row.day is not None:
        totals.add(BODY.decode(row.body), batch=row.batch_id, day=row.day, raters=len(row.people), sign=-1)
    given = answers.given if len(answers.given) > 1 else []
    row.people, row.revisions = [one.author for one in given], [one.revision for one in given]
    row.batch_id, row.schemas = row.task.batch_id or 0, len({one.schema for one in given})
    row.waiting, row.scored_at = False, timezone.now()
    if not given:
        row.day, row.value, row.body, row.differs = None, None, b"", []
        return
    assert answers.schema is not None
    pairs = compare(answers.read, width=row.task.asset.width, height=row.task.asset.height)
    body = body_of(pairs, categorical=_categorical(answers.schema))
    row.day, row.value = max(one.day for one in given), task_value(pairs)
    row.body, row.differs = _ENCODER.encode(body), sorted(_tokens(pairs))
    totals.add(body, batch=row.batch_id, day=row.day, raters=len(given))


def _categorical(schema: LabelSchema) -> frozenset[str]:
    """Questions with a list of answers."""
    listed = ("select", "multiselect", "boolean")
    region = {f"region:{a.name}" for c in schema.classes for a in c.attributes if a.kind in listed}
    item = {f"item:{a.name}" for a in schema.item_attributes if a.kind in listed}
    return frozenset({"class", "outcome", *region, *item})


def _tokens(pairs: Sequence[PairScore]) -> set[str]:
    found: set[str] = set()
    for pair in pairs:
        for one in pair.differences:
            found.update(tokens(question=one.question, people=(pair.a, pair.b), kind=one.kind))
            found.add(f"pair:{pair.a}-{pair.b}")
            if one.question == "class":
                found.update(f"subject:class:{side}" for side in (one.left, one.right) if side)
    return found


def _keep(rows: Sequence[TaskAgreement]) -> None:
    """Write the scores, and each task's agreement, which routes and lists look at."""
    gone = [row.pk for row in rows if row.day is None]
    kept = [row for row in rows if row.day is not None]
    TaskAgreement.objects.filter(pk__in=gone).delete()
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor,
            """UPDATE quality_taskagreement s
               SET batch_id = v.batch, day = v.day, value = v.value::double precision, people = v.people::bigint[],
                   revisions = v.revisions::bigint[], schemas = v.schemas, body = v.body, differs = v.differs::varchar[],
                   waiting = false, scored_at = v.at
               FROM (VALUES %s) v (id, batch, day, value, people, revisions, schemas, body, differs, at)
               WHERE s.task_id = v.id""",
            [
                (
                    r.pk,
                    r.batch_id,
                    r.day,
                    r.value,
                    r.people,
                    r.revisions,
                    r.schemas,
                    Binary(r.body),
                    r.differs,
                    r.scored_at,
                )
                for r in kept
            ],
            page_size=TASKS_AT_ONCE,
        )  # bulk_update takes as long as the comparing
        execute_values(
            cursor.cursor,
            """UPDATE tasks_task t SET agreement = v.value::double precision FROM (VALUES %s) v (id, value)
               WHERE t.id = v.id AND t.agreement IS DISTINCT FROM v.value::double precision""",
            [(row.pk, row.value) for row in rows],
            page_size=TASKS_AT_ONCE,
        )
