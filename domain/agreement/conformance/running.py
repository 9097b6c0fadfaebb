"""Reads a file of vectors and runs each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import categorical, consensus, figures, geometry, pixels, sequences
from .comparing import Difference, compare
from .vector import METRICS, Evaluate, Vector

SCHEMA = "annotation-metric-vectors/"
MODULES = (categorical, consensus, figures, geometry, pixels, sequences)  # importing one registers its metrics


class BadFile(ValueError):
    """Not a file of vectors."""


def check_file(path: Path) -> tuple[int, dict[str, list[Difference]]]:
    """How many vectors a file has, and what differs by the id of the vector.

    Raises:
        BadFile: not JSON of the schema.
        OSError: the file cannot be read.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadFile(f"not JSON: {error}") from None
    vectors = document.get("vectors") if isinstance(document, dict) else None
    if not isinstance(vectors, list) or not str(document.get("schema", "")).startswith(SCHEMA):
        raise BadFile(f"expected an object with schema {SCHEMA}1 and a list of vectors")
    by_id = {vector.get("id"): vector for vector in vectors if isinstance(vector, dict)}
    differing: dict[str, list[Difference]] = {}
    for number, vector in enumerate(vectors):
        found = check_vector(vector, by_id) if isinstance(vector, dict) else [Difference("?", "", "an object", vector)]
        if found:  # also of notes alone, so that they are said
            differing[f"{vector.get('id', '?') if isinstance(vector, dict) else '?'}#{number}"] = found
    return len(vectors), differing


def _evaluate(metric: str) -> Evaluate | None:
    """The metric of this name, or the one whose name it begins with (`fleiss_kappa_degenerate`)."""
    known = [name for name in METRICS if metric == name or metric.startswith(f"{name}_")]
    return METRICS[max(known, key=len)] if known else None


def check_vector(vector: Mapping[str, Any], by_id: Mapping[Any, Mapping[str, Any]] | None = None) -> list[Difference]:
    """What of one vector differs. `by_id` resolves data that refers to another vector (`{"ref": id}`)."""
    name, metric = str(vector.get("id", "?")), str(vector.get("metric", ""))
    data, expected = vector.get("data") or {}, vector.get("expected")
    if isinstance(data, Mapping) and "ref" in data and by_id and data["ref"] in by_id:
        data = {**by_id[data["ref"]].get("data", {}), **{key: value for key, value in data.items() if key != "ref"}}
    if not isinstance(expected, Mapping) or not expected:
        return [Difference(name, "", "figures under `expected`", expected)]
    evaluate = _evaluate(metric)
    if evaluate is None:
        return [Difference(name, "", dict(expected), f"no metric of ours is called {metric!r}")]
    given = Vector(metric=metric, data=data, params=vector.get("params") or {}, expected=expected)
    try:
        got = evaluate(given)
    except Exception as error:  # noqa: BLE001 - whatever a foreign file does to a metric is a difference, never a crash
        return [Difference(name, "", dict(expected), f"{type(error).__name__}: {error}")]
    return compare(name, expected, got, float(vector.get("tolerance", 1e-9)))
