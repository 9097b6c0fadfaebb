"""Who is handed no work because of what hidden tests showed."""

from __future__ import annotations

from apps.projects.access import ProjectAccess
from apps.quality.errors import ExamFirst, Paused
from apps.quality.models import Consequence
from apps.quality.queries.exams import standing_of
from apps.tasks.models import Stage
from apps.tasks.services.gates import add_gate, add_narrowing
from apps.tasks.services.queue import Only

_WHY = {
    Consequence.Kind.PAUSE: "Your work here is paused until a manager has looked at it with you. What you hold can be finished.",
    Consequence.Kind.RETRAIN: "Read the guideline again and talk to a manager, who opens the work for you. What you hold can be finished.",
}
_EXAM = {
    "needed": "Work begins with a short exam: tasks whose answers are known.",
    "open": "Your exam is being marked. Look at its page in a moment.",
    "failed": "You did not pass the exam, and have no tries left. Talk to a manager.",
}


def not_paused(access: ProjectAccess, stage: Stage) -> None:
    """Raises Paused where a consequence that stops work stands against the person."""
    if stage != Stage.ANNOTATE or "hidden_tests" not in access.project.settings:
        return
    rows = Consequence.objects.filter(
        project_id=access.project.pk, user_id=access.user.pk, state=Consequence.State.ACTIVE
    ).exclude(kind=Consequence.Kind.NOTIFY)
    kind = rows.order_by("kind").values_list("kind", flat=True).first()
    if kind is not None:
        raise Paused(_WHY[Consequence.Kind(kind)], kind=kind)


def exam_is_passed(access: ProjectAccess, stage: Stage) -> None:
    """Raises ExamFirst for who has an exam to pass and nothing of it left to do."""
    found = standing_of(access) if stage == Stage.ANNOTATE else None
    if found is None or found.state == "passed" or (found.state == "open" and found.left):
        return
    raise ExamFirst(_EXAM[found.state], project=access.project.pk, state=found.state)


def exam_only(access: ProjectAccess, stage: Stage) -> Only | None:
    """Who is at an exam is handed its tasks and no others."""
    found = standing_of(access) if stage == Stage.ANNOTATE else None
    return Only(ids=found.left) if found is not None and found.state == "open" else None


def register() -> None:
    add_gate(not_paused)
    add_gate(exam_is_passed)
    add_narrowing(exam_only)
