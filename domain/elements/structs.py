"""The structs. A region and a keyframe are tagged unions on `shape`; their members are made from the registry of shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Union
from uuid import UUID

import msgspec

from domain.shapes import SHAPES, Geometry

Kind = Literal["region", "track", "keyframe", "answer"]
Flag = Literal["truncated", "difficult", "crowd", "ignore", "uncertain"]
_SET_ASIDE: frozenset[Flag] = frozenset({"ignore", "crowd"})
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Value = bool | int | float | Annotated[str, msgspec.Meta(max_length=10_000)] | list[Name] | None
ClassId = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Ordinal = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


def _no_attributes() -> dict[str, Value]:
    """A factory of its own, so that `attributes` is written even when empty."""
    return {}


class Region(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One labelled thing. Never made itself: `region_type(shape)` has the geometry."""

    id: UUID
    class_id: ClassId = msgspec.field(name="class")
    geometry: Geometry
    attributes: dict[Name, Value] = msgspec.field(default_factory=_no_attributes)
    stream: Name = "main"
    frame: Ordinal | None = None
    parent: UUID | None = None
    role: Name | None = None
    group: Name | None = None
    track: Ordinal | None = None  # its number in the sequence of images, which is the asset's group
    z: Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)] = 0
    occluded: bool = False
    flags: list[Flag] = msgspec.field(default_factory=list)
    source: Name | None = None  # a person, "import:<name>" or "<model>:<version>"
    score: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    changed: bool = False  # by a person, since `source` made it

    @property
    def shape(self) -> str:
        return self.geometry.shape


class Keyframe(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A track's shape on one frame; between keyframes it is interpolated."""

    id: UUID
    track: UUID
    frame: Ordinal
    geometry: Geometry
    attributes: dict[Name, Value] = msgspec.field(default_factory=_no_attributes)
    outside: bool = False
    occluded: bool = False

    @property
    def shape(self) -> str:
        return self.geometry.shape


class Track(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing over many frames."""

    id: UUID
    class_id: ClassId = msgspec.field(name="class")
    attributes: dict[Name, Value] = msgspec.field(default_factory=_no_attributes)
    stream: Name = "main"
    flags: list[Flag] = msgspec.field(default_factory=list)
    source: Name | None = None


class Answer(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The answer to one item attribute; its id is the attribute's name."""

    id: Name
    value: Value


def _members(base: type[msgspec.Struct], suffix: str) -> dict[str, type[Any]]:
    """One struct a shape: the base with this geometry, tagged `shape`."""
    return {
        name: msgspec.defstruct(
            f"{geometry.__name__}{suffix}",
            [("geometry", geometry)],
            bases=(base,),
            module=__name__,
            kw_only=True,
            frozen=True,
            omit_defaults=True,
            forbid_unknown_fields=True,
            tag_field="shape",
            tag=name,
        )
        for name, geometry in SHAPES.items()
    }


REGIONS = _members(Region, "Region")
KEYFRAMES = _members(Keyframe, "Keyframe")
globals().update({member.__name__: member for member in (*REGIONS.values(), *KEYFRAMES.values())})

AnyRegion: Any = Union[tuple(REGIONS.values())]  # noqa: UP007 - made at run time
AnyKeyframe: Any = Union[tuple(KEYFRAMES.values())]  # noqa: UP007
Element = Region | Track | Keyframe | Answer
_REGION_TYPES = frozenset(REGIONS.values())


def region_type(shape: str) -> type[Region]:
    """The struct of regions of a shape. Raises KeyError for an unknown one."""
    return REGIONS[shape]


def all_regions(elements: Sequence[Element]) -> bool:
    """Whether there is nothing but regions."""
    return _REGION_TYPES.issuperset(map(type, elements))


def set_aside(region: Region) -> bool:
    """Left out of all counting of right and wrong, as COCO leaves it out."""
    return not _SET_ASIDE.isdisjoint(region.flags)


def reshaped(region: Region, geometry: Geometry) -> Region:
    """The region with another geometry, also of another shape."""
    members = {name: getattr(region, name) for name in region.__struct_fields__ if name != "geometry"}
    return region_type(geometry.shape)(**members, geometry=geometry)


def keyframe_type(shape: str) -> type[Keyframe]:
    """The struct of keyframes of a shape. Raises KeyError for an unknown one."""
    return KEYFRAMES[shape]
