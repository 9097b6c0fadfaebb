"""Fetching images by address, and taking in images that are cut into tiles."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import IO, Any
from urllib.parse import unquote, urlsplit

import msgspec
from django.conf import settings

from apps.assets import services
from apps.assets.errors import ArchiveRefused, FileRefused
from apps.assets.models import Upload
from apps.assets.services import Fields, Incoming
from apps.assets.services.ingest import clean_name, made_by
from apps.assets.services.large import LargeFile
from apps.assets.urls_list import UrlImportIn, UrlItem
from apps.core import storage
from apps.core.errors import DomainError, NotFound
from apps.core.outgoing import fetch
from apps.jobs.running import JobRun, job
from apps.projects.models import Project
from apps.tasks.services import add_files
from domain.formats.sources import FileSource, Source, SourceError, alike, open_source

BATCH, THREADS = 32, 4
PROBLEMS_KEPT = 100
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".avif")
IN_MEMORY = 4 * 1024 * 1024


@job("assets.fetch_urls")
def fetch_urls(run: JobRun) -> dict[str, Any]:
    """Fetch a list of images into a project. Run twice, it goes on where it was."""
    project = Project.objects.get(pk=run.arguments["project"])
    sent = msgspec.json.decode(storage.read(run.arguments["list"]), type=UrlImportIn)
    done, assets, problems, failed = 0, 0, [], 0
    run.progress(0, len(sent.urls))
    for batch in _batches(sent, run.job.pk):
        there = made_by(project, [key for key, _ in batch])
        wanted = [(key, item) for key, item in batch if key not in there]
        with ThreadPoolExecutor(THREADS) as pool:
            fetched = list(pool.map(_fetched, [item for _, item in wanted]))
        files = []
        for (key, item), content in zip(wanted, fetched, strict=True):
            if isinstance(content, DomainError):
                problems.append({"name": item.url[:300], "code": content.code, "detail": content.detail})
            else:
                files.append(_incoming(key, item, content, sent))
        assert run.user is not None
        items, refused = services.prepare(project=project, files=files, pages=sent.pages)
        added, _, more = add_files(project=project, user=run.user, items=items, duplicates=sent.duplicates)
        problems += [{"name": one.name, "code": one.code, "detail": one.detail} for one in (*refused, *more)]
        failed, done = len(problems), done + len(batch)
        assets += sum(one.new for one in added) + len(there)
        run.progress(done)
    return {"assets": assets, "failed": failed, "errors": problems[:PROBLEMS_KEPT]}


@job("assets.take_large")
def take_large(run: JobRun) -> dict[str, Any]:
    """Cut a kept upload into tiles and make its asset and task. Run twice, it finds what it made."""
    project = Project.objects.get(pk=run.arguments["project"])
    kept = msgspec.convert(run.arguments["file"], LargeFile)
    key = f"job {run.job.pk}/0"
    run.progress(0, 100)
    assert run.user is not None
    if made_by(project, [key]):
        storage.remove(kept.path)
        return {"assets": 1, "failed": 0, "errors": []}
    file = Incoming(
        name=kept.name,
        size=kept.size,
        open=lambda: storage.open_file(kept.path),
        fields=Fields(**kept.fields),
        made_by=key,
        progress=run.progress,
    )
    items, refused = services.prepare(project=project, files=[file])
    added, _, more = add_files(project=project, user=run.user, items=items, duplicates=kept.duplicates)
    storage.remove(kept.path)
    problems = [{"name": one.name, "code": one.code, "detail": one.detail} for one in (*refused, *more)]
    return {"assets": len(added), "failed": len(problems), "errors": problems}


@job("assets.take_upload")
def take_upload(run: JobRun) -> dict[str, Any]:
    """Make assets of a whole upload: a picture, or the pictures of an archive. Run twice, it goes on where it was."""
    project, number = Project.objects.get(pk=run.arguments["project"]), run.arguments["upload"]
    upload = Upload.objects.filter(pk=number).first()
    if upload is None:
        raise NotFound("The uploaded file is not there any more. Send it again.")
    whole = services.joined(number, project.pk, run.part_path("upload"))
    with whole.open("rb") as file:
        try:
            source = open_source(upload.name, file)
        except SourceError as error:
            raise ArchiveRefused(error.detail, reason=error.code) from error
        done = _Taken(problems=[_problem(name, "names_alike", text) for name, text in alike(source.paths())])
        paths = [path for path in source.paths() if _is_picture(path) or isinstance(source, FileSource)]
        done.ignored = len(source.paths()) - len(paths)
        run.progress(0, len(paths))
        for first in range(0, len(paths), BATCH):
            _take_some(run, project, source, list(enumerate(paths))[first : first + BATCH], done)
            run.progress(min(first + BATCH, len(paths)))
    services.end_upload(upload=upload)
    return {
        "assets": done.assets, "ignored": done.ignored,
        "failed": done.failed, "errors": done.problems[:PROBLEMS_KEPT],
    }  # fmt: skip


@dataclass(slots=True)
class _Taken:
    problems: list[dict[str, str]]
    assets: int = 0
    failed: int = 0
    ignored: int = 0


def _take_some(run: JobRun, project: Project, source: Source, batch: list[tuple[int, str]], done: _Taken) -> None:
    there = made_by(project, [f"job {run.job.pk}/{n}" for n, _ in batch])
    files = [
        Incoming(name=clean_name(path), size=1, open=partial(_member, source, path), fields=Fields(), made_by=key)
        for n, path in batch
        if (key := f"job {run.job.pk}/{n}") not in there
    ]
    assert run.user is not None
    items, refused = services.prepare(project=project, files=files)
    added, _, more = add_files(project=project, user=run.user, items=items)
    found = [_problem(one.name, one.code, one.detail) for one in (*refused, *more)]
    done.problems += found
    done.failed += len(found)
    done.assets += len(added) + len(there)


def _problem(name: str, code: str, detail: str) -> dict[str, str]:
    return {"name": name, "code": code, "detail": detail}


def _is_picture(path: str) -> bool:
    return path.lower().endswith(PICTURES) and not path.startswith("__MACOSX/")


def _member(source: Source, path: str) -> IO[bytes]:
    try:
        return io.BytesIO(source.read(path, settings.LABELWRIGHT_MAX_FILE_BYTES))
    except SourceError as error:
        raise FileRefused("too_large" if error.code == "file_too_large" else "truncated", error.detail) from error


def _batches(sent: UrlImportIn, job_id: int) -> Iterator[list[tuple[str, UrlItem]]]:
    items = [UrlItem(url=item) if isinstance(item, str) else item for item in sent.urls]
    for first in range(0, len(items), BATCH):
        yield [(f"job {job_id}/{n}", items[n]) for n in range(first, min(first + BATCH, len(items)))]


def _fetched(item: UrlItem) -> IO[bytes] | DomainError:
    content: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 closed by ingest  # type: ignore[assignment]
    try:
        fetch(item.url, content, max_bytes=settings.LABELWRIGHT_MAX_FILE_BYTES)
    except DomainError as error:
        content.close()
        return error
    return content


def _incoming(key: str, item: UrlItem, content: IO[bytes], sent: UrlImportIn) -> Incoming:
    last = clean_name(unquote(urlsplit(item.url).path).rpartition("/")[2])
    fields = Fields(
        external_id=item.external_id or None,
        group=sent.group if item.group is None else item.group,
        origin=item.origin or sent.origin,
        licence=sent.licence if item.licence is None else item.licence,
        attribution=sent.attribution if item.attribution is None else item.attribution,
        metadata=sent.metadata | item.metadata,
    )
    size = content.seek(0, 2)
    content.seek(0)
    return Incoming(
        name=clean_name(item.name or "") or last or "image", size=size, open=lambda: content, fields=fields, made_by=key
    )
