"""Files of the media store that nothing names any more are removed, a day after they were last written."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Model

from apps.assets.models import Asset, Blob
from apps.core import storage
from apps.jobs.models import Job

log = structlog.get_logger("labelwright.media")
GRACE_SECONDS = 24 * 3600
ROOTS = ("projects", "guidelines")  # what is ours in the store; nothing else is looked at
FILES_AT_ONCE = 5_000
_HASHED = re.compile(r"^projects/(\d+)/(?:assets|linked|blobs)/[0-9a-f]{2}/([0-9a-f]{64})")
_TILES = ".tiles/"

_DERIVED = """
SELECT entry.value ->> 'path' FROM assets_asset a, jsonb_each(a.derivatives) entry
WHERE entry.value ->> 'path' = ANY(%s)
"""


def tidy_media(*, grace_seconds: int = GRACE_SECONDS) -> int:
    """Remove files that no row and no waiting job names; returns how many. Safe to run twice.

    An upload stores its files before its rows, so that only what was not written (or found again by another upload) for
    `grace_seconds` is looked at; whether it is named is asked once more right before it goes.
    """
    before = time.time() - grace_seconds
    old = (path for root in ROOTS for path, written in storage.walk(root) if written < before)
    removed = 0
    while batch := list(islice(old, FILES_AT_ONCE)):
        unknown = _not_known_by_hash(batch)
        named = referenced({_name(path) for path in unknown}) if unknown else set()
        for path in unknown:
            if _name(path) not in named and storage.remove_old(path, before):
                removed += 1
    storage.remove_empty_folders(ROOTS, before)
    if removed:
        log.info("media_tidied", files=removed)
    return removed


def _name(path: str) -> str:
    """What a row says of a file: a tile is named by its pyramid's folder."""
    head, tiles, _ = path.partition(_TILES)
    return head + tiles.rstrip("/")


def _not_known_by_hash(paths: list[str]) -> list[str]:
    """The quick answer for nearly all files: an index on the hash in their name finds the row that names them."""
    wanted: dict[int, set[str]] = {}
    for path in paths:
        if found := _HASHED.match(path):
            wanted.setdefault(int(found[1]), set()).add(found[2])
    known: set[str] = set()
    for project_id, digests in wanted.items():
        rows = Asset.objects.filter(project_id=project_id, sha256__in=digests).values_list("path", "derivatives")
        for path, derivatives in rows:
            known |= {path, *(entry["path"] for entry in derivatives.values())}
        known |= set(Blob.objects.filter(project_id=project_id, sha256__in=digests).values_list("path", flat=True))
    return [path for path in paths if _name(path) not in known]


def referenced(names: set[str]) -> set[str]:
    """Those of `names` that anything names: any row with a `path`, an asset's derivatives, a job that is not over."""
    wanted = list(names)
    found: set[str] = set()
    for model in _models_with_a_path():
        found |= set(model._base_manager.filter(path__in=wanted).values_list("path", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_DERIVED, [wanted])
        found |= {path for (path,) in cursor.fetchall()}
    open_jobs = Job.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])
    for arguments in open_jobs.values_list("arguments", flat=True).iterator():
        found |= names.intersection(_texts(arguments))
    return found


def _models_with_a_path() -> Iterator[type[Model]]:
    for model in apps.get_models():
        if any(field.attname == "path" for field in model._meta.concrete_fields):
            yield model


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        inner: Iterable[Any] = value.values() if isinstance(value, dict) else value
        for one in inner:
            yield from _texts(one)


def tidy_scratch(*, grace_seconds: int = GRACE_SECONDS) -> int:
    """Remove what killed workers left of jobs that are over; returns how many jobs' folders."""
    home, before = Path(settings.LABELWRIGHT_DATA) / "jobs", time.time() - grace_seconds
    folders = [one for one in home.glob("[0-9]*") if one.name.isdigit() and one.stat().st_mtime < before]
    open_ids = set(
        Job.objects.filter(
            pk__in=[int(one.name) for one in folders], state__in=[Job.State.QUEUED, Job.State.RUNNING]
        ).values_list("pk", flat=True)
    )
    gone = [one for one in folders if int(one.name) not in open_ids]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return len(gone)
