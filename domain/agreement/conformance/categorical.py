"""Kappa, alpha, AC1 and label sets."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from fractions import Fraction
from itertools import chain
from typing import Any

import numpy as np

from domain.agreement.cohen import (
    cohen_kappa_table,
    confusion,
    light_kappa,
    percent_agreement,
    scott_pi,
)
from domain.agreement.fleiss import fleiss_kappa_counts
from domain.agreement.gwet import (
    ac_from_counts,
    brennan_prediger,
    conger_kappa,
    fleiss_generalised_counts,
    gwet_ac1,
)
from domain.agreement.krippendorff import krippendorff_alpha
from domain.agreement.labelsets import jaccard_distance, label_scores, masi_distance
from domain.agreement.ratings import coded, counted, scale_of
from domain.agreement.result import Score

from .vector import Vector, metric, told

Rows = list[list[Any]]
OBSERVERS = ("ratings", "ratings_rows_are_observers", "ratings_rows_are_raters", "reliability_data")
MOST_ITEMS = 2_000_000  # that a table is spread out into
MOST_BESIDE = 100_000  # items of a table of which other measures are told along
UNITS = ("ratings_rows_are_units", "ratings_rows_are_items", "units", "items")


def items_of(vector: Vector) -> Rows:
    """Rows of items, columns of raters, from any of the forms that vectors have. Files write a missing rating as null,
    as NaN or as a star."""
    return [[None if _missing(value) else value for value in row] for row in _raw_items(vector)]


def _missing(value: Any) -> bool:
    return value is None or value in ("*", "") or (isinstance(value, float) and value != value)


def _raw_items(vector: Vector) -> Rows:
    units = vector.get(*UNITS)
    if units is not None:
        return [list(row) for row in units]
    observers = vector.get(*OBSERVERS)
    if observers is not None:
        rows = list(observers.values()) if isinstance(observers, dict) else observers
        said = str(vector.get("rows", default="observers")).lower()
        by_item = any(word in said for word in ("unit", "item", "subject", "task"))
        return [list(row) for row in rows] if by_item else _turned(rows)
    a, b = vector.get("a", "rater_a", "rater1", "x"), vector.get("b", "rater_b", "rater2", "y")
    if a is not None and b is not None:
        return _turned([a, b, *([c] if (c := vector.get("c", "rater3")) is not None else [])])
    counts = vector.get("counts")
    if counts is not None:
        return _from_counts(counts)
    table = vector.get("table", "confusion")
    if table is not None:
        if sum(map(sum, table)) > MOST_ITEMS:
            raise ValueError(f"a table of more than {MOST_ITEMS:,} items is not spread out into its items")
        return [[i, j] for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(round(n))]
    raise ValueError(f"no ratings among {', '.join(map(str, vector.data))}")


def _turned(rows: Sequence[Sequence[Any]]) -> Rows:
    return [list(column) for column in zip(*rows, strict=True)]


def _from_counts(counts: Sequence[Sequence[int]]) -> Rows:
    rows = [list(chain.from_iterable([k] * round(n) for k, n in enumerate(row))) for row in counts]
    width = max(map(len, rows), default=0)
    return [row + [None] * (width - len(row)) for row in rows]


def scale(vector: Vector, used: Sequence[Hashable]) -> list[Hashable]:
    """Declared categories when they name the values that are used; else the values used (then categories are titles)."""
    declared = vector.get("categories", "labels", "scale", "levels", "values")
    values = scale_of([value for value in used if value is not None])
    if isinstance(declared, int):
        return values + [f"unused {i}" for i in range(declared - len(values))]
    if declared is None:
        return values
    return list(declared) if set(values) <= set(declared) else values


def _table(vector: Vector) -> tuple[Any, float | None]:
    """Counts or shares of two raters, and n when they are shares."""
    shares = vector.get("proportions")
    if shares is not None:
        return shares, vector.get("n", default=None)
    table = vector.get("table", "confusion", "confusion_matrix")
    if table is not None:
        return table, None
    rows = items_of(vector)
    kept = scale(vector, [v for row in rows for v in row])
    if not kept:
        return [[0]], None  # nobody said anything
    counts, _ = confusion([row[0] for row in rows], [row[1] for row in rows], categories=kept)
    return counts, None


@metric("cohen_kappa", "cohen_kappa_weighted", "weighted_kappa", "cohens_kappa", "percent_agreement", "scott_pi")
def cohen(vector: Vector) -> dict[str, Any]:
    table, n = _table(vector)
    plain = cohen_kappa_table(table, n=n)
    out = told(plain, "kappa", "cohen_kappa", "unweighted")
    out["agreement"] = out["percent_agreement"] = out.get("po")
    used = _used_levels(table)
    for name in ("linear", "quadratic"):
        out[name] = out[f"{name}_kappa"] = out[f"kappa_{name}"] = cohen_kappa_table(table, n=n, weights=name).value
        out[f"{name}_irr"] = out[f"{name}_dropped"] = cohen_kappa_table(used, n=n, weights=name).value
    given = vector.get("disagreement_weights", "weights")
    if given is not None:
        weighted = cohen_kappa_table(table, n=n, weights=given if given != "none" else None)
        out["weighted"] = out["weighted_kappa"] = out["kappa_w"] = weighted.value
        out["se_weighted"] = weighted.details.get("se")
        if vector.metric != "cohen_kappa_weighted" and isinstance(given, str):
            out |= {"kappa": weighted.value, "value": weighted.value}
    counts = np.asarray(table, dtype=np.float64)
    if n is None and np.all(counts == np.round(counts)) and counts.sum() <= MOST_BESIDE:
        out |= _beside(counts.astype(int).tolist())
    if vector.metric in ("percent_agreement", "scott_pi"):
        out["value"] = out[vector.metric]
    return out


def _used_levels(table: Any) -> Any:
    """Without levels that nobody used, as tools do that do not know the scale. Ours keeps them."""
    counts = np.asarray(table, dtype=np.float64)
    kept = (counts.sum(axis=0) + counts.sum(axis=1)) > 0
    return counts[np.ix_(kept, kept)]


def _beside(table: list[list[int]]) -> dict[str, Any]:
    """What is shown next to kappa of the same table."""
    rows = [[i, j] for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    kept = list(range(len(table)))
    first, second = [row[0] for row in rows], [row[1] for row in rows]
    return {
        "ac1": gwet_ac1(rows, categories=kept).value,
        "gwet_ac1": gwet_ac1(rows, categories=kept).value,
        "scott_pi": scott_pi(first, second, categories=kept).value,
        "brennan_prediger": brennan_prediger(rows, categories=kept).value,
        "krippendorff": krippendorff_alpha(rows, resamples=0).value,
    }


@metric("light_kappa", "lights_kappa")
def light(vector: Vector) -> dict[str, Any]:
    rows = items_of(vector)
    weights = vector.get("weights")
    return told(
        light_kappa(rows, categories=scale(vector, [v for r in rows for v in r]), weights=weights),
        "kappa",
        "light_kappa",
    )


@metric("fleiss_kappa", "fleiss_kappa_degenerate")
def fleiss(vector: Vector) -> dict[str, Any]:
    counts = _counts(vector)
    score = fleiss_kappa_counts(counts)
    out = told(score, "kappa", "fleiss_kappa")
    po, pe = score.details.get("po"), score.details.get("pe")
    out |= {"P_bar": po, "P_e": pe, "Pbar": po, "Pe": pe, "R_irr": _digits(score.value, 7)}
    out["z_R_irr"] = _digits(score.details.get("z"), 5)
    out["per_category_kappa"] = score.details.get("per_category")
    return out


def _digits(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _counts(vector: Vector) -> Any:
    counts = vector.get("counts")
    if counts is not None:
        return counts
    rows = items_of(vector) if vector.get("ratings") is None else [list(r) for r in vector.need("ratings")]
    codes, kept = coded(rows, categories=scale(vector, [v for row in rows for v in row]))
    return counted(codes, len(kept))


LEVELS = ("nominal", "ordinal", "interval", "ratio")


@metric("krippendorff_alpha", "krippendorff", "krippendorff_alpha_exact", "kripp_alpha", "alpha")
def krippendorff(vector: Vector) -> dict[str, Any]:
    rows = items_of(vector)
    used = [v for row in rows for v in row if v is not None]
    if any(isinstance(value, (list, tuple, set)) for value in used):
        return label_sets(vector)
    level = vector.get("level", "level_of_measurement", "metric", "scale", default="nominal")
    printed = vector.expected.get("published")
    asked = [*vector.expected, *(printed if isinstance(printed, dict) else ()), level]
    wanted = [name for name in LEVELS if name in asked]
    ordered = scale(vector, used)
    scores: dict[str, Score] = {}
    for name in dict.fromkeys([*wanted, "nominal"]):
        scores[name] = krippendorff_alpha(rows, level=name, categories=ordered, resamples=0)
    main = scores.get(str(level), scores["nominal"])
    out = told(main, "alpha", "krippendorff", "krippendorff_alpha") | {
        name: score.value for name, score in scores.items()
    }
    out["reason"] = main.reason
    if isinstance(printed, dict):
        out["published"] = {name: score.value for name, score in scores.items()}
    else:
        out["published"] = next(
            (scores[name].value for name in LEVELS if name in scores and name in vector.expected), main.value
        )
    out |= _as_fraction(vector, rows)
    return out


def _as_fraction(vector: Vector, rows: Rows) -> dict[str, Any]:
    """Nominal alpha as a fraction, over the denominator that the vector has."""
    below = vector.expected.get("nominal_denominator")
    if below is None:
        return {}
    sizes = [[v for v in row if v is not None] for row in rows]
    sizes = [row for row in sizes if len(row) > 1]
    n = sum(map(len, sizes))
    total: dict[Any, int] = {}
    observed = Fraction(0)
    for row in sizes:
        for value in row:
            total[value] = total.get(value, 0) + 1
        observed += Fraction(sum(p != q for i, p in enumerate(row) for j, q in enumerate(row) if i != j), len(row) - 1)
    expected = Fraction(n * n - sum(c * c for c in total.values()), n - 1)
    alpha = 1 - observed / expected
    above = alpha * below
    return {"nominal_numerator": int(above) if above.denominator == 1 else float(above), "nominal_denominator": below}


@metric("gwet_ac1", "gwet_ac2", "gwet", "ac1", "ac2")
def gwet(vector: Vector) -> dict[str, Any]:
    if vector.get("counts") is not None:
        return _gwet_of_counts(vector)
    rows = items_of(vector)
    kept = scale(vector, [v for row in rows for v in row])
    if vector.get("table", "confusion") is not None:
        kept = list(range(len(vector.need("table", "confusion"))))
    codes, _ = coded(rows, categories=kept)
    counts = counted(codes, len(kept))
    return _gwet_figures(vector, counts) | {
        "conger": conger_kappa(rows, categories=kept).value,
        "krippendorff": krippendorff_alpha(rows, resamples=0).value,
        "brennan_prediger": brennan_prediger(rows, categories=kept).value,
        "percent_agreement": percent_agreement(rows).value,
        "kappa": _cohen_of(codes, len(kept)),
        "cohen_kappa": _cohen_of(codes, len(kept)),
    }


def _cohen_of(codes: Any, q: int) -> float | None:
    if codes.shape[1] != 2:
        return None
    both = codes[(codes >= 0).all(axis=1)]
    table = np.bincount(both[:, 0] * q + both[:, 1], minlength=q * q).reshape(q, q)
    return cohen_kappa_table(table).value


def _gwet_of_counts(vector: Vector) -> dict[str, Any]:
    return _gwet_figures(vector, np.asarray(vector.need("counts"), dtype=np.float64))


def _gwet_figures(vector: Vector, counts: Any) -> dict[str, Any]:
    weights = vector.get("weights")
    plain = ac_from_counts(counts)
    main = ac_from_counts(counts, weights=weights) if weights not in (None, "identity", "unweighted") else plain
    out = told(main, "coefficient")
    out |= {"ac1": plain.value, "gwet_ac1": plain.value, "ac1_se": plain.details.get("se"), "ac2": main.value}
    out["ac1_ci95"] = list(plain.ci95) if plain.ci95 else None
    for name in ("linear", "quadratic", "ordinal", "radical"):
        score = ac_from_counts(counts, weights=name)
        out |= {name: score.value, f"ac2_{name}": score.value, f"ac2_{name}_se": score.details.get("se")}
    out["fleiss_generalised"] = fleiss_generalised_counts(counts).value
    return out


@metric(
    "masi",
    "masi_multilabel",
    "multilabel",
    "multi_label",
    "krippendorff_masi",
    "label_sets",
    "jaccard_distance",
    "masi_distance",
)
def label_sets(vector: Vector) -> dict[str, Any]:
    rows = items_of(vector)
    alpha = {name: krippendorff_alpha(rows, level=name, resamples=0) for name in ("masi", "jaccard")}
    main = alpha["jaccard" if "jaccard" in str(vector.get("distance", default=vector.metric)) else "masi"]
    out = told(main, "alpha", "krippendorff_alpha")
    for name, score in alpha.items():
        out |= {
            f"alpha_{name}": score.value,
            f"{name}_alpha": score.value,
            name: score.value,
            f"{name}_krippendorff": score.value,
        }
    first, second = [row[0] for row in rows], [row[1] for row in rows]
    both = [(p, q) for p, q in zip(first, second, strict=True) if p is not None and q is not None]
    apart = {"masi": [masi_distance(p, q) for p, q in both], "jaccard": [jaccard_distance(p, q) for p, q in both]}
    for name, distances in apart.items():
        out |= {
            f"{name}_distances": distances,
            f"mean_{name}_distance": float(np.mean(distances)) if distances else None,
        }
        out[f"{name}_distance"] = distances[0] if len(distances) == 1 else distances
    scores = label_scores(first, second, labels=vector.get("labels", "categories"))
    out |= {"micro_f1": scores.micro_f1.value, "macro_f1": scores.macro_f1.value, "exact_match": scores.exact.value}
    out["per_label_kappa"] = {str(label): score.value for label, score in scores.per_label.items()}
    return out
