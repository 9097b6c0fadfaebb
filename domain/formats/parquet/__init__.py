"""Hugging Face data sets as Parquet: a row an image with the picture inside, as `datasets` writes and the Hub shows them.

`data/<split>-00000-of-00001.parquet`: `image`, `width`, `height`, `objects` (boxes as COCO's, classes as numbers), `label`,
`labels`, and a column an item attribute; names of classes stand in the key `huggingface` of the file. Reading takes the
packings that Parquet knows; all but gzip need the package cramjam.
"""

from __future__ import annotations

from domain.formats.base import Format

from .reading import HubReader, sniff
from .writing import HubWriter

FORMAT = Format(
    name="parquet",
    title="Hugging Face Parquet",
    shapes=("box", "tag"),
    writer=HubWriter,
    reader=HubReader,
    sniff=sniff,
)

__all__ = ["FORMAT", "HubReader", "HubWriter"]
