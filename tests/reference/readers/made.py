"""A small data set of random regions, and its export into a folder, pictures and all."""

from __future__ import annotations

import io
import random
from uuid import UUID

import numpy as np
from msgspec.structs import replace
from PIL import Image

from domain.elements import encode, pack
from domain.elements.structs import region_type
from domain.formats import FORMATS, AssetMeta, ExportItem, FolderSink
from domain.formats.embedded import pictures_into
from domain.geometry.masks import encode_runs
from domain.schema import Class, LabelSchema
from domain.shapes import SHAPE_NAMES
from domain.shapes.box import Box
from domain.shapes.mask import Mask
from domain.shapes.polygon import Polygon

NAMES = ["cup", "spoon", "plate"]
SCHEMA = LabelSchema(
    classes=[
        Class(id=n, name=name, color="#3da3ff", shapes=list(SHAPE_NAMES), order=n) for n, name in enumerate(NAMES, 1)
    ]
)
ITEMS, EACH = 12, 5
SPLITS = ("train", "train", "val")


def regions(shape, seed):
    """Random regions of one shape on a picture of `size_of(seed)`."""
    dice, (width, height) = random.Random(seed), size_of(seed)
    found = []
    for number in range(0 if seed == ITEMS - 1 else EACH):  # the last picture is empty
        x, y = dice.randrange(0, width - 40), dice.randrange(0, height - 40)
        w, h = dice.randrange(8, 40), dice.randrange(8, 40)
        geometry = DRAWN[shape](x, y, w, h, width, height)
        made = region_type(shape)(id=UUID(int=seed * 100 + number + 1), class_id=dice.randint(1, 3), geometry=geometry)
        found.append(made)
    return found


def size_of(seed):
    return 160 + 10 * seed, 120 + 5 * seed


def _star(x, y, w, h):
    return Polygon([[[x, y, x + w / 2, y + h / 4, x + w, y, x + w, y + h, x + w / 2, y + 3 * h / 4, x, y + h]]])


def _blob(x, y, w, h, width, height):
    full = np.zeros((height, width), dtype=np.uint8)
    rows, columns = np.ogrid[:height, :width]
    full[((columns - x - w / 2) / (w / 2)) ** 2 + ((rows - y - h / 2) / (h / 2)) ** 2 < 1] = 1
    return Mask.from_runs(encode_runs(full), height)


DRAWN = {
    "box": lambda x, y, w, h, *_: Box(x, y, w, h),
    "polygon": lambda x, y, w, h, *_: _star(x, y, w, h),
    "mask": lambda *place: _blob(*place),
}


def exported(name, folder, *, shape="box", options=None, splits=True, group=""):
    """(regions by picture, report) of an export into the folder; in a group, of a sequence whose nth regions are one track."""
    sink, made = FolderSink(), {}
    writer = FORMATS[name].writer(sink, schema=SCHEMA, options=options)
    for seed in range(ITEMS):
        width, height = size_of(seed)
        found = regions(shape, seed)
        if group:
            found = [replace(region, class_id=n % 3 + 1, track=n + 5) for n, region in enumerate(found)]
        made[f"picture-{seed:02}"] = found
        asset = AssetMeta(id=seed + 1, name=f"picture-{seed:02}.png", width=width, height=height, group=group)
        chunks = [chunk.body for chunk in pack(("region", encode(region)) for region in found)]
        item = ExportItem(
            asset=asset,
            chunks=chunks,
            split=SPLITS[seed % 3] if splits else None,
            outcome="labelled" if found else "empty",
        )
        place = writer.add(item)
        picture = io.BytesIO()
        Image.new("RGB", (width, height), (seed * 9, 80, 120)).save(picture, "PNG")
        if place is not None:
            pictures_into(writer, sink).write(place, picture.getvalue())
    report = writer.finish()
    for path, data in sink.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return made, report


def boxes_of(found):
    """{(class name, x0, y0, x1, y1)} of regions, to a hundredth of a pixel."""
    return sorted((NAMES[r.class_id - 1], *(round(v, 2) for v in r.geometry.bounds())) for r in found)
