"""Regions of several answers that are one thing: at most one of each answer.

Every two answers are matched (count first, then likeness); the pairs are then joined, the most alike first, unless both
sides already have a region of one answer. Which answer comes first does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from domain.agreement.matching import match
from domain.agreement.overlaps import Matrix
from domain.elements import Region
from domain.elements.structs import set_aside


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One region of the answer with this number."""

    answer: int
    region: Region

    @property
    def kind(self) -> tuple[int, str, int | None, bool]:
        """What must be the same to be one thing from the start: class, stream, frame, and whether it is set aside."""
        return (self.region.class_id, self.region.stream, self.region.frame, set_aside(self.region))

    @property
    def place(self) -> tuple[str, int | None, bool]:
        return self.kind[1:]


Cluster = list[Node]
HALFWAY = 0.5  # of the threshold: clusters whose first regions are less alike are not looked at further
Alike = Callable[[Sequence[Region], Sequence[Region]], Matrix]


def clusters(nodes: Sequence[Node], *, alike: Alike, threshold: Callable[[int], float]) -> list[Cluster]:
    """First within a class; then whole clusters of different classes that lie on one another and share no answer.

    Args:
        alike: (N, M) likeness of regions.
        threshold: class → likeness from which two regions are one thing.
    """
    groups: dict[tuple[object, ...], list[Node]] = {}
    for node in nodes:
        groups.setdefault(node.kind, []).append(node)
    found = [cluster for group in groups.values() for cluster in _joined(group, alike, threshold)]
    return _across_classes(found, alike, threshold)


def _joined(group: list[Node], alike: Alike, threshold: Callable[[int], float]) -> list[Cluster]:
    least = threshold(group[0].region.class_id)
    by_answer: dict[int, list[int]] = {}
    for at, node in enumerate(group):
        by_answer.setdefault(node.answer, []).append(at)
    answers = sorted(by_answer)
    edges: list[tuple[float, int, int]] = []
    for k, first in enumerate(answers):
        for second in answers[k + 1 :]:
            rows, columns = by_answer[first], by_answer[second]
            table = alike([group[i].region for i in rows], [group[j].region for j in columns])
            edges += [(pair.iou, rows[pair.a], columns[pair.b]) for pair in match(table, threshold=least).pairs]
    edges.sort(key=lambda e: (-e[0], *sorted((str(group[e[1]].region.id), str(group[e[2]].region.id)))))
    return [[group[at] for at in part] for part in _union(len(group), edges, [node.answer for node in group])]


def _union(count: int, edges: Sequence[tuple[float, int, int]], answers: Sequence[int]) -> list[list[int]]:
    part_of = list(range(count))
    parts = {at: [at] for at in range(count)}
    for _, i, j in edges:
        a, b = part_of[i], part_of[j]
        if a == b or {answers[k] for k in parts[a]} & {answers[k] for k in parts[b]}:
            continue
        for k in parts[b]:
            part_of[k] = a
        parts[a] += parts.pop(b)
    return [sorted(part) for part in parts.values()]


def _across_classes(found: list[Cluster], alike: Alike, threshold: Callable[[int], float]) -> list[Cluster]:
    """One thing that people call differently: clusters join whose regions are alike on average."""
    edges: list[tuple[float, int, int]] = []
    by_place: dict[tuple[object, ...], list[int]] = {}
    for at, cluster in enumerate(found):
        by_place.setdefault(cluster[0].place, []).append(at)
    for positions in by_place.values():
        heads = [found[k][0].region for k in positions]
        if len({head.class_id for head in heads}) < 2:
            continue
        table = alike(heads, heads)
        near = np.argwhere(np.triu(table >= HALFWAY * min(threshold(head.class_id) for head in heads), 1))
        for p, q in near.tolist():
            mean = _mean_likeness(found[positions[p]], found[positions[q]], alike, threshold)
            if mean is not None:
                edges.append((mean, positions[p], positions[q]))
    if not edges:
        return found
    return _merged(found, edges)


def _mean_likeness(a: Cluster, b: Cluster, alike: Alike, threshold: Callable[[int], float]) -> float | None:
    """None when the two are of one class, share an answer or are too unlike."""
    first, second = a[0].region.class_id, b[0].region.class_id
    if first == second or {n.answer for n in a} & {n.answer for n in b}:
        return None
    mean = float(alike([n.region for n in a], [n.region for n in b]).mean())
    return mean if mean >= max(threshold(first), threshold(second)) else None


def _merged(found: list[Cluster], edges: list[tuple[float, int, int]]) -> list[Cluster]:
    edges.sort(key=lambda e: (-e[0], *sorted((str(found[e[1]][0].region.id), str(found[e[2]][0].region.id)))))
    part_of = list(range(len(found)))
    parts = {at: list(cluster) for at, cluster in enumerate(found)}
    for _, i, j in edges:
        a, b = part_of[i], part_of[j]
        if a == b or {n.answer for n in parts[a]} & {n.answer for n in parts[b]}:
            continue
        part_of = [a if k == b else k for k in part_of]
        parts[a] += parts.pop(b)
    return list(parts.values())
