"""Statistics of people, reviewers and classes, from maintained counts: a sum a question, never a scan of the work."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

from django.utils import timezone

from apps.accounts.models import Role, User
from apps.activity.queries import Sums, series, sums_of
from apps.annotations.models import RegionIndex, Revision
from apps.annotations.services.judging import schema_of
from apps.core.errors import NotFound
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.projects.models import Project
from apps.projects.queries import members_taking_part, topics
from apps.projects.settings import settings_of
from apps.quality.queries.dashboard import Day, Share, days_of
from apps.quality.queries.judges import Judge, judges_of
from apps.tasks.models import Stage, Task
from apps.tasks.queries import hides_answers
from domain.agreement.intervals import wilson

LEAST_JUDGED = 50  # regions of a class, below which its quality is not said to miss a target
SAMPLE_IMAGES, SAMPLE_REGIONS = 2_000, 5_000  # the newest, that distributions are drawn from
MOST_NAMED = 3  # people of a class that misses its target
VERDICTS = ("accepted", "fixed", "rejected")
MEASURES = (
    *VERDICTS,
    "submitted",
    "reviewed",
    "reviewed_regions",
    "judged_regions",
    "faulty_regions",
    "rejected_for",
    "overturned",
    "active_ms",
)


@dataclass(slots=True)
class ClassQuality:
    """How much of what was judged at first sight was right. `missed`: below the target beyond doubt; `people`: whose
    regions were wrong most often, as (user, wrong, judged); `anchor`: the guideline's section."""

    class_id: int
    name: str
    color: str
    right: Share
    target: float
    missed: bool
    people: list[tuple[int, int, int]] = field(default_factory=list)
    anchor: str = ""


@dataclass(slots=True)
class Worker:
    user_id: int
    submitted: int
    active_ms: int
    first_time: Share
    fixed: int
    rejected: int
    reasons: dict[str, int]
    regions: Share


@dataclass(slots=True)
class Spread:
    """Distributions of the newest work: regions an image, areas and places of regions."""

    images: int
    empty: int
    per_image: dict[int, int]  # regions: images
    regions: int
    areas: dict[int, int]  # power of two of the side in pixels: regions
    places: list[list[int]]  # rows of a grid over the image: regions with their middle there


@dataclass(slots=True)
class Statistics:
    access: ProjectAccess
    since: date | None
    classes: list[ClassQuality]
    workers: list[Worker]
    judges: list[Judge]
    reasons: dict[str, int]
    spread: Spread
    annotate_ms: int
    review_ms: int
    submitted: int


@dataclass(slots=True)
class OnePerson:
    access: ProjectAccess
    since: date | None
    worker: Worker
    days: list[Day]
    active_days: dict[date, int]  # ms of annotating
    classes: list[ClassQuality]


def one_person(*, user: User, project_id: int, wanted: int, days: int | None) -> OnePerson:
    """A person's own figures, for themselves and for who may see people's.

    Raises:
        NotFound: another's, for somebody who may not see them.
    """
    access = may_see_person(user, project_id, wanted)
    since = timezone.now().date() - timedelta(days=days - 1) if days else None
    sums = sums_of(project_id, MEASURES, since=since, user_id=wanted)
    today = timezone.now().date()
    shown = days or LONGEST_SERIES
    first = today - timedelta(days=shown - 1)
    counted = series(project_id, ("submitted", "rejected", "active_ms"), since=first, user_id=wanted)
    active: dict[date, int] = defaultdict(int)
    for (measure, key, day, _), n in counted.items():
        if measure == "active_ms" and key == "annotate":
            active[day] += n
    return OnePerson(
        access=access,
        since=since,
        worker=worker_of(sums, wanted),
        days=days_of(counted, today, shown),
        active_days=dict(active),
        classes=class_quality(access.project, sums, people=False),
    )


