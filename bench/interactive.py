"""The smart tool against masks that people drew: clicks to reach 85 and 90 % IoU, seconds for twenty objects by hand and with
it, and how soon the first answer is there on twelve megapixels.

The photos of the demo are measured with the outlines that are kept with them. More come out of two packages that hold
photos with outlines (labelme's examples, three photos of PASCAL VOC 2011; imgaug's quokka); they are fetched into
`var/bench` by pip, as data only, and left out with a word why where that fails.
"""

from __future__ import annotations

import io
import json
import math
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bench import interactive_page
from bench.packages import package as of_package
from bench.rows import Row
from bench.stack import PROJECT, Stack

LEAST = 400  # pixels of an object: smaller ones are seen, not measured
MOST = 20  # clicks: an object that needs more counts as twenty
METHODS = ("cut", "box, then cut", "wand", "live-wire")
POOR, PATIENCE = 0.7, 3  # IoU of a first answer below which a person goes back to the hand, and prompts after which
PROMPTS = (1, 2, 3, 4, 6)  # that a model may need to be right: no weights are here to measure one

# Operator times of the keystroke-level model (Card, Moran and Newell, 1980), in seconds. Pointing is Fitts' law with the
# constants of MacKenzie (1992) for a mouse, a target of 10 pixels on the screen.
KEY, PRESS, MENTAL, HOMING = 0.28, 0.2, 1.35, 0.4
FITTS_A, FITTS_B, TARGET = 0.1, 0.15, 10.0
ZOOM = 1.8  # screen pixels an image pixel: a photo of 600 × 400 fitted into the canvas of a window of 1440 × 900


@dataclass(frozen=True)
class Thing:
    name: str
    group: str
    label: str  # its class
    picture: Image.Image
    mask: NDArray[np.bool_]


def measure(stack: Stack) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="labelwright-bench-") as folder:
        _write(list(things()), Path(folder))
        found = _simulated(Path(folder))
    rows: list[Row] = []
    for method in METHODS:
        rows += _clicks(method, found)
    rows += _by_hand(found[:MOST])
    return rows + interactive_page.measure(stack)


def things() -> Iterator[Thing]:
    """Objects with their outlines, those of the demo first; of one photo one after the other."""
    yield from _of_demo()
    yield from _of_labelme()
    yield from _of_imgaug()


def _clicks(method: str, found: list[dict[str, Any]]) -> list[Row]:
    ious = [one["trials"][method]["ious"] for one in found]
    n = len(found)

    def clicks(goal: float) -> float:
        return mean(next((i + 1 for i, iou in enumerate(each) if iou >= goal), MOST) for each in ious)

    def reached(goal: float) -> float:
        return 100 * mean(any(iou >= goal for iou in each[:MOST]) for each in ious)

    return [
        Row(f"smart tool, {method}: NoC@85 ({n} objects)", clicks(0.85), "prompts"),
        Row(f"smart tool, {method}: NoC@90 ({n} objects)", clicks(0.9), "prompts"),
        Row(f"smart tool, {method}: objects that reach 85 % within {MOST}", reached(0.85), "%", None, True),
        Row(f"smart tool, {method}: IoU after the first", mean(each[0] for each in ious), "", None, True),
        Row(f"smart tool, {method}: IoU after the fifth", mean(max(each[:5]) for each in ious), "", None, True),
    ]


def _by_hand(found: list[dict[str, Any]]) -> list[Row]:
    """Actions, travel and seconds to draw each object as a polygon by hand, and with the smart tool until it has 85 % or
    twenty prompts; whoever does not get there draws it by hand after all, and both are counted. Then the same for who goes
    back to the hand soon, and for models that are right after so many prompts."""
    hand, smart, wary = Effort(), Effort(), Effort()
    missed = faster = 0
    for one in found:
        before = hand.seconds, smart.seconds
        corners = [tuple(each) for each in one["corners"]]
        hand.draw(corners)
        ious = one["trials"]["box, then cut"]["ious"]
        need = next((i + 1 for i, iou in enumerate(ious) if iou >= 0.85), None)
        prompted(smart, one, MOST if need is None else need)
        if need is None:
            missed += 1
            smart.draw(corners)
        patience = 1 if ious[0] < POOR else PATIENCE
        prompted(wary, one, min(need or MOST, patience))
        if need is None or need > patience:
            wary.draw(corners)
        faster += smart.seconds - before[1] < hand.seconds - before[0]
    n = len(found)
    rows = [
        *hand.rows(f"{n} objects, polygons by hand"),
        *smart.rows(f"{n} objects, smart tool (box first)"),
        Row(f"{n} objects, smart tool: drawn by hand after all", missed, "objects"),
        Row(f"{n} objects, smart tool: quicker than by hand", faster, "objects", None, True),
        *wary.rows(f"{n} objects, smart tool (back to the hand soon)"),
    ]
    for count in PROMPTS:
        effort = Effort()
        for one in found:
            prompted(effort, one, count)
        rows += effort.rows(f"{n} objects, a model that is right after {count} prompts")
    return rows


def prompted(effort: Effort, one: dict[str, Any], count: int) -> None:
    """The smart tool on one object: a box, then clicks up to so many prompts, where the largest error of the cut was."""
    x0, y0, x1, y1 = one["box"]
    effort.key(2)  # the tool and the class
    effort.think()
    effort.drag((x0, y0), (x1, y1))
    places = one["trials"]["box, then cut"]["clicks"] or [[(x0 + x1) / 2, (y0 + y1) / 2]]
    for at in range(count - 1):
        effort.think()
        effort.click(tuple(places[min(at, len(places) - 1)]))
    effort.key(1)


