"""Items of a file, and the assets that they are about: found in the project, or made of the file's pictures."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any
from unicodedata import normalize

from django.conf import settings

from apps.assets import queries as assets
from apps.assets.errors import FileRefused
from apps.assets.models import Asset
from apps.assets.queries import AssetRef
from apps.assets.services import Fields, Incoming, Ingested, prepare
from apps.assets.services.ingest import clean_name
from apps.datasets.services.importing.fitting import Fitted, Fitting
from apps.datasets.services.importing.tally import Tally
from domain.formats import ImportItem, Source
from domain.formats.media import MEDIA_SUFFIXES
from domain.formats.sources import SourceError

BATCH = 1000  # items a transaction
BATCH_BYTES = 4 << 20  # of their elements
REGION_BYTES = 200  # of a box


@dataclass(slots=True)
class Wanted:
    """An item of the file with its place in it, what may be stored of it on an image of the size that the file gives,
    and the asset once it is known."""

    key: str
    item: ImportItem
    names: list[str]  # that its asset may have
    fitted: Fitted | None = None  # none where the file gives no size
    asset: AssetRef | None = None

    def fit(self, fitting: Fitting, size: tuple[int, int]) -> Fitted:
        """What may be stored on an image of that size, pixels."""
        if self.fitted is None or self.fitted.size != size:
            self.fitted = fitting.fit(self.item, size)
        return self.fitted

    def weight(self) -> int:
        """About how many bytes its elements are."""
        if self.fitted is None:
            return REGION_BYTES * len(self.item.elements)
        return sum(len(chunk.body) for chunk in self.fitted.content.new) + sum(map(len, self.item.blobs.values()))


def batches(
    items: Iterator[ImportItem], import_id: int, fitting: Fitting, rest: Callable[[], None]
) -> Generator[list[Wanted]]:
    """Up to 1,000 items or some 4 MB of elements at a time. Needs no database, so that it may run ahead; `rest` is called between two."""
    batch: list[Wanted] = []
    weight = 0
    for number, item in enumerate(items):
        rest()
        w = Wanted(f"import {import_id}/{number}", item, names_of(item.asset.name))
        batch.append(w)
        if all(size := (item.asset.width, item.asset.height)):
            w.fit(fitting, size)
        weight += w.weight()
        if len(batch) >= BATCH or weight >= BATCH_BYTES:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def match_assets(project_id: int, batch: Sequence[Wanted]) -> None:
    """Assets that an earlier start of this run made, else by external id, else by name: with or without its folders, and
    without a suffix where the file names none."""
    made = Asset.objects.filter(project_id=project_id, made_by__any_of=[w.key for w in batch])
    earlier = {a.made_by: a for a in assets.references(made)}
    named = assets.assets_named(project_id, {name for w in batch for name in guessed(w.names)})
    external = {w.item.asset.external_id for w in batch if w.item.asset.external_id}
    rows = Asset.objects.filter(project_id=project_id, external_id__any_of=external, trashed_at=None)
    by_external = {a.external_id: a for a in assets.references(rows)} if external else {}
    for w in batch:
        w.asset = earlier.get(w.key) or by_external.get(w.item.asset.external_id or None) or by_name(named, w.names)


def names_of(name: str) -> list[str]:
    """What an asset of this name may be called here: with its folders, or without; letters with marks whole or in parts."""
    whole = clean_name(name)
    names = [whole, whole.rpartition("/")[2]]
    if not whole.isascii():
        names += [normalize(form, one) for form in ("NFC", "NFD") for one in names]
    return list(dict.fromkeys(names))


def guessed(names: Sequence[str]) -> list[str]:
    """The names, and those that end like pictures where they do not: label files do not say how their image ends."""
    out = list(names)
    for name in names:
        if not name.lower().endswith(MEDIA_SUFFIXES):
            out += [f"{name}{suffix}" for ending in MEDIA_SUFFIXES for suffix in (ending, ending.upper())]
    return out


def by_name(named: Mapping[str, AssetRef], names: Sequence[str]) -> AssetRef | None:
    """The asset of one of the names; of guessed ones only where no other asset might be meant."""
    exact = next((named[name] for name in names if name in named), None)
    if exact is not None:
        return exact
    for name in names:
        found = [named[guess] for guess in guessed([name])[1:] if guess in named]
        if found:
            return found[0] if len(found) == 1 else None
    return None


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
            metadata=({"split": w.item.split} if w.item.split else {}) | dict(meta.metadata),
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
        self.size = source.size(path)  # as the archive says; what is really there is checked when it is read

    def __call__(self) -> IO[bytes]:
        try:
            return io.BytesIO(self.source.read(self.path, settings.LABELWRIGHT_MAX_FILE_BYTES))
        except SourceError as error:
            raise FileRefused("too_large" if error.code == "file_too_large" else "truncated", error.detail) from error
