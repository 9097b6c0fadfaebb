"""One answer out of several, region by region and question by question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

import msgspec
import numpy as np

from domain.agreement.likeness import DEFAULT_DIAGONAL, area_overlaps, likeness
from domain.agreement.overlaps import Matrix
from domain.elements import Answer, Element, Region, region_type
from domain.elements.structs import Flag, set_aside
from domain.schema.structs import LabelSchema

from .clusters import Cluster, Node, clusters
from .shaping import shape_of
from .structs import ConsensusParams, ConsensusRegion, Consolidation, Given, Member, Opinions, Vote, Why
from .votes import by_opinions, majority, question

NAMESPACE = UUID("6f1c6e0e-61c5-5a0f-9d3c-5a0f2b1d7c11")  # of ids of consensus regions
FLAGS: tuple[Flag, ...] = ("truncated", "difficult", "crowd", "ignore", "uncertain")
VERSION = 1  # of the rules; in the provenance
_SAME = 1e-9


def consolidate(
    answers: Sequence[Given],
    schema: LabelSchema,
    params: ConsensusParams | None = None,
    *,
    opinions: Mapping[str, Opinions] | None = None,
    diagonal: float = DEFAULT_DIAGONAL,
) -> Consolidation:
    """The consensus of independent answers to one task.

    Args:
        answers: one or more, each by another name. Of a single one everything is agreed.
        schema: the project's current one. Regions of a class that it has not are conflicts, never dropped.
        opinions: how people err, by question: `class` for the class of regions, else the name of an attribute or item
            attribute; used where `params.choices` is `dawid_skene`.
        diagonal: of the image in pixels, the unit of nearness of points and lines.

    Order of answers changes nothing. Nothing is drawn by chance.

    Raises:
        ValueError: no answers, a name twice, a champion who has not answered, or a mask whose run lengths are in a blob.
    """
    told = params or ConsensusParams()
    given = sorted(answers, key=lambda answer: answer.who)
    names = [answer.who for answer in given]
    if not given or len(set(names)) < len(names):
        raise ValueError(f"consensus needs answers by different names, got {names}")
    if told.champion is not None and told.champion not in names:
        raise ValueError(f"the champion {told.champion!r} has not answered; {', '.join(names)} have")
    case = _Case(given, schema, told, opinions or {}, diagonal)
    regions = case.with_parents([case.region(cluster) for cluster in case.clusters()])
    return Consolidation(
        regions=sorted(regions, key=lambda found: str(found.region.id)),
        items=case.items(),
        left_out=case.left_out,
        provenance={
            "version": VERSION,
            "answers": [{"who": a.who, "weight": a.weight, "model": a.model} for a in given],
            "params": msgspec.to_builtins(told),
            "opinions": sorted(opinions or {}),
        },
    )


class _Case:
    """One task at hand."""

    def __init__(
        self,
        given: Sequence[Given],
        schema: LabelSchema,
        params: ConsensusParams,
        opinions: Mapping[str, Opinions],
        diagonal: float,
    ) -> None:
        self.given, self.schema, self.params, self.opinions, self.diagonal = given, schema, params, opinions, diagonal
        self.weights = {answer.who: answer.weight for answer in given}
        self.left_out: list[tuple[str, str]] = []
        self.nodes: list[Node] = []
        self.aside: dict[int, list[Region]] = {}
        for number, answer in enumerate(given):
            for element in answer.elements:
                self._sort(number, answer, element)

    def _sort(self, number: int, answer: Given, element: Element) -> None:
        if isinstance(element, Answer):
            return
        if not isinstance(element, Region) or (
            answer.model and element.score is not None and element.score < self.params.least_score
        ):
            self.left_out.append((answer.who, str(element.id)))
            return
        self.nodes.append(Node(answer=number, region=element))
        if set_aside(element):
            self.aside.setdefault(number, []).append(element)

    def clusters(self) -> list[Cluster]:
        return clusters(self.nodes, alike=self._alike, threshold=self.params.iou_of)

    def _alike(self, a: Sequence[Region], b: Sequence[Region]) -> Matrix:
        return likeness([r.geometry for r in a], [r.geometry for r in b], diagonal=self.diagonal, near=self.params.near)

    def region(self, cluster: Cluster) -> ConsensusRegion:
        members = sorted(cluster, key=lambda node: node.answer)
        who = [self.given[node.answer].who for node in members]
        class_vote = self._class(members, who)
        class_id = class_vote.value if isinstance(class_vote.value, int) else self._heaviest(class_vote)
        weights = [self._weight(node) for node in members]
        champion = who.index(self.params.champion) if self.params.champion in who else None
        shaped = shape_of(
            [node.region.geometry for node in members], weights, self.params, diagonal=self.diagonal, chosen=champion
        )
        made = self._made(members, who, class_id, shaped.geometry, shaped.method)
        near = self._alike([made], [node.region for node in members])[0].tolist()
        excused, missing = self._others(members)
        support = self._support(who, missing)
        attributes = self._attributes(members, who, class_id)
        why = self._why(members, who, class_vote, attributes, near, support, shaped.sure)
        made = _with(
            made, attributes={v.name: v.value for v in attributes if v.value is not None}, score=min(1.0, support)
        )
        return ConsensusRegion(
            region=made,
            status="conflict" if why else "agreed",
            why=why,
            members=[
                Member(who=w, region=n.region.id, class_id=n.region.class_id, likeness=alike)
                for w, n, alike in zip(who, members, near, strict=True)
            ],
            missing=missing,
            excused=excused,
            support=support,
            agreement=self._agreement(members),
            method=shaped.method,
            class_vote=class_vote,
            attributes=attributes,
        )

    def _weight(self, node: Node) -> float:
        answer, score = self.given[node.answer], node.region.score
        return answer.weight * max(score, 1e-6) if answer.model and score is not None else answer.weight

    def _class(self, members: Sequence[Node], who: Sequence[str]) -> Vote:
        said: dict[str, Any] = {w: node.region.class_id for w, node in zip(who, members, strict=True)}
        known = self.opinions.get("class")
        if self.params.choices == "dawid_skene" and known is not None:
            return by_opinions("class", said, self.weights, known, certainty=self.params.certainty)
        return majority("class", said, self.weights)

    @staticmethod
    def _heaviest(vote: Vote) -> int:
        """The best guess of a conflict: the first by weight, then by id."""
        return int(vote.votes[0][0])  # type: ignore[arg-type]

    def _made(self, members: Sequence[Node], who: Sequence[str], class_id: int, geometry: Any, method: str) -> Region:
        first = members[0].region
        half = sum(self.weights[w] for w in who) / 2
        flags = [
            flag
            for flag in FLAGS
            if sum(self.weights[w] for w, n in zip(who, members, strict=True) if flag in n.region.flags) > half
        ]
        occluded = sum(self.weights[w] for w, n in zip(who, members, strict=True) if n.region.occluded) > half
        ids = "/".join(f"{w}:{node.region.id}" for w, node in zip(who, members, strict=True))
        return region_type(geometry.shape)(
            id=uuid5(NAMESPACE, ids),
            class_id=class_id,
            geometry=geometry,
            stream=first.stream,
            frame=first.frame,
            track=self._track(members, who, half),
            z=int(np.median([node.region.z for node in members])),
            occluded=bool(occluded),
            flags=flags,
            source=f"consensus:{method}",
        )

    def _track(self, members: Sequence[Node], who: Sequence[str], half: float) -> int | None:
        """The track that more than half by weight say; none where they do not."""
        said: dict[int, float] = {}
        for w, node in zip(who, members, strict=True):
            if node.region.track is not None:
                said[node.region.track] = said.get(node.region.track, 0.0) + self.weights[w]
        return next((track for track, weight in sorted(said.items()) if weight > half), None)

    def _others(self, members: Sequence[Node]) -> tuple[list[str], list[str]]:
        """Who has not this region: excused, because a region that they set aside covers most of it, or missing."""
        have = {node.answer for node in members}
        excused: list[str] = []
        missing: list[str] = []
        for number, answer in enumerate(self.given):
            if number in have:
                continue
            (excused if self._covered(members, number) else missing).append(answer.who)
        return excused, missing

    def _covered(self, members: Sequence[Node], number: int) -> bool:
        place = members[0].place[:2]
        shapes = [r.geometry for r in self.aside.get(number, []) if (r.stream, r.frame) == place and r.geometry.is_area]
        own = [node.region.geometry for node in members if node.region.geometry.is_area]
        if not shapes or not own:
            return False
        return bool((area_overlaps(own, shapes).share_of_a().max(axis=1) >= 0.5).all())

    def _support(self, who: Sequence[str], missing: Sequence[str]) -> float:
        have, lack = (sum(self.weights[w] for w in side) for side in (who, missing))
        return have / (have + lack)

    def _attributes(self, members: Sequence[Node], who: Sequence[str], class_id: int) -> list[Vote]:
        """Of those who agree on the class: others were asked other questions."""
        declared = self.schema.class_by_id(class_id)
        side = {w: n.region for w, n in zip(who, members, strict=True) if n.region.class_id == class_id}
        if declared is None or not side:
            return []
        return [
            question(
                a,
                {w: r.attributes.get(a.name) for w, r in side.items()},
                self.weights,
                self.params,
                self.opinions.get(a.name),
            )
            for a in declared.attributes
            if not a.archived and any(a.name in r.attributes for r in side.values())
        ]

    def _why(
        self,
        members: Sequence[Node],
        who: Sequence[str],
        class_vote: Vote,
        attributes: Sequence[Vote],
        near: Sequence[float],
        support: float,
        sure: bool,
    ) -> list[Why]:
        params, class_id = self.params, members[0].region.class_id
        chosen = class_vote.value if isinstance(class_vote.value, int) else class_id
        behind = sum(self.weights[w] for w, n in zip(who, members, strict=True) if n.region.class_id == chosen)
        total = sum(self.weights[w] for w in who) / support
        people = sum(not self.given[node.answer].model for node in members)
        held = behind / total if class_vote.method == "majority" else support
        faults: list[tuple[Why, bool]] = [
            ("unknown_class", self.schema.class_by_id(chosen) is None),
            ("support", support <= params.quorum_of(chosen) + _SAME),
            ("class", class_vote.status == "conflict" or (held <= params.quorum_of(chosen) + _SAME < support)),
            ("people", people < min(params.least_people, sum(not answer.model for answer in self.given))),
            ("geometry", float(np.mean(near)) < params.iou_of(chosen) - _SAME),
            ("pixels", not sure),
            ("attribute", any(vote.status == "conflict" for vote in attributes)),
        ]
        return [why for why, is_so in faults if is_so]

    def _agreement(self, members: Sequence[Node]) -> float | None:
        if len(members) < 2:
            return None
        regions = [node.region for node in members]
        table = self._alike(regions, regions)
        return float(table[np.triu_indices(len(members), 1)].mean())

    def with_parents(self, found: list[ConsensusRegion]) -> list[ConsensusRegion]:
        """A region belongs to the consensus of what most of its members belong to."""
        new_id = {(m.who, m.region): c.region.id for c in found for m in c.members}
        parents = {(self.given[n.answer].who, n.region.id): n.region.parent for n in self.nodes}
        out = []
        for one in found:
            said: dict[str, Any] = {}
            for member in one.members:
                parent = parents[member.who, member.region]
                at = new_id.get((member.who, parent)) if parent else None
                said[member.who] = None if at is None else str(at)
            chosen = majority("parent", said, self.weights).value
            linked = one.region if not isinstance(chosen, str) else _with(one.region, parent=UUID(chosen))
            out.append(msgspec.structs.replace(one, region=linked))
        return out

    def items(self) -> list[Vote]:
        """Questions about the whole item. Who did not answer one says nothing; nobody asked is no vote."""
        out = []
        for attribute in self.schema.item_attributes:
            said = {
                answer.who: element.value
                for answer in self.given
                for element in answer.elements
                if isinstance(element, Answer) and element.id == attribute.name and element.value is not None
            }
            if said and not attribute.archived:
                out.append(question(attribute, said, self.weights, self.params, self.opinions.get(attribute.name)))
        return out


def _with(region: Region, **changes: Any) -> Region:
    return msgspec.structs.replace(region, **changes)
