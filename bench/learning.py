"""Labels that an order of the queue spares: a simulated annotator on real pictures.

One run begins with pictures by chance, trains the product's head on them, lets it look at all others, orders them as the product does,
takes the first of that order with their true labels, and so on until the head is right on a fixed test set as often as 95 %
of what it reaches with all labels. The labels of the beginning count. Each seed begins alike under every order, so that orders are compared in pairs.

The pictures lie in packages that pip fetches into `var/bench` as data: scikit-learn's digits, textures cut out of scikit-image's
photos, and solar cells under electroluminescence (elpv-dataset, CC BY-NC-SA 4.0, for this measurement alone).
"""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from apps.assets.images.likeness import likeness
from apps.predictions.inference.views import VIEWS
from bench.packages import package
from bench.rows import Row
from domain.learning.committee import committee_of, votes
from domain.learning.features import SIDE, describe
from domain.learning.head import Head, fit
from domain.learning.neighbours import embedded, suggested
from domain.sampling.disagreement import votes_apart
from domain.sampling.ordering import Candidate, Measure, Seen, Shares, queue_order

SEEDS = 24
PART = 0.95  # of the accuracy with all labels
TEST = 1 / 3  # of the pictures; the same in every run
DECAY = 0.1
GROWS = 10  # between trainings come a tenth more labels, and at least the step of the pictures
RESAMPLED = 10_000
VERSIONS = {"scikit_learn": "1.9.1", "scikit_image": "0.26.0", "elpv_dataset": "1.0.0.post1"}
CROPS = (10, 30, 100)
SUGGESTED_SEEDS = 3
PHOTOS = ("brick.png", "grass.png", "gravel.png", "ihc.png", "retina.jpg", "hubble_deep_field.jpg", "camera.png", "coffee.png", "chelsea.png", "rocket.jpg", "astronaut.png", "coins.png")  # fmt: skip
PATCH = 48  # pixels


@dataclass(frozen=True)
class Pictures:
    """features: (N, D); variants: the same of each view of them; small: (N, d) as core-sets compare them; labels: (N,);
    looks: 64 bits each; test: (N,) whether it is for the test alone."""

    name: str
    features: NDArray[np.float32]
    variants: list[NDArray[np.float32]]
    small: NDArray[np.float32]
    labels: NDArray[np.int64]
    looks: list[int]
    test: NDArray[np.bool_]
    step: int  # labels of the beginning, and the fewest between trainings


@dataclass(frozen=True)
class Order:
    name: str
    shares: Shares | None  # None: by chance
    measure: Measure = "margin"
    bits: bool = False  # unlike pictures by 64 bits of likeness instead of by features


NOTHING = {"random": 0.0, "diverse": 0.0, "rare": 0.0}
ORDERS = (
    Order("by chance", None),
    Order("margin", Shares(**NOTHING)),
    Order("entropy", Shares(**NOTHING), "entropy"),
    Order("least confidence", Shares(**NOTHING), "least_confidence"),
    Order("a committee disagrees", Shares(**NOTHING), "committee"),
    Order("variants disagree", Shares(**NOTHING), "augmented"),
    Order("margin, 20 % by chance", Shares(random=0.2, diverse=0, rare=0)),
    Order("committee, 20 % by chance", Shares(random=0.2, diverse=0, rare=0), "committee"),
    Order("margin, 20 % core-set", Shares(random=0, diverse=0.2, rare=0)),
    Order("margin, 20 % core-set, 20 % by chance", Shares(random=0.2, diverse=0.2, rare=0)),
    Order("the product's mix", Shares(random=0.2, diverse=0.2, rare=0.1)),
    Order("the product's mix, by 64 bits", Shares(random=0.2, diverse=0.2, rare=0.1), bits=True),
    Order("core-set alone", Shares(random=0, diverse=1, rare=0)),
    Order("unlike all others by 64 bits", Shares(random=0, diverse=1, rare=0), bits=True),
)


def measure(seeds: int = SEEDS) -> list[Row]:
    rows: list[Row] = []
    for load in (_digits, _textures, _cells):
        found = load()
        if found is not None:
            rows += _compared(found, seeds)
            rows += _suggested(found)
    return rows


