"""What the renderer is asked to draw for the image tests: documents of every shape and state, on a real photo."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from pycocotools import mask as coco

Region = dict[str, Any]
Scene = dict[str, Any]

SHAPES = ["box", "rotated_box", "ellipse", "polygon", "polyline", "points", "skeleton", "mask", "cuboid2d", "tag"]
SCHEMA = {
    "classes": [
        {"id": 1, "name": "cup", "title": "Cup", "color": "#ffa31f", "shapes": SHAPES},
        {"id": 2, "name": "spoon", "title": "Spoon", "color": "#3da3ff", "shapes": SHAPES},
        {"id": 3, "name": "table", "title": "Table", "color": "#47f5ff", "shapes": SHAPES},
        {
            "id": 4,
            "name": "hand",
            "title": "Hand",
            "color": "#f53370",
            "shapes": ["skeleton"],
            "skeleton": {"joints": ["wrist", "thumb", "index", "little"], "edges": [[0, 1], [0, 2], [0, 3]]},
        },
    ]
}
WINDOW = (600, 400)  # pixels: coffee.jpg lies in it one to one


def region(id: str, kind: int, shape: str, geometry: dict[str, Any], **more: Any) -> Region:
    return {"id": id, "class": kind, "shape": shape, "geometry": geometry, "attributes": {}, **more}


def box(id: str, kind: int, x: float, y: float, w: float, h: float, **more: Any) -> Region:
    return region(id, kind, "box", {"x": x, "y": y, "w": w, "h": h}, **more)


def blot(x: int, y: int, w: int, h: int) -> dict[str, Any]:
    """A mask: an ellipse with a hole."""
    column, row = np.meshgrid((np.arange(w) + 0.5) / w * 2 - 1, (np.arange(h) + 0.5) / h * 2 - 1)
    far = column**2 + row**2
    pixels = np.asfortranarray((far < 1) & (far > 0.1)).astype(np.uint8)
    return {"x": x, "y": y, "size": [h, w], "counts": coco.encode(np.asfortranarray(pixels))["counts"].decode()}


EVERY = [
    box("box", 1, 20, 20, 120, 90),
    region("rotated", 2, "rotated_box", {"cx": 230, "cy": 70, "w": 110, "h": 50, "angle": 25}),
    region("ellipse", 3, "ellipse", {"cx": 370, "cy": 70, "rx": 60, "ry": 35, "angle": -20}),
    region(
        "polygon",
        1,
        "polygon",
        {
            "parts": [
                [[460, 20, 570, 30, 580, 110, 500, 120, 450, 80], [500, 50, 500, 90, 540, 90, 540, 50]],
                [[540, 130, 580, 130, 560, 160]],
            ]
        },
    ),
    region("polyline", 2, "polyline", {"points": [20, 160, 60, 140, 100, 180, 150, 150]}),
    region("points", 3, "points", {"points": [190, 150, 220, 170, 250, 145]}),
    region(
        "skeleton",
        4,
        "skeleton",
        {"joints": {"wrist": [330, 240, 2], "thumb": [290, 190, 2], "index": [340, 160, 1], "little": [390, 190, 2]}},
    ),
    region("mask", 1, "mask", blot(420, 190, 140, 100)),
    region("cuboid", 2, "cuboid2d", {"front": [30, 230, 120, 90], "back": [70, 200, 110, 80]}),
    region("sharp", 3, "polygon", {"parts": [[[200, 220, 280, 230, 205, 240, 260, 330, 190, 260]]]}),
    box("dot", 2, 300, 330, 9, 7),
    region("tag", 1, "tag", {}),
]
BOXES = [box(f"b{at}", 1 + at % 3, 30 + 140 * (at % 4), 30 + 120 * (at // 4), 100, 80) for at in range(12)]


def many(count: int) -> list[Region]:
    chance = random.Random(3)
    out: list[Region] = []
    for at in range(count):
        x, y, w, h = 560 * chance.random(), 370 * chance.random(), 4 + 36 * chance.random(), 4 + 30 * chance.random()
        if at % 3:
            out.append(box(f"m{at}", 1 + at % 3, x, y, w, h))
            continue
        ring = [x, y, x + w, y + h / 4, x + w * 0.8, y + h, x + w / 3, y + h * 0.7]
        out.append(region(f"m{at}", 1 + at % 3, "polygon", {"parts": [[ring]]}))
    return out


def scene(elements: list[Region], *calls: list[Any], **more: Any) -> Scene:
    rows = [{"kind": "region", "version": 1, "element": element} for element in elements]
    return {"theme": "light", "photo": "coffee.jpg", "elements": rows, "schema": SCHEMA, "calls": list(calls), **more}


def at(x: float, y: float) -> dict[str, float]:
    return {"x": x, "y": y}


def hand(kind: str, x: float, y: float) -> list[Any]:
    modifiers = {"shift": False, "alt": False, "mod": False}
    return ["handle", {"type": kind, "screen": at(x, y), "modifiers": modifiers}]


STATES = {
    "b4": {"kind": "added"},
    "b5": {"kind": "changed", "before": BOXES[5] | {"geometry": {"x": 180, "y": 160, "w": 90, "h": 60}}},
    "b6": {"kind": "gold"},
    "b7": {"kind": "agreed"},
    "b8": {"kind": "conflict", "person": 0, "number": 1},
    "b9": {"kind": "conflict", "person": 1, "number": 2},
    "b10": {"kind": "conflict", "person": 2, "number": 3},
}
GHOST = box("ghost", 2, 470, 290, 90, 70)
OFFER = {"id": "p1", "region": box("offer", 3, 200, 285, 120, 70), "score": 0.87}
PARTS = [
    region(
        "left",
        1,
        "mask",
        {
            "x": 0,
            "y": 0,
            "size": [400, 250],
            "counts": coco.encode(np.ones((400, 250), np.uint8, order="F"))["counts"].decode(),
        },
    ),
    region("right", 2, "mask", blot(250, 40, 300, 320)),
]
FEW = EVERY[:4]

SCENES: dict[str, Scene] = {
    "every shape": scene(EVERY),
    "every shape on a bright photo": scene(EVERY, photo="wall-clock.jpg"),
    "every shape on a dark photo": scene(EVERY, photo="deep-field.jpg"),
    "light surround": scene(FEW, ["pan", 90, 60]),
    "dark surround": scene(FEW, ["pan", 90, 60], theme="dark"),
    "a box selected": scene(EVERY, ["select", ["box"]]),
    "a polygon selected with its hole": scene(EVERY, ["select", ["polygon"]]),
    "a mask selected": scene(EVERY, ["select", ["mask"]]),
    "a skeleton selected": scene(EVERY, ["select", ["skeleton"]]),
    "a cuboid selected": scene(EVERY, ["select", ["cuboid"]]),
    "a rotated box hovered": scene(EVERY, ["setHover", "rotated"]),
    "locked, hidden and occluded": scene(
        [*BOXES[:6], BOXES[6] | {"occluded": True}, *BOXES[7:]],
        ["setLocked", ["b1", "b2"], True],
        ["setHidden", ["b5"], True],
    ),
    "names on": scene(BOXES, ["setView", {"names": True}]),
    "focused by the keyboard": scene(EVERY, ["select", ["ellipse"]], ["setFocused", True]),
    "differences, gold, conflicts": scene(BOXES, ["decorate", STATES], readOnly=True),
    "a ghost, a prediction, findings and pins": scene(
        BOXES[:7],
        ["setGhosts", [GHOST]],
        ["decorate", {"ghost": {"kind": "removed"}}],
        ["setPredictions", [OFFER]],
        ["setFindings", [{"id": "f", "element": "b2"}]],
        [
            "setPins",
            [
                {"id": "i", "at": {"element": "b5"}, "label": "3"},
                {"id": "j", "at": at(120, 330), "label": "4", "resolved": True},
            ],
        ],
    ),
    "single pixels of a mask": scene(EVERY, ["zoom", 20, at(430, 240)], ["setView", {"pixelGrid": True}], ["settle"]),
    "a label map with gaps": scene(PARTS, semantic=True),
    "tiles": scene(EVERY, tiled=True),
    "tiles, larger and turned": scene(EVERY, ["zoom", 3, at(300, 200)], ["turn", 1], ["settle"], tiled=True),
    "a turned view": scene(EVERY, ["turn", 1], ["select", ["polygon"]]),
    "a mirrored view": scene(EVERY, ["mirrorView"], ["select", ["rotated"]]),
    "many regions by the worker": scene(many(2_000)),
    "many regions, zoomed out": scene(many(2_000), ["zoom", 0.4, at(300, 200)], ["settle"]),
    "many regions after one moved": scene(many(900), ["settle"], ["select", ["m1"]], ["nudge", 40, 30], ["select", []]),
    "a polygon being drawn with cross-hair": scene(
        FEW,
        ["setTool", "polygon"],
        *[
            step
            for x, y in ((60, 200), (200, 180), (260, 300))
            for step in (hand("move", x, y), hand("down", x, y), hand("up", x, y))
        ],
        hand("move", 120, 340),
    ),
    "a box being drawn under the loupe": scene(
        FEW,
        ["setView", {"loupe": True}],
        ["setTool", "box"],
        hand("move", 200, 160),
        hand("down", 200, 160),
        hand("move", 330, 260),
    ),
    "a brush stroke": scene(
        EVERY,
        ["setTool", "brush"],
        hand("move", 60, 360),
        hand("down", 60, 360),
        *[hand("move", 60 + 30 * n, 360 - 8 * (n % 3)) for n in range(9)],
    ),
    "a marquee": scene(EVERY, hand("move", 160, 190), hand("down", 160, 190), hand("move", 420, 350)),
    "brighter with more contrast": scene(FEW, ["setView", {"brightness": 1.3, "contrast": 1.4, "gamma": 1.5}]),
}
