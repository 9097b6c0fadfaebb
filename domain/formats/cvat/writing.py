"""Writing CVAT XML 1.1: everything of images streams to one file, the labels before the images; videos are `video`'s."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Literal
from xml.sax.saxutils import escape, quoteattr

import msgspec
import numpy as np

from domain.elements.structs import Region, Value
from domain.formats.base import ExportItem
from domain.formats.making import TRACK
from domain.formats.report import LossReport
from domain.formats.writing import ItemWriter, Losses, plain, plain_texts
from domain.geometry.masks import decode_runs
from domain.schema import Attribute, Class
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.cuboid2d import Cuboid2d
from domain.shapes.ellipse import Ellipse
from domain.shapes.mask import Mask
from domain.shapes.points import Points
from domain.shapes.polygon import Polygon
from domain.shapes.polyline import Polyline
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.skeleton import Skeleton
from domain.shapes.tag import Tag

from .video import Video, group_number

_INPUTS = {"select": "select", "multiselect": "text", "boolean": "checkbox", "number": "number", "text": "text"}
_HELD = ("box", "rotated_box", "ellipse", "polygon", "polyline", "points", "skeleton", "mask", "cuboid2d", "tag")
LIST_SEPARATOR = ", "  # CVAT has no question with several answers; they are one text


class Options(msgspec.Struct, forbid_unknown_fields=True):
    form: Literal["images", "video"] = "images"


class CvatWriter(ItemWriter):
    """Takes items in order; ids of images count from 0."""

    losses: ClassVar[Losses] = {
        "flags": ("dropped", "truncated, difficult, crowd, ignore and uncertain are not written"),
        "multiselect": ("approximated", "CVAT has no question with several answers; they are written as one text"),
        "track_as_attribute": (
            "noted",
            f"the track stands as the attribute {TRACK}; the form `video` writes tracks as CVAT has them",
        ),
        "tag_of_frame": ("dropped", "CVAT's videos have no tags of frames"),
    }
    options_type = Options
    keeps = ("attributes", "occluded", "z", "track")

    def begin(self) -> None:
        self._count = 0
        self._subsets: dict[str, int] = {}  # images of each
        self._scratch = self.sink.scratch()
        self._names = set()
        ordered = self.live_classes({c.id for c in self.schema.classes})
        self._heads = {c.id: f'label={quoteattr(c.name)} source="manual"' for c in ordered}
        self._ordered = ordered
        self._used: set[int] = set()
        self._video = Video(self) if self.options.form == "video" else None
        if self._video is not None:
            self.keeps_of_item = ("group",)

    def add(self, item: ExportItem) -> str | None:
        found = self.content(item)
        if self._video is not None:
            return self._video.add(item, found)
        groups: dict[str, int] = {}
        boxes = iter(_places([region.geometry for region in found.regions if type(region.geometry) is Box]))
        lines = [line for region in found.regions if (line := self._shape(region, item, groups, boxes)) is not None]
        if not lines and item.outcome != "empty":
            self.lose("not_labelled", item)
            return None
        self.lose_of_item(found, item)
        name = self.file_name(item, whole=True)
        subset = f" subset={quoteattr(item.split)}" if item.split else ""
        size = f'width="{item.asset.width}" height="{item.asset.height}"'
        head = f'  <image id="{self._count}" name={quoteattr(name)}{subset} {size}>\n'
        self._scratch.write(f"{head}{''.join(lines)}  </image>\n".encode())
        self._count += 1
        if item.split:
            self._subsets[item.split] = self._subsets.get(item.split, 0) + 1
        self.report.items += 1
        self.report.regions += len(lines)
        return f"images/{name}"

    def _shape(self, region: Region, item: ExportItem, groups: dict[str, int], boxes: Iterator[str]) -> str | None:
        """`boxes`: the places of the item's boxes, of which this takes its own."""
        if type(region.geometry) is Box:
            tag, place, inner = "box", next(boxes), ""
        else:
            written = self.drawn(region, item)
            if written is None:
                return None
            tag, place, inner = written
        self.said(region, item)
        group = f' group_id="{group_number(region.group, groups)}"' if region.group else ""
        said = self._heads[region.class_id]
        if tag != "tag":
            said += f' occluded="{1 if region.occluded else 0}"{place} z_order="{region.z}"'
        if region.attributes:
            inner += self.attributes(region, item)
        if region.track is not None:
            inner += self._track(region, item)
        if not inner:
            return f"    <{tag} {said}{group}/>\n"
        return f"    <{tag} {said}{group}>\n{inner}    </{tag}>\n"

    def drawn(self, region: Region, item: ExportItem) -> Written | None:
        """A region's element as CVAT draws it; None, and told, where it has no form."""
        fitted = self.fit(region, item, _HELD, holes=False, parts=False)
        return None if fitted is None else _WRITERS[type(fitted)](fitted, self)

    def said(self, region: Region, item: ExportItem) -> None:
        """Note that a region is written, and tell what CVAT has no place for."""
        if region.flags or region.source is not None or region.score is not None or region.parent or region.role:
            self._lose(region, item)
        self._used.add(region.class_id)

    def _track(self, region: Region, item: ExportItem) -> str:
        if not self.track_attribute(region, item):
            return ""
        self.lose("track_as_attribute", item, region.id)
        return f'      <attribute name="{TRACK}">{region.track}</attribute>\n'

    def _lose(self, region: Region, item: ExportItem) -> None:
        for code, said in (("flags", region.flags), ("score", region.score is not None), ("source", region.source)):
            if said:
                self.lose(code, item, region.id)
        if region.parent or region.role:
            self.lose("relations", item, region.id)

    def attributes(self, region: Region, item: ExportItem) -> str:
        """The answers of a region, a line each."""
        rows = []
        for name, value in region.attributes.items():
            if value is None:
                continue
            if isinstance(value, list):
                self.lose("multiselect", item, region.id)
            rows.append(f"      <attribute name={quoteattr(name)}>{escape(_text(value))}</attribute>\n")
        return "".join(rows)

    def finish(self) -> LossReport:
        labels = "".join(_label(c) for c in self._ordered if not c.archived or c.id in self._used)
        if self._video is not None:
            self._video.finish(labels)
            self._scratch.close()
            return self.report
        with self.sink.open("annotations.xml") as file:
            head = '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n  <meta>\n'
            file.write(f"{head}{self._meta(labels)}  </meta>\n".encode())
            self._scratch.seek(0)
            while block := self._scratch.read(1 << 20):
                file.write(block)
            file.write(b"</annotations>\n")
        self._scratch.close()
        return self.report

    def _meta(self, labels: str) -> str:
        """A task; with subsets a project of a task each, for that is where CVAT has them and others look for them."""
        mode, listed = "      <mode>annotation</mode>\n", f"      <labels>\n{labels}      </labels>\n"
        if not self._subsets:
            size = f"      <size>{self._count}</size>\n"
            return f"    <task>\n{size}{mode}      <z_order>True</z_order>\n{listed}    </task>\n"
        names = "\n".join(escape(name) for name in self._subsets)
        tasks = "".join(
            f"        <task><id>{number}</id><name>{escape(name)}</name><size>{count}</size><mode>annotation</mode>"
            f"<subset>{escape(name)}</subset></task>\n"
            for number, (name, count) in enumerate(self._subsets.items(), start=1)
        )
        subsets = f"      <subsets>{names}</subsets>\n      <tasks>\n{tasks}      </tasks>\n"
        return f"    <project>\n{mode}{listed}{subsets}    </project>\n"


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return LIST_SEPARATOR.join(value) if isinstance(value, list) else str(value)


