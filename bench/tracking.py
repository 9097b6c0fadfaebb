"""Regions repeated on the next image with a tracker's help and without: median IoU on real photos that were moved.

Each photo of the demo is moved four times with fixed seeds: the camera goes aside by up to 8 % of a side; it also turns by up to 4°, comes
up to 7 % nearer or goes as far away, with another light and noise; the object alone goes by 10 to 20 % of a side over a still background; or
all is still. The regions are those that are kept with the photos, and six boxes of chance in each. What lies outside of the moved photo by more than a half is
left out.
"""

from __future__ import annotations

import json
import math
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bench.rows import Row
from bench.stack import PROJECT

SIDE = 640  # pixels of the longer side, as the page makes them
CHANCE = 6  # boxes of chance in each photo
Floats = NDArray[np.float64]
CASES = ("camera aside", "camera aside, turned and nearer, other light", "object alone", "nothing moves")


@dataclass(slots=True)
class Part:
    ring: Floats  # (N, 2), pixels
    by: Floats  # (2, 3), where it went


@dataclass(slots=True)
class Pair:
    case: str
    before: Image.Image
    after: Image.Image
    parts: list[Part]


def measure() -> list[Row]:
    pairs = list(_pairs())
    with tempfile.TemporaryDirectory(prefix="labelwright-bench-") as folder:
        told = _tracked(pairs, Path(folder))
    with_, without, unsure, wrong = (defaultdict[str, list[float]](list) for _ in range(4))
    for pair, one in zip(pairs, told, strict=True):
        for part, found in zip(pair.parts, one["found"], strict=True):
            truth = _filled(_moved(part.ring, part.by), pair.after.size)
            a, b, c, d, e, f = found["by"]
            iou = _iou(_filled(_moved(part.ring, np.array([[a, c, e], [b, d, f]])), pair.after.size), truth)
            with_[pair.case].append(iou)
            without[pair.case].append(_iou(_filled(part.ring, pair.after.size), truth))
            unsure[pair.case].append(not found["sure"])
            if found["sure"]:
                wrong[pair.case].append(iou < 0.5)
    rows: list[Row] = []
    for case in CASES:
        name = f"repeated regions, {case} ({len(with_[case])} regions)"
        rows += [
            Row(f"{name}: median IoU with the tracker", median(with_[case]), ""),
            Row(f"{name}: median IoU without", median(without[case]), ""),
            Row(f"{name}: marked as uncertain", 100 * mean(unsure[case]), "%"),
            Row(f"{name}: sure, and yet below IoU 0.5", 100 * mean(wrong[case]), "%"),
        ]
    regions = sum(len(pair.parts) for pair in pairs)
    return [*rows, Row("repeated regions: CPU a region", sum(one["ms"] for one in told) / regions, "ms")]


def _pairs() -> Iterator[Pair]:
    demo = json.loads((PROJECT / "demo" / "demo.json").read_text())
    for number, (file, photo) in enumerate(demo["photos"].items()):
        whole = Image.open(PROJECT / "demo" / "photos" / file).convert("RGB")
        scale = SIDE / max(whole.size)
        before = whole.resize((round(whole.width * scale), round(whole.height * scale)), Image.Resampling.LANCZOS)
        random = np.random.default_rng(number)
        rings = [_ring(one) * scale for one in photo.get("regions", []) if one["shape"] in ("box", "polygon")]
        rings += [_by_chance(random, before.size) for _ in range(CHANCE)]
        for case in CASES[:2]:
            yield _camera(case, before, rings, random)
        for ring in rings:
            yield _object(before, ring, random)
        still = np.array([[1.0, 0, 0], [0, 1, 0]])
        yield Pair(CASES[3], before, _lit(before, random), [Part(ring, still) for ring in rings])


def _ring(region: dict[str, Any]) -> Floats:
    shape = region["geometry"]
    if region["shape"] == "polygon":
        return np.reshape(np.array(shape["parts"][0][0], float), (-1, 2))
    x, y, w, h = (shape[name] for name in ("x", "y", "w", "h"))
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], float)


