"""Taking files in: check and store each (outside a transaction), then make the rows of a batch (inside one)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import IO, Any, Literal

from django.conf import settings
from django.db import transaction

from apps.accounts.models import User
from apps.activity.services import record
from apps.assets import queries
from apps.assets.errors import FileRefused
from apps.assets.images import CONTENT_TYPES, Derivative, Page, decode, derive, percentile_window, pyramid, sniff
from apps.assets.images.derive import page_file
from apps.assets.images.likeness import likeness, likeness_of_file
from apps.assets.images.probe import HEAD_BYTES, SUFFIXES, Kind
from apps.assets.models import Asset
from apps.assets.services.large import tiled_values
from apps.core import storage
from apps.core.bulk import insert_many
from apps.core.errors import Invalid
from apps.projects.models import Project

Duplicates = Literal["keep", "skip"]
THREADS = 2  # decoding lets go of the interpreter's lock
LARGE_BYTES = 100_000  # a file; for smaller ones handing over costs more than it brings
READ_BYTES = 1 << 20
_SEPARATORS = re.compile(r"[\\/]+")
_PLAIN = re.compile(r"\w[\w.-]{0,298}\w")  # nothing to clean: no folder, no space
MAX_METADATA_KEYS, MAX_METADATA_TEXT = 100, 2_000


@dataclass(slots=True)
class Fields:
    """What a person says about a file."""

    external_id: str | None = None
    group: str = ""
    origin: str = "real"
    licence: str = ""
    attribution: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Incoming:
    """A file to take. `open` is called once, in another thread. `made_by` names the item of a job."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]
    fields: Fields = field(default_factory=Fields)
    window: tuple[int, int] | None = None
    made_by: str | None = None
    linked: bool = False  # the original stays where it is; only what is made of it is kept here
    progress: Callable[[int], None] | None = None  # 0 to 100, where one file takes long


@dataclass(slots=True)
class Ingested:
    """A checked file (or one page of it) whose bytes are stored: what its row will say."""

    incoming: Incoming
    name: str
    values: dict[str, Any]


@dataclass(slots=True)
class Refused:
    name: str
    code: str
    detail: str
    incoming: Incoming | None = None


@dataclass(slots=True)
class Added:
    """An asset for an ingested file. `new` is false where the file was there and duplicates are skipped."""

    asset: Asset
    incoming: Incoming
    new: bool = True


def prepare(
    *, project: Project, files: Sequence[Incoming], pages: Literal["refuse", "split"] = "refuse"
) -> tuple[list[Ingested], list[Refused]]:
    """Check, decode and store files; nothing is in the database yet, and what is stored twice is stored once."""
    if len(files) > 1 and sum(file.size for file in files) > LARGE_BYTES * len(files):
        with ThreadPoolExecutor(THREADS) as pool:
            found = list(pool.map(lambda file: _one(project.pk, file, pages), files))
    else:
        found = [_one(project.pk, file, pages) for file in files]
    taken = [item for items in found if isinstance(items, list) for item in items]
    return taken, [item for item in found if isinstance(item, Refused)]


def _one(project_id: int, file: Incoming, pages: Literal["refuse", "split"]) -> list[Ingested] | Refused:
    try:
        return list(_ingest(project_id, file, pages))
    except FileRefused as error:
        return Refused(file.name, error.code, error.detail, file)


def _ingest(project_id: int, file: Incoming, pages: Literal["refuse", "split"]) -> Iterator[Ingested]:
    if not file.name or len(file.name) > 300 or any(ord(c) < 32 for c in file.name):
        raise FileRefused("bad_name", "A name has 1 to 300 characters and no control characters.")
    if file.size == 0:
        raise FileRefused("empty_file", "The file has no bytes.")
    if file.size > settings.LABELWRIGHT_MAX_FILE_BYTES:
        raise FileRefused(
            "too_large", f"The file has {file.size} bytes; at most {settings.LABELWRIGHT_MAX_FILE_BYTES} are taken."
        )
    try:
        file.fields.metadata = checked_metadata(file.fields.metadata)
    except Invalid as error:
        raise FileRefused("bad_metadata", error.detail) from error
    with file.open() as content:
        kind = sniff(content.read(HEAD_BYTES))
        digest = _hash(content)
        if pyramid.is_large(content, kind):
            path = _path(project_id, digest, SUFFIXES[kind], file)
            values = tiled_values(content, kind, digest, path, file.size, file.progress)
            yield Ingested(file, file.name, values)
            return
        for page in decode(content, kind, pages):
            if page.pages == 1:
                yield _stored(project_id, file, file.name, content, kind, digest, page)
            else:
                yield _page_stored(project_id, file, content, kind, digest, page)


