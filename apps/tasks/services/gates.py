"""What must be settled before anybody is handed work: each gate looks and lets through, or raises what to do first.

A gate is a function of the person's access and the stage that raises a `DomainError` with a stable `code`. It is asked at
every claim, promise and taking up of a review, so it costs at most one indexed row. Gates of this app and of earlier ones
stand in `GATES`; a later app adds its own with `add_gate` when it is loaded (`AppConfig.ready`).
"""

from __future__ import annotations

from collections.abc import Callable

from apps.projects.access import ProjectAccess
from apps.projects.errors import GuidelineUnread
from apps.projects.models import Project
from apps.tasks.errors import CapReached, MemberPaused, ProjectClosed
from apps.tasks.models import Stage
from apps.tasks.queries.assignments import open_work, submitted_today
from apps.tasks.queries.guideline import has_to_read
from apps.tasks.services.queue import Only

Gate = Callable[[ProjectAccess, Stage], None]


def project_is_active(access: ProjectAccess, stage: Stage) -> None:
    if access.project.state != Project.State.ACTIVE:
        raise ProjectClosed(
            f"The project is {access.project.state}: no work is handed out.", state=access.project.state
        )


def guideline_is_read(access: ProjectAccess, stage: Stage) -> None:
    if has_to_read(access):
        raise GuidelineUnread("Read what has changed in the guideline, then go on.", project=access.project.pk)


def member_is_not_paused(access: ProjectAccess, stage: Stage) -> None:
    if access.terms.paused:
        raise MemberPaused(f"A manager paused your work here: {access.terms.paused}")


def caps_are_kept(access: ProjectAccess, stage: Stage) -> None:
    """Nothing is counted where no cap is set."""
    cap_open, cap_day = _caps(access)
    if cap_open and open_work(access, limit=cap_open) >= cap_open:
        raise CapReached(f"You have {cap_open} pieces of work in hand. Finish or give back one first.", cap="open")
    if cap_day and stage == Stage.ANNOTATE and submitted_today(access) >= cap_day:
        raise CapReached(f"You have submitted {cap_day} today. Go on tomorrow.", cap="day")


def _caps(access: ProjectAccess) -> tuple[int | None, int | None]:
    """Pieces in hand, and submitted in a day; None: no cap."""
    settings = access.project.settings
    return access.terms.cap_open or settings.get("cap_open"), access.terms.cap_day or settings.get("cap_day")


def room_under_caps(access: ProjectAccess, wanted: int) -> int:
    """How many of so many pieces to annotate the person may take at once."""
    cap_open, cap_day = _caps(access)
    if cap_open:
        wanted = min(wanted, cap_open - open_work(access, limit=cap_open))
    if cap_day:
        in_hand = open_work(access, limit=cap_day)
        wanted = min(wanted, cap_day - submitted_today(access) - in_hand)
    return max(0, wanted)


GATES: list[Gate] = [
    project_is_active,
    guideline_is_read,
    member_is_not_paused,
    caps_are_kept,
]


def add_gate(gate: Gate) -> None:
    """Ask this one too, after those that are there; once, however often it is added."""
    if gate not in GATES:
        GATES.append(gate)


Narrowing = Callable[[ProjectAccess, Stage], Only | None]
NARROWINGS: list[Narrowing] = []


def add_narrowing(narrowing: Narrowing) -> None:
    """A later app says to which tasks a person's claims are narrowed for the moment: to an exam that they are at."""
    if narrowing not in NARROWINGS:
        NARROWINGS.append(narrowing)


def narrowed(access: ProjectAccess, stage: Stage) -> Only | None:
    """The first narrowing that holds."""
    return next((only for one in NARROWINGS if (only := one(access, stage)) is not None), None)


def pass_gates(access: ProjectAccess, stage: Stage) -> None:
    """Raises what the first closed gate says."""
    for gate in GATES:
        gate(access, stage)
