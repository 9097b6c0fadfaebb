"""Shapes: one file each, found by looking in this package.

A shape is a frozen msgspec struct that subclasses `Geometry` and names itself in `shape`. Everything else in the product
asks the struct: `check`, `clamp`, `bounds`, `area`, `contains`, `to_mask`, `moved`, `interpolate`.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from .base import MAX_VERTICES, Geometry


def _discover() -> dict[str, type[Geometry]]:
    found: dict[str, type[Geometry]] = {}
    for module in sorted(m.name for m in iter_modules(__path__)):
        own = f"{__name__}.{module}"
        for value in vars(import_module(own)).values():
            if isinstance(value, type) and issubclass(value, Geometry) and value.shape and value.__module__ == own:
                found[value.shape] = value
    return found


SHAPES: dict[str, type[Geometry]] = _discover()
SHAPE_NAMES: tuple[str, ...] = tuple(SHAPES)


def get(name: str) -> type[Geometry]:
    """The struct of a shape. Raises KeyError with the known names."""
    try:
        return SHAPES[name]
    except KeyError:
        raise KeyError(f"unknown shape {name!r}; known are {', '.join(SHAPE_NAMES)}") from None


__all__ = ["MAX_VERTICES", "SHAPES", "SHAPE_NAMES", "Geometry", "get"]
