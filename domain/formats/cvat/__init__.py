"""CVAT: XML 1.1 for images and for videos (whose tracks become regions of their track on every frame), and its backups.

Masks are run lengths in rows within their crop, unlike COCO's columns. A group of ours that is a number is CVAT's group id.
"""

from __future__ import annotations

from domain.formats.base import Format

from .backup import BackupReader, sniff_backup
from .reading import CvatReader, sniff
from .writing import CvatWriter

FORMAT = Format(
    name="cvat_xml",
    title="CVAT XML 1.1",
    shapes=("box", "rotated_box", "ellipse", "polygon", "polyline", "points", "skeleton", "mask", "cuboid2d", "tag"),
    tracks=True,
    writer=CvatWriter,
    reader=CvatReader,
    sniff=sniff,
    options={"form": "“images” (default), or “video”: a file a sequence with its tracks, keyframes and frames outside"},
)
BACKUP = Format(
    name="cvat_backup",
    title="CVAT backup",
    shapes=FORMAT.shapes,
    tracks=True,
    reader=BackupReader,
    sniff=sniff_backup,
)

__all__ = ["BACKUP", "FORMAT", "BackupReader", "CvatReader", "CvatWriter"]
