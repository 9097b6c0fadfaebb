"""Colours and the schema a new project can start from."""

from __future__ import annotations

from collections.abc import Iterable

from .structs import Class, LabelSchema

# chosen by farthest-point search in OKLab over normal, protan, deutan and tritan sight; black text passes on each
PALETTE: tuple[str, ...] = (
    "#3da3ff",
    "#ffa31f",
    "#c26629",
    "#47f5ff",
    "#ebe08f",
    "#00998f",
    "#a347ff",
    "#f552ad",
    "#adcc8f",
    "#b8eb00",
    "#8fccff",
    "#cc1fcc",
    "#8f8fcc",
    "#ff5cff",
    "#7ab885",
    "#f53370",
    "#cc8514",
    "#eba3cc",
    "#99ebcc",
    "#ff855c",
)


def next_color(used: Iterable[str]) -> str:
    """The colour of the palette used least often, the first of them in its order."""
    counts = dict.fromkeys(PALETTE, 0)
    for color in used:
        if color.lower() in counts:
            counts[color.lower()] += 1
    return min(PALETTE, key=lambda color: (counts[color], PALETTE.index(color)))


def starter() -> LabelSchema:
    """One class "object", drawn as box or polygon: what a dropped folder starts with."""
    return LabelSchema(
        classes=[Class(id=1, name="object", title="Object", color=PALETTE[0], shapes=["box", "polygon"], key="1")]
    )
