"""Sharing groups out among splits: whole groups, near the shares, and only what is fit into the test split."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from domain.sampling import Dealer

SHARES = st.dictionaries(
    st.sampled_from(["train", "val", "test", "holdout"]), st.floats(0.05, 1), min_size=1, max_size=4
)
GROUPS = st.dictionaries(st.text(min_size=1, max_size=8), st.booleans(), max_size=60)


@given(SHARES, GROUPS, st.text(max_size=5))
def test_the_hash_of_a_group_decides_whatever_else_is_there(shares, groups, seed):
    together = Dealer(shares, seed=seed)
    dealt = {key: together.by_hash(key, fit=fit) for key, fit in groups.items()}
    alone = {key: Dealer(shares, seed=seed).by_hash(key, fit=fit) for key, fit in reversed(groups.items())}
    assert dealt == alone


@given(SHARES, GROUPS)
def test_the_order_in_which_shares_are_written_changes_nothing(shares, groups):
    one, other = Dealer(shares, seed="s"), Dealer(dict(reversed(shares.items())), seed="s")
    assert [one.by_hash(key) for key in groups] == [other.by_hash(key) for key in groups]


@given(SHARES, GROUPS, st.booleans())
def test_what_is_not_fit_never_stands_in_the_test_split(shares, groups, stratified):
    dealer = Dealer(shares, seed="s")
    for key, fit in groups.items():
        split = dealer.in_stratum(key[0], size=1, fit=fit) if stratified else dealer.by_hash(key, fit=fit)
        assert split in shares if fit else split != "test"
        assert split is not None or set(shares) == {"test"}


@given(SHARES, st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 5)), min_size=1, max_size=200))
def test_strata_are_shared_out_alike_to_about_one_group(shares, groups):
    dealer = Dealer(shares, seed="s")
    wanted = {name: share / sum(shares.values()) for name, share in shares.items()}
    everywhere, here = Counter(), {stratum: Counter() for stratum in "abcd"}
    for stratum, size in groups:
        split = dealer.in_stratum(stratum, size=size)
        everywhere[split] += size
        here[stratum][split] += size
    largest = max(size for _, size in groups)
    for name, share in wanted.items():
        assert abs(everywhere[name] - share * everywhere.total()) <= 3 * largest
        for found in here.values():
            assert abs(found[name] - share * found.total()) <= 6 * largest


def test_a_stratum_of_few_still_reaches_every_split_in_the_end():
    dealer = Dealer({"train": 8, "val": 1, "test": 1}, seed="s")
    splits = Counter(dealer.in_stratum(f"site {n // 3}", size=1) for n in range(300))
    assert splits == {"train": 240, "val": 30, "test": 30}
