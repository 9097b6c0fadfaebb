"""Reading findings. Reviewers and managers; nobody sees those of a task that they are answering themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.annotations.filters import RegionFilter
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.quality.models import Finding
from apps.tasks.models import Assignment, Stage

_AT_WORK = (Assignment.State.HELD, Assignment.State.PARKED, Assignment.State.STALE)
MOST_COUNTED = 100_000
ANY = "any"  # every rule, in a filter of regions


class FindingFilter(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Every member that is given must hold."""

    state: Literal["open", "fixed", "accepted"] | None = None
    rule: str | None = None
    class_id: int | None = None
    person: int | None = None
    severity: Literal["info", "warning", "error"] | None = None
    task: int | None = None


def findings_visible(access: ProjectAccess) -> QuerySet[Finding]:
    """Findings of a project that the person may see. What only gold tells is for managers."""
    rows = Finding.objects.filter(project_id=access.project.pk, task__trashed_at=None)
    if not access.can(Action.TASKS_MANAGE):
        rows = rows.filter(by_gold=False)
    if access.project.blind:
        answering = Assignment.objects.filter(
            task_id=OuterRef("task_id"), user_id=access.user.pk, stage=Stage.ANNOTATE, state__in=_AT_WORK
        )
        rows = rows.filter(~Exists(answering) | Q(person_id=access.user.pk))
    return rows


def narrowed(rows: QuerySet[Finding], wanted: FindingFilter) -> QuerySet[Finding]:
    """Those that every member of the filter holds for."""
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not None}
    return rows.filter(**{{"task": "task_id", "person": "person_id"}.get(name, name): v for name, v in given.items()})


def findings_of_project(user: User, project_id: int, wanted: FindingFilter) -> tuple[ProjectAccess, QuerySet[Finding]]:
    """Findings that a reviewer asks for, with task and people."""
    access = project_for(user, project_id, Action.REVIEW)
    rows = narrowed(findings_visible(access), wanted).select_related("task__asset", "person", "decided_by")
    return access, rows


def counts_by_rule(access: ProjectAccess, state: str) -> dict[str, int]:
    """How many findings of each rule are in a state; of the newest 100,000, where there are more."""
    newest = findings_visible(access).filter(state=state).order_by("-pk").values("pk")[:MOST_COUNTED]
    rows = Finding.objects.filter(pk__in=newest).values_list("rule").annotate(n=Count("pk"))
    return dict(rows.order_by("rule"))


def kept_keys(task_id: int, answer_id: int) -> set[tuple[str, str, str, str]]:
    """(rule, element, other, at) of what was accepted as it is in one answer."""
    rows = Finding.objects.filter(task_id=task_id, answer_id=answer_id, state=Finding.State.ACCEPTED)
    return set(rows.values_list("rule", "element_id", "other_id", "at"))


def with_findings(access: ProjectAccess, wanted: RegionFilter) -> QuerySet[Finding] | None:
    """Open findings that a filter of regions asks for; None where it asks for none."""
    if wanted.finding is None:
        return None
    rows = findings_visible(access).filter(state=Finding.State.OPEN).exclude(element_id="")
    return rows if wanted.finding == ANY else rows.filter(rule=wanted.finding)


def open_rules(project_id: int, tasks: Iterable[int]) -> dict[tuple[int, str], list[str]]:
    """Codes of the open findings of regions of these tasks, by (task, element). What only gold tells is left out."""
    rows = Finding.objects.filter(project_id=project_id, task__in=set(tasks), state=Finding.State.OPEN, by_gold=False)
    found: dict[tuple[int, str], list[str]] = {}
    for task_id, element_id, rule in rows.order_by("rule").values_list("task_id", "element_id", "rule"):
        found.setdefault((task_id, element_id), []).append(rule)
    return found