def _suggested(found: Pictures) -> list[Row]:
    """How often the class that accepted crops suggest is right, and among the first three, by crops of a class."""
    known, test = embedded(found.features), np.flatnonzero(found.test)
    rows: list[Row] = []
    for each in CROPS:
        first, three = 0, 0
        for seed in range(SUGGESTED_SEEDS):
            pool = np.random.default_rng([seed, 13]).permutation(np.flatnonzero(~found.test))
            taken = np.concatenate([pool[found.labels[pool] == k][:each] for k in np.unique(found.labels)])
            for one in test:
                told = [s.class_id for s in suggested(known[taken], found.labels[taken], known[one])]
                first += told[0] == found.labels[one]
                three += found.labels[one] in told[:3]
        n = len(test) * SUGGESTED_SEEDS
        name = f"{found.name}: class suggested by {each} crops a class"
        rows += [
            Row(f"{name}: right", 100 * first / n, "%", None, True),
            Row(f"{name}: among three", 100 * three / n, "%", None, True),
        ]
    return rows


def _compared(found: Pictures, seeds: int) -> list[Row]:
    pool = np.flatnonzero(~found.test)
    whole = _accuracy(_head(found, pool), found)
    goal = PART * whole
    most = len(pool)
    name = f"{found.name} ({most} pictures, {len(np.unique(found.labels))} classes)"
    as_crops = replace(found, features=found.small)
    rows = [
        Row(f"{name}: right with all labels", 100 * whole, "%", None, True),
        Row(f"{name}: and by the numbers of crops", 100 * _accuracy(_head(as_crops, pool), as_crops), "%", None, True),
    ]
    needed = {one.name: np.array([_needed(found, pool, goal, one, seed) for seed in range(seeds)]) for one in ORDERS}
    plain = needed[ORDERS[0].name]
    rows.append(Row(f"{name}: labels to {100 * goal:.1f} %, by chance", float(plain.mean()), "labels"))
    for one in ORDERS[1:]:
        low, high = _interval(needed[one.name], plain)
        saved = 100 * (1 - needed[one.name].sum() / plain.sum())
        told = f"{name}: {one.name}: labels spared, {100 * low:.0f} to {100 * high:.0f} %"
        rows += [
            Row(f"{name}: {one.name}: labels", float(needed[one.name].mean()), "labels"),
            Row(told, saved, "%", None, True),
        ]
        print(f"  {told}: {saved:.1f} %", file=sys.stderr)
    return rows


def _interval(with_order: NDArray[np.int64], plain: NDArray[np.int64]) -> tuple[float, float]:
    """95 % of 1 − Σ labels / Σ labels by chance, seeds drawn in pairs with replacement (percentiles of the bootstrap)."""
    drawn = np.random.default_rng(7).integers(0, len(plain), (RESAMPLED, len(plain)))
    spared = 1 - with_order[drawn].sum(axis=1) / plain[drawn].sum(axis=1)
    low, high = np.percentile(spared, [2.5, 97.5])
    return float(low), float(high)


