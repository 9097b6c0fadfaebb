"""The forecast against simulated projects: `python -m domain.forecast.backtest [FIRST_SEED [COUNT]]`.

Teams of 2 to 8 people with paces, working days and learning of their own, who are absent, join and leave; days vary more
than chance. At a moment between a fifth and four fifths of the work, after ten days or more, the finish is forecast.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import accumulate
from math import exp
from random import Random

import msgspec

from .finish import Finish, finish

DAYS = 1500


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One project: the forecast, and in how many days it really was done."""

    seed: int
    forecast: Finish
    truth: int

    @property
    def covered(self) -> bool:
        f = self.forecast
        return f.earliest is not None and f.earliest <= self.truth and (f.latest is None or self.truth <= f.latest)


class _Person:
    def __init__(self, draw: Random, start: int) -> None:
        self.pace = draw.lognormvariate(3.0, 0.5)  # tasks a full day
        self.presence = draw.uniform(0.75, 0.98)
        self.weekend = draw.choice([0.0, 0.0, 0.0, 0.3])
        self.learning = draw.uniform(0.0, 0.4)
        self.start = start
        self.away_until = -1

    def day(self, draw: Random, at: int) -> int:
        if at < self.away_until or draw.random() > (self.presence if at % 7 < 5 else self.weekend):
            return 0
        if draw.random() < 0.01:
            self.away_until = at + draw.randint(3, 12)
        skill = 1 - self.learning * exp(-(at - self.start) / 10)
        return round(max(0.0, self.pace * skill * draw.lognormvariate(0.0, 0.35)))


def history(seed: int) -> list[int]:
    """Tasks done on each day of a project that never ends. Day 0 is a Monday."""
    draw = Random(seed)  # noqa: S311 - a simulation, which must be the same each time
    people = [_Person(draw, 0) for _ in range(draw.randint(2, 8))]
    days = []
    for at in range(DAYS):
        if draw.random() < 0.006 and len(people) > 2:
            people.pop(draw.randrange(len(people)))
        if draw.random() < 0.006 and len(people) < 12:
            people.append(_Person(draw, at))
        days.append(sum(person.day(draw, at) for person in people))
    return days


def trial(seed: int) -> Trial:
    """Forecast one project once."""
    days = history(seed)
    draw = Random(f"{seed} length")  # noqa: S311 - as above
    length = draw.randint(25, 160)
    total = sum(days[:length])
    now = max(10, round(length * draw.uniform(0.2, 0.8)))
    left = total - sum(days[:now])
    truth = next(day for day, reached in enumerate(accumulate(days[now:])) if reached >= left)
    return Trial(seed=seed, forecast=finish(days[:now], left=left, weekday=now % 7), truth=truth)


def trials(seeds: Iterable[int]) -> list[Trial]:
    return [trial(seed) for seed in seeds]


def main(arguments: list[str]) -> int:
    first, count = (int(arguments[k]) if len(arguments) > k else default for k, default in ((0, 0), (1, 200)))
    found = trials(range(first, first + count))
    made = [t for t in found if t.forecast.reason is None]
    off = sorted(
        abs((t.forecast.expected or 0) - t.truth) / max(1, t.truth) for t in made if t.forecast.expected is not None
    )
    wide = sorted(((t.forecast.latest or 3650) - (t.forecast.earliest or 0)) / max(1, t.truth) for t in made)
    print(
        f"projects {count}, forecast {len(made)}, of them inside the 80 % interval {sum(t.covered for t in made) / len(made):.1%}"
    )
    print(
        f"median error of the expected day {off[len(off) // 2]:.1%} of the time left, median width of the interval {wide[len(wide) // 2]:.1%}"
    )
    print(f"finished before the earliest {sum(t.truth < (t.forecast.earliest or 0) for t in made)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
