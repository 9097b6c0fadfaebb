"""Hidden gold in the queue: which places, which gold, and taking tests back."""

from __future__ import annotations

from collections import Counter

from apps.core.seeds import seed_of
from apps.projects.models import Project
from apps.projects.settings import settings_of
from apps.quality.models import Gold, Probe
from apps.quality.queries.gold import ADVISED, hidden_gold, probe_counts
from apps.quality.services.looks import Looks
from apps.quality.services.places import give_back, hosts, take_place
from apps.tasks.models import Assignment, Slot, Stage, Task
from domain.sampling import sampling_number

AHEAD = 2_000  # slots of the queue that are drawn for at a time


def place_honeypots(*, project: Project, ahead: int = AHEAD) -> int:
    """Draw for the next slots of the queue, by seeded chance, and put gold into the places that are drawn.

    The draw depends on seed and task alone: run again, it finds the same places taken and the others left alone.

    Returns:
        How many were placed.
    """
    share = settings_of(project).hidden_tests.share
    golds = hidden_gold(project)
    if project.state != Project.State.ACTIVE or share <= 0 or not golds:
        return 0
    seed = seed_of(project.pk, "honeypots")
    used: Counter[int | None] = Counter(Probe.objects.filter(gold__in=golds).values_list("gold_id", flat=True))
    places = list(hosts(project.pk, ahead=ahead))
    drawn = [slot for slot in places if sampling_number(seed, slot.task_id) < share]
    if not drawn:
        return 0
    looks = Looks.of_tasks([slot.task_id for slot in places])
    placed = 0
    for slot in drawn:
        gold = _choose(golds, used, looks, slot)
        if gold is None:
            continue
        begins = gold.begins_with_id if slot.revision_id is not None else None
        made = take_place(
            host_id=slot.task_id, picture=gold.asset, kind=Probe.Kind.GOLD, apart=gold.asset_id, begins_with=begins, gold=gold
        )  # fmt: skip
        if made is not None:
            used[gold.pk] += 1
            placed += 1
    return placed


def _choose(golds: list[Gold], used: Counter[int | None], looks: Looks, slot: Slot) -> Gold | None:
    """The next in turn of those that look like the place's own picture, so that a gold comes again as late as can be: who is
    handed it too soon leaves a hole in the queue, and a hole tells. Where work begins with an import, only gold that began so."""
    begun = slot.revision_id is not None
    able = [gold for gold in golds if gold.begins_with_id is not None] if begun else golds
    able = looks.fitting(able, slot.task_id)
    return min(able, key=lambda gold: (used[gold.pk], gold.pk)) if able else None


def covered_by(project_id: int, golds: list[Gold]) -> float | None:
    """The share of the next tasks of the queue whose pictures look like gold, what is placed included; None of an empty queue."""
    looks = Looks.of_tasks([slot.task_id for slot in hosts(project_id, ahead=AHEAD)])
    placed = probe_counts(project_id)["waiting"]
    free, found = len(looks.by_task), looks.covered(golds) or 0.0
    return (free * found + placed) / (free + placed) if free + placed else None


def withdraw(*, project_id: int, gold_id: int | None = None) -> int:
    """Take back the tests that nobody has begun: of one gold, or of the project. Their places go back to their tasks."""
    rows = Probe.objects.filter(project_id=project_id, kind=Probe.Kind.GOLD)
    if gold_id is not None:
        rows = rows.filter(gold_id=gold_id)
    begun = Assignment.objects.filter(task_id__in=rows.values("task_id")).values("task_id")
    ids = rows.exclude(task_id__in=begun).order_by("pk").values_list("pk", flat=True)
    return sum(give_back(probe_id=pk) for pk in list(ids))


def work_left(project_id: int) -> bool:
    """Whether the queue holds anything but tests: at its end those that nobody can take would keep it from ending."""
    rows = Slot.objects.filter(project_id=project_id, stage=Stage.ANNOTATE, state=Slot.State.OPEN, withheld=False)
    return rows.filter(task__purpose=Task.Purpose.WORK).exists()


def keep_placed(*, ahead: int = AHEAD) -> int:
    """Draw for the queues of all projects that hide gold, and clear those that no longer do. Safe to run twice."""
    changed = 0
    for project in Project.objects.filter(trashed_at=None, settings__has_key="hidden_tests").order_by("pk"):
        if settings_of(project).hidden_tests.share > 0 and work_left(project.pk):
            changed += place_honeypots(project=project, ahead=ahead)
        else:
            changed += withdraw(project_id=project.pk)
    return changed


__all__ = ["ADVISED", "covered_by", "keep_placed", "place_honeypots", "withdraw"]
