"""What the endpoints about a version's changes, leaks, datasheet and trainings take and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from apps.core.people import Person
from apps.datasets.api.structs import VersionItemOut
from apps.jobs.documents import JobOut

LeakKind = Literal["same_file", "same_group", "look_alike"]
MetricName = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Metrics = Annotated[dict[MetricName, float], msgspec.Meta(max_length=100)]
Text = Annotated[str, msgspec.Meta(max_length=10_000)]


class ChangedRegion(msgspec.Struct):
    change: Literal["added", "removed", "changed"]
    class_id: int
    bounds: list[float] | None  # x0, y0, x1, y1; null for what has no place


class ChangedItem(msgspec.Struct):
    """An item that is not as it was. `regions`: of one labelled anew, at most 60."""

    task: int
    name: str
    thumb: str
    width: int
    height: int
    split: str | None  # now; null: it is gone
    split_before: str | None
    regions: list[ChangedRegion]


class ChangedPage(msgspec.Struct):
    results: list[ChangedItem]
    next: str | None


class RestorePlan(msgspec.Struct):
    """Tasks by what a restore would do to them."""

    changed: int  # finished ones whose result is another now
    same: int
    unfinished: int  # left alone
    gone: int  # in the trash, where they stay
    later: int  # finished ones that the version does not have: they stay


class SplitLeaksIn(msgspec.Struct, kw_only=True):
    within: Annotated[int, msgspec.Meta(ge=0, le=12)] = 4  # bits of 64 in which pictures that look alike differ at most


class SplitLeak(msgspec.Struct):
    id: int
    kind: LeakKind
    distance: int | None  # bits of 64; null where a group is shared
    first: VersionItemOut
    second: VersionItemOut


class SplitLeakPage(msgspec.Struct):
    """Pairs across splits. `counts`: null while nobody has looked, or a look goes on."""

    results: list[SplitLeak]
    next: str | None
    counts: dict[str, int] | None  # by kind
    within: int | None
    unseen: int  # items whose picture could not be compared
    job: JobOut | None


class DatasheetOut(msgspec.Struct):
    """`sheet` is `datasheet.json`, `readme` is `README.md`, as an export would hold them now."""

    said: dict[str, str]
    sheet: dict[str, Any]
    readme: str


class DatasheetChange(msgspec.Struct, kw_only=True):
    """What people say of a version; null leaves it. Exports that are written already stay as they are."""

    purpose: Text | None = None
    collection: Text | None = None
    limits: Text | None = None
    maintenance: Text | None = None


class TrainingIn(msgspec.Struct, kw_only=True):
    """A training that used this version. `per_class`: metrics by the class's name."""

    model: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    metrics: Metrics
    per_class: Annotated[
        dict[Annotated[str, msgspec.Meta(max_length=200)], Metrics], msgspec.Meta(max_length=2_000)
    ] = {}
    notes: Annotated[str, msgspec.Meta(max_length=5_000)] = ""


class TrainingOut(msgspec.Struct):
    """`test_sha256`: trainings with the same one were measured on the same test split; "": the version has none."""

    id: int
    version: int
    version_number: int
    version_name: str
    test_sha256: str
    model: str
    metrics: dict[str, float]
    per_class: dict[str, dict[str, float]]
    notes: str
    created_at: datetime
    created_by: Person


class TrainingPage(msgspec.Struct):
    results: list[TrainingOut]
    next: str | None
