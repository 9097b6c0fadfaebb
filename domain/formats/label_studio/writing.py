"""Writing Label Studio JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from xml.sax.saxutils import quoteattr

import msgspec

from domain.elements.structs import Region, Value
from domain.formats.base import ExportItem
from domain.formats.report import LossReport
from domain.formats.writing import ItemWriter, Losses
from domain.geometry.angles import turned_corners
from domain.geometry.masks import decode_runs
from domain.schema import Attribute, Class, ItemAttribute
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.ellipse import Ellipse
from domain.shapes.mask import Mask
from domain.shapes.points import Points
from domain.shapes.polygon import Polygon
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.tag import Tag

from .brush import encode_brush

TAGS = "tags"  # the question whose choices are tags
_CONTROLS = {
    "rectanglelabels": ("RectangleLabels", ("box", "rotated_box")),
    "ellipselabels": ("EllipseLabels", ("ellipse",)),
    "polygonlabels": ("PolygonLabels", ("polygon", "cuboid2d")),
    "keypointlabels": ("KeyPointLabels", ("points", "skeleton")),
    "brushlabels": ("BrushLabels", ("mask",)),
}
KEYPOINT_WIDTH = 0.3  # percent; how large Label Studio draws a key point
_HELD = ("box", "rotated_box", "ellipse", "polygon", "points", "mask", "tag")


class LabelStudioWriter(ItemWriter):
    """Takes items in order; one list of tasks, and the labelling interface."""

    losses: ClassVar[Losses] = {
        "points_apart": ("approximated", "each point is a key point of its own"),
        "flags": ("dropped", "flags of regions are not written"),
    }
    keeps = ("attributes", "score")

    def begin(self) -> None:
        self._holder = self.sink.open("tasks.json")
        self._file = self._holder.__enter__()
        self._file.write(b"[")
        self._encoder = msgspec.json.Encoder()

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        results: list[dict[str, Any]] = []
        tags: list[str] = []
        written = 0
        for region in found.regions:
            if isinstance(region.geometry, Tag):
                tags.append(self.classes[region.class_id].name)
                self.lose_unheld(region, item)
                written += 1
            elif made := self._region(region, item):
                results += made
                written += 1
        results += [_item_answer(name, value) for name, value in found.answers.items() if value not in (None, "", [])]
        if tags:
            results.append(_result("tags", TAGS, "choices", {"choices": list(dict.fromkeys(tags))}))
        if not results and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item, answers=False)
        path = f"images/{self.file_name(item, whole=True)}"
        task = {
            "id": item.asset.id,
            "data": {"image": path},
            "annotations": [{"id": item.asset.id, "result": results, "was_cancelled": False, "ground_truth": False}],
            "predictions": [],
        }
        self._file.write((b",\n" if self.report.items else b"\n") + self._encoder.encode(task))
        self.report.items += 1
        self.report.regions += written
        return path

    def _region(self, region: Region, item: ExportItem) -> list[dict[str, Any]]:
        """The result of a region, then one for each of its attributes, all of one id; several points are several regions."""
        fitted = self.fit(region, item, _HELD, holes=False, parts=False)
        if fitted is None:
            return []
        self.lose_unheld(region, item)
        kind, values = _VALUES[type(fitted)](fitted, item.asset.width, item.asset.height, self)
        if len(values) > 1:
            self.lose("points_apart", item, region.id)
        label = self.classes[region.class_id].name
        frame = {"original_width": item.asset.width, "original_height": item.asset.height, "image_rotation": 0}
        out = []
        for i, value in enumerate(values):
            name = f"{region.id}" if i == 0 else f"{region.id}-{i}"
            made = _result(name, kind.removesuffix("labels"), kind, value | {kind: [label]}) | frame
            if region.score is not None:
                made["score"] = region.score
            out.append(made)
            for attribute, answer in region.attributes.items():
                if answer not in (None, "", []):
                    out.append(_item_answer(attribute, answer, id=name, value=value) | frame)
        return out

    def finish(self) -> LossReport:
        self._file.write(b"\n]\n")
        self._holder.__exit__(None, None, None)
        interface = labelling_interface(self.live_classes(()), self.schema.item_attributes)
        self.sink.write("labeling_config.xml", interface.encode())
        return self.report


def labelling_interface(classes: Sequence[Class], item_attributes: Sequence[ItemAttribute]) -> str:
    """Label Studio's configuration for the shapes and questions of a schema, XML. Classes are named by their `name`."""
    rows = ["<View>", '  <Image name="image" value="$image" zoom="true"/>']
    for kind, (tag, shapes) in _CONTROLS.items():
        fitting = [c for c in classes if set(c.shapes) & set(shapes)]
        if fitting:
            labels = [f"    <Label value={quoteattr(c.name)} background={quoteattr(c.color)}/>" for c in fitting]
            rows += [f'  <{tag} name="{kind.removesuffix("labels")}" toName="image">', *labels, f"  </{tag}>"]
    tags = [c.name for c in classes if "tag" in c.shapes]
    if tags:
        rows += _choices(TAGS, tags, many=True, per_region=False)
    asked: dict[str, Attribute] = {a.name: a for c in classes for a in c.attributes if not a.archived}
    for attribute in asked.values():
        rows += _control(attribute, per_region=True)
    for answer in item_attributes:
        if not answer.archived and answer.name not in asked:
            rows += _control(answer, per_region=False)
    return "\n".join([*rows, "</View>", ""])