def _label(found: Class) -> str:
    """A label with its attributes; of a skeleton also its drawing and a label a joint."""
    indent = "        "
    rows = [f"<label><name>{escape(found.name)}</name><color>{found.color}</color><type>any</type><attributes>"]
    rows += [_attribute(attribute) for attribute in found.attributes if not attribute.archived]
    rows.append("</attributes></label>")
    out = f"{indent}{''.join(rows)}\n"
    if found.skeleton is not None:
        out = out.replace("<type>any</type>", "<type>skeleton</type>", 1)
        out = out.replace("</attributes></label>", f"</attributes><svg>{escape(_drawing(found))}</svg></label>")
        for joint in found.skeleton.joints:
            name, parent = escape(joint), escape(found.name)
            out += f"{indent}<label><name>{name}</name><type>points</type><attributes></attributes><parent>{parent}</parent></label>\n"
    return out


def _attribute(attribute: Attribute) -> str:
    values = "\n".join(attribute.options)
    default = "" if attribute.default is None else _text(attribute.default)
    return (
        f"<attribute><name>{escape(attribute.name)}</name><mutable>{attribute.mutable}</mutable>"
        f"<input_type>{_INPUTS[attribute.kind]}</input_type><default_value>{escape(default)}</default_value>"
        f"<values>{escape(values)}</values></attribute>"
    )


