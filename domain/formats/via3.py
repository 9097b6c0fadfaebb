"""VIA 3's projects as the images that VIA 2's have: shapes by number, attributes and options by id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# of a region's `xy`, whose first number is the kind; a rectangle of extreme points is read as its bounds
_KINDS = {
    1: "point",
    2: "rect",
    3: "circle",
    4: "ellipse",
    5: "polyline",
    6: "polyline",
    7: "polygon",
    8: "rect",
    9: "extreme circle",
}
_CHECKBOX, _CHOICES = 2, (2, 3, 4, 5)  # kinds of attributes


def is_project(found: Any) -> bool:
    return isinstance(found, dict) and all(isinstance(found.get(k), dict) for k in ("file", "view", "metadata"))


def images_of(project: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(key, image) of each view of one file; what lies in time or has no place stays a region of an unknown kind."""
    attributes, files = project.get("attribute"), project["file"]
    asked = attributes if isinstance(attributes, dict) else {}
    images: dict[str, dict[str, Any]] = {}
    for key, view in project["view"].items():
        ids = view.get("fid_list") if isinstance(view, dict) else None
        file = files.get(str(ids[0])) if isinstance(ids, list) and ids else None
        if isinstance(file, dict):
            name = str(file.get("fname") or file.get("src") or "")
            images[str(key)] = {"filename": name, "regions": [], "file_attributes": {}}
    for row in project["metadata"].values():
        image = images.get(str(row.get("vid"))) if isinstance(row, dict) else None
        if image is None:
            continue
        said = _said(row.get("av"), asked)
        if row.get("xy") or row.get("z"):
            image["regions"].append({"shape_attributes": _shape(row), "region_attributes": said})
        else:
            image["file_attributes"].update(said)
    yield from images.items()


def _said(given: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Values by the names of their attributes: options by their texts, several as a mapping, as VIA 2 has them."""
    out: dict[str, Any] = {}
    for key, value in given.items() if isinstance(given, dict) else ():
        found = asked.get(str(key))
        question = found if isinstance(found, dict) else {}
        options = question.get("options")
        name, kind = str(question.get("aname") or key), question.get("type")
        if not isinstance(options, dict) or kind not in _CHOICES:
            out[name] = value
            continue
        chosen = [str(options.get(one, one)) for one in str(value).split(",") if one]
        out[name] = dict.fromkeys(chosen, True) if kind == _CHECKBOX else chosen[0] if chosen else ""
    return out


def _shape(row: dict[str, Any]) -> dict[str, Any]:
    xy = row.get("xy")
    if row.get("z") or not isinstance(xy, list) or not xy:
        return {"name": "segment of time"}
    kind, rest = xy[0], xy[1:]
    name = _KINDS.get(kind, str(kind)) if isinstance(kind, int) else str(kind)
    if name == "rect" and kind == 8 and len(rest) == 8:
        xs, ys = rest[0::2], rest[1::2]
        if all(isinstance(v, int | float) for v in rest):
            rest = [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]
    keys = {
        "point": ("cx", "cy"),
        "rect": ("x", "y", "width", "height"),
        "circle": ("cx", "cy", "r"),
        "ellipse": ("cx", "cy", "rx", "ry"),
    }.get(name)
    if keys is not None:
        return {"name": name} | dict(zip(keys, rest, strict=False))
    return {"name": name, "all_points_x": rest[0::2], "all_points_y": rest[1::2]}
