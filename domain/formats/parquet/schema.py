"""The columns of a Parquet file: a tree, its leaves, and records out of what the leaves hold."""

from __future__ import annotations

from typing import Any

import msgspec

from .thrift import broken

REQUIRED, OPTIONAL, REPEATED = 0, 1, 2
_LIST, _UTF8, _ENUM, _JSON = 3, 0, 4, 19  # converted types
_TEXTS = (_UTF8, _ENUM, _JSON)
DEEPEST = 20
MOST_COLUMNS = 2_000


class Node(msgspec.Struct, frozen=True):
    name: str
    repetition: int
    kind: int | None = None  # of a leaf: the physical type
    length: int = 0  # bytes of a leaf of fixed size
    text: bool = False
    is_list: bool = False
    children: list[Node] = []


class Leaf(msgspec.Struct, frozen=True):
    """A column. `path` from the root's child down to it."""

    path: list[Node]
    definition: int  # highest level
    repetition: int

    @property
    def node(self) -> Node:
        return self.path[-1]

    @property
    def dotted(self) -> str:
        return ".".join(node.name for node in self.path)


def tree(elements: list[dict[int, Any]]) -> Node:
    """The root of the elements, which stand in the order of a walk. Raises FormatError."""
    if not elements or len(elements) > MOST_COLUMNS:
        raise broken(f"the file has {len(elements)} columns; 1 to {MOST_COLUMNS} are read")
    root, end = _node(elements, 0, 0)
    if end != len(elements):
        raise broken("the columns are no tree")
    return root


def _node(elements: list[dict[int, Any]], at: int, depth: int) -> tuple[Node, int]:
    if at >= len(elements) or depth > DEEPEST:
        raise broken("the columns are no tree")
    found = elements[at]
    at, children = at + 1, []
    logical = found.get(10)
    for _ in range(min(int(found.get(5) or 0), len(elements))):
        child, at = _node(elements, at, depth + 1)
        children.append(child)
    name = found.get(4, b"")
    return Node(
        name=name.decode("utf-8", "replace") if isinstance(name, bytes) else "",
        repetition=found.get(3, REQUIRED),
        kind=None if children else found.get(1),
        length=found.get(2, 0),
        text=found.get(6) in _TEXTS or (isinstance(logical, dict) and 1 in logical),
        is_list=bool(children) and (found.get(6) == _LIST or (isinstance(logical, dict) and 3 in logical)),
        children=children,
    ), at


def leaves(root: Node) -> list[Leaf]:
    """Every column, in the order in which row groups have them."""
    found: list[Leaf] = []

    def walk(node: Node, path: list[Node]) -> None:
        path = [*path, node]
        if not node.children:
            optional = sum(one.repetition != REQUIRED for one in path)
            found.append(Leaf(path, optional, sum(one.repetition == REPEATED for one in path)))
        for child in node.children:
            walk(child, path)

    for child in root.children:
        walk(child, [])
    return found


def insert(record: dict[str, Any], leaf: Leaf, triples: list[tuple[int, int, Any]]) -> None:
    """Put a column's part of a record into it (Melnik et al. 2010, assembled leaf by leaf).

    Args:
        triples: (repetition level, definition level, value) of the record's values.
    """
    places = [0] * leaf.repetition
    for number, (again, defined, value) in enumerate(triples):
        if number:
            if not 0 < again <= leaf.repetition:
                raise broken(f"column {leaf.dotted} repeats at level {again}")
            places[again - 1] += 1
            places[again:] = [0] * (leaf.repetition - again)
        _put(record, leaf, places, defined, value)


def _put(here: dict[str, Any], leaf: Leaf, places: list[int], defined: int, value: Any) -> None:
    level = repeated = 0
    for node in leaf.path:
        last = node is leaf.path[-1]
        if node.repetition != REQUIRED:
            if defined <= level:
                here.setdefault(node.name, [] if node.repetition == REPEATED else None)
                return
            level += 1
        if node.repetition == REPEATED:
            members: list[Any] = here.setdefault(node.name, [])
            place, repeated = places[repeated], repeated + 1
            if last:
                members.append(value)
                return
            if place == len(members):
                members.append({})
            if place >= len(members):
                raise broken(f"column {leaf.dotted} leaves out a member")
            here = members[place]
        elif last:
            here[node.name] = value
        else:
            found = here.setdefault(node.name, {})
            if not isinstance(found, dict):
                raise broken(f"column {leaf.dotted} does not fit its neighbours")
            here = found


def plain(value: Any, node: Node) -> Any:
    """A value without the groups that Parquet writes around lists."""
    if value is None or not node.children:
        return value
    if isinstance(value, list):
        return [plain(one, msgspec.structs.replace(node, repetition=OPTIONAL)) for one in value]
    if node.is_list and len(node.children) == 1:
        (middle,) = node.children
        members = value.get(middle.name) or []
        if len(middle.children) == 1 and not middle.is_list:
            (element,) = middle.children
            return [plain(one.get(element.name), element) for one in members]
        return [plain(one, msgspec.structs.replace(middle, repetition=OPTIONAL)) for one in members]
    return {child.name: plain(value.get(child.name), child) for child in node.children}
