"""Exams: dealing gold to a person before they get work, marking it, and what a manager decides."""

from __future__ import annotations

from collections import Counter
from random import SystemRandom

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import counts, events
from apps.activity.models import CountDelta
from apps.activity.services import record
from apps.assets.models import Asset
from apps.core.bulk import insert_many
from apps.core.errors import NotFound
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.projects.errors import GuidelineUnread
from apps.projects.models import Project
from apps.projects.queries import last_read
from apps.projects.settings import settings_of
from apps.quality.errors import NoExam
from apps.quality.models import ExamTry, Gold, Probe, ProbeScore
from apps.quality.queries.exams import ASKED, guideline_number, standing, standing_of
from apps.quality.queries.gold import exam_gold
from apps.quality.services.places import OF_PICTURE
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.queries.people import managers_of
from apps.tasks.services import trash_with_assets
from apps.tasks.services.apart import never_again
from domain.sampling import order_key

NOBODY = 0  # a group that nobody is in: a slot of an exam is its person's or nobody's
ENOUGH = 1e-9  # a share that is the pass mark but for rounding passes
_chance = SystemRandom()


@transaction.atomic
def begin_exam(*, user: User, project_id: int) -> ExamTry:
    """Deal the tasks of a try to the person; of a try that is open, the same one again.

    Raises:
        NoExam: there is none for this person, it is passed, no try is left, or there is not enough gold (`reason`).
        GuidelineUnread: the guideline comes first.
    """
    access = project_for(user, project_id, Action.ANNOTATE)
    project = Project.objects.select_for_update(no_key=True, of=("self",)).get(pk=project_id)
    found = standing_of(access)
    if found is not None and found.state == "open" and found.last is not None:
        return found.last
    if found is None or found.state != "needed":
        why = (
            "There is no exam here."
            if found is None
            else "You have passed it."
            if found.state == "passed"
            else "No try is left."
        )
        raise NoExam(why, reason=found.state if found else "none")
    if project.state != Project.State.ACTIVE:
        raise NoExam(f"The project is {project.state}: no exam is held.", reason="closed")
    guideline = guideline_number(project)
    if last_read(project, user.pk) < guideline:
        raise GuidelineUnread("Read the guideline first: the exam asks what it says.", project=project.pk)
    rules = settings_of(project).exam
    golds = _choose(project, user, rules.tasks)
    if len(golds) < rules.tasks:
        raise NoExam(
            f"The exam needs {rules.tasks} pieces of gold that you do not know, and there are {len(golds)}. Tell a manager.",
            reason="gold",
        )
    number = 1 + (ExamTry.objects.filter(project=project, user=user).aggregate(last=Max("number"))["last"] or 0)
    made = ExamTry.objects.create(
        project=project, user=user, number=number, guideline=guideline, tasks=rules.tasks, pass_mark=rules.pass_mark
    )
    _deal(made, golds)
    return made


def _choose(project: Project, user: User, wanted: int) -> list[Gold]:
    """Gold that the person has not worked on, what they had in no try before first, else by chance."""
    golds = exam_gold(project)
    worked = set(
        Assignment.objects.filter(user=user, task_id__in=[g.task_id for g in golds]).values_list("task_id", flat=True)
    )
    had = set(Probe.objects.filter(exam__user=user, exam__project=project).values_list("gold_id", flat=True))
    able = [gold for gold in golds if gold.task_id not in worked]
    _chance.shuffle(able)
    return sorted(able, key=lambda gold: gold.pk in had)[:wanted]


def _deal(exam: ExamTry, golds: list[Gold]) -> None:
    """Tasks of copies of the gold's pictures, kept for the person; nothing in them says which gold they are."""
    project_id = exam.project_id
    names = [f"exam-{exam.number}-{n:02d}" for n in range(1, len(golds) + 1)]
    assets = insert_many(
        Asset,
        [
            Asset(
                project_id=project_id,
                name=name,
                created_by=exam.user,
                **{n: getattr(gold.asset, n) for n in OF_PICTURE},
            )
            for name, gold in zip(names, golds, strict=True)
        ],
    )
    first = 1 + (Task.objects.filter(project_id=project_id).aggregate(last=Max("number"))["last"] or 0)
    tasks = [
        Task(
            project_id=project_id, asset=asset, number=number, name=asset.name, purpose=Task.Purpose.EXAM,
            order_key=order_key(priority=0, number=number),
        )
        for number, asset in enumerate(assets, start=first)
    ]  # fmt: skip
    insert_many(Task, tasks)
    Slot.objects.bulk_create(
        Slot(
            project_id=project_id, task=task, stage=Stage.ANNOTATE, order_key=task.order_key, reserved_for=exam.user,
            groups=[NOBODY], revision_id=gold.begins_with_id,
        )
        for task, gold in zip(tasks, golds, strict=True)
    )  # fmt: skip
    Probe.objects.bulk_create(
        Probe(task=task, project_id=project_id, kind=Probe.Kind.EXAM, gold=gold, exam=exam)
        for task, gold in zip(tasks, golds, strict=True)
    )
    for gold in golds:
        never_again(user_ids=[exam.user_id], key=gold.asset_id)
    counts.add_many(
        [CountDelta(project_id=project_id, measure="tasks_by_state", key=Task.State.WAITING, amount=len(tasks))]
    )


