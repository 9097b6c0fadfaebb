"""Coordinates of a picture as it lies in its file, where EXIF turns it by a quarter: they are turned with it."""

from __future__ import annotations

from msgspec.structs import replace

from apps.datasets.services.importing.matching import Wanted
from domain.elements.structs import Element, Keyframe, Region, reshaped
from domain.formats.making import outside
from domain.geometry.affine import Affine
from domain.shapes import Geometry
from domain.shapes.mask import Mask

TURNED = (
    "turned_upright",
    "The file's coordinates are of the picture as it is stored; they were turned with it, as EXIF says.",
)


def as_shown(orientation: int, width: float, height: float) -> Affine | None:
    """From a stored picture of that size, pixels, to what is shown, for the orientations of EXIF that swap its sides."""
    return {
        5: (0.0, 1.0, 1.0, 0.0, 0.0, 0.0),
        6: (0.0, 1.0, -1.0, 0.0, height, 0.0),
        7: (0.0, -1.0, -1.0, 0.0, height, width),
        8: (0.0, -1.0, 1.0, 0.0, 0.0, width),
    }.get(orientation)


def turn_upright(w: Wanted, size: tuple[int, int], orientation: int) -> bool:
    """Turn an item whose file says the sides of a turned picture the other way round; whether it was.

    Only sides that differ can tell: a file that says nothing, or a square, is taken as shown.
    """
    said = (w.item.asset.width, w.item.asset.height)
    by = as_shown(orientation, *map(float, said)) if said == size[::-1] and said != size else None
    if by is None:
        return False
    blobs = dict(w.item.blobs)
    elements = [_turned(element, by, blobs) for element in w.item.elements]
    asset = replace(w.item.asset, width=size[0], height=size[1])
    kept: list[Element] = [element for element in elements if element is not None]
    w.item, w.fitted = replace(w.item, asset=asset, elements=kept, blobs=blobs), None
    return True


def _turned(element: Element, by: Affine, blobs: dict[str, bytes]) -> Element | None:
    if not isinstance(element, Region | Keyframe):
        return element
    geometry = _geometry(element.geometry, by, blobs)
    if geometry is None:
        return None
    return reshaped(element, geometry) if isinstance(element, Region) else replace(element, geometry=geometry)


def _geometry(geometry: Geometry, by: Affine, blobs: dict[str, bytes]) -> Geometry | None:
    """Long masks are taken out of their blob, and their turned selves put into one."""
    if not isinstance(geometry, Mask):
        return geometry.transformed(by)
    if geometry.blob is not None:
        geometry = Mask(geometry.x, geometry.y, geometry.size, blobs[geometry.blob].decode("ascii"))
    turned = geometry.transformed(by)
    return outside(turned, blobs) if turned is not None else None