def _hash(content: IO[bytes]) -> str:
    content.seek(0)
    digest = sha256()
    while data := content.read(READ_BYTES):
        digest.update(data)
    return digest.hexdigest()


def _page_stored(project_id: int, file: Incoming, content: IO[bytes], kind: Kind, digest: str, page: Page) -> Ingested:
    """A page becomes a file of its own; the whole file is kept beside it."""
    data, own_kind = page_file(page)
    stem = file.name.rpartition(".")[0] or file.name
    name = f"{stem[:280]}_page{page.number + 1:04d}.{SUFFIXES[own_kind]}"
    source = _path(project_id, digest, SUFFIXES[kind], file)
    content.seek(0)
    storage.put(source, content)
    upright = replace(page, orientation=1, pages=1)
    item = _stored(project_id, file, name, data, own_kind, sha256(data).hexdigest(), upright)
    item.values["page"] = page.number
    item.values["derivatives"]["source"] = {"path": source, "type": CONTENT_TYPES[kind], "sha256": digest}
    return item


def _stored(
    project_id: int, file: Incoming, name: str, content: IO[bytes] | bytes, kind: Kind, digest: str, page: Page
) -> Ingested:
    window = None
    if page.samples is not None:
        window = file.window or percentile_window(page.samples)
    path = _path(project_id, digest, SUFFIXES[kind], file)
    if not isinstance(content, bytes):
        content.seek(0)
    storage.put(path, content)
    derived = derive(page, kind, window)
    made = {item.variant: derivative_entry(path, item) for item in derived}
    values = {
        "sha256": digest,
        "likeness": _likeness(page, derived, digest),
        "file_bytes": len(content) if isinstance(content, bytes) else file.size,
        "content_type": CONTENT_TYPES[kind],
        "width": page.width,
        "height": page.height,
        "orientation": page.orientation,
        "bit_depth": 16 if page.samples is not None else 8,
        "window": {"low": window[0], "high": window[1]} if window else None,
        "path": path,
        "derivatives": made,
    }
    return Ingested(file, name, values)


def _likeness(page: Page, derived: list[Derivative], digest: str) -> int | None:
    """Of the thumbnail where there is one: it is upright, and small enough to cost next to nothing."""
    thumb = next((item.content for item in derived if item.variant == "thumb"), None)
    if thumb is not None:
        return likeness_of_file(thumb, digest)
    return likeness(page.image, digest) if page.image is not None else None


def _path(project_id: int, digest: str, suffix: str, file: Incoming) -> str:
    folder = "linked" if file.linked else "assets"  # `core.storage` knows by it that nothing is to be written
    return f"projects/{project_id}/{folder}/{digest[:2]}/{digest}.{suffix}"


def derivative_entry(stem: str, item: Derivative) -> dict[str, Any]:
    """Store a derivative beside its original; what the asset's row says of it."""
    path = f"{stem}.{item.variant}.{item.suffix}"
    storage.put(path, item.content)
    entry: dict[str, Any] = {"path": path, "type": item.content_type, "width": item.width, "height": item.height}
    return entry | ({"channels": item.channels} if item.channels else {})


