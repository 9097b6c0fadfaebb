"""Figures of agreement, out of the totals. Each reader sees what the permission table and the blind settings allow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import Max, QuerySet, Sum
from django.utils import timezone

from apps.accounts.models import Role, User
from apps.annotations.services.judging import schema_of
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.quality.models import AgreementSum, SaidCount, TaskAgreement
from apps.quality.queries.answers import THRESHOLD
from apps.tasks.models import Batch
from domain.agreement.cohen import cohen_kappa_table
from domain.agreement.ratios import alpha_of_counts, ratio
from domain.agreement.result import Score
from domain.agreement.scoring import ALL, MICRO

_SUMS = (
    "tasks",
    "pairs",
    "size",
    "alike",
    "overlap",
    "empty",
    "size_size",
    "size_alike",
    "alike_alike",
    "size_overlap",
    "overlap_overlap",
    "alike_overlap",
)
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Scope:
    """Which sums are asked for. `subject` narrows people, pairs, batches and days to one class or question."""

    batch: int | None = None
    days: int | None = None
    subject: str = ALL


@dataclass(slots=True)
class Line:
    """Figures of one class, question, person, pair, batch or day."""

    key: Any
    alike: Score
    soft: Score | None = None
    near: Score | None = None
    chance: Score | None = None


@dataclass(slots=True)
class Overview:
    access: ProjectAccess
    whole: Line
    tasks: int
    waiting: int
    empty_pairs: int
    mixed_schemas: int
    scored_at: datetime | None
    own: bool
    classes: list[Line] = field(default_factory=list)
    questions: list[Line] = field(default_factory=list)
    people: list[Line] = field(default_factory=list)
    pairs: list[Line] = field(default_factory=list)
    batches: list[Line] = field(default_factory=list)
    days: list[Line] = field(default_factory=list)
    batch_names: dict[int, str] = field(default_factory=dict)


def agreement_of(*, user: User, project_id: int, scope: Scope) -> Overview:
    """The project's agreement. An annotator sees their own against the others', of work that they have submitted; a viewer
    the whole without people."""
    access = project_for(user, project_id, Action.STATS_VIEW)
    own = access.role == Role.ANNOTATOR
    a, b = (user.pk, 0) if own else (0, 0)
    rows = _rows(access, scope)
    schema = schema_of(cast(int, access.project.schema_id))
    subjects = [f"class:{c.id}" for c in schema.classes]
    asked = [f"item:{q.name}" for q in schema.item_attributes]
    asked += dict.fromkeys(f"region:{q.name}" for c in schema.classes for q in c.attributes)
    by_subject = _grouped(rows.filter(subject__in=[ALL, *subjects, *asked], a=a, b=b), "subject")
    whole = by_subject.get((ALL,), {})
    state = TaskAgreement.objects.filter(project_id=project_id)
    found = Overview(
        access=access,
        whole=_line(None, whole, "f1"),
        tasks=int(whole.get("tasks") or 0),
        waiting=state.filter(waiting=True).count(),
        empty_pairs=int(whole.get("empty") or 0),
        mixed_schemas=0 if own else state.filter(schemas__gt=1).count(),
        scored_at=state.aggregate(last=Max("scored_at"))["last"],
        own=own,
        classes=[_line(s, by_subject[s,], "f1") for s in subjects if (s,) in by_subject],
        questions=[_question(access, s, by_subject[s,], own) for s in asked if (s,) in by_subject],
        days=_lines(rows.filter(subject=scope.subject, a=a, b=b), "day"),
    )
    if own:
        return found
    found.batches = _lines(rows.filter(subject=scope.subject, a=0, b=0), "batch_id")
    names = Batch.objects.filter(project_id=project_id, pk__in=[line.key for line in found.batches])
    found.batch_names = dict(names.values_list("pk", "name"))
    if access.can(Action.PEOPLE_STATS_VIEW):
        found.people = _lines(rows.filter(subject=scope.subject, b=0).exclude(a=0), "a")
        found.pairs = _lines(rows.filter(subject=scope.subject).exclude(b=0), "a", "b")
    return found


def whole_agreement(project_id: int) -> Score:
    """How alike the project's answers are, all classes together: for documents that name nobody."""
    rows = AgreementSum.objects.filter(project_id=project_id, subject=ALL, a=0, b=0)
    return _line(None, _grouped(rows, "subject").get((ALL,), {}), "f1").alike


def _rows(access: ProjectAccess, scope: Scope) -> QuerySet[AgreementSum]:
    rows = AgreementSum.objects.filter(project_id=access.project.pk)
    if scope.batch is not None:
        rows = rows.filter(batch_id=scope.batch)
    if scope.days is not None:
        rows = rows.filter(day__gt=timezone.now().date() - timedelta(days=scope.days))
    return rows


