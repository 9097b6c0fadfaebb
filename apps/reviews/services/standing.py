"""How tasks stand, as the workflow's planning wants to know it; read in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.annotations.models import Annotation, Revision
from apps.annotations.services.pieces import facts_of, record_of
from apps.reviews.models import Review
from apps.tasks.models import Slot, Stage, Task
from apps.tasks.queries import others_may_review
from domain.sampling import sampling_number
from domain.workflow import Piece, Record, TaskState, Workflow
from domain.workflow.replanning import Judged, OpenSlot, Standing

OPEN = (Slot.State.OPEN, Slot.State.HELD)
NO_ANSWER = ("unusable", "cannot_tell")


@dataclass(slots=True)
class Found:
    """A task with its standing, and the revisions by the keys that the standing uses."""

    task: Task
    standing: Standing
    revisions: dict[int, Revision] = field(default_factory=dict)
    authors: dict[int, int | None] = field(default_factory=dict)


class Reader:
    """Reads standings under one workflow; what holds for a person is read once."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self._solo: dict[int | None, bool] = {}
        self._records: dict[int | None, Record | None] = {}

    def read(self, tasks: Sequence[Task]) -> list[Found]:
        """Standings of these tasks, which have their project and asset at hand."""
        ids = [task.pk for task in tasks]
        slots: dict[int, list[Slot]] = defaultdict(list)
        for slot in Slot.objects.filter(task__in=ids).order_by("pk"):
            slots[slot.task_id].append(slot)
        chains = _chains(ids)
        rejected = set(
            Review.objects.filter(task__in=ids, verdict=Review.Verdict.REJECT).values_list("revision_id", flat=True)
        )
        return [self._found(task, slots[task.pk], chains.get(task.pk, []), rejected) for task in tasks]

    def _found(self, task: Task, slots: list[Slot], chains: list[list[Revision]], rejected: set[int]) -> Found:
        found = Found(task, Standing(state=TaskState(task.state)))
        live = [slot for slot in slots if slot.state in OPEN]
        rework = {slot.revision_id for slot in live if slot.stage == Stage.ANNOTATE and slot.rework_level}
        submitted, merged = [], None
        for chain in chains:
            last = chain[-1]
            if last.pk in rejected or last.outcome in NO_ANSWER or any(one.pk in rework for one in chain):
                continue
            judged = self._judged(found, chain, slots)
            if chain[0].kind == Annotation.Kind.CONSENSUS:
                merged = judged
            else:
                submitted.append(judged)
        answers = [slot for slot in slots if slot.stage == Stage.ANNOTATE and not slot.rework_level]
        adjudicate = next((slot for slot in live if slot.stage == Stage.ADJUDICATE), None)
        found.standing = Standing(
            state=TaskState(task.state),
            done_places=frozenset(slot.ordinal for slot in answers if slot.state == Slot.State.DONE),
            answers=[_open(slot) for slot in answers if slot.state in OPEN],
            rework=sum(slot.stage == Stage.ANNOTATE and slot.rework_level > 0 for slot in live),
            submitted=submitted,
            merged=merged,
            adjudicate=_open(adjudicate) if adjudicate is not None else None,
        )
        return found

    def _judged(self, found: Found, chain: list[Revision], slots: list[Slot]) -> Judged:
        task, first, last = found.task, chain[0], chain[-1]
        author = None if first.kind == Annotation.Kind.CONSENSUS and first.stage != "adjudicate" else first.author_id
        ids = {one.pk for one in chain}
        reviews = [slot for slot in slots if slot.stage == Stage.REVIEW and slot.revision_id in ids]
        waiting = next((slot for slot in reviews if slot.state in OPEN), None)
        found.revisions[first.pk], found.authors[first.pk] = last, author
        sampling = sampling_number("review", task.project_id, first.annotation_id)
        return Judged(
            key=first.pk,
            passed=max((slot.level for slot in reviews if slot.state == Slot.State.DONE), default=0),
            review=_open(waiting) if waiting is not None else None,
            piece=Piece(
                sampling=0.0 if first.passed_reason else sampling,
                solo=self._alone(task, author),
                facts=facts_of(self.workflow, task, last),
                record=self._record(task, author),
            ),
        )

    def _alone(self, task: Task, author: int | None) -> bool:
        if author not in self._solo:
            self._solo[author] = not others_may_review(task.project, [author])
        return self._solo[author]

    def _record(self, task: Task, author: int | None) -> Record | None:
        if author not in self._records:
            self._records[author] = record_of(self.workflow, task.project, author)
        return self._records[author]


def _open(slot: Slot) -> OpenSlot:
    kept = slot.reserved_for_id is not None
    return OpenSlot(id=slot.pk, ordinal=slot.ordinal, level=slot.level, held=slot.state == Slot.State.HELD, kept=kept)


def _chains(task_ids: Sequence[int]) -> dict[int, list[list[Revision]]]:
    """{task: of each answer, and of what was made out of several, its last revision and the fixes made of it}."""
    rows = Revision.objects.filter(task__in=task_ids, annotation__state=Annotation.State.SUBMITTED)
    heads: dict[int, Revision] = {}
    fixes: dict[int, Revision] = {}
    for revision in rows.select_related("annotation").order_by("number"):
        if revision.kind == Annotation.Kind.FIX:
            fixes[revision.annotation.based_on_id or 0] = revision
        elif revision.kind in (Annotation.Kind.ANSWER, Annotation.Kind.CONSENSUS):
            heads[revision.annotation_id] = revision
    found: dict[int, list[list[Revision]]] = defaultdict(list)
    merged: dict[int, list[Revision]] = {}
    for revision in heads.values():
        chain = [revision]
        while chain[-1].pk in fixes:
            chain.append(fixes[chain[-1].pk])
        if revision.kind == Annotation.Kind.CONSENSUS:
            merged[revision.task_id] = chain  # the last one stands
        else:
            found[revision.task_id].append(chain)
    for task_id, chain in merged.items():
        found[task_id].append(chain)
    return found
