"""Marking trusted answers, importing and retiring them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import User
from apps.activity.services import record
from apps.annotations.models import Annotation, Revision
from apps.annotations.queries import revision_for
from apps.annotations.services import NewRevision, freeze
from apps.annotations.services.freeze import revision_row, store_chunks
from apps.annotations.services.judging import Judge
from apps.core.errors import Invalid
from apps.core.permissions import Action
from apps.projects.access import project_for
from apps.quality.errors import AlreadyGold, NotGoldMaterial
from apps.quality.models import Gold
from apps.quality.queries.gold import gold_for
from apps.quality.services.honeypots import withdraw
from apps.tasks.models import Assignment, Slot, Task
from apps.tasks.queries import task_for
from apps.tasks.services.apart import never_again
from domain.elements import ElementError, decode, encode, place
from domain.elements.structs import Answer, Region
from domain.schema import check_answer, check_region

MOST_GOLD_ELEMENTS = 5_000


@transaction.atomic
def mark_gold(*, user: User, revision_id: int, note: str = "") -> Gold:
    """Make an accepted or submitted revision the reference of its picture: a copy of kind *gold*, sharing its chunks.

    Raises:
        NotFound, NotAllowed: no such revision for this person, or they may not make gold.
        NotGoldMaterial: it says that nobody can tell, or it is the work of a hidden test.
        AlreadyGold: the same content is this task's gold.
    """
    revision = revision_for(user, revision_id)
    project_for(user, revision.project_id, Action.GOLD_EDIT)
    if revision.outcome not in ("labelled", "empty"):
        raise NotGoldMaterial(f"A revision that says {revision.outcome} is no reference. Choose one that was labelled.")
    return _keep(user, revision.task, revision, note)


@transaction.atomic
def import_gold(
    *, user: User, task_id: int, elements: Sequence[tuple[str, bytes]], outcome: str = "labelled", note: str = ""
) -> Gold:
    """Bring a reference for a task's picture: elements as in an edit, (kind, bytes) each.

    Raises:
        Invalid: elements that do not fit the schema or the picture, each named in `errors`.
    """
    task, access = task_for(user, task_id, Action.GOLD_EDIT)
    judge = Judge.of(access.project, task.asset)
    placed, problems = [], []
    for number, (kind, raw) in enumerate(elements):
        try:
            element = decode(kind, raw)
        except ElementError as error:
            problems.append((number, error.code, error.detail))
            continue
        found = place(element, width=judge.width, height=judge.height, amodal=judge.amodal)
        wrong = [*found.problems]
        if isinstance(element, Region):
            wrong += check_region(judge.schema, element)
        elif isinstance(element, Answer):
            wrong += check_answer(judge.schema, element)
        wrong = [problem for problem in wrong if problem.severity == "error"]
        problems += [(number, problem.code, problem.detail) for problem in wrong]
        if found.element is not None and not wrong:
            placed.append((kind, encode(found.element)))
    if problems:
        raise Invalid(
            f"{len(problems)} of {len(elements)} elements do not fit.",
            fields=[{"pointer": f"/elements/{n}", "code": code, "detail": text} for n, code, text in problems[:100]],
        )
    if outcome == "labelled" and not placed:
        raise NotGoldMaterial("`labelled` needs an element. Where there is nothing to label, say `empty`.")
    changes = {(decode(kind, raw).id, kind): raw for kind, raw in placed}
    content = freeze(None, {(str(key), kind): raw for (key, kind), raw in changes.items()})
    store_chunks(content.new)
    bare = Revision(task=task, project=access.project, outcome=outcome, chunks=content.chunks)
    bare.first_ids, bare.element_count, bare.region_count = content.first_ids, content.elements, content.regions
    bare.class_counts, bare.answers = content.class_counts(), content.answers
    return _keep(user, task, bare, note)


def _keep(user: User, task: Task, source: Revision, note: str) -> Gold:
    if task.purpose != Task.Purpose.WORK:
        raise NotGoldMaterial("This is the answer to a hidden test. Mark the work that the test was made of.")
    project = task.project
    Gold.objects.select_for_update(no_key=True).filter(task=task).first()
    active = Gold.objects.select_related("revision").filter(task=task, state=Gold.State.ACTIVE).first()
    content = freeze(source, {})
    if active is not None and active.revision.sha256 == content.digest() and active.revision.outcome == source.outcome:
        raise AlreadyGold("This task's gold says the same.", gold=active.pk)
    annotation = Annotation.objects.create(
        project=project,
        task=task,
        author=user,
        kind=Annotation.Kind.GOLD,
        state=Annotation.State.SUBMITTED,
        based_on=source if source.pk else None,
        base_version=1,
        version=1,
    )
    number = 1 + (Revision.objects.filter(task=task).aggregate(last=Max("number"))["last"] or 0)
    new = NewRevision(task=task, elements=(), kind=Annotation.Kind.GOLD, author=user, outcome=source.outcome)
    revision = revision_row(project, content, number=number, new=new, annotation_id=annotation.pk, version=1)
    revision.save()
    Annotation.objects.filter(pk=annotation.pk).update(base=revision)
    if active is not None:
        _retire(active)
    version = 1 + (Gold.objects.filter(task=task).aggregate(last=Max("version"))["last"] or 0)
    gold = Gold.objects.create(
        project=project,
        task=task,
        asset_id=task.asset_id,
        revision=revision,
        version=version,
        begins_with=_beginning(task),
        note=note.strip(),
        created_by=user,
    )
    _known_to(task)
    record(
        organisation_id=project.organisation_id,
        project_id=project.pk,
        verb="gold.marked",
        actor=user,
        object_type="task",
        object_id=task.pk,
        details={"gold": gold.pk, "version": version, "number": task.number, "name": task.name},
    )
    return gold


def _beginning(task: Task) -> Revision | None:
    """Imported work that who took the task began with: a copy of the task begins with it too."""
    rows = Revision.objects.filter(task=task, kind=Annotation.Kind.IMPORT)
    return rows.filter(derived__kind=Annotation.Kind.ANSWER).order_by("number").first()


def _known_to(task: Task) -> None:
    """Who had the task knows the picture; who takes it later must not have its copies near it."""
    Slot.objects.filter(task=task, state=Slot.State.OPEN).update(apart=task.asset_id)
    rows = Assignment.objects.filter(task=task).exclude(state=Assignment.State.RELEASED)
    never_again(user_ids=sorted(set(rows.values_list("user_id", flat=True))), key=task.asset_id)


@transaction.atomic
def retire_gold(*, user: User, gold_id: int) -> Gold:
    """Take gold out of use. Tests that nobody has begun are taken back; scores stay. Again changes nothing."""
    gold, access = gold_for(user, gold_id, Action.GOLD_EDIT)
    gold = Gold.objects.select_for_update(no_key=True).get(pk=gold.pk)
    if gold.state == Gold.State.ACTIVE:
        _retire(gold)
        record(
            organisation_id=access.project.organisation_id,
            project_id=access.project.pk,
            verb="gold.retired",
            actor=user,
            object_type="task",
            object_id=gold.task_id,
            details={"gold": gold.pk},
        )
    return gold


@transaction.atomic
def restore_gold(*, user: User, gold_id: int) -> Gold:
    """Take gold into use again.

    Raises:
        AlreadyGold: the task has newer gold in use.
    """
    gold, _ = gold_for(user, gold_id, Action.GOLD_EDIT)
    if Gold.objects.filter(task_id=gold.task_id, state=Gold.State.ACTIVE).exclude(pk=gold.pk).exists():
        raise AlreadyGold("A newer version of this task's gold is in use. Retire it first.")
    Gold.objects.filter(pk=gold.pk).update(state=Gold.State.ACTIVE, retired_at=None, updated_at=timezone.now())
    gold.state, gold.retired_at = Gold.State.ACTIVE, None
    return gold


def _retire(gold: Gold) -> None:
    now = timezone.now()
    Gold.objects.filter(pk=gold.pk).update(state=Gold.State.RETIRED, retired_at=now, updated_at=now)
    gold.state, gold.retired_at = Gold.State.RETIRED, now
    withdraw(project_id=gold.project_id, gold_id=gold.pk)
