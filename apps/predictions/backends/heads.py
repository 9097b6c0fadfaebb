"""Running the file of a head."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.predictions.errors import ModelFails
from apps.predictions.inference.sessions import Session
from domain.inference.base import Spec
from domain.learning.features import Floats
from domain.sampling.disagreement import votes_apart

INPUT, OUTPUT, VOTES = "features", "scores", "votes"


def said(session: Session, features: Floats, spec: Spec) -> tuple[Floats, NDArray[np.float64] | None]:
    """(n, labels) scores of (n, D) features, and how far the committee disagrees, (n,), where the version has one.

    Raises:
        ModelFails: it does not answer with one score a label.
    """
    outputs = session.run({INPUT: features})
    found, votes = outputs.get(OUTPUT), outputs.get(VOTES)
    if found is None or found.shape != (len(features), len(spec.labels)):
        raise ModelFails("The head does not answer with one score a label.", reason="outputs_do_not_fit")
    return found, None if votes is None else votes_apart(votes)
