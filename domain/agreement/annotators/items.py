"""Finished tasks as items for `Watch`: who said what of one thing, beside gold and what a model foretold.

Not handed on by the package: it needs numpy, which watching itself does not.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from domain.agreement.consensus.clusters import Node, clusters
from domain.agreement.likeness import likeness
from domain.agreement.overlaps import Matrix
from domain.elements import Region
from domain.elements.structs import Value, set_aside
from domain.schema import LabelSchema

from .watching import Seen

CLASS = "class"  # the question that regions and tags answer
SAME = 0.5  # likeness from which regions are one thing
MOST_OF_A_TASK = 12  # things of one task that count: what lies in one image is not independent
UNSURE = 0.6  # a prediction below this score looks hard
_GOLD, _MODEL = -1, -2  # numbers of answers that are nobody's


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """One person's answer to a task, in the order of submission."""

    who: str
    regions: Sequence[Region] = ()
    answers: dict[str, Value] = {}


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A finished task. `gold` and `predicted` are regions; null where there are none. `skipped`: who passed it on."""

    handed: Sequence[Handed]
    diagonal: float
    gold: Sequence[Region] | None = None
    gold_answers: dict[str, Value] = {}
    predicted: Sequence[Region] | None = None
    skipped: Sequence[str] = ()


def questions_of(schema: LabelSchema) -> dict[str, list[Value]]:
    """{question: its values} that people can be watched by: the classes, and item questions with a choice."""
    found: dict[str, list[Value]] = {CLASS: [c.id for c in schema.classes]}
    for attribute in schema.item_attributes:
        if attribute.kind == "select":
            found[attribute.name] = list(attribute.options)
        elif attribute.kind == "boolean":
            found[attribute.name] = [False, True]
    return {name: values for name, values in found.items() if len(values) > 1}


def seen_in(task: Task, questions: dict[str, list[Value]]) -> list[tuple[str, Seen]]:
    """(question, item) of all that a task says about who answered it.

    What one person alone says of a thing tells nothing without gold and is left out. Values that are not declared are too.
    """
    found = [(CLASS, seen) for seen in _things(task, questions.get(CLASS, []))][:MOST_OF_A_TASK]
    for name, values in questions.items():
        if name != CLASS and (seen := _question(task, name, values)) is not None:
            found.append((name, seen))
    if task.skipped:
        found = _with_skips(task, found)
    return found


def _things(task: Task, classes: list[Value]) -> list[Seen]:
    place = {value: at for at, value in enumerate(classes)}
    sides = [(at, one.regions) for at, one in enumerate(task.handed)]
    sides += [(_GOLD, task.gold or ()), (_MODEL, task.predicted or ())]
    nodes = [
        Node(answer=at, region=region)
        for at, regions in sides
        for region in regions
        if region.class_id in place and not set_aside(region)
    ]

    def alike(a: Sequence[Region], b: Sequence[Region]) -> Matrix:
        return likeness([r.geometry for r in a], [r.geometry for r in b], diagonal=task.diagonal)

    found = []
    for cluster in clusters(nodes, alike=alike, threshold=lambda _: SAME):
        said = {node.answer: node.region for node in cluster}
        people = [at for at in sorted(said) if at >= 0]
        if not people or (len(people) < 2 and _GOLD not in said):
            continue
        model = said.get(_MODEL)
        found.append(
            Seen(
                answers=[(task.handed[at].who, place[said[at].class_id]) for at in people],
                gold=place[said[_GOLD].class_id] if _GOLD in said else None,
                prediction=place[model.class_id] if model is not None else None,
                hard=(model is not None and (model.score or 1.0) < UNSURE)
                or len({said[at].class_id for at in people}) > 1,
            )
        )
    return found


def _question(task: Task, name: str, values: list[Value]) -> Seen | None:
    place = {(type(value), value): at for at, value in enumerate(values)}

    def number(value: Value) -> int | None:
        return None if isinstance(value, list) else place.get((type(value), value))

    given = [(one.who, at) for one in task.handed if (at := number(one.answers.get(name))) is not None]
    gold = number(task.gold_answers.get(name))
    if not given or (len(given) < 2 and gold is None):
        return None
    return Seen(answers=list(given), gold=gold, hard=len({at for _, at in given}) > 1)


def _with_skips(task: Task, found: list[tuple[str, Seen]]) -> list[tuple[str, Seen]]:
    """Who passed the task on said nothing of its first thing."""
    if not found:
        return [(CLASS, Seen(answers=[(who, None) for who in task.skipped]))]
    question, first = found[0]
    there = {who for who, _ in first.answers}
    skips = [(who, None) for who in task.skipped if who not in there]
    return [(question, msgspec.structs.replace(first, answers=[*first.answers, *skips])), *found[1:]]
