"""Where answers differ: the regions behind a figure, found by what each task's scores say and read anew from the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from apps.accounts.models import User
from apps.annotations.models import Revision
from apps.annotations.queries import revisions_visible
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.projects.queries import workflow_of
from apps.quality.models import Consensus, TaskAgreement
from apps.quality.queries.answers import Case, answers_given, case_of, tokens
from apps.quality.queries.consensus import consolidated, kept, standing
from apps.tasks.models import Task
from apps.tasks.queries import task_for
from domain.agreement.scoring import Difference, PairScore

PAGE = 40  # differences at least, where there are so many
TASKS_LOOKED_AT = 60  # a page; a rare difference takes several
MOST_OF_A_TASK = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which differences. `people` names one or two; `left` and `right` are what was said, in either order without both
    people."""

    subject: str | None = None
    question: str | None = None
    kind: str | None = None
    left: str | None = None
    right: str | None = None
    people: tuple[int, ...] = ()
    batch: int | None = None
    task: int | None = None


@dataclass(slots=True)
class Found:
    """One difference, with the revisions that it stands in."""

    task: Task
    a: int
    b: int
    revision_a: int
    revision_b: int
    difference: Difference


@dataclass(slots=True)
class Differences:
    access: ProjectAccess
    found: list[Found]
    next_task: int | None


def differences_in(*, user: User, project_id: int, wanted: Wanted, after: int = 0) -> Differences:
    """A page of differences by task; of tasks whose answers the reader may see.

    Raises:
        NotAllowed: for who may not see people's figures.
    """
    access = project_for(user, project_id, Action.PEOPLE_STATS_VIEW)
    rows = TaskAgreement.objects.filter(project_id=project_id, task__trashed_at=None, pk__gt=after).exclude(day=None)
    rows = rows.filter(differs__contains=_asked(wanted))
    if wanted.batch is not None:
        rows = rows.filter(batch_id=wanted.batch)
    if wanted.task is not None:
        rows = rows.filter(pk=wanted.task)
    page = list(rows.select_related("task__asset", "task__project").order_by("pk")[: TASKS_LOOKED_AT + 1])
    found: list[Found] = []
    seen = 0
    for row in page[:TASKS_LOOKED_AT]:
        found += _of_task(access, row, wanted)
        seen += 1
        if len(found) >= PAGE:
            break
    more = seen < len(page)
    return Differences(access, found, page[seen - 1].pk if more and seen else None)


def _asked(wanted: Wanted) -> list[str]:
    """What a task's scores must name; the differences themselves are looked at after."""
    people = sorted(wanted.people)
    found = tokens(question=wanted.question, subject=wanted.subject, people=people, kind=wanted.kind)
    if len(people) == 2:
        found.append(f"pair:{people[0]}-{people[1]}")
    if wanted.question == "class":
        found += [f"subject:class:{side}" for side in (wanted.left, wanted.right) if side]
    return found


def _of_task(access: ProjectAccess, row: TaskAgreement, wanted: Wanted) -> list[Found]:
    """Its differences as its answers say now; none where the reader may not see them."""
    revisions = dict(zip(row.people, row.revisions, strict=True))
    visible = set(revisions_visible(access).filter(pk__in=row.revisions).values_list("pk", flat=True))
    case = case_of(row.task, fixed=False)
    found = []
    for pair in case.pairs():
        if pair.a not in revisions or pair.b not in revisions:
            continue  # an answer changed just now; its scores follow
        if not {revisions[pair.a], revisions[pair.b]} <= visible or not _between(pair, wanted):
            continue
        for one in pair.differences:
            if _fits(one, wanted, pair):
                found.append(Found(row.task, pair.a, pair.b, revisions[pair.a], revisions[pair.b], one))
    return found[:MOST_OF_A_TASK]


def _between(pair: PairScore, wanted: Wanted) -> bool:
    return set(wanted.people) <= {pair.a, pair.b}


def _fits(one: Difference, wanted: Wanted, pair: PairScore) -> bool:
    if wanted.kind and one.kind != wanted.kind:
        return False
    if wanted.question and one.question != wanted.question:
        return False
    if wanted.subject and wanted.subject.startswith("class:"):
        class_id = wanted.subject.partition(":")[2]
        if one.question != "class" or class_id not in (one.left, one.right):
            return False
    if wanted.left is None and wanted.right is None:
        return True
    sides = (one.left, one.right)
    if len(wanted.people) == 2 and wanted.people[0] == pair.b:
        sides = sides[::-1]
    asked = (wanted.left, wanted.right)
    ways = [sides] if len(wanted.people) == 2 else [sides, sides[::-1]]
    return any(all(want is None or want == got for want, got in zip(asked, way, strict=True)) for way in ways)


@dataclass(slots=True)
class TaskAnswers:
    """All answers to one task that the reader may see, with what they have in common."""

    access: ProjectAccess
    task: Task
    case: Case
    revisions: list[Revision]
    pairs: list[PairScore]
    consensus: Consensus | None
    common: dict[str, Any] | None


def answers_to(*, user: User, task_id: int) -> TaskAnswers:
    """The answers to a task, side by side: of a task whose every answer the reader may see, others are left out.

    What they have in common is what the standing consensus says, else what the workflow's method finds now.
    """
    task, access = task_for(user, task_id, Action.REVISIONS_VIEW)
    task = Task.objects.select_related("project__workflow", "asset").get(pk=task.pk)
    given = answers_given([task.pk]).get(task.pk, [])
    rows = revisions_visible(access).filter(pk__in=[one.revision for one in given])
    visible = {row.pk: row for row in rows.select_related("author")}
    case = case_of(task, fixed=False)
    shown = [one for one in case.given if one.revision in visible]
    people = {one.author for one in shown}
    case.given = shown
    case.read = [answer for answer in case.read if answer.who in people]
    whole = len(shown) == len(given)
    made = standing(task.pk) if whole else None
    return TaskAnswers(
        access=access,
        task=task,
        case=case,
        revisions=[visible[one.revision] for one in shown],
        pairs=case.pairs() if len(shown) > 1 else [],
        consensus=made,
        common=_common(task, case, made) if whole and len(shown) > 1 else None,
    )


def _common(task: Task, case: Case, made: Consensus | None) -> dict[str, Any]:
    if made is not None:
        return kept(made.provenance)
    found = consolidated(case, workflow_of(task.project).consensus)
    told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(found))
    return told
