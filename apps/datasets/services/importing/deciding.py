"""What one item of the file becomes: by mode, by what stands there, and by where it is to enter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.annotations.services import NewRevision
from apps.datasets.services.importing.fitting import Fitted
from apps.datasets.services.importing.matching import Wanted
from apps.datasets.services.importing.planning import Plan, known, merge, take_place
from apps.datasets.services.importing.standing import Place
from apps.datasets.services.importing.tally import Effect, Tally
from apps.tasks.models import Task

HAS_WORK = ("has_work", "The task of this image is begun or done; its work stays as it is.")
AT_WORK = ("has_work", "People are at work on this image; it stays as it is.")
NOT_AGAIN = (
    "done_stays",
    "The image is done; as a draft nothing enters there. Let it enter as accepted or for review.",
)
SAME_IMAGE = ("same_image", "Another item of the file is about the same image; the first one counts.")
WRONG_SIZE = ("size_mismatch", "The file gives another size than the image has; its coordinates would not fit.")


@dataclass(slots=True)
class Decided:
    """What is to be written on a place."""

    place: Place
    outcome: str
    plan: Plan
    fitted: Fitted

    @property
    def regions(self) -> int:
        """Regions that come from the file."""
        if self.plan.elements is None:
            return self.fitted.content.regions
        now = self.place.standing.now
        return sum([key[0] == "region" and now.get(key) != raw for key, raw in self.plan.elements.items()])

    def revision(self) -> NewRevision:
        """What is to be written, as the work of nobody."""
        elements = self.plan.elements
        what: dict[str, Any] = (
            {"content": self.fitted.content}
            if elements is None
            else {"elements": [(key[0], raw) for key, raw in elements.items()]}
        )
        return NewRevision(
            task=self.place.task, outcome=self.outcome, stage="annotate", based_on=self.place.current, **what
        )


def says_nothing(w: Wanted) -> bool:
    """Nobody judged the item: it has no elements, and is not called empty either."""
    return not w.item.elements and not w.item.outcome


def wrong_size(w: Wanted, size: tuple[int, int]) -> bool:
    said = (w.item.asset.width, w.item.asset.height)
    return all(said) and said != size


def outcome_of(w: Wanted, fitted: Fitted) -> str | None:
    """None where all that the item has was refused: nobody said that it is empty."""
    outcome = w.item.outcome or "labelled"
    if outcome == "labelled" and not fitted.elements:
        return None if w.item.elements else "empty"
    return outcome


def decide(
    w: Wanted, place: Place, fitted: Fitted, *, mode: str, enter: str, source: str, tally: Tally
) -> Decided | None:
    """None where nothing is to be written; why stands in the tally."""
    name, stands = w.item.asset.name, place.current is not None
    outcome = outcome_of(w, fitted)
    if outcome is None:
        return None
    fresh = not stands and not place.standing  # by far the most: there is nothing to compare
    elements = [] if fresh else fitted.keyed()
    if mode == "append" and stands and not all(known(place.standing, key, raw) for key, raw in elements):
        tally.problem(*HAS_WORK, name)
        return None
    if fresh:
        plan = Plan(None, Effect(added=len(fitted.elements)))
    elif mode == "replace":
        plan = take_place(place.standing, elements)
    else:
        plan = merge(place.standing, elements, source=source)
    moves = place.free and enter != "draft"
    if stands and not plan.changes and not moves and not _other_outcome(mode, place, outcome):
        tally.unchanged += 1
        tally.effect.unchanged += plan.effect.unchanged
        tally.effect.kept += plan.effect.kept
        return None
    if not place.free and (place.task.state != Task.State.DONE or not stands or mode == "append"):
        tally.problem(*(HAS_WORK if mode == "append" else AT_WORK), name)
        return None
    if not place.free and enter == "draft":
        tally.problem(*NOT_AGAIN, name)
        return None
    if stands and mode != "replace" and place.current is not None:
        outcome = "labelled" if plan.elements else place.current.outcome
    return Decided(place, outcome, plan, fitted)


def _other_outcome(mode: str, place: Place, outcome: str) -> bool:
    return mode == "replace" and place.current is not None and place.current.outcome != outcome


def count(decided: Decided, tally: Tally) -> None:
    """Add to the report what was decided."""
    effect, more = tally.effect, decided.plan.effect
    tally.changed += 1
    tally.regions += decided.regions
    for member in Effect.__slots__:
        setattr(effect, member, getattr(effect, member) + getattr(more, member))
