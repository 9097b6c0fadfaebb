"""What the endpoints of formats, dataset versions, exports and imports take and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from apps.core.people import Person
from apps.datasets.filters import ItemFilter, SplitShares
from apps.jobs.documents import JobOut, JobState


class FormatOption(msgspec.Struct):
    name: str
    detail: str
    choices: list[str]  # none: any text


class FormatOut(msgspec.Struct):
    name: str  # what requests say: "coco"
    title: str
    reads: bool
    writes: bool
    lossless: bool
    shapes: list[str]  # what it can hold; the rest is reported
    options: list[FormatOption]  # of an export
    read_options: list[FormatOption]  # of an import


class FormatList(msgspec.Struct):
    results: list[FormatOut]


Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class VersionIn(msgspec.Struct, kw_only=True):
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    filter: ItemFilter = msgspec.field(default_factory=ItemFilter)
    splits: SplitShares | None = None
    notes: Annotated[str, msgspec.Meta(max_length=20_000)] = ""
    tags: Annotated[list[Tag], msgspec.Meta(max_length=20)] = []


class VersionChange(msgspec.Struct, kw_only=True):
    """What people say of a version; null leaves it. What it holds never changes."""

    name: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    notes: Annotated[str, msgspec.Meta(max_length=20_000)] | None = None
    tags: Annotated[list[Tag], msgspec.Meta(max_length=20)] | None = None


class PlanIn(msgspec.Struct, kw_only=True):
    filter: ItemFilter = msgspec.field(default_factory=ItemFilter)
    splits: SplitShares | None = None


class PlannedSplit(msgspec.Struct):
    name: str  # "" where nothing is split
    share: float  # wanted
    items: int
    regions: int
    groups: int


class PlannedClass(msgspec.Struct):
    class_id: int
    regions: dict[str, int]  # by split


class VersionPlan(msgspec.Struct):
    """What freezing now would give."""

    items: int
    regions: int
    splits: list[PlannedSplit]
    classes: list[PlannedClass]
    held_back: int  # left out: their group stands in the test split, and they may not
    unreal: int  # items that are not real
    unreviewed: int  # real items that nobody has reviewed
    leaving: int  # items that leave the split an earlier version gave them


class MoveIn(msgspec.Struct, kw_only=True):
    task: int
    split: Annotated[str, msgspec.Meta(max_length=32)]


class MovedOut(msgspec.Struct):
    """A group that a person put into another split, from the next version on."""

    id: int
    group: str  # "" for an item without a group
    asset: int
    name: str
    split: str
    moved_by: Person
    created_at: datetime


class MovedPage(msgspec.Struct):
    results: list[MovedOut]
    next: str | None


class VersionOut(msgspec.Struct):
    id: int
    project: int
    number: int
    name: str  # "" for one that an export made
    state: Literal["freezing", "frozen"]
    sha256: str
    test_sha256: str  # over the split "test"; "": there is none
    item_count: int
    region_count: int
    splits: dict[str, int]  # items a split
    shares: SplitShares | None  # as they were asked for
    held_back: int  # items that were left out, because their group stands in the test split and they may not
    filter: dict[str, Any]
    schema_version: int
    guideline_version: int | None
    notes: str
    tags: list[str]
    job: JobOut | None  # that freezes it, where it is large
    created_at: datetime
    created_by: Person
    web_url: str


class VersionPage(msgspec.Struct):
    results: list[VersionOut]
    next: str | None


class VersionItemOut(msgspec.Struct):
    ordinal: int
    asset: int
    asset_sha256: str
    task: int
    revision: int
    split: str
    name: str
    group: str
    thumb: str


class VersionItemPage(msgspec.Struct):
    results: list[VersionItemOut]
    next: str | None


class ClassDifference(msgspec.Struct):
    """Regions of a class."""

    class_id: int
    before: int
    now: int


class VersionDiff(msgspec.Struct):
    """Task ids, at most 1,000 a list; the counts are of all."""

    against: int
    added: list[int]
    removed: list[int]
    relabelled: list[int]  # another revision
    moved: list[int]  # another split
    added_count: int
    removed_count: int
    relabelled_count: int
    moved_count: int
    regions_before: int
    regions: int
    classes: list[ClassDifference]


class ExportIn(msgspec.Struct, kw_only=True):
    format: str
    version: int | None = None  # the id of a frozen version
    filter: ItemFilter | None = None
    # images (false): put the image files in; splits: shares by name, only without `version`, which has its own;
    # all_answers (false, native only): every submitted answer beside the result; the rest is the format's own
    # regions: {classes: {id: another id, or null to leave it out}, depth: classes below it are written as their ancestor
    # there (0: the topmost), shapes: box | polygon | mask, min_score}
    # augment, only with images: {copies, seed, splits, flip: [horizontal, vertical], rotate, quarter_turns, scale, crop,
    # brightness, contrast, saturation, noise, min_visible}: copies beside the items, as `exports/copies` shows them
    options: dict[str, Any] = {}
    preview: bool = False  # only say what it would hold and lose; `exports/{id}/go-on` then writes it
    # the id of a connected storage: the archive is written there, below its prefix and `folder`, and not kept here
    storage: int | None = None
    folder: Annotated[str, msgspec.Meta(max_length=500)] = ""


class CopiesIn(msgspec.Struct, kw_only=True):
    """As of an export: which items, and what is asked of their copies."""

    augment: dict[str, Any]
    version: int | None = None
    filter: ItemFilter | None = None


class ExampleCopy(msgspec.Struct):
    name: str
    width: int  # of the copy in full
    height: int
    regions: int
    picture: str  # a data URL of it, made small, with its regions drawn


class ExampleCopies(msgspec.Struct):
    results: list[ExampleCopy]


class LossExample(msgspec.Struct):
    item: str
    element: str | None = None


class ExportLoss(msgspec.Struct):
    """What the format could not hold. Approximated: it is there, but not as it was drawn."""

    code: str
    effect: Literal["dropped", "approximated", "noted"]
    detail: str
    count: int
    examples: list[LossExample]


class ExportedClass(msgspec.Struct):
    """What became of the regions of one class and shape. `converted` are in it, but not as they were drawn."""

    class_id: int
    name: str
    shape: str
    regions: int
    converted: int
    not_expressible: int


class ExportReport(msgspec.Struct):
    items: int
    regions: int
    files: int
    losses: list[ExportLoss]
    table: list[ExportedClass]


class ExportTarget(msgspec.Struct):
    """A connected storage that the archive is written to. `key` is "" until it is there; `name` once the storage was removed."""

    storage: int | None
    name: str
    key: str


class ExportOut(msgspec.Struct):
    id: int
    project: int
    format: str
    state: JobState
    version: int
    version_number: int
    options: dict[str, Any]
    file_url: str | None  # from "/"; takes the session or the token; null until it is written, or where it is elsewhere
    target: ExportTarget | None
    file_name: str
    size: int | None
    digest: str
    preview: ExportReport | None
    report: ExportReport | None
    job: JobOut | None
    created_at: datetime
    created_by: Person
    web_url: str


class ExportPage(msgspec.Struct):
    results: list[ExportOut]
    next: str | None


class ExportStarted(msgspec.Struct):
    export: ExportOut
    job: JobOut


class ImportFinding(msgspec.Struct):
    """Something in the file that could not be taken, or not as it was."""

    code: str
    detail: str
    count: int
    examples: list[LossExample]


ImportMode = Literal["append", "merge", "replace", "predictions", "gold"]
ImportEntry = Literal["accepted", "review", "draft"]


class ImportEffect(msgspec.Struct):
    """What the file does to regions and answers to questions that stand on its images."""

    added: int
    updated: int
    removed: int
    unchanged: int  # they stand already, or people corrected or deleted them since
    kept: int  # of people; the file says otherwise
    by_people: int  # of those updated and removed


class ImportReport(msgspec.Struct, kw_only=True):
    format: str
    items: int  # read from the file
    assets: int  # new ones
    tasks: int
    regions: int
    matched: int  # items whose asset was there already
    changed: int  # images that got something
    unchanged: int  # images that had it all
    effect: ImportEffect
    classes_created: list[str]
    problems: list[ImportFinding]


class ImportTrial(ImportReport, kw_only=True):
    """What bringing a file in so would do."""

    mode: ImportMode
    enter: ImportEntry


class ImportUndone(msgspec.Struct):
    taken_back: int  # tasks that stand as before
    left: int  # tasks that people worked on since
    trashed: int  # images


class ImportAfterwards(msgspec.Struct):
    """Regions of the file as people left them; work that is not submitted yet does not count.

    `more`: there are other tasks, whose regions are not counted here.
    """

    tasks: int
    changed_tasks: int
    untouched: int
    corrected: int
    removed: int
    added: int
    more: bool


class ClassFound(msgspec.Struct):
    """A class of the file; `class_id` is the project's class that is called so."""

    name: str
    regions: int
    shapes: list[str]
    attributes: list[str]
    class_id: int | None


