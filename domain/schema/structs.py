"""The body of a schema version, as CONTRACTS and the REST interface have it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from domain.elements.structs import ClassId, Name, Value

AttributeKind = Literal["select", "multiselect", "boolean", "number", "text"]
Scope = Literal["region", "track", "item"]
Color = Annotated[str, msgspec.Meta(pattern="^#[0-9a-fA-F]{6}$")]
Text = Annotated[str, msgspec.Meta(max_length=10_000)]
Title = Annotated[str, msgspec.Meta(max_length=200)]
Key = Annotated[str, msgspec.Meta(max_length=10)]


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask, and require, only when another attribute has one of these values."""

    attribute: Name
    values: list[Value] = msgspec.field(name="in")


class Attribute(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A typed question about a region or track."""

    name: Name
    kind: AttributeKind
    title: Title | None = None
    description: Text | None = None
    options: list[Name] = []
    option_titles: dict[Name, Title] = {}  # titles are free, the values in `options` permanent
    archived_options: list[Name] = []  # still valid on old work, no longer offered
    required: bool = False
    default: Value = None
    minimum: float | None = None
    maximum: float | None = None
    scope: Scope = "region"
    mutable: bool = False
    when: When | None = None
    archived: bool = False


class ItemAttribute(Attribute, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A typed question about the whole item."""

    scope: Scope = "item"
    key: Key | None = None


Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class SkeletonTemplate(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Joint names, edges and left–right pairs by 0-based joint index.

    `positions` are the joints' places in a frame of 1 × 1, x to the right and y down; without them they are laid out
    from the edges. They say how a new skeleton lies in the frame that is drawn, and nothing about those there are.
    """

    joints: list[Name]
    edges: list[tuple[int, int]] = []
    mirror: list[tuple[int, int]] = []
    positions: list[tuple[Share, Share]] | None = None


class Example(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A good or bad example from the project's own images."""

    asset: int | None = None
    region: dict[str, Any] | None = None
    verdict: Literal["good", "bad"] = "good"
    caption: Text = ""


class Class(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One class. `id` and the attributes' names are permanent keys; `name` and `title` may change."""

    id: ClassId
    name: Name
    color: Color
    shapes: list[str]
    title: Title | None = None
    parent: ClassId | None = None
    key: Key | None = None
    order: int = 0
    archived: bool = False
    code: Title | None = None
    description: Text | None = None
    aliases: list[Name] = []
    examples: list[Example] = []
    attributes: list[Attribute] = []
    skeleton: SkeletonTemplate | None = None


class LabelSchema(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Everything that one version of a project's schema says."""

    classes: list[Class] = []
    item_attributes: list[ItemAttribute] = []

    def class_by_id(self, class_id: int) -> Class | None:
        for found in self.classes:  # asked once a region: a generator costs twice as much
            if found.id == class_id:
                return found
        return None

    def item_attribute(self, name: str) -> ItemAttribute | None:
        return next((a for a in self.item_attributes if a.name == name), None)

    def in_order(self) -> list[Class]:
        """Classes that are not archived, as people see them."""
        return sorted((c for c in self.classes if not c.archived), key=lambda c: (c.order, c.id))
