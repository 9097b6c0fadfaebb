"""What parts of a picture look like in numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from apps.assets.crops import window_around
from apps.assets.models import Asset
from apps.assets.services.cropping import crop_of
from domain.learning.features import SIDE, Floats, describe
from domain.learning.neighbours import SIZE, embedded


def crop_features(asset: Asset, boxes: Sequence[Sequence[float]]) -> Floats:
    """(N, SIZE) of the crops around boxes (x_min, y_min, x_max, y_max in image pixels), as they are compared and learned from.

    Raises:
        NotFound: the picture cannot be read.
    """
    crops = [crop_of(asset, window_around(box, asset.width, asset.height)) for box in boxes]
    rows = [describe(np.asarray(one.resize((SIDE, SIDE)))) for one in crops]
    return embedded(np.stack(rows)) if rows else np.zeros((0, SIZE), dtype=np.float32)
