"""What consensus takes and gives.

`consolidate(answers, schema, params)` is the one entry. These structs are its contract: names and meanings stay, fields
may be added. `ConsensusParams` and `Opinions` decode from JSON with msgspec, so that settings can hold them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from domain.elements import Answer, Element, Region
from domain.elements.structs import Value

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Weight = Annotated[float, msgspec.Meta(gt=0, le=1000)]
BoxMethod = Literal["fusion", "medoid"]
PolygonMethod = Literal["medoid", "vote"]
MaskMethod = Literal["vote", "staple", "medoid"]
ChoiceMethod = Literal["majority", "dawid_skene"]
Status = Literal["agreed", "conflict"]
# support: too few have it. class, attribute, value: opinions tie or are too uncertain. geometry: shapes are too unlike.
# pixels: votes of pixels tie. unknown_class: the schema has no such class. people: only models have it.
Why = Literal["support", "class", "attribute", "value", "geometry", "pixels", "unknown_class", "people"]


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to the task.

    `who` is any stable name: a person's id, or `model:version`. `weight` is what the answer counts, e.g. from gold.
    A model's regions weigh by their score too.
    """

    who: str
    elements: list[Element]
    weight: Weight = 1.0
    model: bool = False


class Opinions(msgspec.Struct, frozen=True, kw_only=True):
    """How people err about one question, from Dawid and Skene over the whole project (`opinions_of`).

    `confusion[who]` is (classes, classes): rows the true one, columns what is said. Who is not in it counts as having
    `unknown` chance of being right.
    """

    classes: list[Any]
    marginals: list[float]
    confusion: dict[str, list[list[float]]]
    unknown: Share = 0.8


class ConsensusParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How answers become one.

    champion: the answer whose shapes are taken as they are wherever it has the region; others say whether they agree.
    iou, quorum: likeness from which two regions are one thing; share of the weight that must have a region, strictly
        more. `class_iou` and `class_quorum` say otherwise for a class id (as text).
    boxes, polygons, masks, choices: method of each; `fusion` is the mean of corners by weight, `medoid` the one most
        like the others, `vote` of pixels. Turned boxes, ellipses, lines and sets of points take the medoid, joints the
        weighted median.
    certainty: of a class or choice by `dawid_skene`, from which it is agreed.
    least_people: people (not models) that must have a region.
    least_score: a model's regions below it take no part.
    number_tolerance: share of the median (or of the declared range) in which two numbers are the same.
    """

    champion: str | None = None
    iou: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.5
    quorum: Share = 0.5
    class_iou: dict[str, Annotated[float, msgspec.Meta(gt=0, le=1)]] = {}
    class_quorum: dict[str, Share] = {}
    boxes: BoxMethod = "fusion"
    polygons: PolygonMethod = "medoid"
    masks: MaskMethod = "vote"
    choices: ChoiceMethod = "majority"
    certainty: Share = 0.9
    least_people: Annotated[int, msgspec.Meta(ge=0, le=100)] = 1
    least_score: Share = 0.0
    number_tolerance: Share = 0.02
    near: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.01
    margin: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 5

    def iou_of(self, class_id: int) -> float:
        return self.class_iou.get(str(class_id), self.iou)

    def quorum_of(self, class_id: int) -> float:
        return self.class_quorum.get(str(class_id), self.quorum)


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A region that went into a consensus region, and how like the result it is."""

    who: str
    region: UUID
    class_id: int
    likeness: float


class Vote(msgspec.Struct, frozen=True, kw_only=True):
    """What was said about one question (a class, an attribute, an item attribute).

    `value` is the winner, or null with `status` conflict; then `tied` has the values that no vote could part (all that
    were said, when uncertain). `votes` are (value, weight), the most first. `certainty` is the winner's probability
    (dawid_skene) or share of the weight.
    """

    name: str
    value: Value
    status: Status
    votes: list[tuple[Value, float]]
    tied: list[Value] = []
    certainty: float | None = None
    method: str = "majority"
    said: dict[str, Value] = {}


class ConsensusRegion(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that answers have in common.

    `region` is the proposal, ready for a revision when `status` is agreed; of a conflict it is the best guess, for the
    adjudicator to take, edit or drop. Its id follows from the members' ids: the same answers give the same id.
    `support` is the share of weight that has it, of those not excused (an ignore or crowd region of theirs covers it).
    """

    region: Region
    status: Status
    why: list[Why]
    members: list[Member]
    missing: list[str]
    excused: list[str]
    support: float
    agreement: float | None  # mean likeness of the members to each other; null of a single one
    method: str
    class_vote: Vote
    attributes: list[Vote]


class Consolidation(msgspec.Struct, frozen=True, kw_only=True):
    """The consensus of one task.

    `agreed` is true when nothing needs a person. `left_out` are elements that consensus does not cover (tracks and
    keyframes; a model's regions below the score), as (who, id): whoever calls must not lose them silently.
    `provenance` says answers, weights and parameters; it is kept with the revision.
    """

    regions: list[ConsensusRegion]
    items: list[Vote]
    left_out: list[tuple[str, str]]
    provenance: dict[str, Any]

    @property
    def agreed(self) -> bool:
        return all(r.status == "agreed" for r in self.regions) and all(v.status == "agreed" for v in self.items)

    def elements(self) -> list[Element]:
        """What is agreed, as elements of a revision: regions and item answers."""
        found: list[Element] = [r.region for r in self.regions if r.status == "agreed"]
        found += [Answer(id=v.name, value=v.value) for v in self.items if v.status == "agreed"]
        return found
