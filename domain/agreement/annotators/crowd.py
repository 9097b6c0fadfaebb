"""A simulated crowd that is watched: `python -m domain.agreement.annotators.crowd [FIRST_SEED [SEEDS]]` prints the table.

Overlap 3, gold 10 %, five classes with skewed shares, a quarter of the items hard, a prediction shown that is right three
times of four. Twelve honest people of accuracy 0.72 to 0.95, one of 0.6, and one of each kind that is not honest.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from random import Random
from statistics import median, quantiles

import msgspec

from .watching import Seen, Watch

SHARES = (0.45, 0.25, 0.15, 0.10, 0.05)
GOLD, HARD, ITEMS = 0.10, 0.25, 500
PREDICTED = (0.83, 0.5)  # right, of easy and hard items
LEANING = 0.15  # honest people take the prediction unseen
LOOKS_HARD = (0.1, 0.8)  # easy and hard items that look hard
SKIPS = (0.01, 0.05)  # honest people skip, easy and hard items
HONEST = 12
KINDS = ("random", "constant", "prior", "accepts", "skips", "copier", "tiring")
TIRES_OVER = 10  # answers over which the tiring one's accuracy falls
EXHAUSTED = 0.3


class Worker(msgspec.Struct):
    """One simulated person. `onset`: the answer after which the tiring one tires."""

    name: str
    kind: str
    accuracy: float
    onset: int = 0
    offered: int = 0


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What the watch said of one person: items seen until the first alarm (from the onset on), or null."""

    seed: int
    kind: str
    delay: int | None
    alarm: str | None
    items: int
    early: bool = False  # the alarm came before anything was wrong


class World(msgspec.Struct, frozen=True, kw_only=True):
    """Answers, for whoever wants to compare consensus: (item, person, answer), and the truth of each item."""

    found: list[Found]
    answers: list[tuple[int, str, int]]
    truth: list[int]


def simulate(seed: int, *, items: int = ITEMS) -> World:
    """One crowd until everybody was offered about `items` items."""
    draw = Random(seed)  # noqa: S311 - a simulation, which must be the same each time
    crowd = [Worker(f"honest {k}", "honest", draw.uniform(0.72, 0.95)) for k in range(HONEST)]
    crowd.append(Worker("weak", "weak", 0.6))
    crowd += [Worker(kind, kind, 0.88, onset=draw.randint(100, 250)) for kind in KINDS]
    source = crowd[draw.randrange(HONEST)]
    watch = Watch(classes=len(SHARES))
    answers: list[tuple[int, str, int]] = []
    truth: list[int] = []
    by_name = {worker.name: worker for worker in crowd}
    while max(worker.offered for worker in crowd) < items:
        seen, true = _item(draw, crowd, source, by_name)
        answers += [(len(truth), who, answer) for who, answer in seen.answers if answer is not None]
        truth.append(true)
        watch.observe(seen)
    return World(found=[_found(seed, worker, watch) for worker in crowd], answers=answers, truth=truth)


def _item(draw: Random, crowd: list[Worker], source: Worker, by_name: dict[str, Worker]) -> tuple[Seen, int]:
    """One item, answered by three; who skips is replaced. The copier sits beside its source."""
    true = draw.choices(range(len(SHARES)), SHARES)[0]
    hard = draw.random() < HARD
    prediction = true if draw.random() < PREDICTED[hard] else draw.choice([c for c in range(len(SHARES)) if c != true])
    waiting = [w for w in draw.sample(crowd, len(crowd)) if w.kind != "copier"]
    said: list[tuple[str, int | None]] = []
    wanted = 3
    while wanted and waiting:
        worker = waiting.pop(0)
        worker.offered += 1
        if draw.random() < (0.8 if hard else 0.01) and worker.kind == "skips":
            said.append((worker.name, None))
            continue
        if worker.kind != "skips" and draw.random() < SKIPS[hard]:
            said.append((worker.name, None))
            continue
        answer = _answer(draw, worker, true, hard, prediction)
        said.append((worker.name, answer))
        wanted -= 1
        if worker is source and wanted:
            copier = by_name["copier"]
            copier.offered += 1
            said.append(
                (copier.name, answer if draw.random() < 0.97 else _answer(draw, copier, true, hard, prediction))
            )
            wanted -= 1
    gold = true if draw.random() < GOLD else None
    looks_hard = draw.random() < LOOKS_HARD[hard]
    return Seen(answers=said, gold=gold, prediction=prediction, hard=looks_hard), true


