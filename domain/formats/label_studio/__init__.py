"""Label Studio JSON: percent of the image, rectangles turned about their top left corner, brushes in its own run lengths.

Results of one id belong together: the labels make the region, choices and texts are its attributes. What stands alone
answers about the image. The shorter JSON-MIN is read too. Beside the tasks stands the labelling interface that fits them.
"""

from __future__ import annotations

from domain.formats.base import Format

from .reading import LabelStudioReader, sniff
from .writing import LabelStudioWriter, labelling_interface

FORMAT = Format(
    name="label_studio",
    title="Label Studio JSON",
    shapes=("box", "rotated_box", "ellipse", "polygon", "points", "mask", "tag"),
    writer=LabelStudioWriter,
    reader=LabelStudioReader,
    sniff=sniff,
    read_options={
        "read": "“annotations” (default): ground truth first, else the newest; “predictions”: the newest model's"
    },
)

__all__ = ["FORMAT", "LabelStudioReader", "LabelStudioWriter", "labelling_interface"]
