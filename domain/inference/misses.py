"""When a model's region is worth asking about before a submit: it is surely there, and nothing is drawn on it.

Most sure regions are drawn by whoever labels, and no question comes of them; all of the model's errors remain. With a
share m of the objects missed, recall r and precision p above the threshold, a question is right with m·r / (m·r + r·(1 − p) / p).
So the precision asked for is high: at 0.9 and one object of ten missed, about every second question is right.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.sampling.thresholds import Threshold, choose

COVERED = 0.3  # IoU of the bounding boxes from which something is drawn there; the page looks at outlines' pixels, too
PRECISION = 0.9  # of the model's regions from a threshold on
CONFIDENCE = 0.9  # of that: about fifty regions without a fault, or ninety with three
FEWEST = 8  # decided hints below which a class goes on hinting, whatever was said


def sure_from(class_id: int, scores: Sequence[float], correct: Sequence[bool]) -> Threshold:
    """From which score on a class's regions are hinted at; `score` is null where nothing is known to be sure enough.

    Args:
        scores, correct: of regions that the model offered before people finished their tasks.
    """
    return choose(class_id, scores, correct, target=PRECISION, confidence=CONFIDENCE)


def is_silent(added: int, refused: int) -> bool:
    """Whether a class has stopped hinting: of enough hints that people decided, most were refused."""
    return added + refused >= FEWEST and refused > added
