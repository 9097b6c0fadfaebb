"""Items of a file, and the assets that they are about: found in the project, or made of the file's pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from django.conf import settings

from apps.assets import queries as assets
from apps.assets.errors import FileRefused
from apps.assets.models import Asset
from apps.assets.services import Fields, Incoming, Ingested, prepare
from apps.assets.services.ingest import clean_name
from apps.datasets.services.importing.tally import Tally
from domain.formats import ImportItem, Source
from domain.formats.sources import SourceError

BATCH = 500  # items a transaction
BATCH_ELEMENTS = 20_000


@dataclass(slots=True)
class Wanted:
    """An item of the file with its place in it, and the asset once it is known."""

    key: str
    item: ImportItem
    asset: Asset | None = None


def batches(items: Iterator[ImportItem], import_id: int) -> Iterator[list[Wanted]]:
    """Up to 500 items or 20,000 elements at a time."""
    number = 0
    while True:
        batch: list[Wanted] = []
        elements = 0
        for item in islice(items, BATCH):
            batch.append(Wanted(f"import {import_id}/{number}", item))
            number += 1
            elements += len(item.elements)
            if elements >= BATCH_ELEMENTS:
                break
        if not batch:
            return
        yield batch


def match_assets(project_id: int, batch: Sequence[Wanted]) -> None:
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


def missing(w: Wanted, tally: Tally) -> None:
    tally.problem("image_missing", "The image is neither in the file nor in the project.", w.item.asset.name)


def pictures(
    project: Any, source: Source, batch: Sequence[Wanted], tally: Tally
) -> tuple[list[Ingested], dict[str, Wanted]]:
    """Check and store the pictures of items that have no asset yet."""
    incoming, by_key = [], {}
    for w in batch:
        if w.asset is not None:
            continue
        if w.item.media is None:
            missing(w, tally)
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
        try:
            return io.BytesIO(self.source.read(self.path, settings.LABELWRIGHT_MAX_FILE_BYTES))
        except SourceError as error:
            raise FileRefused("too_large" if error.code == "file_too_large" else "truncated", error.detail) from error