def _needed(found: Pictures, pool: NDArray[np.int64], goal: float, order: Order, seed: int) -> int:
    """Labels until the goal is reached; all of the pool where it is not."""
    shuffled = np.random.default_rng([seed, 11]).permutation(pool)
    taken = list(shuffled[: found.step])
    while True:
        head = _head(found, np.array(taken))
        if head is not None and _accuracy(head, found) >= goal:
            return len(taken)
        if len(taken) == len(pool):
            return len(pool)
        left = shuffled[~np.isin(shuffled, taken)]
        more = max(found.step, len(taken) // GROWS)
        taken += _next(found, left, taken, head, order, f"{seed}/{len(taken)}")[:more]


def _next(
    found: Pictures, left: NDArray[np.int64], taken: list[int], head: Head | None, order: Order, seed: str
) -> list[int]:
    if order.shares is None or head is None:
        return [int(one) for one in left]
    scores = head.scores(found.features[left])
    far = _apart(found, left, taken, head, order)
    waiting = [
        Candidate(
            id=int(one),
            regions=[],
            shares=[row.tolist()],
            possible=list(enumerate(row.tolist())),
            looks=found.looks[one],
            committee=float(d),
            augmented=float(d),
        )
        for one, row, d in zip(left, scores, far, strict=True)
    ]
    counts = dict(enumerate(np.bincount(found.labels[taken], minlength=scores.shape[1]).tolist()))
    known = [found.looks[one] for one in taken]
    seen = Seen(ids=[int(one) for one in left], points=found.small[left], known=found.small[taken])
    made = queue_order(
        waiting, shares=order.shares, measure=order.measure, seed=seed, counts=counts, known=known, seen=None if order.bits else seen
    )  # fmt: skip
    return [one.id for one in made]


def _apart(found: Pictures, left: NDArray[np.int64], taken: list[int], head: Head, order: Order) -> NDArray[np.float64]:
    """How far the committee, or the head on variants of the pictures, disagrees; nothing where the order does not ask."""
    if order.measure == "committee":
        rows = np.array(taken)
        classes = int(found.labels.max()) + 1
        members = committee_of(found.features[rows], found.labels[rows], classes=classes, decay=DECAY, seed=1)
        return votes_apart(votes(members, found.features[left]))
    if order.measure == "augmented":
        return votes_apart(np.stack([head.scores(one[left]) for one in (found.features, *found.variants)], axis=1))
    return np.zeros(len(left))


def _head(found: Pictures, rows: NDArray[np.int64]) -> Head | None:
    """None where all labels are of one class."""
    if len(np.unique(found.labels[rows])) < 2:
        return None
    return fit(found.features[rows], found.labels[rows], classes=int(found.labels.max()) + 1, decay=DECAY)


def _accuracy(head: Head | None, found: Pictures) -> float:
    assert head is not None
    return float((head.scores(found.features[found.test]).argmax(axis=1) == found.labels[found.test]).mean())


def _described(
    pictures: list[Image.Image],
) -> tuple[NDArray[np.float32], list[NDArray[np.float32]], NDArray[np.float32]]:
    pixels = [np.asarray(one.resize((SIDE, SIDE), Image.Resampling.BILINEAR)) for one in pictures]
    features = np.stack([describe(one) for one in pixels])
    variants = [np.stack([describe(view.make(one)) for one in pixels]) for view in VIEWS]
    return features, variants, embedded(features)


def _by_chance(n: int) -> NDArray[np.bool_]:
    test = np.zeros(n, dtype=np.bool_)
    test[np.random.default_rng(3).permutation(n)[: int(n * TEST)]] = True
    return test


def _wheel(name: str) -> zipfile.ZipFile | None:
    file = package("learning", name, VERSIONS[name])
    return None if file is None else zipfile.ZipFile(file)


def _digits() -> Pictures | None:
    """8 × 8 pixels each."""
    wheel = _wheel("scikit_learn")
    if wheel is None:
        return None
    raw = gzip.decompress(wheel.read("sklearn/datasets/data/digits.csv.gz"))
    table = np.loadtxt(io.BytesIO(raw), delimiter=",")
    pictures = [Image.fromarray((row.reshape(8, 8) * 15.9).astype(np.uint8)).convert("RGB") for row in table[:, :-1]]
    return _pictures("digits", pictures, table[:, -1].astype(np.int64), _by_chance(len(table)), 10)


def _textures() -> Pictures | None:
    """Which of twelve photos a patch is from; the right third of each photo is the test, so that no test patch touches many others."""
    wheel = _wheel("scikit_image")
    if wheel is None:
        return None
    cut = list(_patches(wheel))
    pictures, labels = [one for one, _, _ in cut], np.array([label for _, label, _ in cut], dtype=np.int64)
    return _pictures("patches of photos", pictures, labels, np.array([test for _, _, test in cut]), 12)


def _patches(wheel: zipfile.ZipFile) -> Iterator[tuple[Image.Image, int, bool]]:
    for label, name in enumerate(PHOTOS):
        photo = Image.open(io.BytesIO(wheel.read(f"skimage/data/{name}"))).convert("RGB")
        for top in range(0, photo.height - PATCH + 1, PATCH):
            for left in range(0, photo.width - PATCH + 1, PATCH):
                patch = photo.crop((left, top, left + PATCH, top + PATCH))
                yield patch, label, left >= photo.width * (1 - TEST)


def _cells() -> Pictures | None:
    """Sound or surely defective, of one crystal or many: what experts were sure of."""
    wheel = _wheel("elpv_dataset")
    if wheel is None:
        return None
    rows = [line.split() for line in wheel.read("elpv_dataset/data/labels.csv").decode().splitlines()]
    sure = [row for row in rows if float(row[1]) in (0.0, 1.0)]
    pictures = [Image.open(io.BytesIO(wheel.read(f"elpv_dataset/data/{row[0]}"))).convert("RGB") for row in sure]
    labels = np.array([2 * (row[2] == "mono") + int(float(row[1])) for row in sure], dtype=np.int64)
    return _pictures("solar cells", pictures, labels, _by_chance(len(sure)), 20)


def _pictures(
    name: str, shown: list[Image.Image], labels: NDArray[np.int64], test: NDArray[np.bool_], step: int
) -> Pictures:
    looks = [likeness(one, f"{n:016x}") % 2**64 for n, one in enumerate(shown)]
    return Pictures(name, *_described(shown), labels, looks, test, step)