@transaction.atomic
def end_exam(*, probe: Probe) -> bool:
    """Decide a try when all its tasks are marked, and clear its tasks away. A second call changes nothing."""
    exam = (
        ExamTry.objects.select_for_update(no_key=True).select_related("project").filter(pk=probe.exam_id or 0).first()
    )
    if exam is None or exam.state != ExamTry.State.OPEN:
        return False
    scores = list(ProbeScore.objects.filter(probe__exam=exam, kind=Probe.Kind.EXAM))
    if len(scores) < exam.tasks:
        return False
    classes: dict[str, list[int]] = {}
    faults: Counter[str] = Counter()
    for score in scores:
        faults.update(fault["kind"] for fault in score.faults)
        for key, (correct, things) in score.classes.items():
            sums = classes.setdefault(key, [0, 0])
            sums[0], sums[1] = sums[0] + correct, sums[1] + things
    exam.total, exam.classes, exam.faults = sum(score.score for score in scores), classes, dict(faults)
    passed = exam.total / exam.tasks >= exam.pass_mark - ENOUGH
    exam.state, exam.finished_at = ExamTry.State.PASSED if passed else ExamTry.State.FAILED, timezone.now()
    exam.save(update_fields=["total", "classes", "faults", "state", "finished_at"])
    _clear(exam)
    _tell(exam)
    return True


def _clear(exam: ExamTry) -> None:
    """The tasks go to the trash, where counts do not see them; the try keeps what they showed."""
    ids = list(Asset.objects.filter(tasks__probe__exam=exam).values_list("pk", flat=True))
    Asset.objects.filter(pk__in=ids).update(trashed_at=timezone.now())
    trash_with_assets(project=exam.project, asset_ids=ids)


def _tell(exam: ExamTry) -> None:
    project = exam.project
    record(
        organisation_id=project.organisation_id, project_id=project.pk, verb=f"exam.{exam.state}", actor=None,
        object_type="exam", object_id=exam.pk, details={"name": project.name, "user": exam.user_id, "number": exam.number},
        notify=[exam.user_id],
    )  # fmt: skip
    tries = list(ExamTry.objects.filter(project=project, user=exam.user).order_by("-number"))  # of who is gone too
    if standing(project, settings_of(project).exam, tries).state == "failed":
        record(
            organisation_id=project.organisation_id, project_id=project.pk, verb="exam.no_tries", actor=exam.user,
            object_type="exam", object_id=exam.pk, details={"name": project.name, "user": exam.user_id}, notify=managers_of(project),
        )  # fmt: skip
    events.publish(f"user:{exam.user_id}", "exam.changed", {"project": project.pk})
    events.publish(f"project:{project.pk}", "quality.changed", {"project": project.pk})


@transaction.atomic
def allow(*, user: User, project_id: int, person_id: int, what: str) -> None:
    """A manager lets somebody through without the exam (`pass`), or gives their tries back (`tries`).

    Raises:
        NotFound: no such person takes exams here.
        NoExam: they are at it, or have passed.
    """
    access = project_for(user, project_id, Action.GOLD_EDIT)
    asked = _asked(project_id, person_id)
    found = standing_of(asked)
    if found is None or found.state not in ("needed", "failed"):
        raise NoExam("They are at the exam, or may work already.", reason=found.state if found else "none")
    if what == "tries":
        ExamTry.objects.filter(project_id=project_id, user_id=person_id, state=ExamTry.State.FAILED).update(
            forgiven=True
        )
    else:
        number = 1 + (
            ExamTry.objects.filter(project_id=project_id, user_id=person_id).aggregate(last=Max("number"))["last"] or 0
        )
        ExamTry.objects.create(
            project=access.project, user_id=person_id, number=number, state=ExamTry.State.EXCUSED, decided_by=user,
            guideline=guideline_number(access.project), finished_at=timezone.now(),
        )  # fmt: skip
    record(
        organisation_id=access.project.organisation_id, project_id=project_id, verb="exam.allowed", actor=user,
        object_type="user", object_id=person_id, details={"name": access.project.name, "what": what}, notify=[person_id],
    )  # fmt: skip
    events.publish(f"user:{person_id}", "exam.changed", {"project": project_id})


def _asked(project_id: int, person_id: int) -> ProjectAccess:
    person = User.objects.filter(pk=person_id).first()
    if person is not None:
        found = project_for(person, project_id, Action.ANNOTATE)
        if found.role in ASKED:
            return found
    raise NotFound("Nobody of that id takes exams here.")
