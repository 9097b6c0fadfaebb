"""From a model's labels to a project's classes and questions: mapped, thresholded, cut to the image, checked by the schema.

What cannot be kept is counted by reason, so that a model with faults is seen, and its good answers are kept all the same.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from domain.elements import encode, place
from domain.elements.structs import Answer as Said
from domain.elements.structs import Region, Value
from domain.formats.making import ItemMaker
from domain.problems import errors
from domain.schema import LabelSchema, check_answer, check_region
from domain.schema.structs import Class
from domain.shapes import Geometry
from domain.shapes.convert import convert
from domain.shapes.mask import Mask
from domain.shapes.polygon import Polygon
from domain.shapes.skeleton import Skeleton

from .base import Answer, Found
from .outlines import plain_outline
from .targets import Target, Targets, Thresholds

NAMESPACE: Final = UUID("3f0f6a0e-4f5b-5c52-9a53-6d2a1e6b7c11")
# What a model's shape may become where the class is not drawn in it, the closest first.
BECOMES: Final = {
    "mask": ("polygon", "box"),
    "polygon": ("mask", "box"),
    "rotated_box": ("polygon", "box", "mask"),
    "ellipse": ("polygon", "box", "mask"),
    "skeleton": ("box",),
    "box": ("polygon",),
}


# Of the whole image: by question ("" for classes of tags), by its value (or the class's id), the model's probability.
Scores = dict[str, dict[str, float]]


@dataclass(slots=True)
class Elements:
    """What may be kept of an answer."""

    elements: list[tuple[str, bytes]] = field(default_factory=list)  # (kind, canonical bytes)
    blobs: dict[str, bytes] = field(default_factory=dict)
    scores: Scores = field(default_factory=dict)
    regions: int = 0
    problems: Counter[str] = field(default_factory=Counter)


def guessed(labels: Sequence[str], schema: LabelSchema, kind: str) -> dict[str, Target | None]:
    """The mapping to begin with: labels that are called as a class, its title or one of its aliases; for a classifier as an
    option of an item attribute first. The others mean nothing (None) until somebody says what."""
    classes: dict[str, int] = {}
    for one in schema.classes:
        if not one.archived:
            for name in (one.name, one.title or "", *one.aliases):
                classes.setdefault(_plain(name), one.id)
    answers: dict[str, Target] = {}
    for question in schema.item_attributes:
        if question.kind in ("select", "multiselect"):
            for option in question.options:
                answers.setdefault(_plain(option), Target(attribute=question.name, value=option))
    out: dict[str, Target | None] = {}
    for label in labels:
        plain = _plain(label)
        by_class = Target(class_id=classes[plain]) if plain and plain in classes else None
        out[label] = (answers.get(plain) or by_class) if kind == "classify" else by_class
    return out


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def to_elements(
    answer: Answer,
    *,
    labels: Sequence[str],
    targets: Targets,
    thresholds: Thresholds,
    schema: LabelSchema,
    size: tuple[int, int],
    source: str,
    key: str,
    amodal: bool = False,
) -> Elements:
    """The elements of an answer as they may be stored.

    Args:
        size: of the image, width and height in pixels.
        source: "model:version", written on every region.
        key: of the item; ids are made of it, so that the same answer is the same bytes.
    """
    maker = ItemMaker(NAMESPACE, f"{source}/{key}")
    out = Elements(problems=Counter(answer.problems))
    said: dict[str, tuple[float, Value]] = {}
    best = sorted(answer.found, key=lambda one: -one.score if math.isfinite(one.score) else 1.0)
    for found in best:
        label = _label(found, labels, out)
        if label is None or found.score < thresholds.of(label):
            continue
        target = targets.get(label)
        if target is None:
            if label not in targets:
                out.problems["unknown_class"] += 1
            continue
        if target.attribute is not None:
            _answer(said, target, found.score, schema)
        elif out.regions >= thresholds.most:
            out.problems["too_many"] += 1
        elif (element := _region(found, target, maker, schema, size, source, out, amodal)) is not None:
            out.elements.append(("region", encode(element)))
            out.regions += 1
    for name, (_, value) in said.items():
        answered = Said(id=name, value=value)
        if errors(check_answer(schema, answered)):
            out.problems["answer_does_not_fit"] += 1
        else:
            out.elements.append(("answer", encode(answered)))
    out.blobs, out.problems = maker.blobs, +out.problems
    out.scores = _scores(answer, labels, targets)
    return out


def _scores(answer: Answer, labels: Sequence[str], targets: Targets) -> Scores:
    """What the model holds possible of the whole image, in the project's words; labels that mean the same are added up."""
    out: Scores = {}
    for number, score in answer.scores.items():
        target = targets.get(labels[number]) if number < len(labels) else None
        if target is None or not math.isfinite(score):
            continue
        said = out.setdefault(target.attribute or "", {})
        value = str(target.value if target.attribute else target.class_id)
        said[value] = round(said.get(value, 0.0) + score, 4)
    return out


