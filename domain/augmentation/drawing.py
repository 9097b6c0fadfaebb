"""Regions drawn over the picture of a copy, as the preview of an export shows them. Needs Pillow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PIL import Image, ImageColor, ImageDraw

from domain.elements.structs import Region
from domain.geometry.affine import Affine, apply_flat, compose, inverse, scaling
from domain.shapes import Geometry
from domain.shapes.points import Points
from domain.shapes.polyline import Polyline
from domain.shapes.skeleton import Skeleton

from .planning import Plan

LINE = 2  # pixels
HALO = 5  # pixels: dark beneath a line, so that it shows on bright photos too
DARK = (0, 0, 0, 153)
DOT = 3  # pixels, radius
VEIL = 70  # of 255: how much of its colour lies over a region


def scaled(plan: Plan, *, across: float, down: float) -> Plan:
    """The plan for a picture that is smaller by these factors: of the same copy, as much smaller."""
    small = scaling(across, down)
    by = compose(small, compose(plan.by, inverse(small)))
    size = (max(1, round(plan.width * across)), max(1, round(plan.height * down)))
    return Plan(
        number=plan.number,
        by=by,
        width=size[0],
        height=size[1],
        exact=plan.exact and across == down == 1,
        mirrored=plan.mirrored,
        colour=plan.colour,
    )


def drawn(
    image: Image.Image,
    regions: Iterable[Region],
    *,
    colours: Mapping[int, str],
    by: Affine,
) -> Image.Image:
    """The picture in RGB with the outlines of regions over it, masks with their run lengths in themselves.

    Args:
        colours: #rrggbb by class.
        by: takes the regions' coordinates to the picture's.
    """
    shown = (image.convert("RGB") if image.mode != "I;16" else _seen(image)).convert("RGBA")
    for region in regions:
        veil = Image.new("RGBA", shown.size)
        colour = ImageColor.getrgb(colours.get(region.class_id, "#ffffff"))[:3]
        _draw(ImageDraw.Draw(veil), region.geometry, colour, by)
        shown.alpha_composite(veil)
    return shown.convert("RGB")


def _seen(image: Image.Image) -> Image.Image:
    return image.point(lambda level: level / 257, "L").convert("RGB")


def _draw(draw: Any, geometry: Geometry, colour: tuple[int, ...], by: Affine) -> None:
    for part in geometry.outlines() or []:
        for number, ring in enumerate(part):
            flat = apply_flat(by, ring)
            draw.polygon(flat, fill=(*colour, 0 if number else VEIL))
            _line(draw, [*flat, *flat[:4]], colour)  # past its first corner: the joint there is round as well
    for line in _lines(geometry):
        _line(draw, apply_flat(by, line), colour)
    for x, y in _dots(geometry, by):
        draw.ellipse((x - DOT, y - DOT, x + DOT, y + DOT), fill=(*colour, 255), outline=DARK)


def _line(draw: Any, flat: Sequence[float], colour: tuple[int, ...]) -> None:
    draw.line(flat, fill=DARK, width=HALO, joint="curve")
    draw.line(flat, fill=(*colour, 255), width=LINE, joint="curve")


def _lines(geometry: Geometry) -> list[list[float]]:
    return [geometry.points] if isinstance(geometry, Polyline) else []


def _dots(geometry: Geometry, by: Affine) -> list[tuple[float, ...]]:
    placed = geometry.placed() if isinstance(geometry, Skeleton) else []
    flat = apply_flat(by, geometry.points if isinstance(geometry, Points) else placed)
    return list(zip(flat[0::2], flat[1::2], strict=True))
