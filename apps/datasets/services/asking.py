"""Asking for an export or an import: a row, and the job that does the work."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

import msgspec
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.models import User
from apps.assets.errors import UploadNotWhole
from apps.assets.models import Upload
from apps.core import storage
from apps.core.errors import Invalid, NotFound, TooLarge
from apps.core.permissions import Action
from apps.datasets.errors import BadOptions, NoReview, NotReady, UnknownFormat
from apps.datasets.filters import ItemFilter, SplitShares
from apps.datasets.models import DatasetVersion, Export, Import
from apps.datasets.services.describing import said_of
from apps.datasets.services.freezing import freeze, is_small, new_version
from apps.datasets.services.sending import target_of
from apps.jobs.services import enqueue
from apps.projects.access import project_for
from apps.projects.models import Project
from apps.projects.queries import workflow_of
from domain.schema import parse

IMPORT_MODES = ("append", "merge", "replace", "predictions", "gold")
ENTRIES = ("accepted", "review", "draft")
UPLOADED = "upload:"  # the file of an import that came in parts
OPEN = ("queued", "running")
OWN_OPTIONS = ("images", "splits", "all_answers", "regions", "augment")


class OwnOptions(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Options that every format has."""

    images: bool = False
    all_answers: bool = False
    regions: dict[str, Any] = {}  # a domain.formats.reworking.Rework
    augment: dict[str, Any] = {}  # a domain.augmentation.Recipe; nothing: no copies


def ask_for_export(*, project: Project, user: User, sent: Any) -> Export:
    """Freeze what is meant, and enqueue the job that writes it; with `preview` one that only says what would be written.

    Raises:
        UnknownFormat, BadOptions, NotFound (the version, the storage), NotForExports, Invalid (the folder), NothingToExport
    """
    found = format_of(sent.format, writes=True)
    own, splits, special = _options(sent.options)
    if own.all_answers and not found.lossless:
        raise BadOptions(f"`all_answers` is only for lossless formats; {found.title} holds one answer an item.")
    if sent.version is not None and (sent.filter is not None or splits is not None):
        raise BadOptions("A version has its own items and splits: name a version, or a filter and splits.")
    if own.augment and not own.images:
        raise BadOptions("`augment` makes copies of pictures: ask for the pictures with `images` too.")
    _try_options(found, special, own, project)
    target, folder = target_of(project=project, storage_id=sent.storage, folder=sent.folder)
    with transaction.atomic():
        version = _version(project, user, sent, splits)
        export = Export.objects.create(
            project=project,
            version=version,
            format=found.name,
            said=said_of(version),
            options=msgspec.to_builtins(own) | special,
            target=target,
            target_folder=folder,
            created_by=user,
        )
        _enqueue_export(export, user, found.title, preview=sent.preview)
    return export


def go_on_with_export(*, project: Project, user: User, export_id: int) -> Export:
    """Write an export that was looked at: the same items and options.

    Raises:
        NotFound, NotReady: nobody looked at it, it is being looked at, or it was asked for already.
    """
    with transaction.atomic():
        export = Export.objects.select_for_update(of=("self",)).filter(project=project, pk=export_id).first()
        if export is None:
            raise NotFound("There is no such export in this project.")
        asked = export.job is not None and (export.job.kind == "datasets.write_export" or export.job.state in OPEN)
        if export.preview is None or asked:
            raise NotReady("Only an export that was looked at, and not yet asked for, can be written.")
        _enqueue_export(export, user, format_of(export.format, writes=True).title, preview=False)
    return export


def _enqueue_export(export: Export, user: User, title: str, *, preview: bool) -> None:
    export.job = enqueue(
        kind="datasets.preview_export" if preview else "datasets.write_export",
        title=f"{title} export of version {export.version.number}" + (", preview" if preview else ""),
        organisation=export.project.organisation_id,
        project=export.project,
        user=user,
        arguments={"export": export.pk},
    )
    export.save(update_fields=["job"])


def _version(project: Project, user: User, sent: Any, splits: SplitShares | None) -> DatasetVersion:
    if sent.version is not None:
        found = DatasetVersion.objects.filter(project_id=project.pk, pk=sent.version).first()
        if found is None:
            raise NotFound("There is no such version in this project.")
        return found
    wanted = sent.filter or ItemFilter()
    small = is_small(project, wanted)
    version = new_version(project=project, user=user, name="", item_filter=wanted, splits=splits)
    return freeze(version=version) if small else version