def _label(found: Found, labels: Sequence[str], out: Elements) -> str | None:
    if not math.isfinite(found.score):
        out.problems["not_finite"] += 1
        return None
    if 0 <= found.label < len(labels):
        return labels[found.label]
    if not labels and found.label >= 0:
        return f"class {found.label}"
    out.problems["unknown_class"] += 1
    return None


def _answer(said: dict[str, tuple[float, Value]], target: Target, score: float, schema: LabelSchema) -> None:
    """The best label of a question answers it; a question with several answers gets all of them."""
    name, value = str(target.attribute), target.value
    question = schema.item_attribute(name)
    if question is not None and question.kind == "multiselect":
        before = said.get(name, (score, []))[1]
        values = list(before) if isinstance(before, list) else []
        if value not in values:
            values.append(value if isinstance(value, str) else str(value))
        said[name] = (score, values)
    elif name not in said:
        said[name] = (score, value)


def _region(
    found: Found,
    target: Target,
    maker: ItemMaker,
    schema: LabelSchema,
    size: tuple[int, int],
    source: str,
    out: Elements,
    amodal: bool,
) -> Region | None:
    wanted = schema.class_by_id(target.class_id or 0)
    if wanted is None or wanted.archived:
        out.problems["unknown_class"] += 1
        return None
    geometry = shaped(found.geometry, wanted, size)
    if geometry is None:
        out.problems["shape_not_allowed"] += 1
        return None
    before = len(maker.problems)
    score = round(min(1.0, max(0.0, found.score)), 4)
    said = {"attributes": dict(found.attributes), "track": found.track}
    made = maker.region(geometry, wanted.id, f"{out.regions}", source=source, score=score, **said)
    if made is None:
        del maker.problems[before:]
        out.problems["degenerate"] += 1
        return None
    placed = place(made, width=size[0], height=size[1], amodal=amodal)
    refused = errors(placed.problems) or errors(check_region(schema, made))
    if refused or placed.element is None:
        _take_back(maker, made)
        out.problems["outside" if not refused or refused[0].code == "wholly_outside" else refused[0].code] += 1
        return None
    out.problems["clamped"] += any(one.severity == "clamped" for one in placed.problems)
    return placed.element if isinstance(placed.element, Region) else None


def _take_back(maker: ItemMaker, made: Region) -> None:
    """The blob of a mask that is not kept."""
    digest = getattr(made.geometry, "blob", None)
    if digest is not None:
        maker.blobs.pop(digest, None)


def shaped(geometry: Geometry | None, wanted: Class, size: tuple[int, int]) -> Geometry | None:
    """The geometry in a shape that the class is drawn in; None where there is none, or it is not finite."""
    if geometry is None:
        from domain.shapes.tag import Tag

        return Tag() if "tag" in wanted.shapes else None
    if isinstance(geometry, Skeleton) and "skeleton" in wanted.shapes:
        return _joints_of(geometry, wanted)
    if geometry.shape in wanted.shapes:
        return geometry
    for shape in BECOMES.get(geometry.shape, ()):
        if shape in wanted.shapes and not geometry.problems():
            made = convert(geometry, shape, width=size[0], height=size[1])
            if isinstance(made, Polygon) and isinstance(geometry, Mask):
                return plain_outline(made)
            if made is not None:
                return made
    return None


def _joints_of(geometry: Skeleton, wanted: Class) -> Skeleton | None:
    """With the class's own names of joints: the same names, or as many in the same order."""
    if wanted.skeleton is None:
        return geometry
    own = wanted.skeleton.joints
    if set(geometry.joints) <= set(own):
        return geometry
    if len(own) != len(geometry.joints):
        return None
    return Skeleton(dict(zip(own, geometry.joints.values(), strict=True)))
