"""What is done to one copy: drawn from the recipe, the picture's hash and the copy's number, and from nothing else."""

from __future__ import annotations

from hashlib import sha256
from random import Random

import msgspec

from domain.geometry.affine import Affine, compose, rotation, scaling, translation

from .recipe import Recipe

IDENTITY: Affine = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
LEAST_SIDE = 8  # pixels of a crop
TRIES = 16  # draws for a copy that is like none before it


class Colour(msgspec.Struct, frozen=True):
    """Factors, 1 changing nothing; `noise` is a standard deviation of the whole range, drawn from `noise_seed`."""

    brightness: float = 1.0
    contrast: float = 1.0
    saturation: float = 1.0
    noise: float = 0.0
    noise_seed: int = 0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`by` takes the picture's coordinates (pixels) to the copy's; `width`, `height` are the copy's.

    `exact`: pixels only change places. `mirrored`: left has become right.
    """

    number: int  # of the copy, from 1
    by: Affine
    width: int
    height: int
    exact: bool
    mirrored: bool
    colour: Colour


def plans(recipe: Recipe, *, sha256: str, width: int, height: int) -> list[Plan]:
    """At most `recipe.copies` different plans for a picture of this hash and size (pixels).

    Fewer where so few things may change that no further copy would differ, from the picture and from each other.
    """
    found: list[Plan] = []
    seen = {(IDENTITY, width, height, Colour())}
    for number in range(1, recipe.copies + 1):
        dice = _dice(recipe.seed, sha256, number)
        for _ in range(TRIES):
            plan = _drawn(recipe, dice, number, width, height)
            what = (plan.by, plan.width, plan.height, plan.colour)
            if what not in seen:
                seen.add(what)
                found.append(plan)
                break
    return found


def _dice(seed: int, digest: str, number: int) -> Random:
    return Random(int.from_bytes(sha256(f"{seed}/{digest}/{number}".encode()).digest()))  # noqa: S311 - no secret


def _drawn(recipe: Recipe, dice: Random, number: int, width: int, height: int) -> Plan:
    """Every number is drawn, whether it is asked for or not: an option more leaves the others as they were."""
    across, down = dice.random() < 0.5, dice.random() < 0.5
    turns, angle, zoom = dice.randrange(4), dice.uniform(-1, 1), dice.uniform(-1, 1)
    cuts = [dice.random() for _ in range(4)]
    colours = [dice.uniform(-1, 1) for _ in range(3)]
    noise, noise_seed = dice.random(), dice.getrandbits(64)
    across, down = across and "horizontal" in recipe.flip, down and "vertical" in recipe.flip
    flip = scaling(-1.0 if across else 1.0, -1.0 if down else 1.0, width / 2, height / 2)
    turn, wide, high = _quarters(turns if recipe.quarter_turns else 0, width, height)
    by = compose(turn, flip)
    angle, zoom = angle * recipe.rotate, 1.0 + zoom * recipe.scale
    exact = angle == 0 and zoom == 1
    if not exact:
        by = compose(compose(rotation(angle, wide / 2, high / 2), scaling(zoom, zoom, wide / 2, high / 2)), by)
    left, right = _window(wide, recipe.crop, cuts[0], cuts[1])
    top, bottom = _window(high, recipe.crop, cuts[2], cuts[3])
    if left or top:
        by = compose(translation(-left, -top), by)
    b, c, s = (
        1.0 + u * v for u, v in zip(colours, (recipe.brightness, recipe.contrast, recipe.saturation), strict=True)
    )
    colour = Colour(b, c, s, noise * recipe.noise, noise_seed if recipe.noise else 0)
    return Plan(
        number=number,
        by=by,
        width=right - left,
        height=bottom - top,
        exact=exact,
        mirrored=across != down,
        colour=colour,
    )


def _quarters(turns: int, width: int, height: int) -> tuple[Affine, int, int]:
    """Turned clockwise in steps of 90 degrees, the frame with it."""
    wide, high = (height, width) if turns % 2 else (width, height)
    shift = ((0, 0), (height, 0), (width, height), (0, width))[turns]
    return compose(translation(*shift), rotation(90.0 * turns)), wide, high


def _window(side: int, most: float, share: float, place: float) -> tuple[int, int]:
    """(first, end) of what is kept of a side, whole pixels."""
    cut = min(int(side * most * share), max(0, side - LEAST_SIDE))
    first = min(int((cut + 1) * place), cut)
    return first, side - cut + first