def _by_chance(random: np.random.Generator, size: tuple[int, int]) -> Floats:
    w, h = random.uniform(24, 140, 2)
    x, y = random.uniform(0, size[0] - w), random.uniform(0, size[1] - h)
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])


def _camera(case: str, before: Image.Image, rings: list[Floats], random: np.random.Generator) -> Pair:
    plain = case == CASES[0]
    turn = 0.0 if plain else math.radians(random.uniform(-4, 4))
    scale = 1.0 if plain else random.uniform(0.93, 1.07)
    middle = np.array(before.size) / 2
    linear = scale * np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    shift = random.uniform(-0.08, 0.08, 2) * before.size + middle - linear @ middle
    by = np.hstack([linear, shift[:, None]])
    back = np.linalg.inv(np.vstack([by, [0, 0, 1]]))
    # Pillow puts the middle of a pixel at a half.
    after = before.transform(before.size, Image.Transform.AFFINE, back[:2].ravel().tolist(), Image.Resampling.BICUBIC)
    if not plain:
        after = _lit(after, random)
    inside = [ring for ring in rings if _share(_moved(ring, by), before.size) > 0.5]
    return Pair(case, before, after, [Part(ring, by) for ring in inside])


def _object(before: Image.Image, ring: Floats, random: np.random.Generator) -> Pair:
    """The region's own pixels on another place of the same photo; where it was lies what is opposite."""
    way = random.uniform(0, 2 * math.pi)
    far = random.uniform(0.1, 0.2) * max(before.size)
    shift = np.round(far * np.array([math.cos(way), math.sin(way)]))
    by = np.array([[1, 0, shift[0]], [0, 1, shift[1]]])
    mask = Image.fromarray(_filled(ring, before.size).astype(np.uint8) * 255)
    after = before.copy()
    after.paste(before.transpose(Image.Transpose.ROTATE_180), (0, 0), mask)
    after.paste(before, (int(shift[0]), int(shift[1])), mask)
    parts = [Part(ring, by)] if _share(_moved(ring, by), before.size) > 0.5 else []
    return Pair(CASES[2], before, after, parts)


def _lit(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    pixels = np.asarray(picture, float) * random.uniform(0.85, 1.15) + random.normal(0, 3, (*picture.size[::-1], 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _moved(ring: Floats, by: Floats) -> Floats:
    return np.asarray(ring @ by[:, :2].T + by[:, 2])


def _filled(ring: Floats, size: tuple[int, int]) -> NDArray[np.bool_]:
    layer = Image.new("L", size, 0)
    ImageDraw.Draw(layer).polygon([tuple(each) for each in ring], fill=1)
    return np.asarray(layer).astype(bool)


def _share(ring: Floats, size: tuple[int, int]) -> float:
    """Of a polygon that lies within the image."""
    x, y = ring.T
    area = abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2
    return float(_filled(ring, size).sum()) / max(area, 1.0)


def _iou(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return float((a & b).sum() / max((a | b).sum(), 1))


def _tracked(pairs: list[Pair], folder: Path) -> list[dict[str, Any]]:
    """Builds the tracker and lets it work on the pairs."""
    items = []
    for number, pair in enumerate(pairs):
        for name, picture in (("before", pair.before), ("after", pair.after)):
            (folder / f"{number}.{name}.rgba").write_bytes(picture.convert("RGBA").tobytes())
        boxes = [[*part.ring.min(axis=0).tolist(), *part.ring.max(axis=0).tolist()] for part in pair.parts]
        items.append({"w": pair.before.width, "h": pair.before.height, "boxes": boxes})
    (folder / "items.json").write_text(json.dumps(items))
    script = folder / "tracking.mjs"
    bundle = ["npx", "rolldown", "bench/tracking.ts", "--platform", "node", "--format", "esm", "-o", str(script)]
    subprocess.run(bundle, cwd=PROJECT / "frontend", check=True, capture_output=True)
    told = subprocess.run(["node", str(script), str(folder)], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in told.stdout.splitlines()]
