"""Asking for an export or an import: a row, and the job that does the work."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.models import User
from apps.core import storage
from apps.core.errors import Invalid, NotFound, TooLarge
from apps.datasets.errors import BadOptions, UnknownFormat
from apps.datasets.filters import ItemFilter, SplitShares
from apps.datasets.models import DatasetVersion, Export, Import
from apps.datasets.services.freezing import freeze, is_small, new_version
from apps.jobs.services import enqueue
from apps.projects.models import Project

IMPORT_MODES = ("accepted", "draft")
OWN_OPTIONS = ("images", "splits", "all_answers")


class OwnOptions(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Options that every format has."""

    images: bool = False
    all_answers: bool = False


def ask_for_export(*, project: Project, user: User, sent: Any) -> Export:
    """Freeze what is meant, and enqueue the job that writes it.

    Raises:
        UnknownFormat, BadOptions, NotFound (the version), NothingToExport
    """
    found = format_of(sent.format, writes=True)
    own, splits, special = _options(sent.options)
    if own.all_answers and not found.lossless:
        raise BadOptions(f"`all_answers` is only for lossless formats; {found.title} holds one answer an item.")
    if sent.version is not None and (sent.filter is not None or splits is not None):
        raise BadOptions("A version has its own items and splits: name a version, or a filter and splits.")
    _try_options(found, special)
    with transaction.atomic():
        version = _version(project, user, sent, splits)
        export = Export.objects.create(
            project=project,
            version=version,
            format=found.name,
            options=msgspec.to_builtins(own) | special,
            created_by=user,
        )
        export.job = enqueue(
            kind="datasets.write_export",
            title=f"{found.title} export of version {version.number}",
            organisation=project.organisation_id,
            project=project,
            user=user,
            arguments={"export": export.pk},
        )
        export.save(update_fields=["job"])
    return export


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
            {name: options[name] for name in ("images", "all_answers") if name in options}, OwnOptions
        )
        if isinstance(given, dict) and given and "shares" not in given:
            given = {"shares": {k: v for k, v in given.items() if k != "seed"}, "seed": given.get("seed", 0)}
        splits = msgspec.convert(given, SplitShares) if given else None
    except msgspec.ValidationError as error:
        raise BadOptions(str(error)) from error
    return own, splits, {name: value for name, value in options.items() if name not in OWN_OPTIONS}


def _try_options(found: Any, special: dict[str, Any]) -> None:
    """Let the writer judge its options now, and not when the job runs."""
    from domain.formats import FolderSink, FormatError
    from domain.schema import LabelSchema

    try:
        found.writer(FolderSink(), schema=LabelSchema(), options=special)
    except FormatError as error:
        raise BadOptions(error.detail) from error


def ask_for_import(*, project: Project, user: User, file: UploadedFile, format_name: str, mode: str) -> Import:
    """Keep the file, and enqueue the job that reads it.

    Raises:
        UnknownFormat, Invalid (the mode, an empty file), TooLarge
    """
    if mode not in IMPORT_MODES:
        raise Invalid(f"`mode` is one of {', '.join(IMPORT_MODES)}, got {mode[:40]!r}.")
    if format_name != "auto":
        format_of(format_name, reads=True)
    size = file.size or 0
    if not size:
        raise Invalid("The file is empty.")
    if size > settings.LABELWRIGHT_MAX_IMPORT_BYTES:
        raise TooLarge(f"The file has {size} bytes, at most {settings.LABELWRIGHT_MAX_IMPORT_BYTES} are taken.")
    path = f"projects/{project.pk}/imports/{uuid.uuid4().hex}"
    storage.put(path, file)
    name = (file.name or "import").replace("\0", "")[-300:]
    with transaction.atomic():
        run = Import.objects.create(
            project=project, format=format_name, mode=mode, name=name, path=path, created_by=user
        )
        run.job = enqueue(
            kind="datasets.read_import",
            title=f"Import {name}",
            organisation=project.organisation_id,
            project=project,
            user=user,
            arguments={"import": run.pk},
        )
        run.save(update_fields=["job"])
    return run
