"""Numbers: correlation, proportions, sample sizes."""

from __future__ import annotations

from math import ceil
from typing import Any

from domain.agreement.intervals import clopper_pearson, newcombe_difference, quantile, wilson
from domain.agreement.measurements import concordance, icc, pearson_r
from domain.sampling import success_run, success_run_finite
from domain.sampling.acceptance import estimate_size

from .categorical import items_of
from .vector import Vector, metric, told


@metric("pearson_r", "pearson", "ccc", "lin_ccc", "concordance")
def pearson(vector: Vector) -> dict[str, Any]:
    if vector.get("y1") is not None:
        return _several(vector)
    x, y = (_with_gaps(vector.need(*names)) for names in (("x", "a"), ("y", "b")))
    score, ccc = pearson_r(x, y), concordance(x, y)
    main = ccc if vector.metric in ("ccc", "lin_ccc", "concordance") else score
    return told(main) | {
        "r": score.value,
        "pearson": score.value,
        "ccc": ccc.value,
        "lin_ccc": ccc.value,
        "reason": main.reason,
    }


def _with_gaps(values: Any) -> list[float | None]:
    """Files write a missing number as null or as NaN."""
    return [None if value is None or value != value else value for value in values]


def _several(vector: Vector) -> dict[str, Any]:
    """Anscombe's way: y1, y2, … each with x1, x2, … or an x that some share (x123)."""
    out: dict[str, Any] = {}
    for key, y in vector.data.items():
        number = str(key)[1:]
        if str(key)[0] != "y" or not number.isdigit():
            continue
        x = next(v for k, v in vector.data.items() if str(k)[0] == "x" and (number in str(k)[1:] or str(k) == "x"))
        out |= {f"r{number}": pearson_r(x, y).value, f"ccc{number}": concordance(x, y).value}
    return out


@metric("icc")
def intraclass(vector: Vector) -> dict[str, Any]:
    ratings = vector.get("ratings", "ratings_rows_are_units", "ratings_rows_are_items")
    scores = icc(ratings if ratings is not None else items_of(vector))
    values: dict[str, Any] = {}
    k = next(iter(scores.values())).params.get("raters")
    old = {"1": "1", "A": "2", "C": "3"}
    for form, score in scores.items():
        kind, size = form[4], form[6]
        values[form] = score.value
        values[f"ICC({old[kind]},{size if size == '1' else k})"] = score.value
        values[f"ICC({old[kind]},{size})"] = score.value
        values[f"ICC{old[kind]}{'' if size == '1' else 'k'}"] = score.value
    intervals = {form: list(score.ci95) if score.ci95 else None for form, score in scores.items()}
    reason = next((score.reason for score in scores.values() if score.reason), None)
    return {
        **values,
        "values": values,
        "published": values,
        "ci95": intervals,
        "reason": reason,
        "icc": values["ICC(A,1)"],
    }


@metric("proportion_ci", "wilson", "clopper_pearson", "newcombe", "newcombe_difference", "proportion_difference_ci")
def proportion(vector: Vector) -> dict[str, Any]:
    confidence = float(vector.get("conf", "confidence", "level", default=0.95))
    if vector.get("x1") is not None:
        counts = [vector.need(name) for name in ("x1", "n1", "x2", "n2")]
        low, high = newcombe_difference(*counts, confidence=confidence)
        difference = counts[0] / counts[1] - counts[2] / counts[3]
        return {
            "lower": low,
            "upper": high,
            "difference": difference,
            "value": difference,
            "published": [low, high],
            "ci": [low, high],
        }
    x, n = vector.need("x", "successes", "k"), vector.need("n", "trials")
    if n == 0:
        return dict.fromkeys(("value", "lower", "upper", "ci", "ci95", "p", "proportion")) | {
            "n": 0,
            "reason": "no_items",
        }
    exact, score = clopper_pearson(x, n, confidence=confidence), wilson(x, n, confidence=confidence)
    wanted = str(vector.get("method", "interval", default=vector.metric)).lower()
    main = exact if any(word in wanted for word in ("exact", "clopper", "beta")) else score
    out = {
        "lower": main[0],
        "upper": main[1],
        "ci": list(main),
        "ci95": list(main),
        "published": list(main),
        "value": x / n,
    }
    out |= {
        "wilson": list(score),
        "clopper_pearson": list(exact),
        "exact": list(exact),
        "p": x / n,
        "proportion": x / n,
    }
    for name, (low, high) in {"wilson": score, "exact": exact, "clopper_pearson": exact}.items():
        out |= {f"{name}_lower": low, f"{name}_upper": high}
    return out


@metric("acceptance_sampling", "success_run")
def acceptance(vector: Vector) -> dict[str, Any]:
    """Keys say what is asked: binomial_n_for_p<=5%, hypergeometric_N1000_p<=5%, hypergeometric_N100_D5."""
    confidence = float(vector.get("confidence", "conf", default=0.95))
    out: dict[str, Any] = {}
    for key in vector.expected:
        kind, _, rest = str(key).partition("_")
        if kind == "binomial":
            out[key] = success_run(share=_percent(rest), confidence=confidence)
        elif kind == "hypergeometric":
            lot = int(rest.split("_")[0].removeprefix("N"))
            asked = rest.split("_", 1)[1]
            # a lot with "share over p" has one wrong item more than one with "D wrong items" at that share
            wrong = int(asked[1:]) if asked.startswith("D") else int(lot * _percent(asked) + 1e-9) + 1
            out[key] = success_run_finite(lot=lot, share=wrong / lot, confidence=confidence)
        elif key in ("n", "value"):
            out[key] = success_run(share=float(vector.need("p", "share")), confidence=confidence)
    return out


def _percent(text: str) -> float:
    number = text.rpartition("=")[2].strip()
    return float(number.rstrip("%")) / 100 if number.endswith("%") else float(number)


@metric("sample_size", "cochran")
def sample_size(vector: Vector) -> dict[str, Any]:
    """Cochran's size; keys n_infinite and n_N1000 say the lot."""
    confidence = float(vector.get("conf", "confidence", default=0.95))
    share, error = float(vector.get("p", default=0.5)), float(vector.need("e", "error", "margin"))
    out: dict[str, Any] = {"n0": quantile(confidence) ** 2 * share * (1 - share) / error**2}
    for key in vector.expected:
        lot = str(key).rpartition("_N")[2]
        out[key] = out.get(key) or estimate_size(
            share=share, error=error, confidence=confidence, lot=int(lot) if lot.isdigit() else vector.get("N", "lot")
        )
    out["n"] = ceil(out["n0"]) if vector.get("N", "lot") is None else out.get("n")
    return out
