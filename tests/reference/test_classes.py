"""Kappa, alpha, F1, ICC and intervals against scikit-learn, statsmodels, krippendorff, pingouin and scipy."""

from __future__ import annotations

import warnings

import krippendorff
import numpy as np
import pandas as pd
import pingouin
import pytest
from scipy.stats import pearsonr
from sklearn.metrics import balanced_accuracy_score, cohen_kappa_score, f1_score, jaccard_score
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from domain.agreement import cohen, fleiss, intervals, labelsets, measurements, semantic
from domain.agreement.krippendorff import krippendorff_alpha

from .conftest import seeds

CLOSE = {"abs": 1e-9, "rel": 1e-9}


def defined(ours, theirs) -> None:
    """Where a library gives no number, we give null; else the same number."""
    if ours is None:
        assert theirs is None or not np.isfinite(theirs)
    else:
        assert ours == pytest.approx(theirs, **CLOSE)


def two_raters(draw):
    n, q = int(draw.integers(1, 40)), int(draw.integers(2, 6))
    shares = draw.dirichlet(np.ones(q))
    a = draw.choice(q, n, p=shares)
    b = np.where(draw.random(n) < draw.random(), a, draw.choice(q, n, p=shares))
    return a.tolist(), b.tolist(), list(range(q))


def test_cohens_kappa_is_scikit_learns():
    for draw in seeds():
        a, b, q = two_raters(draw)
        for weights in (None, "linear", "quadratic"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = cohen_kappa_score(a, b, labels=q, weights=weights)
            defined(cohen.cohen_kappa(a, b, categories=q, weights=weights).value, theirs)


def test_kappas_error_is_statsmodels():
    for draw in seeds():
        a, b, q = two_raters(draw)
        table, _ = cohen.confusion(a, b, categories=q)
        theirs = cohens_kappa(np.asarray(table))
        ours = cohen.cohen_kappa_table(table)
        defined(ours.value, theirs.kappa)
        if ours.value is not None:
            assert ours.details["se"] ** 2 == pytest.approx(theirs.var_kappa, abs=1e-9)


def test_fleiss_kappa_is_statsmodels():
    for draw in seeds():
        n, q, items = int(draw.integers(2, 8)), int(draw.integers(2, 6)), int(draw.integers(1, 30))
        counts = draw.multinomial(n, draw.dirichlet(np.ones(q), items))
        defined(fleiss.fleiss_kappa_counts(counts).value, fleiss_kappa(counts))


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_alpha_is_krippendorffs_packages(level):
    for draw in seeds():
        people, items, q = int(draw.integers(2, 6)), int(draw.integers(1, 25)), int(draw.integers(2, 7))
        ratings = draw.integers(0, q, (people, items)).astype(float)
        ratings[:, draw.random(items) < 0.4] = ratings[0, draw.random(items).argmin()]
        ratings[draw.random((people, items)) < draw.random() * 0.6] = np.nan
        try:
            theirs = krippendorff.alpha(ratings, level_of_measurement=level)
        except (ValueError, AssertionError):
            theirs = None
        rows = [[None if np.isnan(v) else v for v in row] for row in ratings.T.tolist()]
        defined(krippendorff_alpha(rows, level=level, resamples=0).value, theirs)


def test_intraclass_correlations_are_pingouins():
    names = {"ICC(1,1)": 0, "ICC(A,1)": 1, "ICC(C,1)": 2, "ICC(1,k)": 3, "ICC(A,k)": 4, "ICC(C,k)": 5}
    for draw in seeds(0.03):
        n, k = int(draw.integers(5, 15)), int(draw.integers(2, 5))
        table = draw.normal(0, 1, (n, 1)) * draw.uniform(0, 3) + draw.normal(0, 1, (n, k)) + draw.normal(0, 1, k)
        long = pd.DataFrame(
            {"item": np.repeat(np.arange(n), k), "rater": np.tile(np.arange(k), n), "value": table.ravel()}
        )
        theirs = pingouin.intraclass_corr(long, targets="item", raters="rater", ratings="value")
        ours = measurements.icc(table.tolist())
        column = next(name for name in theirs.columns if name.lower().startswith("ci95"))
        for form, at in names.items():
            row = theirs.iloc[at]
            assert ours[form].value == pytest.approx(row["ICC"], abs=1e-8)
            assert ours[form].ci95 == pytest.approx(tuple(row[column]), abs=0.0051)  # it rounds to two digits


def test_pearsons_r_and_its_interval_are_scipys():
    for draw in seeds():
        n = int(draw.integers(4, 30))
        x = draw.integers(-5, 6, n).astype(float)
        y = x * draw.integers(-1, 2) + draw.integers(-3, 4, n)
        ours = measurements.pearson_r(x.tolist(), y.tolist())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = pearsonr(x, y)
        defined(ours.value, theirs.statistic)
        if ours.ci95 is not None:
            assert ours.ci95 == pytest.approx(tuple(theirs.confidence_interval()), abs=1e-7)


def test_intervals_of_shares_are_statsmodels():
    for draw in seeds():
        n1, n2 = (int(v) for v in draw.integers(1, 300, 2))
        x1, x2 = int(draw.integers(0, n1 + 1)), int(draw.integers(0, n2 + 1))
        assert intervals.wilson(x1, n1) == pytest.approx(proportion_confint(x1, n1, method="wilson"), abs=1e-9)
        assert intervals.clopper_pearson(x1, n1) == pytest.approx(proportion_confint(x1, n1, method="beta"), abs=1e-9)
        theirs = confint_proportions_2indep(x1, n1, x2, n2, method="newcomb", compare="diff")
        assert intervals.newcombe_difference(x1, n1, x2, n2) == pytest.approx(theirs, abs=1e-9)


def test_f1_of_label_sets_is_scikit_learns():
    for draw in seeds(0.3):
        n, q = int(draw.integers(1, 20)), int(draw.integers(2, 5))
        a, b = draw.random((2, n, q)) < draw.random()
        sets = [[{k for k in range(q) if row[k]} for row in side] for side in (a, b)]
        ours = labelsets.label_scores(*sets, labels=list(range(q)))
        theirs = f1_score(a, b, average="micro", zero_division=np.nan)
        defined(ours.micro_f1.value, theirs)


def test_class_maps_are_scored_as_scikit_learn_does():
    for draw in seeds(0.3):
        q = int(draw.integers(2, 6))
        truth = draw.integers(0, q, 60)
        guess = np.where(draw.random(60) < 0.6, truth, draw.integers(0, q, 60))
        ours = semantic.semantic_scores(semantic.pixel_confusion(truth, guess, classes=q))
        used = sorted(set(truth) | set(guess))
        assert ours["mean_iou"].value == pytest.approx(jaccard_score(truth, guess, labels=used, average="macro"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert ours["mean_class_accuracy"].value == pytest.approx(balanced_accuracy_score(truth, guess))
        assert ours["weighted_iou"].value == pytest.approx(jaccard_score(truth, guess, average="weighted"))