class Effort:
    """What a hand does, and how long it takes by the keystroke-level model."""

    def __init__(self) -> None:
        self.actions = 0
        self.travel = 0.0  # screen pixels
        self.seconds = 0.0
        self._at = (0.0, 0.0)

    def key(self, times: int) -> None:
        self.actions += times
        self.seconds += KEY * times

    def think(self) -> None:
        self.seconds += MENTAL

    def move(self, to: tuple[float, float]) -> None:
        way = math.dist(self._at, to) * ZOOM
        self._at = to
        self.travel += way
        self.seconds += FITTS_A + FITTS_B * math.log2(way / TARGET + 1)

    def click(self, to: tuple[float, float]) -> None:
        self.move(to)
        self.actions += 1
        self.seconds += PRESS

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.move(start)
        self.move(end)
        self.actions += 1
        self.seconds += PRESS

    def draw(self, corners: list[tuple[float, float]]) -> None:
        """A polygon, corner by corner: the tool, the class, a thought, the corners, Enter."""
        self.key(2)
        self.think()
        for corner in corners:
            self.click(corner)
        self.key(1)

    def rows(self, name: str) -> list[Row]:
        return [
            Row(f"{name}: actions", self.actions, ""),
            Row(f"{name}: travel of the pointer", self.travel, "px"),
            Row(f"{name}: seconds by the keystroke-level model", self.seconds, "s"),
        ]


def _simulated(folder: Path) -> list[dict[str, Any]]:
    """Builds the simulated user and lets it work on the pictures of a folder."""
    frontend = PROJECT / "frontend"
    script = folder / "simulated_user.mjs"
    bundle = ["npx", "rolldown", "bench/simulated_user.ts", "--platform", "node", "--format", "esm", "-o", str(script)]
    subprocess.run(bundle, cwd=frontend, check=True, capture_output=True)
    told = subprocess.run(["node", str(script), str(folder)], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in told.stdout.splitlines()]


def _write(things: list[Thing], folder: Path) -> None:
    items = []
    for number, thing in enumerate(things):
        picture = np.dstack([np.asarray(thing.picture), np.full(thing.mask.shape, 255, np.uint8)])
        (folder / f"{number}.rgba").write_bytes(picture.tobytes())
        (folder / f"{number}.mask").write_bytes(thing.mask.astype(np.uint8).tobytes())
        items.append({"name": thing.name, "group": thing.group, "w": thing.picture.width, "h": thing.picture.height})
    (folder / "items.json").write_text(json.dumps(items))


def _of_demo() -> Iterator[Thing]:
    demo = json.loads((PROJECT / "demo" / "demo.json").read_text())
    for file, photo in demo["photos"].items():
        picture = Image.open(PROJECT / "demo" / "photos" / file).convert("RGB")
        outlined = [one for one in photo.get("regions", []) if one["shape"] == "polygon"]
        for number, region in enumerate(outlined):
            mask = _filled(picture.size, region["geometry"]["parts"])
            yield Thing(f"{file}:{region['class']}{number}", "demo", region["class"], picture, mask)


def _of_labelme() -> Iterator[Thing]:
    package = of_package("interactive", "labelme", "6.3.1", source=True)
    if package is None:
        return
    home = f"{package.name.removesuffix('.tar.gz')}/examples/instance_segmentation/data_annotated"
    with tarfile.open(package) as archive:
        for name in ("2011_000003", "2011_000006", "2011_000025"):
            picture = Image.open(io.BytesIO(_member(archive, f"{home}/{name}.jpg"))).convert("RGB")
            things: dict[tuple[str, Any], list[list[list[float]]]] = {}
            for number, shape in enumerate(json.loads(_member(archive, f"{home}/{name}.json"))["shapes"]):
                if shape["label"] == "__ignore__":
                    continue
                group = shape.get("group_id")
                key = (shape["label"], f"n{number}" if group is None else group)
                things.setdefault(key, []).append([np.ravel(shape["points"]).tolist()])
            for (label, group), parts in things.items():
                mask = _filled(picture.size, parts)
                if mask.sum() >= LEAST:
                    yield Thing(f"{name}:{label}{group}", "labelme", label, picture, mask)


def _of_imgaug() -> Iterator[Thing]:
    package = of_package("interactive", "imgaug", "0.4.0")
    if package is None:
        return
    with zipfile.ZipFile(package) as archive:
        picture = Image.open(io.BytesIO(archive.read("imgaug/quokka.jpg"))).convert("RGB")
        told = json.loads(archive.read("imgaug/quokka_annotations.json"))
    for number, outline in enumerate(told["polygons"]):
        ring = [coordinate for place in outline["keypoints"] for coordinate in (place["x"], place["y"])]
        yield Thing(f"quokka.jpg:animal{number}", "imgaug", "animal", picture, _filled(picture.size, [[ring]]))


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file is not None, name
    return file.read()


def _filled(size: tuple[int, int], parts: list[list[list[float]]]) -> NDArray[np.bool_]:
    whole = np.zeros((size[1], size[0]), bool)
    for part in parts:
        layer = Image.new("L", size, 0)
        for number, ring in enumerate(part):
            ImageDraw.Draw(layer).polygon([tuple(each) for each in np.reshape(ring, (-1, 2))], fill=0 if number else 1)
        whole |= np.asarray(layer).astype(bool)
    return whole
