"""What the asset endpoints take and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from apps.assets.urls_list import LongText, MetadataValue, Origin, ShortText
from apps.jobs.documents import JobOut


class MediaUrls(msgspec.Struct):
    """Signed addresses, the same for up to six hours, so that browsers keep what they fetched."""

    original: str
    display: str  # full resolution, upright, in a format that browsers show
    preview: str  # at most 4096 px on its longer side; equal to `display` for smaller images
    thumb: str  # at most 320 px on its longer side
    raw16: str | None = None  # little-endian uint16 samples of a 16-bit image, rows from the top, channels interleaved


class Tiles(msgspec.Struct):
    """A large image in pieces. Level 0 is the smallest; each next one has twice the pixels a side, the last all of them."""

    url: str  # put in {level}, {column} and {row}
    size: int  # pixels of a tile's side; those at the right and bottom edge are smaller
    levels: int
    type: str


class AssetWindow(msgspec.Struct):
    """Which raw values of a 16-bit image are shown as black and as white."""

    low: Annotated[int, msgspec.Meta(ge=0, le=65535)]
    high: Annotated[int, msgspec.Meta(ge=0, le=65535)]


class AssetOut(msgspec.Struct):
    id: int
    project: int
    kind: str
    name: str
    external_id: str | None
    group: str
    origin: Origin
    licence: str
    attribution: str
    metadata: dict[str, MetadataValue]
    sha256: str
    file_bytes: int
    content_type: str
    width: int
    height: int
    bit_depth: int
    channels: int  # of `urls.raw16`; 0 where there is none
    page: int | None  # 0-based, of a multi-page file that was split
    window: AssetWindow | None
    duplicate_of: int | None
    task: int | None
    urls: MediaUrls
    tiles: Tiles | None  # of an image too large for one piece; its `display` is then a preview
    created_at: datetime
    trashed_at: datetime | None


class AssetPage(msgspec.Struct):
    results: list[AssetOut]
    next: str | None


class UploadedAsset(msgspec.Struct):
    id: int
    name: str
    width: int
    height: int
    duplicate_of: int | None
    task: int | None
    file: str  # the name of the file in the request; a split file makes several assets
    page: int | None = None


class UploadProblem(msgspec.Struct):
    """A file that was not taken. The others of the request were."""

    name: str
    code: str
    detail: str


class UploadPending(msgspec.Struct):
    """A large file that was kept: a job cuts it into tiles and makes its asset and task."""

    name: str
    job: JobOut


class UploadOut(msgspec.Struct):
    assets: list[UploadedAsset]
    errors: list[UploadProblem]
    pending: list[UploadPending] = []


class UploadState(msgspec.Struct):
    """A file that comes in parts: `offset` bytes of `size` are here."""

    id: int
    name: str
    size: int
    offset: int
    expires_at: datetime


class JobStarted(msgspec.Struct):
    job: JobOut


class AssetPatch(msgspec.Struct, kw_only=True):
    """Only members that are sent change. `window: null` goes back to the 2nd to 98th percentile."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=300)] | msgspec.UnsetType = msgspec.UNSET
    external_id: ShortText | msgspec.UnsetType | None = msgspec.UNSET
    group: ShortText | msgspec.UnsetType = msgspec.UNSET
    origin: Origin | msgspec.UnsetType = msgspec.UNSET
    licence: Annotated[str, msgspec.Meta(max_length=200)] | msgspec.UnsetType = msgspec.UNSET
    attribution: LongText | msgspec.UnsetType = msgspec.UNSET
    metadata: dict[str, MetadataValue] | msgspec.UnsetType = msgspec.UNSET
    window: AssetWindow | msgspec.UnsetType | None = msgspec.UNSET


class AssetIdsIn(msgspec.Struct):
    ids: Annotated[list[int], msgspec.Meta(min_length=1, max_length=10_000)]


class ChangedCount(msgspec.Struct):
    changed: int


class BlobOut(msgspec.Struct):
    sha256: str
    size: int