def _answer(draw: Random, worker: Worker, true: int, hard: bool, prediction: int) -> int:
    if worker.kind == "random":
        return draw.randrange(len(SHARES))
    if worker.kind == "constant":
        return 0
    if worker.kind == "prior":
        return draw.choices(range(len(SHARES)), SHARES)[0]
    if worker.kind == "accepts" or draw.random() < LEANING:
        return prediction
    accuracy = worker.accuracy
    if worker.kind == "tiring":
        fallen = min(1.0, max(0.0, (worker.offered - worker.onset) / TIRES_OVER))
        accuracy += (EXHAUSTED - accuracy) * fallen
    if draw.random() < (accuracy - 0.15 if hard else accuracy + 0.05 * (accuracy < 0.95)):
        return true
    return draw.choices([c for c in range(len(SHARES)) if c != true], [s for c, s in enumerate(SHARES) if c != true])[0]


def _found(seed: int, worker: Worker, watch: Watch) -> Found:
    alarms = watch.people[worker.name].alarms
    start = worker.onset if worker.kind == "tiring" else 0
    first = next((alarm for alarm in alarms if alarm.items > start), None)
    early = any(alarm.items <= start for alarm in alarms)
    return Found(
        seed=seed,
        kind=worker.kind,
        delay=None if first is None else first.items - start,
        alarm=None if first is None else first.kind,
        items=worker.offered,
        early=early,
    )


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Of one kind: delay over those found (median and nine of ten count who was never found as later than any)."""

    kind: str
    people: int
    found: float
    median: float | None
    ninety: float | None
    alarms_per_1000: float
    named: dict[str, int]


def table(found: Iterable[Found]) -> list[Row]:
    """One row a kind, honest ones last."""
    everybody = list(found)
    rows = []
    for kind in (*KINDS, "weak", "honest"):
        mine = [f for f in everybody if f.kind == kind]
        delays = [float("inf") if f.delay is None else float(f.delay) for f in mine]
        named: dict[str, int] = {}
        for f in mine:
            if f.alarm:
                named[f.alarm] = named.get(f.alarm, 0) + 1
        false = sum(f.early if kind in KINDS else f.delay is not None for f in mine)
        rows.append(
            Row(
                kind=kind,
                people=len(mine),
                found=sum(f.delay is not None for f in mine) / len(mine),
                median=_finite(median(delays)),
                ninety=_finite(quantiles(delays, n=10, method="inclusive")[8]) if len(delays) > 1 else None,
                alarms_per_1000=1000 * false / sum(f.items for f in mine),
                named=named,
            )
        )
    return rows


def _finite(value: float) -> float | None:
    return value if value < float("inf") else None


def main(arguments: list[str]) -> int:
    first, count = (int(arguments[k]) if len(arguments) > k else default for k, default in ((0, 0), (1, 200)))
    found = [f for seed in range(first, first + count) for f in simulate(seed).found]
    print("| kind | people | flagged | delay, median | delay, 90 % | false alarms per 1,000 items | named |")
    print("|---|---|---|---|---|---|---|")
    for row in table(found):
        named = ", ".join(f"{kind} {n}" for kind, n in sorted(row.named.items(), key=lambda pair: -pair[1]))
        delays = [f"{value:g}" if value is not None else "–" for value in (row.median, row.ninety)]
        print(
            f"| {row.kind} | {row.people} | {row.found:.1%} | {delays[0]} | {delays[1]} | {row.alarms_per_1000:.3f} | {named or '–'} |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
