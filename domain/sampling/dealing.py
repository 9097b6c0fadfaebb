"""Sharing groups out among splits: by the hash of each alone, or so that every stratum comes out alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from .keys import sampling_number
from .splits import split_shares

GUARDED = frozenset({"test"})  # splits that a model is judged by


class Dealer:
    """Gives each group (patient, scene, video) a split as a whole.

    Args:
        shares: wanted share of the items by split name; they need not sum to one.
        seed: the same seed, shares and groups give the same splits.
        guarded: splits that take only groups of which every item is fit to judge a model by.

    Raises:
        SplitError: shares that share out nothing.
    """

    def __init__(self, shares: Mapping[str, float], *, seed: str, guarded: Collection[str] = GUARDED) -> None:
        # in one order whatever they were written in: the database gives the names of an object back by length, then by letters
        self.bounds = split_shares(dict(sorted(shares.items(), key=lambda one: (len(one[0]), one[0]))))
        self.seed = seed
        lower = 0.0
        self.wanted: dict[str, float] = {}
        for name, upper in self.bounds:
            self.wanted[name] = upper - lower
            lower = upper
        self.open = {name: share for name, share in self.wanted.items() if name not in guarded and share > 0}
        self._had: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(self.wanted, 0))  # by stratum
        self._all = dict.fromkeys(self.wanted, 0)

    def by_hash(self, group: str, *, fit: bool = True) -> str | None:
        """The split of a group by its hash alone: no other group moves it. None where only guarded splits are left."""
        number = sampling_number(self.seed, group)
        split = next(name for name, upper in self.bounds if number < upper)
        if fit or split in self.open:
            return split
        if not self.open:
            return None
        bounds = split_shares(self.open)
        number = sampling_number(self.seed, group, "unfit")
        return next(name for name, upper in bounds if number < upper)

    def keep(self, split: str, *, stratum: str, size: int) -> None:
        """Count a group that has its split already. Before the first call of `in_stratum`."""
        if split in self._all:
            self._had[stratum][split] += size
            self._all[split] += size

    def in_stratum(self, stratum: str, *, size: int, fit: bool = True) -> str | None:
        """The split that lacks most, in the stratum and in all, once this group is counted.

        Called in an order that the seed shuffles. Shares hold to about one group in all, and nearly so in each stratum.
        """
        choices = self.wanted if fit else self.open
        if not choices:
            return None
        had = self._had[stratum]
        here, everywhere = sum(had.values()) + size, sum(self._all.values()) + size

        def lack(name: str) -> float:
            share = self.wanted[name]
            return share * here - had[name] + share * everywhere - self._all[name]

        split = max((name for name in choices if self.wanted[name] > 0), key=lack)
        had[split] += size
        self._all[split] += size
        return split
