"""What copies may be made of a picture."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

MOST_COPIES = 20
Amount = Annotated[float, msgspec.Meta(ge=0, le=0.9)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Recipe(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What may be done to a copy; each is drawn anew for every copy.

    `copies`: of each item. `splits`: whose items are copied; items without a split count as "train". `flip`: each with an
    even chance. `rotate`: most degrees either way about the centre. `quarter_turns`: by 90, 180 or 270 degrees too.
    `scale`: the picture in its frame by 1 - s to 1 + s. `crop`: at most this share of either side is cut away.
    `brightness`, `contrast`, `saturation`: by 1 - v to 1 + v. `noise`: most standard deviation, of the whole range.
    `min_visible`: a region of which less is left in a copy is left out of it.
    """

    copies: Annotated[int, msgspec.Meta(ge=1, le=MOST_COPIES)] = 1
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31)] = 0
    splits: Annotated[list[Annotated[str, msgspec.Meta(max_length=32)]], msgspec.Meta(max_length=10)] = msgspec.field(
        default_factory=lambda: ["train"]
    )
    flip: Annotated[list[Literal["horizontal", "vertical"]], msgspec.Meta(max_length=2)] = []
    rotate: Annotated[float, msgspec.Meta(ge=0, le=180)] = 0.0
    quarter_turns: bool = False
    scale: Annotated[float, msgspec.Meta(ge=0, le=0.5)] = 0.0
    crop: Amount = 0.0
    brightness: Amount = 0.0
    contrast: Amount = 0.0
    saturation: Share = 0.0
    noise: Annotated[float, msgspec.Meta(ge=0, le=0.5)] = 0.0
    min_visible: Share = 0.25

    def changes(self) -> bool:
        """Whether a copy can differ from its picture at all."""
        amounts = (self.rotate, self.scale, self.crop, self.brightness, self.contrast, self.saturation, self.noise)
        return bool(self.flip) or self.quarter_turns or any(amounts)