def _grouped(rows: QuerySet[AgreementSum], *names: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    found = rows.order_by(*names).values(*names).annotate(**{f"of_{name}": Sum(name) for name in _SUMS})
    return {
        tuple(row[name] for name in names): {name: row[f"of_{name}"] for name in _SUMS}
        for row in found
        if row["of_tasks"]
    }


def _lines(rows: QuerySet[AgreementSum], *names: str) -> list[Line]:
    grouped = _grouped(rows, *names)
    return [_line(key[0] if len(names) == 1 else key, sums, "f1") for key, sums in sorted(grouped.items())]


def _line(key: Any, sums: dict[str, Any], method: str) -> Line:
    """How much agrees; how much of it overlaps; and how alike what was paired is."""
    of = {name: sums.get(name) or 0 for name in _SUMS}
    counted: dict[str, Any] = {"tasks": int(of["tasks"]), "pairs": int(of["pairs"])}
    told = {"threshold": THRESHOLD}
    alike = ratio(
        x=of["alike"], y=of["size"], xx=of["alike_alike"], xy=of["size_alike"], yy=of["size_size"],
        method=method, params=told, **counted,
    )  # fmt: skip
    soft = ratio(
        x=of["overlap"] / MICRO, y=of["size"], xx=of["overlap_overlap"], xy=of["size_overlap"], yy=of["size_size"],
        method="soft_f1", params=told, **counted,
    )  # fmt: skip
    near = ratio(
        x=of["overlap"] / MICRO, y=of["alike"], xx=of["overlap_overlap"], xy=of["alike_overlap"], yy=of["alike_alike"],
        method="mean_likeness_of_pairs", params=told, **counted,
    )  # fmt: skip
    return Line(key, alike, soft, near)


def _question(access: ProjectAccess, subject: str, sums: dict[str, Any], own: bool) -> Line:
    line = _line(subject, sums, "percent_agreement")
    line.soft = line.near = None
    if not own:
        said = SaidCount.objects.filter(project_id=access.project.pk, question=subject, a=0, b=0, times__gt=0)
        counts = said.values_list("raters", "left", "right").annotate(Sum("times"))
        line.chance = alpha_of_counts(
            (((raters, left, right), n) for raters, left, right, n in counts),
            items=line.alike.n_items,
            agreement=line.alike,
        )
    return line


@dataclass(slots=True)
class Confusion:
    """What was said against what. Of two people the rows are the first's; of all it is the same both ways round."""

    access: ProjectAccess
    question: str
    values: list[str]
    cells: list[tuple[str, str, int]]
    agreement: Score
    kappa: Score


def confusion_of(
    *, user: User, project_id: int, question: str, people: tuple[int, int] | None = None, batch: int | None = None
) -> Confusion:
    """The confusions of a question, `class` for the class of regions: there "" says that one side has nothing.

    Raises:
        NotAllowed: for who may not see people's figures.
    """
    access = project_for(user, project_id, Action.PEOPLE_STATS_VIEW)
    a, b = sorted(people) if people else (0, 0)
    rows = SaidCount.objects.filter(project_id=project_id, question=question, a=a, b=b, times__gt=0)
    if batch is not None:
        rows = rows.filter(batch_id=batch)
    counted = list(rows.values_list("raters", "left", "right").annotate(Sum("times")))
    cells: dict[tuple[str, str], int] = {}
    for _, left, right, times in counted:
        key = (left, right)
        if people and people[0] > people[1]:
            key = (right, left)
        elif not people:
            key = (min(key), max(key))
        cells[key] = cells.get(key, 0) + times
    values = _values(access, question, cells)
    size = sum(n for (left, right), n in cells.items() if left and right)
    same = sum(n for (left, right), n in cells.items() if left == right)
    share = ratio(
        x=same, y=size, xx=same, xy=same, yy=size, tasks=size, pairs=size, method="percent_agreement",
        params={"of": "what both sides have"},
    )  # fmt: skip
    return Confusion(
        access,
        question,
        values,
        [(*key, n) for key, n in sorted(cells.items())],
        share,
        _kappa(values, cells, counted, people),
    )


def _values(access: ProjectAccess, question: str, cells: Iterable[tuple[str, str]]) -> list[str]:
    """The declared values in their order, also unused ones, then what else was said, and last nothing."""
    schema = schema_of(cast(int, access.project.schema_id))
    declared: list[str] = []
    if question == "class":
        declared = [str(c.id) for c in schema.classes if not c.archived]
    else:
        name = question.partition(":")[2]
        for asked in (*schema.item_attributes, *(q for c in schema.classes for q in c.attributes)):
            if asked.name == name and asked.kind == "select":
                declared = list(asked.options)
            elif asked.name == name and asked.kind == "boolean":
                declared = ["true", "false"]
    used = {side for cell in cells for side in cell}
    return [*declared, *sorted(used - {*declared, ""}), *([""] if "" in used else [])]


def _kappa(
    values: list[str], cells: dict[tuple[str, str], int], counted: list[Any], people: tuple[int, int] | None
) -> Score:
    """Cohen's kappa of two people, Krippendorff's alpha of all; over what both sides have."""
    named = [value for value in values if value]
    if people is None:
        both = [((2 if r < 2 else r, left, right), n) for r, left, right, n in counted if left and right]
        pairs = sum(n for _, n in both)
        return alpha_of_counts([((2, left, right), n) for (_, left, right), n in both], items=pairs)
    table = [[cells.get((row, column), 0) for column in named] for row in named]
    if len(named) < 2:
        return Score(value=None, reason="one_category", method="cohen_kappa", n_items=0, n_pairs=0)
    return cohen_kappa_table(table, categories=named)