def format_of(name: str, *, writes: bool = False, reads: bool = False) -> Any:
    """The registered format.

    Raises:
        UnknownFormat: no such name, or it cannot do that.
    """
    from domain import formats  # numpy stays out of processes that never export

    found = formats.FORMATS.get(name)
    fits = found is not None and (not writes or found.writer is not None) and (not reads or found.reader is not None)
    if not fits:
        able = [f.name for f in formats.FORMATS.values() if (f.writer if writes else f.reader) is not None]
        raise UnknownFormat(f"There is no format {name[:40]!r} for this. Known are {', '.join(sorted(able))}.")
    return found


def _options(options: dict[str, Any]) -> tuple[OwnOptions, SplitShares | None, dict[str, Any]]:
    """(ours, splits, the format's own). Splits may be given as shares alone."""
    given = options.get("splits")
    try:
        own = msgspec.convert(
            {name: options[name] for name in ("images", "all_answers", "regions", "augment") if name in options},
            OwnOptions,
        )
        if isinstance(given, dict) and given and "shares" not in given:
            given = {"shares": {k: v for k, v in given.items() if k != "seed"}, "seed": given.get("seed", 0)}
        splits = msgspec.convert(given, SplitShares) if given else None
    except msgspec.ValidationError as error:
        raise BadOptions(str(error)) from error
    return own, splits, {name: value for name, value in options.items() if name not in OWN_OPTIONS}


def _try_options(found: Any, special: dict[str, Any], own: OwnOptions, project: Project) -> None:
    """Let the writer judge its options now, and not when the job runs."""
    from domain.augmentation import Copier
    from domain.formats import FolderSink, FormatError
    from domain.formats.reworking import Reworker
    from domain.schema import LabelSchema

    try:
        found.writer(FolderSink(), schema=LabelSchema(), options=special)
        Reworker(rework_of(own.regions), parse(project.schema.body) if project.schema else LabelSchema())
        if (recipe := augment_of(own.augment)) is not None:
            Copier(recipe, LabelSchema())
    except FormatError as error:
        raise BadOptions(error.detail) from error


def rework_of(regions: dict[str, Any]) -> Any:
    """What is asked of the regions of an export. Raises FormatError."""
    from domain.formats import FormatError
    from domain.formats.reworking import Rework

    try:
        return msgspec.convert(regions, Rework, strict=False)
    except msgspec.ValidationError as error:
        raise FormatError("bad_options", f"`regions`: {error}") from None


def augment_of(augment: dict[str, Any]) -> Any:
    """What copies an export makes of pictures; None for none. Raises FormatError."""
    from domain.augmentation import Recipe
    from domain.formats import FormatError

    try:
        return msgspec.convert(augment, Recipe, strict=False) if augment else None
    except msgspec.ValidationError as error:
        raise FormatError("bad_options", f"`augment`: {error}") from None