def may_see_person(user: User, project_id: int, wanted: int) -> ProjectAccess:
    """The project, where the person may see these figures.

    Raises:
        NotFound: another's, for somebody who may not see them.
    """
    access = project_for(user, project_id, Action.ANNOTATE)
    if wanted != user.pk and (not access.can(Action.PEOPLE_STATS_VIEW) or not _takes_part(access, wanted)):
        raise NotFound("There are no such figures, or you may not see them.")
    return access


LONGEST_SERIES = 90  # days of a person's page that asks for all time


def _takes_part(access: ProjectAccess, user_id: int) -> bool:
    return members_taking_part(access.project).filter(user_id=user_id).exists()


def statistics(*, user: User, project_id: int, days: int | None, action: Action = Action.STATS_VIEW) -> Statistics:
    """A project's statistics of the last `days`, or of all time. People's figures are for who may see them; who must not
    learn others' answers gets no distributions, and as an annotator only their own sums."""
    access = project_for(user, project_id, action)
    since = timezone.now().date() - timedelta(days=days - 1) if days else None
    blind = hides_answers(access)
    own = user.pk if blind and access.role == Role.ANNOTATOR else None  # others' unfinished work shows in no sum
    sums = sums_of(project_id, MEASURES, since=since, user_id=own)
    shows_people = access.can(Action.PEOPLE_STATS_VIEW)
    return Statistics(
        access=access,
        since=since,
        classes=class_quality(access.project, sums, people=shows_people),
        workers=workers_of(sums) if shows_people else [],
        judges=judges_of(access, sums, since=since) if shows_people else [],
        reasons=_by_key(sums, "rejected_for"),
        spread=Spread(0, 0, {}, 0, {}, []) if blind else spread_of(project_id),
        annotate_ms=_total(sums, "active_ms", "annotate"),
        review_ms=_total(sums, "active_ms", "review"),
        submitted=_total(sums, "submitted"),
    )


def _total(sums: Sums, measure: str, key: str | None = None) -> int:
    return sum(n for (name, k, _), n in sums.items() if name == measure and key in (None, k))


def _by_key(sums: Sums, measure: str) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for (name, key, _), n in sums.items():
        if name == measure and n:
            found[key] += n
    return dict(sorted(found.items(), key=lambda row: -row[1]))


def share(good: int, n: int, reason: str) -> Share:
    if n <= 0:
        return Share(None, None, None, 0, reason)
    good = min(max(good, 0), n)
    low, high = wilson(good, n)
    return Share(good / n, low, high, n)


def class_quality(project: Project, sums: Sums, *, people: bool) -> list[ClassQuality]:
    """Each class of the schema against its target: a miss is where the lower bound of the interval lies below it with
    enough judged."""
    chosen, guideline = settings_of(project), project.guideline
    sections = topics(project, guideline.markdown, guideline.links) if guideline else {}
    all_judged, all_faulty = _by_key(sums, "judged_regions"), _by_key(sums, "faulty_regions")
    found = []
    for one in schema_of(cast(int, project.schema_id)).classes:
        key = str(one.id)
        judged = all_judged.get(key, 0)
        if one.archived and not judged:
            continue
        right = share(judged - all_faulty.get(key, 0), judged, "nothing_reviewed")
        target = chosen.quality_targets.get(key, chosen.quality_target)
        missed = right.n >= LEAST_JUDGED and right.low is not None and right.low < target
        found.append(
            ClassQuality(
                class_id=one.id,
                name=one.title or one.name,
                color=one.color,
                right=right,
                target=target,
                missed=missed,
                people=_worst(sums, key) if missed and people else [],
                anchor=sections.get(f"class:{one.id}", ""),
            )
        )
    return found


def missed_targets(project: Project) -> list[ClassQuality]:
    """The classes that miss their target over all time, the worst first."""
    sums = sums_of(project.pk, ("judged_regions", "faulty_regions"))
    found = [one for one in class_quality(project, sums, people=True) if one.missed]
    return sorted(found, key=lambda one: one.right.value or 0.0)


