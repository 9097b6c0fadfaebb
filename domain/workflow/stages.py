"""The stages of a workflow version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from .routing import Predicate, Share, asks_agreement

Overlap = Annotated[int, msgspec.Meta(ge=1, le=50)]
StageTitle = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
DONE, TRIAGE = "done", "triage"  # where a route may lead besides a stage


class Route(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Work for which `when` holds goes from this stage to a later one, by its `name`, to `done` or to `triage`."""

    when: Predicate
    to: StageTitle


Routes = Annotated[list[Route], msgspec.Meta(max_length=20)]


class Quorum(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="quorum"):
    """Enough when `agree` answers are alike by at least `score` each to each."""

    agree: Annotated[int, msgspec.Meta(ge=2, le=50)] = 2
    score: Share = 0.8


class Certainty(
    msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="certainty"
):
    """Enough when what the answers say together is at least this certain."""

    at_least: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.9


class OverlapShare(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A share of the tasks, drawn by seed in each batch and stratum, gets `overlap` answers instead of the stage's.

    `stratum`: a key of the items' metadata; each of its values gets its share.
    """

    share: Share
    overlap: Annotated[int, msgspec.Meta(ge=2, le=50)] = 2
    stratum: Annotated[str, msgspec.Meta(max_length=100)] = ""
    seed: Annotated[str, msgspec.Meta(max_length=40)] = ""


class Annotate(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="annotate"):
    """Independent answers: `overlap` of them at first, and where `stop` is not met one more at a time, up to `most`.

    `share`: only some tasks get several.
    """

    name: StageTitle = "annotate"
    overlap: Overlap = 1
    most: Overlap | None = None
    stop: Quorum | Certainty | None = None
    share: OverlapShare | None = None
    routes: Routes = []

    @property
    def highest(self) -> int:
        """The most answers that a task can get."""
        return max(self.overlap, self.most or 0, self.share.overlap if self.share and self.share.share else 0)

    def limit(self, wanted: int) -> int:
        """The most answers for a task that wants so many at first."""
        return max(wanted, self.most or 0) if self.stop and wanted > 1 else wanted


class Consensus(
    msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="consensus"
):
    """One annotation is made out of the answers; what they do not agree on goes to adjudication where there is one.

    `method`: how; `threshold`: from which overlap two regions are the same thing; `by_class` has other ones.
    """

    name: StageTitle = "consensus"
    method: Literal["champion", "majority", "box_fusion", "medoid", "pixel_vote", "staple", "dawid_skene"] = "majority"
    threshold: Share = 0.5
    by_class: dict[str, Share] = {}
    when: Predicate | None = None
    routes: Routes = []


class Band(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Whoever had at least `judged` answers judged, of which at the first look at least `accepted` (the lower bound of
    the share, at 95 %) were accepted, has `sample` of their answers reviewed."""

    judged: Count
    accepted: Share
    sample: Share


class Review(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="review"):
    """One level of review by somebody else.

    `sample` is the share of answers that are judged. `by_record`: other shares for people with a record, the first that
    fits. `roles` and `groups` (ids): who may review at this level, everybody with the right to review where empty.
    """

    name: Annotated[str, msgspec.Meta(max_length=60)] = ""
    sample: Share = 1.0
    by_record: Annotated[list[Band], msgspec.Meta(max_length=10)] = []
    roles: Annotated[list[Literal["owner", "manager", "reviewer"]], msgspec.Meta(max_length=3)] = []
    groups: Annotated[list[int], msgspec.Meta(max_length=50)] = []
    when: Predicate | None = None
    routes: Routes = []


class Adjudicate(
    msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="adjudicate"
):
    """One person makes the result out of several answers."""

    name: StageTitle = "adjudicate"
    when: Predicate | None = None
    routes: Routes = []


Stage = Annotate | Consensus | Review | Adjudicate


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an annotator here: answers judged, and the lower bound of the share accepted at the first look."""

    judged: int = 0
    accepted: float | None = None
    probation: bool = False  # everything they do is reviewed


class Workflow(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """annotate → review of each answer → consensus → adjudicate → review of what came out → done; all but the first may lack.

    How long work is held, and why an image may be unusable, are settings of the project, not of the workflow.
    """

    stages: list[Stage]
    skips_to_triage: Annotated[int, msgspec.Meta(ge=1, le=50)] = 2

    @property
    def annotate(self) -> Annotate:
        return next(stage for stage in self.stages if isinstance(stage, Annotate))

    @property
    def overlap(self) -> int:
        return self.annotate.overlap

    @property
    def reviews(self) -> list[Review]:
        """The review levels; level n is the n-th, from 1."""
        return [stage for stage in self.stages if isinstance(stage, Review)]

    @property
    def consensus(self) -> Consensus | None:
        return next((stage for stage in self.stages if isinstance(stage, Consensus)), None)

    @property
    def adjudicate(self) -> Adjudicate | None:
        return next((stage for stage in self.stages if isinstance(stage, Adjudicate)), None)

    @property
    def adjudicates(self) -> bool:
        return self.adjudicate is not None

    @property
    def merge_at(self) -> int:
        """The place of the first stage that makes one out of several answers; the number of stages where none does."""
        places = (i for i, stage in enumerate(self.stages) if isinstance(stage, Consensus | Adjudicate))
        return next(places, len(self.stages))

    @property
    def compares(self) -> bool:
        """Whether several answers have to be compared by the machine before the task goes on."""
        return self.annotate.stop is not None or self.consensus is not None or any(map(asks_agreement, self._asked()))

    @property
    def routed(self) -> bool:
        """Whether the way of a piece of work hangs on what is in it."""
        return any(True for _ in self._asked())

    def _asked(self) -> Iterator[Predicate]:
        for stage in self.stages:
            if not isinstance(stage, Annotate) and stage.when is not None:
                yield stage.when
            yield from (route.when for route in stage.routes)

    def place(self, name: str) -> int:
        """The place of a stage by its name; `done` comes after all."""
        for i in range(len(self.stages)):
            if self.name(i) == name:
                return i
        return len(self.stages)

    def name(self, place: int) -> str:
        """What routes call the stage at this place. A review without a name is `review-<level>`."""
        stage = self.stages[place]
        if stage.name:
            return stage.name
        return f"review-{sum(isinstance(s, Review) for s in self.stages[: place + 1])}"

    def place_of_level(self, level: int) -> int:
        """The place of a review level; -1 of one that the workflow does not have."""
        places = [i for i, stage in enumerate(self.stages) if isinstance(stage, Review)]
        return places[level - 1] if 0 < level <= len(places) else -1

    def judges_merged(self, level: int) -> bool:
        """Whether reviews of this level judge what was made out of several answers."""
        return self.place_of_level(level) > self.merge_at


def default() -> Workflow:
    """annotate by one → review of all by another → done."""
    return Workflow(stages=[Annotate(), Review()])


def sample_for(review: Review, record: Record | None) -> float:
    """The share of this person's answers that the level judges. Who is on probation has all of them judged."""
    if record is None:
        return review.sample
    if record.probation:
        return 1.0
    for band in review.by_record:
        if record.judged >= band.judged and record.accepted is not None and record.accepted >= band.accepted:
            return band.sample
    return review.sample
