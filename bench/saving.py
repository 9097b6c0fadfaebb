"""What pre-labels save: twenty objects of real photos as boxes, by hand and with predictions of three kinds, by a scripted user
whose seconds come from the keystroke-level model (`bench.interactive.Effort`). Polygons and the smart tool: `bench interactive`.

In each case every object stands in the end with its class and at least 85 % IoU, and nothing else stands. With predictions the user
looks, accepts all of a photo in one step (`Alt Shift U`), and mends what is wrong: a region too much is clicked and deleted, a wrong
class clicked and given by its key, a loose box has its worse corner dragged, and the other one where that was not enough; what is
missing is drawn. One thought (1.35 s) goes before each photo and before each thing that is mended or drawn.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import mean

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from bench.interactive import MOST, Effort, Thing, things
from bench.rows import Row
from bench.stack import PROJECT
from domain.geometry.boxes import pairwise_iou
from domain.inference import Signature, Tensor
from domain.inference.onnx import read_signature
from domain.inference.registry import recognise
from domain.shapes.box import Box

GOAL = 0.85  # IoU of a box that needs no hand
SAME = 0.5  # IoU from which a prediction is of this object
CERTAIN = 0.3  # score from which the demo shows its detector's regions
SEEDS = 200
DETECTOR = PROJECT / "demo" / "models" / "detector.onnx"
# names of COCO's classes in the words of the outlines; a label that no outline has is left out, as a class mapping does
MEANS = {"couch": "sofa", "motorcycle": "motorbike", "dining table": "diningtable", "tv": "tvmonitor"}

Boxes = NDArray[np.float64]


@dataclass(frozen=True)
class Photo:
    """`truth`: (N, 4) corners in image pixels; `names`: the class of each."""

    picture: Image.Image
    truth: Boxes
    names: list[str]


@dataclass(frozen=True)
class Said:
    boxes: Boxes
    names: list[str]


@dataclass(frozen=True)
class Noise:
    """`off`: standard deviation of each edge in sides; the others are shares of the objects."""

    found: float
    off: float
    confused: float
    extra: float


PERFECT = Noise(found=1, off=0, confused=0, extra=0)
GOOD = Noise(found=0.85, off=0.04, confused=0.05, extra=0.1)
POOR = Noise(found=0.6, off=0.1, confused=0.15, extra=0.5)


def measure() -> list[Row]:
    photos = photos_of(list(itertools.islice(things(), MOST)))
    count = sum(len(photo.truth) for photo in photos)
    hand = Effort()
    for photo in photos:
        by_hand(hand, photo)
    rows = hand.rows(f"{count} objects, boxes by hand")
    for name, noise in (
        ("predictions that need no mending", PERFECT),
        ("good predictions", GOOD),
        ("poor predictions", POOR),
    ):
        rows += _mean(
            [_with_noise(photos, noise, seed) for seed in range(SEEDS)], f"{count} objects, boxes with {name}"
        )
    if DETECTOR.exists():
        detect, effort = Detector({name for photo in photos for name in photo.names}), Effort()
        found = [detect(photo.picture) for photo in photos]
        for photo, said in zip(photos, found, strict=True):
            with_predictions(effort, photo, said)
        rows += effort.rows(f"{count} objects, boxes with the demo's detector")
        right = sum(len(_pairs(photo, said)) for photo, said in zip(photos, found, strict=True))
        rows.append(Row(f"{count} objects: found by the demo's detector", right, "objects", None, True))
        rows.append(Row(f"{count} objects: regions that it shows", sum(len(one.boxes) for one in found), "regions"))
    return rows


def photos_of(found: Iterable[Thing]) -> list[Photo]:
    """Objects by the photo that they stand on; a class is a name without what tells two objects of it apart."""
    by_photo: dict[int, list[Thing]] = {}
    for thing in found:
        by_photo.setdefault(id(thing.picture), []).append(thing)
    return [
        Photo(group[0].picture, np.array([_box(one.mask) for one in group], float), [one.label for one in group])
        for group in by_photo.values()
    ]


def _box(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def by_hand(effort: Effort, photo: Photo) -> None:
    effort.key(1)  # the tool
    _draw(effort, photo.truth, photo.names)


def _draw(effort: Effort, boxes: Boxes, names: list[str]) -> None:
    before = ""
    for (x0, y0, x1, y1), name in zip(boxes.tolist(), names, strict=True):
        effort.think()
        effort.key(name != before)
        effort.drag((x0, y0), (x1, y1))
        before = name


def with_predictions(effort: Effort, photo: Photo, said: Said) -> None:
    """Accept all, then mend."""
    effort.think()
    if len(said.boxes):
        effort.key(3)  # Alt Shift U
    pairs = _pairs(photo, said)
    for at, box in enumerate(said.boxes):
        if at not in pairs:
            _select(effort, box)
            effort.key(1)  # Delete
            continue
        wanted = photo.truth[pairs[at]]
        wrong, loose = said.names[at] != photo.names[pairs[at]], _iou(box, wanted) < GOAL
        if wrong or loose:
            _select(effort, box)
        effort.key(wrong)
        if loose:
            _fit(effort, box, wanted)
    missing = [at for at in range(len(photo.truth)) if at not in pairs.values()]
    if missing:
        effort.key(1)  # the tool
        _draw(effort, photo.truth[missing], [photo.names[at] for at in missing])


def _select(effort: Effort, box: Boxes) -> None:
    effort.think()
    effort.click((float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2))


def _fit(effort: Effort, box: Boxes, wanted: Boxes) -> None:
    now = box.copy()
    corners = sorted(([0, 1], [2, 3]), key=lambda corner: -float(np.abs(now[corner] - wanted[corner]).max()))
    for corner in corners:
        effort.drag(
            (float(now[corner[0]]), float(now[corner[1]])), (float(wanted[corner[0]]), float(wanted[corner[1]]))
        )
        now[corner] = wanted[corner]
        if _iou(now, wanted) >= GOAL:
            return


def _iou(a: Boxes, b: Boxes) -> float:
    return float(pairwise_iou(a[None], b[None])[0, 0])


def _pairs(photo: Photo, said: Said) -> dict[int, int]:
    """Which prediction is of which object: the likest first, each once."""
    if not len(said.boxes):
        return {}
    likeness = pairwise_iou(said.boxes, photo.truth)
    found: dict[int, int] = {}
    for at in np.argsort(-likeness, axis=None).tolist():
        one, other = divmod(at, len(photo.truth))
        if likeness[one, other] >= SAME and one not in found and other not in found.values():
            found[one] = other
    return found


def noisy(photo: Photo, noise: Noise, random: np.random.Generator, classes: list[str]) -> Said:
    """What a model of this quality says of the photo."""
    sides = np.tile(photo.truth[:, 2:] - photo.truth[:, :2], 2)
    moved = photo.truth + random.normal(0, noise.off, photo.truth.shape) * sides
    seen = np.flatnonzero(random.random(len(moved)) < noise.found)
    names = [str(random.choice(classes)) if random.random() < noise.confused else photo.names[at] for at in seen]
    extra = int(random.poisson(noise.extra * len(photo.truth)))
    size = np.array(photo.picture.size, float)
    start, side = random.uniform(0, 0.7, (extra, 2)), random.uniform(0.1, 0.3, (extra, 2))
    false = np.hstack([start * size, (start + side) * size])
    return Said(np.vstack([moved[seen], false]), [*names, *(str(random.choice(classes)) for _ in range(extra))])


def _with_noise(photos: list[Photo], noise: Noise, seed: int) -> Effort:
    random, effort = np.random.default_rng(seed), Effort()
    classes = sorted({name for photo in photos for name in photo.names})
    for photo in photos:
        with_predictions(effort, photo, noisy(photo, noise, random, classes))
    return effort


def _mean(efforts: list[Effort], name: str) -> list[Row]:
    told = [effort.rows(name) for effort in efforts]
    return [Row(same[0].name, mean(row.value for row in same), same[0].unit) for same in zip(*told, strict=True)]


class Detector:
    """The demo's own, run here as a worker runs it."""

    def __init__(self, classes: set[str]) -> None:
        metadata = read_signature(memoryview(DETECTOR.read_bytes())).metadata
        self._runner = onnxruntime.InferenceSession(str(DETECTOR), providers=["CPUExecutionProvider"])
        told = [[_tensor(one) for one in of] for of in (self._runner.get_inputs(), self._runner.get_outputs())]
        self._names = [one.name for one in told[1]]
        self._adapter, self._spec = recognise(Signature(told[0], told[1], metadata), [], role="model")
        self._classes = classes

    def __call__(self, picture: Image.Image) -> Said:
        plan = self._adapter.plan(self._spec, picture.width, picture.height)
        pixels = np.asarray(picture.convert("RGB").resize(plan.resized, Image.Resampling.BILINEAR))
        outputs = self._runner.run(self._names, self._adapter.feeds(pixels, self._spec, plan))
        answer = self._adapter.read(dict(zip(self._names, outputs, strict=True)), self._spec, plan)
        boxes, names = [], []
        for one in answer.found:
            label = self._spec.labels[one.label]
            name = MEANS.get(label, label)
            if one.score >= CERTAIN and name in self._classes:
                assert isinstance(one.geometry, Box)
                boxes.append(one.geometry)
                names.append(name)
        corners = [(box.x, box.y, box.x + box.w, box.y + box.h) for box in boxes]
        return Said(np.array(corners, float).reshape(-1, 4), names)


def _tensor(found: object) -> Tensor:
    kind = found.type.removeprefix("tensor(").removesuffix(")")  # type: ignore[attr-defined]
    sides = tuple(side if isinstance(side, int) and side > 0 else 0 for side in found.shape)  # type: ignore[attr-defined]
    return Tensor(found.name, {"float": "float32"}.get(kind, kind), sides)  # type: ignore[attr-defined]
