"""Who is handed no work because of what hidden tests showed."""

from __future__ import annotations

from apps.projects.access import ProjectAccess
from apps.quality.errors import Paused
from apps.quality.models import Consequence
from apps.tasks.models import Stage
from apps.tasks.services.gates import add_gate

_WHY = {
    Consequence.Kind.PAUSE: "Your work here is paused until a manager has looked at it with you. What you hold can be finished.",
    Consequence.Kind.RETRAIN: "Read the guideline again and talk to a manager, who opens the work for you. What you hold can be finished.",
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


def register() -> None:
    add_gate(not_paused)
