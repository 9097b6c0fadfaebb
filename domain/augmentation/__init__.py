"""Augmented copies of items: changed at random, the same way for the same recipe, picture and number of the copy.

A `Recipe` is what people ask for; `plans` draws from it what is done to one picture; `Copier` makes the items of the
copies and `render` their pixels, both from the same plan, so that regions lie where the pixels are.
"""

from __future__ import annotations

from .copying import CODES, MOST_PIXELS, Copier, Copy
from .planning import Plan, plans
from .recipe import Recipe

__all__ = ["CODES", "MOST_PIXELS", "Copier", "Copy", "Plan", "Recipe", "plans"]
