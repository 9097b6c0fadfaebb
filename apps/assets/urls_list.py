"""A list of addresses to fetch images from, as it is sent and as it waits for its job."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Origin = Literal["real", "synthetic", "augmented", "derived"]
MetadataValue = str | int | float | bool | None
ShortText = Annotated[str, msgspec.Meta(max_length=300)]
LongText = Annotated[str, msgspec.Meta(max_length=500)]


class UrlItem(msgspec.Struct, kw_only=True):
    """An image to fetch. `name` is the last part of the path unless given."""

    url: Annotated[str, msgspec.Meta(min_length=8, max_length=4000)]
    name: ShortText | None = None
    external_id: ShortText | None = None
    group: ShortText | None = None
    origin: Origin | None = None
    licence: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    attribution: LongText | None = None
    metadata: dict[str, MetadataValue] = {}


class UrlImportIn(msgspec.Struct, kw_only=True):
    """The fields beside `urls` hold for every item that does not say otherwise."""

    urls: Annotated[list[str | UrlItem], msgspec.Meta(min_length=1, max_length=100_000)]
    pages: Literal["refuse", "split"] = "refuse"
    duplicates: Literal["keep", "skip"] = "keep"
    group: ShortText = ""
    origin: Origin = "real"
    licence: Annotated[str, msgspec.Meta(max_length=200)] = ""
    attribution: LongText = ""
    metadata: dict[str, MetadataValue] = {}