def _worst(sums: Sums, key: str) -> list[tuple[int, int, int]]:
    rows = [
        (user_id, n, sums.get(("judged_regions", key, user_id), 0))
        for (measure, name, user_id), n in sums.items()
        if measure == "faulty_regions" and name == key and user_id and n > 0
    ]
    return sorted(rows, key=lambda row: -row[1])[:MOST_NAMED]


def workers_of(sums: Sums) -> list[Worker]:
    """Everybody who submitted or whose work was judged, who submitted most first."""
    ids = {
        user_id for (measure, _, user_id), n in sums.items() if user_id and n and measure in ("submitted", *VERDICTS)
    }
    apart = _by_person(sums)
    return sorted(
        (worker_of(apart[user_id], user_id) for user_id in ids), key=lambda one: (-one.submitted, one.user_id)
    )


def _by_person(sums: Sums) -> dict[int, Sums]:
    """One walk over all sums, instead of one a person."""
    found: dict[int, dict[tuple[str, str, int], int]] = defaultdict(dict)
    for place, n in sums.items():
        found[place[2]][place] = n
    return dict(found)


def worker_of(mine: Sums, user_id: int) -> Worker:
    """A person's figures out of their own sums."""
    good = mine.get(("accepted", "first", user_id), 0)
    judged = sum(mine.get((verdict, "first", user_id), 0) for verdict in VERDICTS)
    regions = _total(mine, "judged_regions")
    return Worker(
        user_id=user_id,
        submitted=_total(mine, "submitted"),
        active_ms=_total(mine, "active_ms", "annotate"),
        first_time=share(good, judged, "nothing_reviewed"),
        fixed=_total(mine, "fixed"),
        rejected=_total(mine, "rejected"),
        reasons=_by_key(mine, "rejected_for"),
        regions=share(regions - _total(mine, "faulty_regions"), regions, "nothing_reviewed"),
    )


GRID = 8  # cells a side of the map of places


def spread_of(project_id: int) -> Spread:
    """From the newest answers and regions, whose numbers are told: a project of a million is not read for a chart."""
    rows = Revision.objects.filter(project_id=project_id, stage=Stage.ANNOTATE)
    images = list(rows.order_by("-created_at").values_list("region_count", flat=True)[:SAMPLE_IMAGES])
    per_image: dict[int, int] = defaultdict(int)
    for number in images:
        per_image[number] += 1
    areas: dict[int, int] = defaultdict(int)
    places = [[0] * GRID for _ in range(GRID)]
    sample = RegionIndex.objects.filter(project_id=project_id).order_by("-revision_id", "-ordinal")
    boxes = list(sample.values_list("task_id", "x0", "y0", "x1", "y1")[:SAMPLE_REGIONS])
    sizes = _sizes({row[0] for row in boxes})
    seen = 0
    for task_id, x0, y0, x1, y1 in boxes:
        if x0 is None or x1 is None or y0 is None or y1 is None or task_id not in sizes:
            continue
        seen += 1
        side = max(1.0, ((x1 - x0) * (y1 - y0)) ** 0.5)
        areas[int(side).bit_length() - 1] += 1
        width, height = sizes[task_id]
        column = min(GRID - 1, max(0, int((x0 + x1) / 2 / width * GRID)))
        places[min(GRID - 1, max(0, int((y0 + y1) / 2 / height * GRID)))][column] += 1
    return Spread(
        images=len(images),
        empty=per_image.get(0, 0),
        per_image=dict(sorted(per_image.items())),
        regions=seen,
        areas=dict(sorted(areas.items())),
        places=places,
    )


def _sizes(task_ids: set[int]) -> dict[int, tuple[int, int]]:
    rows = Task.objects.filter(pk__in=task_ids).values_list("pk", "asset__width", "asset__height")
    return {pk: (max(1, width), max(1, height)) for pk, width, height in rows}
