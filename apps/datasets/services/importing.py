"""Reading a file of annotations: assets found or made, classes mapped, revisions of kind import written in batches."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.db import transaction
from msgspec.structs import replace

from apps.accounts.models import User
from apps.activity.services import record
from apps.annotations.models import Revision
from apps.annotations.services.freeze import NewRevision, write_revisions
from apps.assets import queries as assets
from apps.assets.models import Asset
from apps.assets.services import Fields, Incoming, Ingested, prepare, put_blob
from apps.assets.services.ingest import clean_name
from apps.core import storage
from apps.datasets.errors import ImportRefused
from apps.datasets.models import Import
from apps.datasets.services.asking import format_of
from apps.datasets.services.schema_from import Classes, bring_classes
from apps.projects.settings import settings_of
from apps.tasks import services as tasks
from apps.tasks.models import Task
from domain.elements import element_id, encode, place
from domain.elements.structs import Answer, Element, Region, Track
from domain.formats import FormatError, ImportItem, Source, detect, open_reader, open_source
from domain.formats.sources import SourceError
from domain.problems import errors
from domain.schema import check_answer, check_region

BATCH = 500  # items a transaction
BATCH_ELEMENTS = 20_000
COPY_BYTES = 1 << 20
EXAMPLES = 5
Progress = Callable[[int, int | None, str], None]


@dataclass(slots=True)
class Tally:
    """The report while it grows."""

    format: str = ""
    items: int = 0
    assets: int = 0
    tasks: int = 0
    regions: int = 0
    matched: int = 0
    classes_created: list[str] = field(default_factory=list)
    problems: dict[str, dict[str, Any]] = field(default_factory=dict)

    def problem(self, code: str, detail: str, item: str, element: str | None = None) -> None:
        found = self.problems.setdefault(code, {"code": code, "detail": detail, "count": 0, "examples": []})
        found["count"] += 1
        if len(found["examples"]) < EXAMPLES:
            found["examples"].append({"item": item[:300], "element": element})

    def document(self) -> dict[str, Any]:
        return {
            "format": self.format,
            "items": self.items,
            "assets": self.assets,
            "tasks": self.tasks,
            "regions": self.regions,
            "matched": self.matched,
            "classes_created": self.classes_created,
            "problems": list(self.problems.values()),
        }


@dataclass(slots=True)
class Bringing:
    """One run of an import. Revisions of kind import since `started` are its own: a second run leaves them alone."""

    row: Import
    user: User
    started: datetime


@dataclass(slots=True)
class _Wanted:
    """An item of the file with its place in it, and the asset once it is known."""

    key: str
    item: ImportItem
    asset: Asset | None = None


def read_import(*, bringing: Bringing, part: Path, progress: Progress) -> dict[str, Any]:
    """Read the file and bring everything in; the report. Every batch is one transaction.

    Raises:
        ImportRefused: the file is not readable as that format; nothing was brought in.
    """
    row, tally = bringing.row, Tally()
    with opened(row.path, part) as file:
        source, found, reader, header = reader_of(row, file)
        tally.format = found.name
        classes = bring_classes(
            project=row.project, user=bringing.user, header=header, name=row.name, wanted=row.options.get("classes")
        )
        tally.classes_created = classes.created
        row.project.refresh_from_db()
        progress(0, header.items, "")
        try:
            for batch in _batches(reader.items(), row.pk):
                _bring(bringing, source, classes, batch, tally)
                progress(tally.items, header.items, "")
        except (FormatError, SourceError) as error:
            tally.problem(error.code, error.detail, "")
            Import.objects.filter(pk=row.pk).update(report=tally.document(), format=found.name)
            raise ImportRefused(
                error.code, f"{error.detail} {tally.items} items before this place were brought in."
            ) from error
    document = tally.document()
    with transaction.atomic():
        Import.objects.filter(pk=row.pk).update(report=document, format=found.name)
        record(
            organisation_id=row.project.organisation_id, project_id=row.project_id, verb="import.finished", actor=bringing.user,
            object_type="import", object_id=row.pk, details={"items": tally.items, "regions": tally.regions},
        )  # fmt: skip
    return document


def reader_of(row: Import, file: IO[bytes]) -> tuple[Source, Any, Any, Any]:
    """(source, format, reader, header) of a file.

    Raises:
        ImportRefused: it is not readable as that format.
    """
    try:
        source = open_source(row.name, cast(BinaryIO, file))
        found = detect(source) if row.format == "auto" else format_of(row.format, reads=True)
        options = row.options.get("read") or None
        reader = open_reader(found, source, size_of=_size_of(row.project_id, source), options=options)
        return source, found, reader, reader.header()
    except (FormatError, SourceError) as error:
        raise ImportRefused(error.code, error.detail) from error


def opened(path: str, part: Path) -> IO[bytes]:
    """The file in the local file system: a zip is read by jumping about."""
    local = storage.local_path(path)
    if local is not None:
        return local.open("rb")
    with storage.open_file(path) as file, part.open("wb") as out:
        shutil.copyfileobj(file, out, COPY_BYTES)
    return part.open("rb")


def _size_of(project_id: int, source: Source) -> Callable[[str], tuple[int, int] | None]:
    """Displayed sizes for formats that do not say them: from the project, else from the picture itself."""
    paths = set(source.paths())

    def size_of(name: str) -> tuple[int, int] | None:
        if name in paths:
            return _picture_size(source, name)
        found = assets.assets_named(project_id, {clean_name(name), clean_name(name).rpartition("/")[2]})
        asset = next(iter(found.values()), None)
        return (asset.width, asset.height) if asset else None

    return size_of


def _picture_size(source: Source, path: str) -> tuple[int, int] | None:
    from apps.assets.errors import FileRefused
    from apps.assets.images import sniff
    from apps.assets.images.decode import displayed_size

    try:
        content = io.BytesIO(source.read(path, settings.LABELWRIGHT_MAX_FILE_BYTES))
        return displayed_size(content, sniff(content.read(64)))
    except (FileRefused, SourceError):
        return None


def _batches(items: Iterator[ImportItem], import_id: int) -> Iterator[list[_Wanted]]:
    """Up to 500 items or 20,000 elements at a time."""
    number = 0
    while True:
        batch: list[_Wanted] = []
        elements = 0
        for item in islice(items, BATCH):
            batch.append(_Wanted(f"import {import_id}/{number}", item))
            number += 1
            elements += len(item.elements)
            if elements >= BATCH_ELEMENTS:
                break
        if not batch:
            return
        yield batch


def _bring(bringing: Bringing, source: Source, classes: Classes, batch: list[_Wanted], tally: Tally) -> None:
    project = bringing.row.project
    tally.items += len(batch)
    for wanted in batch:
        for problem in wanted.item.problems:
            tally.problem(problem.code, problem.detail, wanted.item.asset.name)
    _match(project.pk, batch)
    tally.matched += sum(wanted.asset is not None and wanted.asset.made_by != wanted.key for wanted in batch)
    prepared, by_key = _files(project, source, batch, tally)
    with transaction.atomic():
        added, _, refused = tasks.add_files(project=project, user=bringing.user, items=prepared)
        for one in refused:
            tally.problem(one.code, one.detail, one.name)
        for new in added:
            by_key[new.incoming.made_by or ""].asset = new.asset
        tally.assets += len(added)
        ready = [wanted for wanted in batch if wanted.asset is not None]
        tally.tasks += len(added)
        _write(bringing, classes, ready, tally)


def _match(project_id: int, batch: Sequence[_Wanted]) -> None:
    """Assets that an earlier start of this run made, else by external id, else by name, with or without its folders."""
    earlier = {a.made_by: a for a in Asset.objects.filter(project_id=project_id, made_by__in=[w.key for w in batch])}
    names = {name for w in batch for name in names_of(w.item.asset.name)}
    named = assets.assets_named(project_id, names)
    external = {w.item.asset.external_id for w in batch if w.item.asset.external_id}
    rows = Asset.objects.filter(project_id=project_id, external_id__in=external, trashed_at=None)
    by_external = {a.external_id: a for a in rows} if external else {}
    for w in batch:
        meta = w.item.asset
        by_name = next((named[name] for name in names_of(meta.name) if name in named), None)
        w.asset = earlier.get(w.key) or by_external.get(meta.external_id or None) or by_name


def names_of(name: str) -> list[str]:
    """What an asset of this name may be called here: with its folders, or without."""
    whole = clean_name(name)
    return list(dict.fromkeys([whole, whole.rpartition("/")[2]]))


def _files(
    project: Any, source: Source, batch: Sequence[_Wanted], tally: Tally
) -> tuple[list[Ingested], dict[str, _Wanted]]:
    """Check and store the pictures of items that have no asset yet."""
    incoming, by_key = [], {}
    for w in batch:
        if w.asset is not None:
            continue
        if w.item.media is None:
            tally.problem("image_missing", "The image is neither in the file nor in the project.", w.item.asset.name)
            continue
        by_key[w.key] = w
        meta, media = w.item.asset, w.item.media
        fields = Fields(
            external_id=meta.external_id or None,
            group=meta.group[:300],
            origin=meta.origin if meta.origin in Asset.Origin.values else "real",
            licence=meta.licence[:200],
            attribution=meta.attribution[:500],
            metadata=dict(meta.metadata),
        )
        opened = _Member(source, media)
        incoming.append(
            Incoming(name=clean_name(meta.name), size=opened.size, open=opened, fields=fields, made_by=w.key)
        )
    prepared, refused = prepare(project=project, files=incoming)
    for one in refused:
        tally.problem(one.code, one.detail, one.name)
    return prepared, by_key


class _Member:
    """A picture in the archive, read whole when its turn comes."""

    def __init__(self, source: Source, path: str) -> None:
        self.source, self.path = source, path
        self.size = 1  # the archive was measured; what is really there is checked when it is read

    def __call__(self) -> IO[bytes]:
        from apps.assets.errors import FileRefused

        try:
            return io.BytesIO(self.source.read(self.path, settings.LABELWRIGHT_MAX_FILE_BYTES))
        except SourceError as error:
            raise FileRefused("too_large" if error.code == "file_too_large" else "truncated", error.detail) from error


def _write(bringing: Bringing, classes: Classes, ready: Sequence[_Wanted], tally: Tally) -> None:
    """Revisions for the items whose task nobody has begun."""
    project, accepted = bringing.row.project, bringing.row.mode == "accepted"
    first = dict(
        Task.objects.filter(asset_id__in=[w.asset.pk for w in ready if w.asset], trashed_at=None)
        .order_by("-id")
        .values_list("asset_id", "id")
    )
    free = tasks.lock_waiting(sorted(first.values()))
    own = set(
        Revision.objects.filter(
            task_id__in=first.values(), kind="import", created_at__gte=bringing.started
        ).values_list("task_id", flat=True)
    )
    new: dict[int, NewRevision] = {}
    for w in ready:
        assert w.asset is not None
        task_id = first.get(w.asset.pk)
        if task_id in own:
            continue  # an earlier start of this run wrote it
        if task_id is None or task_id not in free or task_id in new:
            tally.problem(
                "has_work", "The task of this image is begun or done; its work stays as it is.", w.item.asset.name
            )
            continue
        made = _revision(bringing, classes, free[task_id], w, tally)
        if made is not None:
            new[task_id] = made
    revisions = write_revisions(project=project, new=list(new.values())) if new else []
    tally.regions += sum(r.region_count for r in revisions)
    if accepted:
        tasks.finish_many_from_import(project=project, revisions=revisions)
    else:
        tasks.keep_many_as_import(project=project, revisions=revisions)


def _revision(bringing: Bringing, classes: Classes, task: Task, w: _Wanted, tally: Tally) -> NewRevision | None:
    """None where the file says nothing about the item, or what it says is of another picture."""
    item, asset = w.item, w.asset
    assert asset is not None
    if not item.elements and not item.outcome:
        return None
    said = (item.asset.width, item.asset.height)
    if all(said) and said != (asset.width, asset.height):
        detail = "The file gives another size than the image has; its coordinates would not fit."
        tally.problem("size_mismatch", detail, item.asset.name)
        return None
    for digest, data in item.blobs.items():
        put_blob(project=bringing.row.project, sha256=digest, data=data)
    elements = list(_elements(bringing, classes, w, tally))
    outcome = item.outcome or "labelled"
    if outcome == "labelled" and not elements and item.elements:
        return None  # all were refused: nobody said that the item is empty
    if outcome == "labelled" and not elements:
        outcome = "empty"
    return NewRevision(task=task, elements=elements, outcome=outcome, stage="annotate")


def _elements(bringing: Bringing, classes: Classes, w: _Wanted, tally: Tally) -> Iterator[tuple[str, bytes]]:
    """(kind, canonical bytes) of what may be stored; what may not is told by code."""
    assert w.asset is not None
    amodal = settings_of(bringing.row.project).amodal
    width, height = w.asset.width, w.asset.height
    source = f"import:{bringing.row.name}"[:120]
    name = w.item.asset.name
    for found in w.item.elements:
        element: Element = found
        if isinstance(element, Region | Track):
            mine = classes.ids.get(element.class_id)
            if mine is None and element.class_id in classes.left_out:
                tally.problem("class_left_out", "The class was left out, as asked.", name, element_id(element))
                continue
            if mine is None:
                tally.problem(
                    "unknown_class",
                    "The region names a class that the file does not define.",
                    name,
                    element_id(element),
                )
                continue
            changed: dict[str, Any] = {} if mine == element.class_id else {"class_id": mine}
            if element.source is None:
                changed["source"] = source
            element = replace(element, **changed) if changed else element
        problems = _schema_problems(classes, element)
        if not problems:
            placed = place(element, width=width, height=height, amodal=amodal)
            problems = errors(placed.problems)
            for one in placed.problems:
                if one.severity == "clamped":
                    tally.problem(
                        "clamped",
                        "The region reached outside its image and was cut to the edge.",
                        name,
                        element_id(element),
                    )
            element = placed.element if placed.element is not None else element
        if problems:
            tally.problem(problems[0].code, problems[0].detail, name, element_id(element))
            continue
        yield _kind(element), encode(element)


def _schema_problems(classes: Classes, element: Element) -> list[Any]:
    if isinstance(element, Region | Track):
        return errors(check_region(classes.schema, element))
    return errors(check_answer(classes.schema, element)) if isinstance(element, Answer) else []


def _kind(element: Element) -> str:
    if isinstance(element, Region):
        return "region"
    return "track" if isinstance(element, Track) else "answer" if isinstance(element, Answer) else "keyframe"
