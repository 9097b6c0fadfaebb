"""Reading a file of annotations: assets found or made, classes mapped, and what each item becomes written in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.activity.services import record
from apps.assets import queries as assets
from apps.core.ahead import Pace, ahead, written
from apps.datasets.errors import ImportRefused
from apps.datasets.models import Import
from apps.datasets.services.asking import source_of
from apps.datasets.services.importing.deciding import SAME_IMAGE, WRONG_SIZE, count, decide, says_nothing, wrong_size
from apps.datasets.services.importing.fitting import Fitting
from apps.datasets.services.importing.matching import Wanted, batches, match_assets, missing, pictures
from apps.datasets.services.importing.opening import opened, picture_header, reader_of
from apps.datasets.services.importing.standing import Place, places_of
from apps.datasets.services.importing.tally import Tally
from apps.datasets.services.importing.turning import TURNED, turn_upright
from apps.datasets.services.importing.writing import Writing
from apps.datasets.services.schema_from import bring_classes, plan_classes
from apps.projects.settings import settings_of
from apps.tasks import services as tasks
from apps.tasks.models import Task
from domain.formats import FormatError, Source
from domain.formats.sources import SourceError, alike

Progress = Callable[[int, int | None, str], None]


@dataclass(slots=True)
class Bringing:
    """One run of an import. `dry`: only say what it would do."""

    row: Import
    user: User
    dry: bool = False

    @property
    def source(self) -> str:
        """Whose regions these are."""
        return source_of(self.row)


def read_import(*, bringing: Bringing, part: Path, progress: Progress) -> dict[str, Any]:
    """Read the file and bring everything in; the report. Every batch is one transaction.

    Raises:
        ImportRefused: the file is not readable as that format; nothing was brought in.
    """
    row, tally = bringing.row, Tally()
    with opened(row.path, part) as file:
        turn = Lock()  # who holds it may ask the database
        source, found, reader, header = reader_of(row, file, turn)
        for name, text in alike(source.paths()):
            tally.problem("names_alike", text, name)
        tally.format = found.name
        asked: dict[str, Any] = {"project": row.project, "header": header, "wanted": row.options.get("classes")}
        if bringing.dry:
            classes = plan_classes(**asked)
        else:
            classes = bring_classes(**asked, user=bringing.user, name=row.name)
            row.project.refresh_from_db()
        tally.classes_created = classes.created
        progress(0, header.items, "")
        pace, fitting = Pace(), Fitting(classes, bringing.source, settings_of(row.project).amodal)
        try:
            with ahead(batches(reader.items(), row.pk, fitting, pace.rest), pace) as coming:
                for batch in coming:
                    with turn:
                        _bring(bringing, source, fitting, batch, tally)
                        progress(tally.items, header.items, "")
        except (FormatError, SourceError) as error:
            tally.problem(error.code, error.detail, "")
            if not bringing.dry:
                Import.objects.filter(pk=row.pk).update(report=tally.document(), format=found.name)
            raise ImportRefused(
                error.code, f"{error.detail} {tally.items} items before this place were {_what(bringing)}."
            ) from error
    document = tally.document()
    if bringing.dry:
        trial = document | {"mode": row.mode, "enter": row.enter}
        Import.objects.filter(pk=row.pk).update(trial=trial, format=found.name)
        return document
    with transaction.atomic():
        Import.objects.filter(pk=row.pk).update(report=document, format=found.name)
        record(
            organisation_id=row.project.organisation_id, project_id=row.project_id, verb="import.finished", actor=bringing.user,
            object_type="import", object_id=row.pk, details={"items": tally.items, "regions": tally.regions},
        )  # fmt: skip
    return document


def _what(bringing: Bringing) -> str:
    return "read" if bringing.dry else "brought in"


def _bring(bringing: Bringing, source: Source, fitting: Fitting, batch: list[Wanted], tally: Tally) -> None:
    project = bringing.row.project
    tally.items += len(batch)
    for wanted in batch:
        for problem in wanted.item.problems:
            tally.problem(problem.code, problem.detail, wanted.item.asset.name)
    match_assets(project.pk, batch)
    tally.matched += sum(wanted.asset is not None and wanted.asset.made_by != wanted.key for wanted in batch)
    if bringing.dry:
        _foretell(bringing, source, fitting, batch, tally)
        return
    prepared, by_key = pictures(project, source, batch, tally)
    with written():
        added, _, refused = tasks.add_files(project=project, user=bringing.user, items=prepared)
        for one in refused:
            tally.problem(one.code, one.detail, one.name)
        for new in added:
            by_key[new.incoming.made_by or ""].asset = assets.reference(new.asset)
        tally.assets += len(added)
        tally.tasks += len(added)
        ready = [wanted for wanted in batch if wanted.asset is not None]
        places = places_of([w.asset.pk for w in ready if w.asset], run_id=bringing.row.pk)
        writing = Writing(bringing.row, bringing.user, bringing.source)
        _decide(bringing, fitting, ready, places, tally, writing)
        writing.write(tally)


def _foretell(bringing: Bringing, source: Source, fitting: Fitting, batch: list[Wanted], tally: Tally) -> None:
    """The same decisions without a lock, a picture or a row."""
    ready = [wanted for wanted in batch if wanted.asset is not None]
    places = places_of([w.asset.pk for w in ready if w.asset], run_id=bringing.row.pk, lock=False)
    writing = Writing(bringing.row, bringing.user, bringing.source)
    _decide(bringing, fitting, ready, places, tally, writing)
    writing.foretell(tally)
    for w in batch:
        if w.asset is not None:
            continue
        if w.item.media is None:
            missing(w, tally)
            continue
        shown = picture_header(source, w.item.media)
        if shown is None:
            tally.problem("not_decodable", "The picture in the file cannot be read.", w.item.asset.name)
            continue
        tally.assets += 1
        tally.tasks += 1
        if not says_nothing(w):
            size = (shown.width, shown.height)
            _upright(w, size, shown.orientation, tally)
            _one(bringing, fitting, w, size, Place(Task(), free=True, own=False), tally, writing)
    writing.foretell(tally)


def _decide(
    bringing: Bringing,
    fitting: Fitting,
    ready: Sequence[Wanted],
    places: dict[int, Place],
    tally: Tally,
    writing: Writing,
) -> None:
    seen: set[int] = set()
    for w in ready:
        assert w.asset is not None
        place = places.get(w.asset.pk)
        if says_nothing(w) or (place is not None and place.own):
            continue  # nobody judged it, or an earlier start of this run wrote it
        if place is None:
            tally.problem("no_task", "The image has no task here.", w.item.asset.name)
        elif place.task.pk in seen:
            tally.problem(*SAME_IMAGE, w.item.asset.name)
        else:
            seen.add(place.task.pk)
            size = (w.asset.width, w.asset.height)
            _upright(w, size, w.asset.orientation, tally)
            _one(bringing, fitting, w, size, place, tally, writing)


def _upright(w: Wanted, size: tuple[int, int], orientation: int, tally: Tally) -> None:
    if turn_upright(w, size, orientation):
        tally.problem(*TURNED, w.item.asset.name)


def _one(
    bringing: Bringing,
    fitting: Fitting,
    w: Wanted,
    size: tuple[int, int],
    place: Place,
    tally: Tally,
    writing: Writing,
) -> None:
    if wrong_size(w, size):
        tally.problem(*WRONG_SIZE, w.item.asset.name)
        return
    row = bringing.row
    fitted = w.fit(fitting, size)
    fitted.tell(tally, w.item.asset.name)
    if row.mode in ("predictions", "gold"):
        writing.beside(w, place, fitted)
        return
    decided = decide(w, place, fitted, mode=row.mode, enter=row.enter, source=bringing.source, tally=tally)
    if decided is not None:
        count(decided, tally)
        writing.on(w, decided)
