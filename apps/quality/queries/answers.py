"""Standing answers to tasks, read to be compared: what agreement and consensus begin from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import hypot
from typing import NamedTuple

from apps.annotations.models import Annotation, Chunk
from apps.annotations.queries.whole import whole_elements
from apps.annotations.services.judging import schema_of
from apps.projects.models import Project
from apps.tasks.models import Outcome, Task
from domain.agreement.scoring import AnswerOf, PairScore, score_task
from domain.elements import Answer, Element, Region
from domain.schema import LabelSchema

THRESHOLD = 0.5  # likeness from which two regions are the same thing
COMPARED = (Outcome.LABELLED, Outcome.EMPTY)  # who could not tell has not answered


class Given(NamedTuple):
    """One answer's revision, before its chunks are read."""

    revision: int
    annotation: int
    author: int
    outcome: str
    schema: int
    chunks: list[bytes]
    elements: int
    day: date


def answers_given(task_ids: Sequence[int], *, outcomes: Sequence[str] = COMPARED) -> dict[int, list[Given]]:
    """{task: the standing answers to it, one a person}. Fixes, imports, consensus, gold and drafts are none."""
    rows = (
        Annotation.objects.filter(
            task_id__in=list(task_ids),
            kind=Annotation.Kind.ANSWER,
            state=Annotation.State.SUBMITTED,
            base__kind=Annotation.Kind.ANSWER,
            base__outcome__in=list(outcomes),
        )
        .exclude(author=None)
        .order_by("task_id", "author_id", "pk")
        .values_list(
            "task_id",
            "base_id",
            "pk",
            "author_id",
            "base__outcome",
            "base__schema_version_id",
            "base__chunks",
            "base__element_count",
            "base__created_at",
        )
    )
    found: dict[int, dict[int, Given]] = {}
    for task, revision, annotation, author, outcome, schema, chunks, elements, at in rows:
        hashes = [bytes(key) for key in chunks]
        found.setdefault(task, {})[author] = Given(
            revision, annotation, author, outcome, schema, hashes, elements, at.date()
        )
    return {task: list(people.values()) for task, people in found.items()}


def bodies_of(given: Iterable[Given]) -> dict[bytes, bytes]:
    """The chunks of some answers, in one question."""
    wanted = {key for one in given for key in one.chunks}
    rows = Chunk.objects.filter(sha256__in=wanted).values_list("sha256", "body")
    return {bytes(key): bytes(body) for key, body in rows.iterator(1_000)}


def elements_of(one: Given, bodies: dict[bytes, bytes], project: Project) -> Iterator[Element]:
    """The elements of an answer; masks whose runs are in a blob with their runs."""
    return whole_elements((bodies[key] for key in one.chunks), project)


def read_answers(
    given: Sequence[Given], bodies: dict[bytes, bytes], project: Project
) -> tuple[list[AnswerOf], LabelSchema]:
    """Answers ready to be compared, with the newest schema among them."""
    versions = {one.schema for one in given}
    read = []
    for one in given:
        regions: list[Region] = []
        said: dict[str, object] = {}
        for element in elements_of(one, bodies, project):
            if isinstance(element, Region):
                regions.append(element)
            elif isinstance(element, Answer):
                said[element.id] = element.value
        known = frozenset(c.id for c in schema_of(one.schema).classes) if len(versions) > 1 else None
        read.append(AnswerOf(who=one.author, regions=regions, outcome=one.outcome, answers=said, classes=known))
    return read, schema_of(max(versions))


def compare(answers: Sequence[AnswerOf], *, width: float, height: float) -> list[PairScore]:
    """Each two answers of a task, as everything here compares them."""
    return score_task(answers, threshold=THRESHOLD, diagonal=hypot(width, height))


def tokens(
    *, question: str | None = None, subject: str | None = None, people: Iterable[int] = (), kind: str | None = None
) -> list[str]:
    """What a task's `differs` holds for a difference of this sort."""
    found = [f"subject:{subject}"] if subject else []
    found += [f"question:{question}"] if question else []
    found += [f"kind:{kind}"] if kind else []
    return found + [f"person:{person}" for person in people]


@dataclass(slots=True)
class Case:
    """One task with its answers, ready for consensus."""

    task: Task
    given: list[Given]
    elements: dict[int, list[Element]] = field(default_factory=dict)  # by person
    read: list[AnswerOf] = field(default_factory=list)

    def pairs(self) -> list[PairScore]:
        return compare(self.read, width=self.task.asset.width, height=self.task.asset.height)

    @property
    def diagonal(self) -> float:
        return hypot(self.task.asset.width, self.task.asset.height)


def case_of(task: Task, *, fixed: bool = True) -> Case:
    """A task's answers. `fixed`: where a reviewer mended one, the mended answer, under its author's name."""
    given = answers_given([task.pk]).get(task.pk, [])
    if fixed:
        given = _mended(given)
    bodies = bodies_of(given)
    case = Case(task, given)
    case.elements = {one.author: list(elements_of(one, bodies, task.project)) for one in given}
    case.read = read_answers(given, bodies, task.project)[0] if given else []
    return case


def _mended(given: Sequence[Given]) -> list[Given]:
    rows = (
        Annotation.objects.filter(
            based_on__in=[one.revision for one in given],
            kind=Annotation.Kind.FIX,
            state=Annotation.State.SUBMITTED,
            base__kind=Annotation.Kind.FIX,
        )
        .order_by("pk")
        .values_list(
            "based_on_id", "base_id", "base__outcome", "base__schema_version_id", "base__chunks", "base__element_count"
        )
    )
    mended = {row[0]: row[1:] for row in rows}
    found = []
    for one in given:
        if one.revision in mended:
            revision, outcome, schema, chunks, elements = mended[one.revision]
            hashes = [bytes(key) for key in chunks]
            one = one._replace(revision=revision, outcome=outcome, schema=schema, chunks=hashes, elements=elements)
        found.append(one)
    return found
