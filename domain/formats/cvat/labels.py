"""The labels of a CVAT task, as its XML or its backup declares them."""

from __future__ import annotations

import re
from typing import Any

from domain.elements.structs import Value
from domain.formats.making import TRACK, Sighted, scalar
from domain.formats.xmlstream import Element, text_of
from domain.schema import Attribute, SkeletonTemplate

_KINDS = {"select": "select", "radio": "select", "checkbox": "boolean", "number": "number", "text": "text"}
_EDGE = re.compile(r'data-node-from="(\d+)"[^>]*?data-node-to="(\d+)"')
_EDGE_BACK = re.compile(r'data-node-to="(\d+)"[^>]*?data-node-from="(\d+)"')
_NODE = re.compile(r"<circle\b[^>]*>")


class Labels:
    """Classes as declared, and as used."""

    def __init__(self) -> None:
        self.sighted = Sighted()
        self.items = 0
        self._used: dict[tuple[str, str], set[str]] = {}

    def declare(self, meta: Element) -> None:
        """The labels of a `meta` element. Labels of joints belong to their skeleton and are no classes."""
        joints: dict[str, list[str]] = {}
        found = [label for labels in meta.iter("labels") for label in labels.findall("label")]
        for label in found:
            parent = text_of(label.find("parent"))
            if parent:
                joints.setdefault(parent, []).append(text_of(label.find("name")))
        for label in found:
            name = text_of(label.find("name"))
            if not name or label.find("parent") is not None:
                continue
            attributes = [a for found in label.findall("attributes/attribute") if (a := _attribute(found)) is not None]
            template = skeleton_of(text_of(label.find("svg")), joints.get(name, []))
            color = text_of(label.find("color"))
            self.sighted.declare(name, attributes=attributes, skeleton=template, color=color)

    def is_track(self, label: str, attribute: str) -> bool:
        """Whether an attribute says which track a shape belongs to: of its name, and not asked by the label itself."""
        return attribute == TRACK and all(known.name != TRACK for known in self.sighted.declared(label))

    def see(self, label: str, shape: str | None, element: Element) -> None:
        if not label or shape is None:
            return
        values: dict[str, Value] = {}
        declared = {a.name: a for a in self.sighted.declared(label)}
        for found in element.findall("attribute"):
            name, text = found.get("name", ""), (found.text or "").strip()
            if not name or not text or self.is_track(label, name):
                continue
            known = declared.get(name)
            if known is None:
                values[name] = scalar(text)
            elif known.kind == "select" and text not in known.options:
                self.sighted.widen(label, name, text)  # old exports list options in one line, which then fits nobody
        self.sighted.see(label, shape, values)
        if shape == "skeleton" and not self.sighted.skeleton(self.sighted.key(label)):
            joints = [point.get("label", "") for point in element.findall("points")]
            if joints:
                self.sighted.declare(label, skeleton=SkeletonTemplate(joints=list(dict.fromkeys(joints))))


def _attribute(found: Element) -> Attribute | None:
    name = text_of(found.find("name"))
    values = [line.strip() for line in text_of(found.find("values")).splitlines() if line.strip()]
    return declared_attribute(
        name, text_of(found.find("input_type")), values, mutable=text_of(found.find("mutable")).lower() == "true"
    )


def declared_attribute(name: str, input_type: str, values: list[str], *, mutable: bool) -> Attribute | None:
    """A question as CVAT declares it; None without a name."""
    if not name:
        return None
    kind: Any = _KINDS.get(input_type, "text")
    options = list(dict.fromkeys(values)) if kind == "select" else []
    if kind == "select" and not options:
        kind = "text"
    return Attribute(name=name, kind=kind, options=options, mutable=mutable)


def skeleton_of(svg: str, joints: list[str]) -> SkeletonTemplate | None:
    """The template that CVAT draws as SVG: circles are joints, lines edges, by the numbers of their nodes."""
    names: dict[int, str] = {}
    places: dict[int, tuple[float, float]] = {}
    for node in _NODE.findall(svg):
        number, name = _value(node, "data-node-id"), _value(node, "data-label-name")
        if number is not None and number.isdigit():
            names[int(number)] = name or number
            x, y = _value(node, "cx"), _value(node, "cy")
            try:
                places[int(number)] = (min(max(float(x or 0) / 100, 0), 1), min(max(float(y or 0) / 100, 0), 1))
            except ValueError:
                pass
    order = list(dict.fromkeys(names[number] for number in sorted(names))) or list(dict.fromkeys(joints))
    if not order:
        return None
    index = {number: order.index(name) for number, name in names.items()}
    pairs = [(int(a), int(b)) for a, b in _EDGE.findall(svg)] + [(int(a), int(b)) for b, a in _EDGE_BACK.findall(svg)]
    edges = list(dict.fromkeys((index[a], index[b]) for a, b in pairs if a in index and b in index and a != b))
    positions = [places[number] for number in sorted(names)] if len(places) == len(order) == len(names) else None
    return SkeletonTemplate(joints=order, edges=edges, positions=positions)


def _value(node: str, name: str) -> str | None:
    found = re.search(rf'(?:^|\s){name}="([^"]*)"', node)
    return found[1] if found else None
