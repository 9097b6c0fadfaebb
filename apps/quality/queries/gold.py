"""Reading gold, hidden tests, what they showed and what followed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet

from apps.accounts.models import User
from apps.annotations.services.judging import schema_of
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, found_for, project_for
from apps.projects.models import Project
from apps.projects.settings import settings_of
from apps.quality.models import AuditItem, Consequence, Gold, Probe, ProbeScore
from apps.reviews.models import Review
from apps.tasks.models import Assignment, Stage, Task
from domain.agreement.intervals import newcombe_difference, wilson
from domain.sampling import sampling_number

LATEST = 500  # scores of a person that count: somebody may learn
FEWEST = 20  # items below which no figure has a consequence
FEWEST_FOR_LEAK = 20
# Share of tests a piece of gold, divided by the people at work: with less gold it comes again too soon, is passed over, and
# the holes in the order of the queue tell.
ADVISED = 1 / 300
METHOD = "mean item score, Wilson 95 %"


@dataclass(slots=True)
class Accuracy:
    """Mean share of things that are right an item, with Wilson's interval over items; null with a reason of none.

    A score between 0 and 1 varies at most as much as a coin of the same mean, so the interval is never too narrow.
    """

    n: int = 0
    total: float = 0.0
    correct: int = 0
    things: int = 0

    def add(self, correct: int, things: int) -> None:
        self.n += 1
        self.total += correct / things if things else 1.0
        self.correct += correct
        self.things += things

    @property
    def value(self) -> float | None:
        return self.total / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(min(self.total, float(self.n)), self.n) if self.n else None


@dataclass(slots=True)
class PersonAccuracy:
    user_id: int
    overall: Accuracy = field(default_factory=Accuracy)
    classes: dict[int, Accuracy] = field(default_factory=lambda: defaultdict(Accuracy))
    faults: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    scores: list[int] = field(default_factory=list)
    last: Any = None

    def add(self, score: ProbeScore) -> None:
        self.overall.add(score.correct, score.things)
        for key, (correct, things) in score.classes.items():
            if things:
                self.classes[int(key)].add(correct, things)
        for fault in score.faults:
            self.faults[fault["kind"]] += 1
        self.scores.append(score.pk)
        self.last = max(self.last, score.created_at) if self.last else score.created_at


def gold_for(user: User, gold_id: int, action: Action) -> tuple[Gold, ProjectAccess]:
    """One piece of gold, for who may know of it."""
    gold = Gold.objects.select_related("project", "task", "asset", "revision").filter(pk=gold_id).first()
    return found_for(user, gold, "gold", action)


def gold_of(access: ProjectAccess, *, state: str | None = None) -> QuerySet[Gold]:
    """Gold of a project, each with how many tests were made of it and how many were answered."""
    rows = Gold.objects.filter(project_id=access.project.pk)
    rows = rows.filter(state=state) if state else rows
    rows = rows.select_related("task", "asset", "revision", "project")
    return rows.annotate(placed=Count("probes", distinct=True), answered=Count("probes__scores", distinct=True))


def gone_classes(project: Project, gold: Gold) -> list[int]:
    """Classes of the gold that nobody can choose any more: removed from the schema or archived."""
    if project.schema_id is None:
        return []
    there = {c.id for c in schema_of(project.schema_id).classes if not c.archived}
    return sorted(int(key) for key, n in gold.revision.class_counts.items() if n and int(key) not in there)


def usable_gold(project: Project) -> list[Gold]:
    """Gold that tests may be made of: in use, its picture there, its classes still to be chosen."""
    rows = Gold.objects.filter(project_id=project.pk, state=Gold.State.ACTIVE, asset__trashed_at=None)
    found = rows.select_related("asset", "revision").order_by("pk")
    return [gold for gold in found if not gone_classes(project, gold)]


def exam_gold(project: Project) -> list[Gold]:
    """Gold that exams are made of. Where tests are hidden too it is a part, drawn for good: who has passed knows it, so that
    it hides no more."""
    rules, golds = settings_of(project), usable_gold(project)
    wanted = rules.exam.tasks
    if not rules.hidden_tests.on:
        return golds if wanted else []
    drawn = sorted(golds, key=lambda gold: sampling_number("exam", settings.SECRET_KEY, project.pk, gold.pk))
    return drawn[: min(2 * wanted, max(wanted, len(golds) // 2))] if wanted else []


def hidden_gold(project: Project) -> list[Gold]:
    """Gold that is hidden in the queue: what exams leave."""
    shown = {gold.pk for gold in exam_gold(project)}
    return [gold for gold in usable_gold(project) if gold.pk not in shown]


def advised_share(project_id: int, golds: int) -> float:
    """The largest share of tests that so much gold hides well from the people at work."""
    rows = Assignment.objects.filter(project_id=project_id, stage=Stage.ANNOTATE)
    return golds * ADVISED / max(1, rows.aggregate(people=Count("user_id", distinct=True))["people"])


def probe_counts(project_id: int) -> dict[str, int]:
    """How many tests stand in the queue, and how many were answered."""
    rows = Probe.objects.filter(project_id=project_id, kind=Probe.Kind.GOLD, task__trashed_at=None)
    waiting = rows.filter(task__state=Task.State.WAITING).count()
    return {"waiting": waiting, "begun": rows.count() - waiting}


def latest_scores(project_id: int, user_id: int, kind: str = Probe.Kind.GOLD) -> list[ProbeScore]:
    """A person's latest scores that count, since their last consequence was lifted: what was settled is settled."""
    lifted = Consequence.objects.filter(project_id=project_id, user_id=user_id).aggregate(at=Max("lifted_at"))["at"]
    rows = ProbeScore.objects.filter(project_id=project_id, kind=kind, user_id=user_id, counted=True)
    rows = rows.filter(created_at__gt=lifted) if lifted else rows
    return list(rows.order_by("-pk")[:LATEST])


