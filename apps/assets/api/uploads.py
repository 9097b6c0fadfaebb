"""Uploads by form: from the request's parts to assets with tasks that can be claimed."""

from __future__ import annotations

from dataclasses import asdict
from typing import IO, Any, Literal, cast

import msgspec
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import transaction
from django.http import QueryDict
from rest_framework.request import Request

from apps.assets import services
from apps.assets.api.metadata import fields_of, rows_of
from apps.assets.api.structs import AssetWindow, UploadedAsset, UploadOut, UploadPending, UploadProblem
from apps.assets.errors import BadForm, FileRefused, TooManyFiles
from apps.assets.images import pyramid, sniff
from apps.assets.images.probe import HEAD_BYTES
from apps.assets.services import Added, Fields, Incoming
from apps.assets.services.ingest import Duplicates, clean_name
from apps.core.errors import TooLarge
from apps.jobs.documents import job_out
from apps.projects.access import ProjectAccess
from apps.tasks import services as task_services

PARTS = frozenset({"pages", "duplicates", "group", "origin", "licence", "attribution", "external_id", "metadata", "paths", "window", "csrfmiddlewaretoken"})  # fmt: skip


def is_form(request: Request) -> bool:
    return (request.content_type or "").startswith("multipart/form-data")


def take(request: Request, access: ProjectAccess) -> UploadOut:
    """Take the files of the form. Each good one is an asset with a task when this returns."""
    form = _form(request)
    files = form.files
    if not files:
        raise BadForm("The form has no part named `files`.")
    files, pending = _large_apart(access, form)
    items, refused = services.prepare(project=access.project, files=files, pages=form.pages)
    added, tasks, more = task_services.add_files(
        project=access.project, user=access.user, items=items, duplicates=form.duplicates
    )
    problems = form.problems + [UploadProblem(one.name, one.code, one.detail) for one in (*refused, *more)]
    return UploadOut(assets=[_uploaded(one, tasks) for one in added], errors=problems, pending=pending)


def _large_apart(access: ProjectAccess, form: _Form) -> tuple[list[Incoming], list[UploadPending]]:
    """Files to take at once, and the jobs of those that are cut into tiles first."""
    at_once, pending = [], []
    for file in form.files:
        content = file.open()  # stays open: a form's part can be opened once
        if not _is_large(content):
            at_once.append(file)
            continue
        job = services.ask_for_tiles(
            project=access.project,
            user=access.user,
            content=content,
            name=file.name,
            size=file.size,
            fields=asdict(file.fields),
            duplicates=form.duplicates,
        )
        pending.append(UploadPending(file.name, job_out(job)))
    return at_once, pending


def _is_large(content: IO[bytes]) -> bool:
    """What cannot be read is refused by name later, with the others."""
    try:
        kind = sniff(content.read(HEAD_BYTES))
        return pyramid.is_large(content, kind)
    except FileRefused:
        return False
    finally:
        content.seek(0)


def _uploaded(one: Added, tasks: dict[int, int]) -> UploadedAsset:
    asset = one.asset
    return UploadedAsset(
        id=asset.pk,
        name=asset.name,
        width=asset.width,
        height=asset.height,
        duplicate_of=asset.duplicate_of_id if one.new else asset.pk,
        task=tasks.get(asset.pk),
        file=one.incoming.name,
        page=asset.page,
    )


class _Form(msgspec.Struct):
    files: list[Incoming]
    problems: list[UploadProblem]
    pages: Literal["refuse", "split"]
    duplicates: Duplicates


