"""Chance-corrected coefficients against irrCAC, which pins old packages and so has an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from domain.agreement import gwet
from domain.agreement.krippendorff import krippendorff_alpha
from domain.agreement.ratings import coded, counted

from .conftest import seeds

PYTHON = Path(os.environ.get("LABELWRIGHT_IRRCAC", "var/reference-irr/bin/python"))
ASK = """
import json, sys, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from irrCAC.raw import CAC
out = []
for case in json.load(sys.stdin):
    frame = pd.DataFrame(case["ratings"], dtype=float)
    row = {}
    for weights in ("identity", "linear", "quadratic", "ordinal", "radical"):
        cac = CAC(frame, weights=weights, categories=case["categories"], digits=8)
        asked = {"gwet": cac.gwet} | ({"fleiss": cac.fleiss, "bp": cac.bp, "conger": cac.conger, "krippendorff": cac.krippendorff} if weights == "identity" else {})
        for name, method in asked.items():
            try:
                est = method()["est"]
                row[name + " " + weights] = [float(est["coefficient_value"]), float(est["se"])]
            except Exception as error:
                row[name + " " + weights] = None
    out.append(row)
json.dump(out, sys.stdout)
"""


def cases() -> list[dict]:
    made = []
    for draw in seeds(0.03):
        items, people, q = int(draw.integers(4, 20)), int(draw.integers(2, 5)), int(draw.integers(2, 5))
        ratings = draw.integers(1, q + 1, (items, people)).astype(object)
        alike = draw.random(items) < 0.6
        ratings[alike] = ratings[alike][:, :1]
        ratings[draw.random((items, people)) < 0.15] = None
        made.append({"ratings": ratings.tolist(), "categories": list(range(1, q + 1))})
    return made


def test_gwets_family_is_irrcacs():
    assert PYTHON.exists(), f"no irrCAC environment at {PYTHON}; `make reference` makes it"
    given = cases()
    answer = subprocess.run([PYTHON, "-c", ASK], input=json.dumps(given), capture_output=True, text=True, check=True)
    compared = 0
    for case, theirs in zip(given, json.loads(answer.stdout), strict=True):
        rows, kept = case["ratings"], case["categories"]
        codes, _ = coded(rows, categories=kept)
        ours = {
            "gwet identity": gwet.gwet_ac1(rows, categories=kept),
            "gwet linear": gwet.gwet_ac2(rows, categories=kept, weights="linear"),
            "gwet quadratic": gwet.gwet_ac2(rows, categories=kept, weights="quadratic"),
            "gwet ordinal": gwet.gwet_ac2(rows, categories=kept, weights="ordinal"),
            "gwet radical": gwet.gwet_ac2(rows, categories=kept, weights="radical"),
            "fleiss identity": gwet.fleiss_generalised_counts(counted(codes, len(kept))),
            "bp identity": gwet.brennan_prediger(rows, categories=kept),
            "conger identity": gwet.conger_kappa(rows, categories=kept),
            "krippendorff identity": krippendorff_alpha(rows, categories=kept, resamples=0),
        }
        for name, score in ours.items():
            if theirs[name] is None or not np.isfinite(theirs[name][0]) or score.value is None:
                continue
            compared += 1
            assert score.value == pytest.approx(theirs[name][0], abs=1e-4), name
            if "se" in score.details and np.isfinite(theirs[name][1]):
                assert score.details["se"] == pytest.approx(theirs[name][1], abs=1e-4), name
    assert compared > 5 * len(given)
