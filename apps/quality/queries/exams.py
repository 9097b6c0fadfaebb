"""Where people stand with a project's exam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from apps.accounts.models import Role, User
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, project_for
from apps.projects.models import GuidelineVersion, Project
from apps.projects.queries import must_read
from apps.projects.settings import Exam, settings_of
from apps.quality.models import ExamTry
from apps.tasks.models import Slot
from domain.agreement.intervals import wilson

Standing = Literal["needed", "open", "passed", "failed"]
ASKED = (Role.ANNOTATOR, Role.REVIEWER)  # who manages knows the answers


@dataclass(frozen=True, slots=True)
class ExamStanding:
    """`left`: tasks of the open try that are not handed in; `tries_left` of those that the rules give."""

    state: Standing
    tries_left: int
    last: ExamTry | None
    left: list[int] = field(default_factory=list)


def standing_of(access: ProjectAccess) -> ExamStanding | None:
    """None where the project asks for no exam of this person. Asked with each claim: one row more where there is an exam."""
    if not access.project.settings.get("exam") or access.role not in ASKED:
        return None
    rules = settings_of(access.project).exam
    if not rules.tasks:
        return None
    tries = list(ExamTry.objects.filter(project=access.project, user=access.user).order_by("-number"))
    return standing(access.project, rules, tries)


def standing(project: Project, rules: Exam, tries: Sequence[ExamTry]) -> ExamStanding:
    """What a person's tries, the newest first, come to. Those from before a guideline that all have to read count no more."""
    last = tries[0] if tries else None
    if last is not None and last.state == ExamTry.State.OPEN:
        rows = Slot.objects.filter(task__probe__exam=last, state__in=[Slot.State.OPEN, Slot.State.HELD])
        return ExamStanding("open", 0, last, sorted(rows.values_list("task_id", flat=True)))
    wanted = must_read(project.guideline_id) if rules.again else None
    valid = [one for one in tries if wanted is None or one.guideline >= wanted.number]
    if any(one.state in (ExamTry.State.PASSED, ExamTry.State.EXCUSED) for one in valid):
        return ExamStanding("passed", 0, last)
    used = sum(one.state == ExamTry.State.FAILED and not one.forgiven for one in valid)
    left = max(0, rules.tries - used)
    return ExamStanding("needed" if left else "failed", left, last)


def exam_for(user: User, project_id: int) -> tuple[ExamStanding | None, list[ExamTry], ProjectAccess]:
    """A person's own exam: where they stand, and their tries, the newest first."""
    access = project_for(user, project_id, Action.ANNOTATE)
    tries = ExamTry.objects.filter(project_id=project_id, user=user).order_by("-number")
    return standing_of(access), list(tries), access


def tries_of(user: User, project_id: int) -> tuple[dict[int, list[ExamTry]], ProjectAccess]:
    """{person: their tries, the newest first}, who tried last first; for who may know of gold."""
    access = project_for(user, project_id, Action.GOLD_VIEW)
    found: dict[int, list[ExamTry]] = {}
    for one in ExamTry.objects.filter(project_id=project_id).order_by("-pk").iterator(2_000):
        found.setdefault(one.user_id, []).append(one)
    return found, access


def guideline_number(project: Project) -> int:
    rows = GuidelineVersion.objects.filter(pk=project.guideline_id or 0)
    return rows.values_list("number", flat=True).first() or 0


def interval_of(one: ExamTry) -> tuple[float, float] | None:
    return wilson(min(one.total, float(one.tasks)), one.tasks) if one.tasks else None