def _choices(name: str, options: list[str], *, many: bool, per_region: bool) -> list[str]:
    choice = "multiple" if many else "single"
    per = ' perRegion="true"' if per_region else ""
    head = f'  <Choices name={quoteattr(name)} toName="image" choice="{choice}"{per}>'
    return [head, *(f"    <Choice value={quoteattr(option)}/>" for option in options), "  </Choices>"]


def _control(attribute: Attribute, *, per_region: bool) -> list[str]:
    if attribute.kind in ("select", "multiselect"):
        return _choices(attribute.name, attribute.options, many=attribute.kind == "multiselect", per_region=per_region)
    if attribute.kind == "boolean":
        return _choices(attribute.name, ["true", "false"], many=False, per_region=per_region)
    per = ' perRegion="true"' if per_region else ""
    tag = "Number" if attribute.kind == "number" else "TextArea"
    return [f'  <{tag} name={quoteattr(attribute.name)} toName="image"{per}/>']


def _result(id: str, name: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "from_name": name, "to_name": "image", "type": kind, "value": value}


def _item_answer(
    name: str, answer: Value, *, id: str | None = None, value: dict[str, Any] | None = None
) -> dict[str, Any]:
    """An answer as choices, a number or a text; of a region when it has an `id` and its place."""
    place = value or {}
    if isinstance(answer, bool):
        found: tuple[str, dict[str, Any]] = ("choices", {"choices": ["true" if answer else "false"]})
    elif isinstance(answer, int | float):
        found = ("number", {"number": answer})
    elif isinstance(answer, list):
        found = ("choices", {"choices": answer})
    else:
        found = ("choices", {"choices": [answer]}) if len(str(answer)) <= 120 else ("textarea", {"text": [answer]})
    return _result(id or f"answer-{name}", name, found[0], place | found[1])


Values = tuple[str, list[dict[str, Any]]]


def _rectangle(x: float, y: float, w: float, h: float, angle: float, width: int, height: int) -> Values:
    value = {"x": x / width * 100, "y": y / height * 100, "width": w / width * 100, "height": h / height * 100}
    return "rectanglelabels", [value | {"rotation": angle % 360.0}]


def _rotated(g: Any, width: int, height: int, _: Any) -> Values:
    x, y = turned_corners(g.cx, g.cy, g.w, g.h, g.angle)[:2]
    return _rectangle(x, y, g.w, g.h, g.angle, width, height)


def _ellipse(g: Any, width: int, height: int, _: Any) -> Values:
    value = {
        "x": g.cx / width * 100,
        "y": g.cy / height * 100,
        "radiusX": g.rx / width * 100,
        "radiusY": g.ry / height * 100,
    }
    return "ellipselabels", [value | {"rotation": g.angle % 360.0}]


def _pairs(flat: list[float], width: int, height: int) -> list[list[float]]:
    return [[flat[i] / width * 100, flat[i + 1] / height * 100] for i in range(0, len(flat), 2)]


def _points(g: Any, width: int, height: int, _: Any) -> Values:
    return "keypointlabels", [{"x": x, "y": y, "width": KEYPOINT_WIDTH} for x, y in _pairs(g.points, width, height)]


def _mask(g: Any, width: int, height: int, writer: LabelStudioWriter) -> Values:
    import numpy as np

    crop_height, crop_width = g.size
    crop = decode_runs(writer.runs(g), height=crop_height, width=crop_width)
    pixels = np.zeros((height, width), dtype=np.uint8)
    x0, y0 = max(0, g.x), max(0, g.y)
    x1, y1 = min(width, g.x + crop_width), min(height, g.y + crop_height)
    pixels[y0:y1, x0:x1] = crop[y0 - g.y : y1 - g.y, x0 - g.x : x1 - g.x]
    return "brushlabels", [{"format": "rle", "rle": encode_brush(pixels)}]


_VALUES: dict[type[Geometry], Callable[[Any, int, int, Any], Values]] = {
    Box: lambda g, w, h, _: _rectangle(g.x, g.y, g.w, g.h, 0.0, w, h),
    RotatedBox: _rotated,
    Ellipse: _ellipse,
    Polygon: lambda g, w, h, _: ("polygonlabels", [{"points": _pairs(g.parts[0][0], w, h), "closed": True}]),
    Points: _points,
    Mask: _mask,
}
