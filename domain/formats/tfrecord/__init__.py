"""TFRecord of `tf.train.Example`s with the keys of the TensorFlow object detection interface, pictures inside.

A file a split and `label_map.pbtxt`. Boxes are shares of the picture as 32-bit floats; an image's own classes stand under
`image/class`. Read with and without the map, and with masks as PNG a box.
"""

from __future__ import annotations

from domain.formats.base import Format

from .reading import TfRecordReader, sniff
from .writing import TfRecordWriter

FORMAT = Format(
    name="tfrecord",
    title="TFRecord (detection)",
    shapes=("box", "tag"),
    writer=TfRecordWriter,
    reader=TfRecordReader,
    sniff=sniff,
)

__all__ = ["FORMAT", "TfRecordReader", "TfRecordWriter"]