def _form(request: Request) -> _Form:
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > settings.LABELWRIGHT_MAX_UPLOAD_BYTES:
        raise TooLarge(
            f"The upload has {length} bytes, at most {settings.LABELWRIGHT_MAX_UPLOAD_BYTES} are taken at once. Send fewer files a request."
        )
    try:
        data, uploaded = cast(QueryDict, request.data), request.FILES
    except RequestDataTooBig as error:
        raise TooLarge("The fields of the form are too large.") from error
    except SuspiciousOperation as error:
        raise TooManyFiles(
            f"A form has at most {settings.LABELWRIGHT_MAX_UPLOAD_FILES} files. Send them in several requests."
        ) from error
    unknown = sorted(set(data) - PARTS - set(uploaded))
    if unknown:
        raise BadForm(
            f"The form has parts that are not known: {', '.join(unknown)[:200]}. Known are files, {', '.join(sorted(PARTS))}."
        )
    common = fields_of(
        {name: data[name] for name in ("group", "origin", "licence", "attribution", "external_id") if data.get(name)},
        Fields(),
    )
    parts = uploaded.getlist("files") or uploaded.getlist("file")
    if common.external_id and len(parts) > 1:
        raise BadForm("`external_id` is for one file; give those of several in `metadata`.")
    files, problems = _incoming(parts, data, _rows(data, uploaded), common)
    return _Form(
        files=files,
        problems=problems,
        pages=cast(Any, _choice(data, "pages", ("refuse", "split"))),
        duplicates=cast(Any, _choice(data, "duplicates", ("keep", "skip"))),
    )


def _rows(data: Any, uploaded: Any) -> dict[str, dict[str, Any]]:
    file = uploaded.get("metadata")
    text = file.read() if file is not None else str(data.get("metadata") or "").encode()
    return rows_of(text) if text.strip() else {}


def _incoming(
    parts: Any, data: Any, rows: dict[str, dict[str, Any]], common: Fields
) -> tuple[list[Incoming], list[UploadProblem]]:
    paths = data.getlist("paths")
    if paths and len(paths) != len(parts):
        raise BadForm(f"`paths` has {len(paths)} entries for {len(parts)} files; it has one a file, or none.")
    window = _window(data.get("window"))
    files, problems = [], []
    for number, part in enumerate(parts):
        name = clean_name(paths[number] if paths else part.name or "")
        row = rows.get(name) or rows.get(name.rpartition("/")[2]) or {}
        try:
            fields = fields_of(row, common)
        except BadForm as error:
            problems.append(UploadProblem(name, "bad_metadata", error.detail))
            continue
        files.append(Incoming(name=name, size=part.size, open=part.open, fields=fields, window=window))
    return files, problems


def _window(text: str | None) -> tuple[int, int] | None:
    if not text:
        return None
    try:
        window = msgspec.json.decode(text, type=AssetWindow)
    except msgspec.DecodeError as error:
        raise BadForm(f"`window` is an object of low and high: {error}") from error
    if window.low >= window.high:
        raise BadForm("The window's `low` must be below its `high`.")
    return window.low, window.high


def _choice(data: Any, name: str, values: tuple[str, ...]) -> str:
    value = data.get(name) or values[0]
    if value not in values:
        raise BadForm(f"`{name}` is one of {', '.join(values)}, got {str(value)[:40]!r}.")
    return str(value)


def trash(access: ProjectAccess, ids: list[int]) -> int:
    """Assets and their tasks together, at the same moment: that is how a restore knows them."""
    with transaction.atomic():
        moved = services.trash_assets(project=access.project, ids=ids, user=access.user)
        task_services.trash_with_assets(project=access.project, asset_ids=moved)
    return len(moved)


def restore(access: ProjectAccess, ids: list[int]) -> int:
    """Assets, and the tasks that went with them; what was in the trash before stays there."""
    with transaction.atomic():
        task_services.restore_with_assets(project=access.project, asset_ids=ids)
        return len(services.restore_assets(project=access.project, ids=ids, user=access.user))


def blob_body(request: Request) -> bytes:
    """The raw body, refused with 413 before it is read where it says that it is too large."""
    limit = settings.LABELWRIGHT_MAX_BLOB_BYTES
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > limit:
        raise TooLarge(f"The blob has {length} bytes, at most {limit} are taken.")
    return request._request.read(limit + 1)[:limit] if length else b""