def accuracy_of(scores: Iterable[ProbeScore]) -> dict[int, PersonAccuracy]:
    """By person: overall, by class, faults by kind."""
    found: dict[int, PersonAccuracy] = {}
    for score in scores:
        found.setdefault(score.user_id, PersonAccuracy(score.user_id)).add(score)
    return found


def project_accuracy(
    user: User, project_id: int, kind: str = Probe.Kind.GOLD, *, of: str | None = None
) -> tuple[list[PersonAccuracy], ProjectAccess]:
    """Everybody's accuracy on hidden tests, the least accurate first; `of`: tests of one kind only."""
    access = project_for(user, project_id, Action.GOLD_VIEW)
    rows = ProbeScore.objects.filter(project_id=project_id, kind=kind, counted=True).order_by("-pk")
    rows = rows.filter(probe__kind=of) if of else rows
    people: dict[int, list[ProbeScore]] = defaultdict(list)
    for score in rows.iterator(2_000):
        if len(people[score.user_id]) < LATEST:
            people[score.user_id].append(score)
    found = accuracy_of(score for scores in people.values() for score in scores)
    return sorted(found.values(), key=lambda p: (p.overall.value or 0, p.user_id)), access


@dataclass(frozen=True, slots=True)
class Leak:
    """Gold much better than judged work: as if the tests were known."""

    gold: float
    work: float
    gold_n: int
    work_n: int
    low: float  # of the difference, 95 %
    high: float

    @property
    def suspected(self) -> bool:
        return self.low > 0.1


def leaks(project_id: int, people: Sequence[PersonAccuracy]) -> dict[int, Leak]:
    """By person with enough of both: accuracy on gold against the share of their audited or reviewed work that stood."""
    judged = _judged(project_id, [p.user_id for p in people])
    found = {}
    for person in people:
        good, n = judged.get(person.user_id, (0, 0))
        if person.overall.n < FEWEST_FOR_LEAK or n < FEWEST_FOR_LEAK:
            continue
        total = min(person.overall.total, float(person.overall.n))
        low, high = newcombe_difference(total, person.overall.n, good, n)
        found[person.user_id] = Leak(cast(float, person.overall.value), good / n, person.overall.n, n, low, high)
    return found


def _judged(project_id: int, user_ids: list[int]) -> dict[int, tuple[int, int]]:
    """{person: (verdicts that stood, verdicts)} of audits and of first reviews, of real work only."""
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    audits = AuditItem.objects.filter(audit__project_id=project_id, revision__author_id__in=user_ids)
    for author, defects in audits.exclude(defects__isnull=True).values_list("revision__author_id", "defects"):
        found[author][0] += not any(d["severity"] == "major" for d in defects or [])
        found[author][1] += 1
    reviews = Review.objects.filter(
        task__project_id=project_id, task__purpose=Task.Purpose.WORK, revision__author_id__in=user_ids,
        revision__kind="answer", sent_back_from__isnull=True,
    )  # fmt: skip
    rows = reviews.values_list("revision__author_id").annotate(
        n=Count("pk"), good=Count("pk", filter=Q(verdict="accept"))
    )
    for author, n, good in rows:
        found[author][0] += good
        found[author][1] += n
    return {author: (good, n) for author, (good, n) in found.items()}


def consequences_of(access: ProjectAccess, *, state: str | None = None) -> QuerySet[Consequence]:
    rows = Consequence.objects.filter(project_id=access.project.pk)
    return (rows.filter(state=state) if state else rows).order_by("-pk")


def consequence_for(user: User, consequence_id: int, action: Action) -> tuple[Consequence, ProjectAccess]:
    found = Consequence.objects.select_related("project").filter(pk=consequence_id).first()
    return found_for(user, found, "consequence", action)


def own_scores(user: User, project_id: int) -> tuple[QuerySet[ProbeScore], ProjectAccess]:
    """A person's own scores, where the project tells them."""
    access = project_for(user, project_id, Action.PROJECT_VIEW)
    rows = ProbeScore.objects.filter(project_id=project_id, user_id=user.pk, kind=Probe.Kind.GOLD)
    return rows.select_related("probe__task__asset", "probe__gold__revision", "revision"), access


def is_gold(task: Task) -> bool:
    """Whether a trusted answer to it is in use."""
    return Gold.objects.filter(task=task, state=Gold.State.ACTIVE).exists()


def tested_work(task: Task) -> int:
    """The task whose picture this is: of a hidden test the work that it was made of, else the task itself."""
    if task.purpose == Task.Purpose.WORK:
        return task.pk
    probe = Probe.objects.select_related("gold", "source").filter(task=task).first()
    if probe is None:
        return task.pk
    made_of = probe.gold or probe.source
    return made_of.task_id if made_of is not None else task.pk