class ImportOptions(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`read`: options of the format. `classes`: ids of the project's classes by the file's names; null leaves a class out.
    `source`: whose regions these are, where the file does not say; else `import:<file name>`."""

    read: dict[str, str] = {}
    classes: dict[str, int | None] = {}
    source: Annotated[str, msgspec.Meta(max_length=120)] = ""


def ask_for_import(
    *,
    project: Project,
    user: User,
    file: UploadedFile | Upload,
    format_name: str,
    mode: str,
    enter: str = ENTRIES[0],
    options: ImportOptions | None = None,
    preview: bool = False,
) -> Import:
    """Keep the file, and enqueue the job that reads it; with `preview` one that only says what is in it.

    Args:
        mode: what becomes of what stands on an image: `IMPORT_MODES`. An entry alone means `append` with it.
        enter: where the annotations enter: `ENTRIES`.

    Raises:
        UnknownFormat, BadOptions, Invalid (the mode, an empty file), TooLarge, NotAllowed (gold), NoReview, UploadNotWhole
    """
    mode, enter = _entry(project, user, mode, enter)
    chosen = options or ImportOptions()
    if format_name != "auto":
        _check_read_options(format_of(format_name, reads=True), chosen)
    elif chosen.read:
        raise BadOptions("Options of a format need the format's name.")
    _check_classes(project, chosen)
    size = file.size or 0
    if not size:
        raise Invalid("The file is empty.")
    if size > settings.LABELWRIGHT_MAX_IMPORT_BYTES:
        raise TooLarge(f"The file has {size} bytes, at most {settings.LABELWRIGHT_MAX_IMPORT_BYTES} are taken.")
    if isinstance(file, Upload):
        if file.offset != file.size:
            raise UploadNotWhole(f"{file.size - file.offset} bytes of the file are missing.", offset=file.offset)
        path = f"{UPLOADED}{project.pk}/{file.pk}"
    else:
        path = f"projects/{project.pk}/imports/{uuid.uuid4().hex}"
        storage.put(path, file)
    name = (file.name or "import").replace("\0", "")[-300:]
    with transaction.atomic():
        run = Import.objects.create(
            project=project,
            format=format_name,
            mode=mode,
            enter=enter,
            name=name,
            path=path,
            options=msgspec.to_builtins(chosen),
            created_by=user,
        )
        _enqueue(run, user, "datasets.look_into_import" if preview else "datasets.read_import")
    return run


def go_on_with_import(
    *,
    project: Project,
    user: User,
    import_id: int,
    mode: str,
    classes: dict[str, int | None],
    enter: str = ENTRIES[0],
    source: str = "",
    dry: bool = False,
) -> Import:
    """Bring in a file that was looked into, with its classes as they are wanted; `dry` only says what that would do.

    Raises:
        NotFound, NotReady (nobody has looked, it is being read, or it was brought in), BadOptions, Invalid (the mode),
        NotAllowed (gold), NoReview
    """
    mode, enter = _entry(project, user, mode, enter)
    with transaction.atomic():
        run = Import.objects.select_for_update(of=("self",)).filter(project=project, pk=import_id).first()
        if run is None:
            raise NotFound("There is no such import in this project.")
        begun = run.job is not None and (run.job.kind == "datasets.read_import" or run.job.state in OPEN)
        if run.preview is None or run.report is not None or begun:
            raise NotReady("Only a file that was looked into, and not yet brought in, can be brought in.")
        chosen = ImportOptions(read=run.options.get("read", {}), classes=classes, source=source)
        _check_classes(project, chosen)
        run.options, run.format = msgspec.to_builtins(chosen), run.preview["format"]
        run.mode, run.enter, run.trial = mode, enter, None
        run.save(update_fields=["options", "mode", "enter", "format", "trial"])
        _enqueue(run, user, "datasets.try_import" if dry else "datasets.read_import")
    return run


def ask_to_undo_import(*, project: Project, user: User, import_id: int) -> Import:
    """Take a whole import back, as far as nobody has worked on what it brought.

    Raises:
        NotFound, NotReady: it was not brought in, is being worked on, or was taken back.
    """
    with transaction.atomic():
        run = Import.objects.select_for_update(of=("self",)).filter(project=project, pk=import_id).first()
        if run is None:
            raise NotFound("There is no such import in this project.")
        working = run.job is not None and run.job.state in OPEN
        begun = run.job is not None and run.job.kind != "datasets.look_into_import"
        if working or run.undone is not None or not begun:
            raise NotReady("Only an import that was brought in, and not yet taken back, can be taken back.")
        _enqueue(run, user, "datasets.undo_import", title=f"Take back import {run.name}")
    return run


def _enqueue(run: Import, user: User, kind: str, *, title: str = "") -> None:
    run.job = enqueue(
        kind=kind,
        title=title or f"Import {run.name}",
        organisation=run.project.organisation_id,
        project=run.project,
        user=user,
        arguments={"import": run.pk},
    )
    run.save(update_fields=["job"])


def source_of(run: Import) -> str:
    """Whose regions these are, where the file does not say."""
    return str(run.options.get("source") or f"import:{run.name}")[:120]


def _entry(project: Project, user: User, mode: str, enter: str) -> tuple[str, str]:
    """(mode, entry) where this person may import so, and the project's workflow has the stage."""
    if mode in ENTRIES:
        mode, enter = IMPORT_MODES[0], mode
    if mode not in IMPORT_MODES:
        raise Invalid(f"`mode` is one of {', '.join(IMPORT_MODES)}, got {mode[:40]!r}.")
    if enter not in ENTRIES:
        raise Invalid(f"`enter` is one of {', '.join(ENTRIES)}, got {enter[:40]!r}.")
    if mode == "gold":
        project_for(user, project.pk, Action.GOLD_EDIT)
    elif mode != "predictions" and enter == "review" and not workflow_of(project).reviews:
        raise NoReview("The project's workflow has no review. Let the annotations enter as accepted or as drafts.")
    return mode, enter


def _check_read_options(found: Any, chosen: ImportOptions) -> None:
    from domain.formats import choices_of

    choices = choices_of(found.reader)
    for name, value in chosen.read.items():
        if name not in found.read_options:
            raise BadOptions(
                f"{found.title} has no option {name[:40]!r} for reading; it has {', '.join(found.read_options) or 'none'}."
            )
        if choices.get(name) and value not in choices[name]:
            raise BadOptions(f"`{name}` is one of {', '.join(choices[name])}, got {value[:40]!r}.")


def _check_classes(project: Project, chosen: ImportOptions) -> None:
    wanted = {class_id for class_id in chosen.classes.values() if class_id is not None}
    if not wanted:
        return
    known = {found.id for found in parse(project.schema.body).classes} if project.schema else set()
    if wanted - known:
        raise BadOptions(f"The project has no class {min(wanted - known)}.")
