"""Measuring what the checks know of a project: from samples of its newest work, so that it costs the same at any size."""

from __future__ import annotations

from collections import Counter

from django.db import connection

from apps.annotations.models import ProjectKnowledge, Revision
from apps.annotations.queries import find_in_base
from apps.annotations.services.knowing import keep_known
from apps.projects.models import Project
from apps.projects.queries.versions import schema_of
from apps.reviews.models import Mark, Review
from apps.tasks.models import Outcome, Task
from domain.checks import Confused, Known, Sample, usual_of
from domain.elements import Region, decode

NEWEST_A_CLASS = 2_000  # regions: enough for a median, read from one index
NEWEST_ITEMS = 2_000
NEWEST_REVIEWS = 500
LEAST_CONFUSED = 3  # corrections below which a confusion may be one person's slip

_SAMPLE = """
    SELECT r.revision_id, r.class_id, r.shape, r.x0, r.y0, r.x1, r.y1, r.area
    FROM unnest(%s::bigint[]) c (id) CROSS JOIN LATERAL (
        SELECT * FROM annotations_regionindex i WHERE i.project_id = %s AND i.class_id = c.id AND i.x0 IS NOT NULL
        ORDER BY i.revision_id DESC, i.ordinal DESC LIMIT %s
    ) r"""


def measure(*, project: Project) -> Known:
    """Measure a project anew and keep it."""
    items, share = _drawn(project)
    known = Known(usual=usual_of(_samples(project)), confused=_confused(project), items=items, drawn_share=share)
    keep_known(project_id=project.pk, known=known)
    return known


def measure_where_work_went_on() -> int:
    """Measure the projects with work newer than their last measurement; returns how many."""
    done = 0
    measured = dict(ProjectKnowledge.objects.values_list("project_id", "measured_at"))
    for project in Project.objects.filter(state=Project.State.ACTIVE, trashed_at=None).select_related("schema"):
        rows = Revision.objects.filter(project_id=project.pk).order_by("-created_at")
        newest = rows.values_list("created_at", flat=True).first()
        if newest is not None and (project.pk not in measured or newest > measured[project.pk]):
            measure(project=project)
            done += 1
    return done


def _samples(project: Project) -> list[Sample]:
    """The newest regions of every class that can have one."""
    assert project.schema is not None
    classes = [one.id for one in schema_of(project.schema).classes]
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLE, [classes, project.pk, NEWEST_A_CLASS])
        return [
            Sample(item, class_id, shape, (x0, y0, x1, y1), area)
            for item, class_id, shape, x0, y0, x1, y1, area in cursor.fetchall()
        ]


def _drawn(project: Project) -> tuple[int, float]:
    """(finished items looked at, share of them with a region)."""
    newest = Task.objects.filter(
        project_id=project.pk, state=Task.State.DONE, trashed_at=None, outcome__in=[Outcome.LABELLED, Outcome.EMPTY]
    )
    counts = list(newest.order_by("-number").values_list("region_count", flat=True)[:NEWEST_ITEMS])
    return len(counts), sum(count > 0 for count in counts) / len(counts) if counts else 0.0


def _confused(project: Project) -> dict[int, list[Confused]]:
    """Classes that reviewers' fixes put in the place of another, among the newest verdicts."""
    reviews = list(
        Review.objects.filter(task__project_id=project.pk)
        .select_related("revision", "fix_revision")
        .order_by("-pk")[:NEWEST_REVIEWS]
    )
    judged: Counter[int] = Counter()
    for review in reviews:
        judged.update({int(name): n for name, n in review.revision.class_counts.items()})
    marks: dict[int, list[str]] = {}
    wrong = Mark.objects.filter(review__in=reviews, kind=Mark.Kind.WRONG_CLASS, derived=True).exclude(element_id="")
    for review_id, element_id in wrong.values_list("review_id", "element_id"):
        marks.setdefault(review_id, []).append(element_id)
    pairs: Counter[tuple[int, int]] = Counter()
    for review in reviews:
        if review.pk in marks and review.fix_revision is not None:
            pairs.update(_corrected(review, marks[review.pk]))
    found: dict[int, list[Confused]] = {}
    for (class_id, other), n in pairs.most_common():
        if n >= LEAST_CONFUSED:
            share = min(1.0, n / max(1, judged[class_id]))
            found.setdefault(class_id, []).append(Confused(other, n, share))
    return found


def _corrected(review: Review, ids: list[str]) -> list[tuple[int, int]]:
    """(class before, class after) of the regions whose class the fix changed."""
    wanted = [(element_id, "region") for element_id in ids]
    before, after = find_in_base(review.revision, wanted), find_in_base(review.fix_revision, wanted)
    pairs = []
    for key in wanted:
        if key in before and key in after:
            old, new = decode("region", before[key]), decode("region", after[key])
            if isinstance(old, Region) and isinstance(new, Region) and old.class_id != new.class_id:
                pairs.append((old.class_id, new.class_id))
    return pairs