def _drawing(found: Class) -> str:
    """The template as CVAT draws it, in a frame of 100 × 100."""
    template = found.skeleton
    assert template is not None
    count = len(template.joints)
    positions = template.positions or [((i % 8 + 1) / 9, (i // 8 + 1) / (count // 8 + 2)) for i in range(count)]
    places = [(x * 100, y * 100) for x, y in positions]
    lines = [
        f'<line x1="{places[a][0]:.2f}" y1="{places[a][1]:.2f}" x2="{places[b][0]:.2f}" y2="{places[b][1]:.2f}" '
        f'data-type="edge" data-node-from="{a + 1}" data-node-to="{b + 1}"></line>'
        for a, b in template.edges
    ]
    nodes = [
        f'<circle r="1.5" cx="{x:.2f}" cy="{y:.2f}" data-type="element node" data-element-id="{i}" data-node-id="{i}" '
        f"data-label-name={quoteattr(name)}></circle>"
        for i, (name, (x, y)) in enumerate(zip(template.joints, places, strict=True), start=1)
    ]
    return "".join([*lines, *nodes])


Written = tuple[str, str, str]  # tag, attributes, what is inside


def _points(flat: list[float]) -> str:
    texts = plain_texts(flat)
    pairs = [f"{x},{y}" for x, y in zip(texts[::2], texts[1::2], strict=True)]
    return f' points="{";".join(pairs)}"'


def _places(boxes: list[Any]) -> list[str]:
    """The corners of boxes, as attributes."""
    texts = plain_texts([number for g in boxes for number in (g.x, g.y, g.x + g.w, g.y + g.h)])
    corners = zip(texts[::4], texts[1::4], texts[2::4], texts[3::4], strict=True)
    return [f' xtl="{x0}" ytl="{y0}" xbr="{x1}" ybr="{y1}"' for x0, y0, x1, y1 in corners]


def _rotated_box(g: Any, _: CvatWriter) -> Written:
    (place,) = _places([Box(g.cx - g.w / 2, g.cy - g.h / 2, g.w, g.h)])
    return "box", f'{place} rotation="{plain(g.angle % 360.0)}"', ""


def _ellipse(g: Any, _: CvatWriter) -> Written:
    place = f' cx="{plain(g.cx)}" cy="{plain(g.cy)}" rx="{plain(g.rx)}" ry="{plain(g.ry)}"'
    return "ellipse", f'{place} rotation="{plain(g.angle % 360.0)}"' if g.angle else place, ""


def _mask(g: Any, writer: CvatWriter) -> Written:
    height, width = g.size
    pixels = decode_runs(writer.runs(g), height=height, width=width).ravel()
    edges = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
    runs = np.diff(np.concatenate(([0], edges, [pixels.size]))).tolist()
    rle = ", ".join(map(str, [0, *runs] if pixels[0] else runs))
    return "mask", f' rle="{rle}" left="{g.x}" top="{g.y}" width="{width}" height="{height}"', ""


def _skeleton(g: Any, _: CvatWriter) -> Written:
    rows = []
    for name, (x, y, v) in g.joints.items():
        state = f'outside="{0 if v else 1}" occluded="{1 if v == 1 else 0}"'
        rows.append(f'      <points label={quoteattr(name)} source="manual" {state}{_points([x, y])}></points>\n')
    return "skeleton", "", "".join(rows)


def _cuboid(g: Any, _: CvatWriter) -> Written:
    out = ""
    for number, (x, y, w, h) in ((1, g.front), (2, g.back)):
        for corner, cx, cy in (("tl", x, y), ("bl", x, y + h), ("tr", x + w, y), ("br", x + w, y + h)):
            out += f' x{corner}{number}="{plain(cx)}" y{corner}{number}="{plain(cy)}"'
    return "cuboid", out, ""


_WRITERS: dict[type[Geometry], Callable[[Any, CvatWriter], Written]] = {
    Box: lambda g, _: ("box", _places([g])[0], ""),
    RotatedBox: _rotated_box,
    Ellipse: _ellipse,
    Polygon: lambda g, _: ("polygon", _points(g.parts[0][0]), ""),
    Polyline: lambda g, _: ("polyline", _points(g.points), ""),
    Points: lambda g, _: ("points", _points(g.points), ""),
    Mask: _mask,
    Skeleton: _skeleton,
    Cuboid2d: _cuboid,
    Tag: lambda g, _: ("tag", "", ""),
}