class ImportPreview(msgspec.Struct):
    """What is in a file that was looked into."""

    format: str
    items: int
    pictures: int
    matched: int  # items whose asset is here already
    regions: int
    classes: list[ClassFound]
    questions: list[str]  # about the whole item
    problems: list[ImportFinding]


class GoOnIn(msgspec.Struct, kw_only=True):
    """How a file that was looked into is brought in.

    `mode`: an entry alone means `append` with it. `classes`: ids by the file's names; null leaves a class out. `source`:
    whose regions these are, where the file does not say. `dry` only says what it would do (`trial` of the import).
    """

    mode: ImportMode | ImportEntry = "append"
    enter: ImportEntry = "accepted"
    classes: dict[str, int | None] = {}
    source: Annotated[str, msgspec.Meta(max_length=120)] = ""
    dry: bool = False


class ImportOut(msgspec.Struct):
    id: int
    project: int
    name: str
    format: str
    mode: ImportMode
    enter: ImportEntry
    source: str  # whose regions these are
    classes: dict[str, int | None]  # what was chosen for the file's names
    state: JobState
    preview: ImportPreview | None
    trial: ImportTrial | None
    report: ImportReport | None
    undone: ImportUndone | None
    job: JobOut | None
    created_at: datetime
    created_by: Person
    web_url: str


class ImportPage(msgspec.Struct):
    results: list[ImportOut]
    next: str | None


class ImportStarted(msgspec.Struct):
    import_: ImportOut = msgspec.field(name="import")
    job: JobOut
