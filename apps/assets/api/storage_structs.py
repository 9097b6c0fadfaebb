"""What the endpoints of storages and sources take and answer. Credentials go in and never come out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from apps.assets.storages import Credentials, Kind, Options
from apps.jobs.documents import JobOut

StorageName = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Delivery = Literal["app", "direct"]
Vanished = Literal["keep", "trash"]
Minutes = Annotated[int, msgspec.Meta(ge=5, le=43_200)]


class StorageIn(msgspec.Struct, kw_only=True):
    """`delivery: direct` sends browsers to signed addresses where the test finds ranges, CORS and an allowed origin."""

    name: StorageName
    options: Options
    credentials: Credentials | None = None
    for_sources: bool = True
    for_exports: bool = False
    delivery: Delivery = "app"


class StoragePatch(msgspec.Struct, kw_only=True):
    """Only members that are sent change. `credentials: null` removes them."""

    name: StorageName | msgspec.UnsetType = msgspec.UNSET
    options: Options | msgspec.UnsetType = msgspec.UNSET
    credentials: Credentials | msgspec.UnsetType | None = msgspec.UNSET
    for_sources: bool | msgspec.UnsetType = msgspec.UNSET
    for_exports: bool | msgspec.UnsetType = msgspec.UNSET
    delivery: Delivery | msgspec.UnsetType = msgspec.UNSET


class StorageCheck(msgspec.Struct):
    """One step of the test: `open`, `list`, `read`, `ranges`, `direct` or `write`."""

    name: str
    ok: bool
    code: str
    detail: str


class StorageOut(msgspec.Struct):
    id: int
    organisation: int
    name: str
    kind: Kind
    options: Options
    credentials: Literal["set", "none"]
    for_sources: bool
    for_exports: bool
    delivery: Delivery
    direct: bool  # browsers are sent to signed addresses now
    checks: list[StorageCheck]  # of the last test; empty before its end
    tested_at: datetime | None
    job: JobOut | None  # of the last test
    sources: int
    created_at: datetime


class StorageList(msgspec.Struct):
    """`folders`: whether the operator allows folders. `origins`: those that browsers may be sent to."""

    results: list[StorageOut]
    folders: list[str]
    origins: list[str]


class UsableStorage(msgspec.Struct):
    """A storage of the organisation, as projects see it."""

    id: int
    name: str
    kind: Kind
    prefix: str
    for_sources: bool
    for_exports: bool
    failing: bool  # its last test failed


class UsableStorages(msgspec.Struct):
    results: list[UsableStorage]


class SourceIn(msgspec.Struct, kw_only=True):
    """`pattern` is a glob of what follows the prefix's folder: `*` in a folder, `**` through folders. Without one: pictures."""

    storage: int
    prefix: Annotated[str, msgspec.Meta(max_length=500)] = ""
    pattern: Annotated[str, msgspec.Meta(max_length=300)] = ""
    every_minutes: Minutes | None = None
    vanished: Vanished = "keep"


class FromStorage(msgspec.Struct):
    """Tells a body of `SourceIn` from a list of addresses."""

    storage: int | None = None


class SourcePatch(msgspec.Struct, kw_only=True):
    every_minutes: Minutes | msgspec.UnsetType | None = msgspec.UNSET
    vanished: Vanished | msgspec.UnsetType = msgspec.UNSET


class SyncProblem(msgspec.Struct):
    name: str
    code: str
    detail: str


class SyncCounts(msgspec.Struct):
    """Objects. `failed` could not be read this time and are tried again; `refused` are tried again when they change."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    back: int = 0
    refused: int = 0
    same: int = 0
    ignored: int = 0
    failed: int = 0


class SyncOut(msgspec.Struct):
    id: int
    job: JobOut
    counts: SyncCounts
    problems: list[SyncProblem]  # the first hundred
    started_at: datetime
    finished_at: datetime | None


class SourceOut(msgspec.Struct):
    id: int
    project: int
    storage: int
    storage_name: str
    kind: Kind
    prefix: str
    pattern: str
    every_minutes: int | None
    next_at: datetime | None
    vanished: Vanished
    objects: dict[str, int]  # by state: here, gone, trashed, refused
    job: JobOut | None
    last: SyncOut | None
    created_at: datetime


class SourceList(msgspec.Struct):
    results: list[SourceOut]


class SyncPage(msgspec.Struct):
    results: list[SyncOut]
    next: str | None


class LinkedOut(msgspec.Struct):
    id: int
    key: str
    state: Literal["here", "gone", "trashed", "refused"]
    asset: int | None
    problem: dict[str, Any] | None


class LinkedPage(msgspec.Struct):
    results: list[LinkedOut]
    next: str | None