def checked_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Flat and typed: text, numbers and truth values by name.

    Raises:
        Invalid: anything else.
    """
    if not isinstance(metadata, dict) or len(metadata) > MAX_METADATA_KEYS:
        raise Invalid(f"`metadata` is an object of at most {MAX_METADATA_KEYS} members.")
    for key, value in metadata.items():
        if not isinstance(key, str) or not 0 < len(key) <= 100 or "\0" in key:
            raise Invalid(f"A metadata key has 1 to 100 characters, got {str(key)[:40]!r}.")
        plain = (
            value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value))
        )
        if not plain or (isinstance(value, str) and (len(value) > MAX_METADATA_TEXT or "\0" in value)):
            raise Invalid(f"The metadata value of {key!r} must be a text, a finite number, true, false or null.")
    return {key: value for key, value in metadata.items() if value is not None}


@transaction.atomic
def add_assets(
    *, project: Project, items: Sequence[Ingested], user: User, duplicates: Duplicates = "keep"
) -> tuple[list[Added], list[Refused]]:
    """Make the rows of ingested files, in the caller's transaction with their tasks.

    The project row is locked, so that two uploads of the same file know of each other.
    """
    Project.objects.select_for_update(no_key=True).filter(pk=project.pk).first()
    known = queries.known_hashes(project.pk, {item.values["sha256"] for item in items})
    wanted = [item.incoming.fields.external_id for item in items]
    taken = queries.known_external_ids(project.pk, {name for name in wanted if name})
    added: list[Added] = []
    refused: list[Refused] = []
    later: list[tuple[Asset, str]] = []  # copies of a file of the same batch, whose id is not known yet
    first: dict[str, Asset] = {}
    for item in items:
        digest, external_id = item.values["sha256"], item.incoming.fields.external_id
        if external_id and external_id in taken:
            refused.append(
                Refused(item.incoming.name, "external_id_taken", f"Another asset has the external id {external_id!r}.")
            )
            continue
        if duplicates == "skip" and (digest in known or digest in first):
            there = first.get(digest) or Asset.objects.get(pk=known[digest])
            added.append(Added(there, item.incoming, new=False))
            continue
        asset = _row(project, item, user)
        asset.duplicate_of_id = known.get(digest)
        if digest in first:
            later.append((asset, digest))
        elif digest not in known:
            first[digest] = asset
        if external_id:
            taken.add(external_id)
        added.append(Added(asset, item.incoming))
    _insert([one.asset for one in added if one.new], later, first)
    if any(one.new for one in added):
        record(
            organisation_id=project.organisation_id, project_id=project.pk, verb="assets.added", actor=user,
            details={"assets": sum(one.new for one in added)},
        )  # fmt: skip
    return added, refused


def _insert(rows: list[Asset], later: list[tuple[Asset, str]], first: dict[str, Asset]) -> None:
    waiting = {id(asset) for asset, _ in later}
    insert_many(Asset, [row for row in rows if id(row) not in waiting])
    for asset, digest in later:
        asset.duplicate_of = first[digest]
    insert_many(Asset, [asset for asset, _ in later])


def _row(project: Project, item: Ingested, user: User) -> Asset:
    said = item.incoming.fields
    split = item.values.get("page") is not None
    external_id = f"{said.external_id}/{item.values['page'] + 1}" if said.external_id and split else said.external_id
    return Asset(
        project=project,
        name=item.name,
        external_id=external_id or None,
        group=said.group or (item.incoming.name if split else ""),
        origin=said.origin,
        licence=said.licence,
        attribution=said.attribution,
        metadata=said.metadata,
        made_by=item.incoming.made_by,
        created_by=user,
        **item.values,
    )


def clean_name(name: str) -> str:
    """A path with forward slashes and no way up; at most 300 characters, the end kept."""
    if _PLAIN.fullmatch(name):  # by far the most
        return name
    parts = [part.strip() for part in _SEPARATORS.split(name) if part.strip() not in ("", ".", "..")]
    return "/".join("".join(c for c in part if ord(c) >= 32) for part in parts)[-300:]


def made_by(project: Project, keys: Iterable[str]) -> set[str]:
    """Which items of a job have their asset already."""
    rows = Asset.objects.filter(project_id=project.pk, made_by__in=list(keys))
    return {key for key in rows.values_list("made_by", flat=True) if key is not None}
