"""A picture of what a question is about, kept with the guideline."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import msgspec
from PIL import Image, ImageDraw, ImageOps

from apps.assets.models import Asset
from apps.assets.queries import stored_file
from apps.core import storage
from apps.core.errors import NotFound
from apps.projects import services as projects
from apps.projects.errors import BadImage
from apps.projects.models import GuidelineImage
from apps.reviews.models import Question
from domain.elements import bounds_of, decode

AROUND = 0.35  # of the region's longer side, shown around it
LEAST_SIDE = 240  # pixels of the image: a small region is shown with what stands beside it
LONGEST_SIDE = 1200  # pixels of the picture
LINE = 3  # pixels of the picture
BEST_FIRST = ("display", "original", "preview")
MOST_PIXELS = 120_000_000  # decoded at once; of a larger image the preview is taken


def question_crop(question: Question) -> GuidelineImage:
    """The region with its surroundings and a frame around it, or the whole image, kept for the guideline.

    Raises:
        BadImage: the image cannot be read.
    """
    asset = question.task.asset
    try:
        picture = _picture(asset)
    except (OSError, ValueError, NotFound, Image.DecompressionBombError) as error:
        raise BadImage(
            "The image of this question cannot be read. Put question and answer there without it."
        ) from error
    scale = picture.width / asset.width
    bounds = _bounds(question.region)
    if bounds is not None:
        picture = _cut(picture, [value * scale for value in bounds])
    else:
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = BytesIO()
    picture.save(out, "PNG")
    size = out.tell()
    out.seek(0)
    name = f"question-{question.pk}.png"
    return projects.add_guideline_image(project=question.project, name=name, file=out, size=size)


def _bounds(region: dict[str, Any] | None) -> tuple[float, float, float, float] | None:
    return bounds_of(decode("region", msgspec.json.encode(region))) if region is not None else None


def _picture(asset: Asset) -> Image.Image:
    """The best file of the image that can be decoded at once, upright."""
    large = asset.width * asset.height > MOST_PIXELS
    kept = [variant for variant in BEST_FIRST if variant == "original" or variant in asset.derivatives]
    path, _ = stored_file(asset.pk, kept[-1] if large else kept[0])
    with storage.open_file(path) as file, Image.open(file) as opened:
        return ImageOps.exif_transpose(opened).convert("RGB")


def _cut(picture: Image.Image, bounds: list[float]) -> Image.Image:
    x0, y0, x1, y1 = bounds
    side = max(x1 - x0, y1 - y0)
    pad = max(side * AROUND, (LEAST_SIDE - side) / 2, 1)
    left, top = max(0, int(x0 - pad)), max(0, int(y0 - pad))
    right, bottom = min(picture.width, int(x1 + pad) + 1), min(picture.height, int(y1 + pad) + 1)
    part = picture.crop((left, top, max(right, left + 1), max(bottom, top + 1)))
    zoom = min(LONGEST_SIDE / max(part.size), 3.0)
    part = part.resize((max(1, round(part.width * zoom)), max(1, round(part.height * zoom))))
    frame = [(x0 - left) * zoom, (y0 - top) * zoom, (x1 - left) * zoom, (y1 - top) * zoom]
    draw = ImageDraw.Draw(part)
    draw.rectangle([frame[0] - 1, frame[1] - 1, frame[2] + 1, frame[3] + 1], outline="black", width=LINE + 2)
    draw.rectangle(frame, outline="white", width=LINE)
    return part
