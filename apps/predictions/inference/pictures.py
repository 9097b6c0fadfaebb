"""Pixels of an asset, upright and in RGB, at the size that a model takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from apps.assets.models import Asset
from apps.core import storage
from apps.core.errors import NotFound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

READ_FINER = 2  # a JPEG is read at no less than so many times the size that is asked for


class Picture:
    """The displayed image of an asset. Coordinates are those of its full size, whatever file it is read from."""

    def __init__(self, asset: Asset) -> None:
        self.width, self.height = asset.width, asset.height
        self._path = shown_path(asset)

    def resized(self, width: int, height: int) -> NDArray[np.uint8]:
        """(height, width, 3) uint8, RGB.

        Raises:
            NotFound: the file is gone, or cannot be read any more.
        """
        import numpy as np

        try:
            with storage.open_file(self._path) as file, Image.open(file) as image:
                image.draft("RGB", (width * READ_FINER, height * READ_FINER))
                pixels = image if image.mode == "RGB" else _flat(image)
                small = pixels.resize((width, height), Image.Resampling.BILINEAR)
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            raise NotFound("The image cannot be read.") from error
        return np.asarray(small)


def shown_path(asset: Asset) -> str:
    """The file whose pixels lie as coordinates say; of an image that is stored in tiles, its overview."""
    for variant in ("display", "preview") if "tiles" in asset.derivatives else ("display",):
        if variant in asset.derivatives:
            return str(asset.derivatives[variant]["path"])
    return asset.path


def _flat(image: Image.Image) -> Image.Image:
    """Without alpha: what is transparent becomes grey, as in crops."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        whole = image.convert("RGBA")
        ground = Image.new("RGBA", whole.size, (128, 128, 128, 255))
        return Image.alpha_composite(ground, whole).convert("RGB")
    return image.convert("RGB")
