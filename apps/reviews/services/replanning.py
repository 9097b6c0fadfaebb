"""Moving work in flight when the workflow changes: what it would move, doing it, and taking it back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models import QuerySet

from apps.annotations.queries import first_answer
from apps.assets.models import Asset
from apps.projects.models import BulkChange, Project, WorkflowVersion
from apps.projects.queries import workflow_of
from apps.reviews.services.standing import Found, Reader
from apps.tasks import services as tasks
from apps.tasks.models import MovedTask, Slot, Stage, Task
from apps.tasks.services.create import drawn
from apps.tasks.services.moves import move_task
from domain.workflow import TaskState, Workflow, answers_wanted, parse
from domain.workflow.replanning import MOVABLE, Plan, replan

AT_ONCE = 50  # tasks a transaction: what is locked at a time
READ_AT_ONCE = 500
Moves = Counter[tuple[str, str]]  # (state before, state after): tasks
Report = Callable[[int, int], None]


def in_flight(project: Project) -> QuerySet[Task]:
    """Tasks that a change of the workflow may move."""
    rows = Task.objects.filter(project=project, trashed_at=None, state__in=[str(state) for state in MOVABLE])
    return rows.order_by("pk")


def preview_moves(*, project: Project, workflow: Workflow, report: Report | None = None) -> tuple[Moves, Moves]:
    """How many tasks of each state the workflow would move where, and how many answers more or less it asks for.

    Nothing is changed. The second holds ("answers", "added" | "taken_back") and ("reviews", "added" | "taken_back").
    """
    moves: Moves = Counter()
    work: Moves = Counter()
    before, reader, wanted = workflow_of(project), Reader(workflow), _wanted(project, workflow_of(project), workflow)
    ids = list(in_flight(project).values_list("pk", flat=True))
    for start in range(0, len(ids), READ_AT_ONCE):
        rows = list(_rows(ids[start : start + READ_AT_ONCE], project))
        for found in reader.read(rows):
            plan = replan(before, workflow, found.standing, wanted=wanted(found.task))
            moves[found.task.state, str(plan.state) if plan is not None else found.task.state] += 1
            if plan is not None:
                _tally(found, plan, work)
        if report is not None:
            report(min(start + READ_AT_ONCE, len(ids)), len(ids))
    return moves, work


def _tally(found: Found, plan: Plan, work: Moves) -> None:
    answers = {slot.id for slot in found.standing.answers}
    for one in plan.add:
        work["answers" if one.slot.stage == "annotate" else "reviews", "added"] += 1
    for slot_id in plan.cancel:
        work["answers" if slot_id in answers else "reviews", "taken_back"] += 1


def _rows(ids: list[int], project: Project) -> Iterator[Task]:
    for task in Task.objects.select_related("asset").filter(pk__in=ids).order_by("pk"):
        task.project = project
        yield task


def _wanted(project: Project, before: Workflow, after: Workflow) -> Callable[[Task], int]:
    """How many answers the workflow wants of a task at first: the share is drawn over unfinished work, batch by batch.

    Where the share does not shrink, what was drawn before stays drawn.
    """
    share, old = after.annotate.share, before.annotate.share
    if share is None or not share.share:
        return lambda task: after.overlap
    grows = old is not None and share.share >= old.share and share.overlap >= old.overlap
    kept = _with_several(project) if grows else set()
    batches: dict[int | None, list[tuple[int, Asset]]] = defaultdict(list)
    for task in in_flight(project).select_related("asset").iterator(2_000):
        batches[task.batch_id].append((task.number, task.asset))
    shared: set[int] = set()
    for batch, numbered in batches.items():
        shared |= drawn(after, numbered, batch, kept)
    return lambda task: answers_wanted(after, shared=task.number in shared)


def _with_several(project: Project) -> set[int]:
    """Numbers of tasks in flight that have more than one answer, or will have."""
    rows = Slot.objects.filter(project=project, stage=Stage.ANNOTATE, rework_level=0, ordinal__gt=0)
    rows = rows.exclude(state=Slot.State.CANCELLED).exclude(task__state__in=[Task.State.DONE, Task.State.ARCHIVED])
    return set(rows.values_list("task__number", flat=True))


def move_work_in_flight(*, change: BulkChange, report: Report | None = None) -> int:
    """Carry a change of the workflow out on all work in flight; how many tasks moved. A second run does the rest."""
    project = Project.objects.select_related("workflow", "organisation").get(pk=change.project_id)
    before, after = _version(project, change.arguments["before"]), _version(project, change.arguments["after"])
    reader, wanted, moved = Reader(after), _wanted(project, before, after), 0
    done = set(MovedTask.objects.filter(change=change).values_list("task_id", flat=True))
    ids = [pk for pk in in_flight(project).values_list("pk", flat=True) if pk not in done]
    for start in range(0, len(ids), AT_ONCE):
        with transaction.atomic():
            chunk = ids[start : start + AT_ONCE]
            list(Slot.objects.select_for_update(no_key=True).filter(task_id__in=chunk).order_by("pk"))
            for found in reader.read(list(_rows(chunk, project))):
                plan = replan(before, after, found.standing, wanted=wanted(found.task))
                if plan is not None:
                    _carry_out(change, found, plan)
                    moved += 1
        if report is not None:
            report(min(start + AT_ONCE, len(ids)), len(ids))
    return moved


def _version(project: Project, number: int) -> Workflow:
    return parse(WorkflowVersion.objects.get(project=project, number=number).body)


def _carry_out(change: BulkChange, found: Found, plan: Plan) -> None:
    task, state = found.task, found.task.state
    Slot.objects.filter(pk__in=plan.cancel).update(state=Slot.State.CANCELLED, withheld=False)
    added = []
    for one in plan.add:
        revision = found.revisions.get(one.key or 0)
        slot = tasks.new_slot(task, one.slot, revision.pk if revision else None, found.authors.get(one.key or 0))
        added.append(slot)
    Slot.objects.bulk_create(added)
    fields = {"result_id": _result(found, plan)} if plan.state == TaskState.DONE else {}
    move_task(task, plan.state, **fields)
    if plan.state == TaskState.COMPARING and state != TaskState.COMPARING:
        transaction.on_commit(lambda: tasks.ask_to_compare(task.pk), robust=True)
    version = Task.objects.values_list("version", flat=True).get(pk=task.pk)
    MovedTask.objects.create(
        change=change, task=task, state=state, cancelled=plan.cancel, added=[s.pk for s in added], version=version
    )


def _result(found: Found, plan: Plan) -> int | None:
    standing = found.standing
    if standing.merged is not None:
        return found.revisions[standing.merged.key].pk
    if plan.result == "first":
        return first_answer(found.task.pk)
    return found.revisions[standing.submitted[-1].key].pk


def undo_moves(*, change: BulkChange, report: Report | None = None) -> tuple[int, int]:
    """Put what a change moved back to where it was; (tasks put back, tasks left because somebody has gone on with them)."""
    rows = list(MovedTask.objects.filter(change=change, undone=False).order_by("task_id").values_list("pk", flat=True))
    back = left = 0
    for place, pk in enumerate(rows, start=1):
        with transaction.atomic():
            if _put_back(MovedTask.objects.select_for_update().get(pk=pk)):
                back += 1
            else:
                left += 1
        if report is not None and place % AT_ONCE == 0:
            report(place, len(rows))
    return back, left


def _put_back(moved: MovedTask) -> bool:
    slots = {slot.pk: slot for slot in tasks.lock_slots(moved.task_id)}
    task = Task.objects.select_related("project").get(pk=moved.task_id)
    added = [slots[pk] for pk in moved.added if pk in slots]
    if task.version != moved.version or any(slot.state != Slot.State.OPEN for slot in added):
        return False
    Slot.objects.filter(pk__in=[slot.pk for slot in added]).update(state=Slot.State.CANCELLED)
    for pk in moved.cancelled:  # a cancelled slot never comes back itself
        slot = slots[pk]
        slot.pk, slot._state.adding, slot.state = None, True, Slot.State.OPEN  # type: ignore[assignment]
        slot.withheld = task.trashed_at is not None
        slot.save()
    if task.state == Task.State.DONE and moved.state == Task.State.ANNOTATING:
        move_task(task, Task.State.WAITING)
    if task.state != moved.state:
        move_task(task, moved.state)
    MovedTask.objects.filter(pk=moved.pk).update(undone=True)
    return True
