"""What an interactive model's encoder makes of an image: made once, kept in the store, found again by what it was made of."""

from __future__ import annotations

import threading
from collections import OrderedDict
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

import msgspec
import structlog
from django.conf import settings
from redis import Redis

from apps.assets.models import Asset
from apps.core import storage
from apps.core.errors import NotFound
from apps.predictions.errors import ModelFails
from apps.predictions.inference.pictures import Picture, shown_path
from apps.predictions.inference.sessions import session_of
from apps.predictions.models import ModelFile, ModelVersion
from apps.predictions.queries import file_of, spec_of
from domain.inference.base import Spec, UnfitModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from domain.inference.prompting import EncoderAdapter

log = structlog.get_logger("labelwright.models")
PREPROCESSING = 1  # raised where an image becomes another tensor than before
LOCK_SECONDS = 180  # an encoder that takes longer lets another one try
KEPT = 6  # embeddings in memory, of 2 to 8 MB

_kept: OrderedDict[str, dict[str, NDArray[Any]]] = OrderedDict()
_lock = threading.Lock()


def role_spec(version: ModelVersion, role: str) -> Spec:
    """How to run the encoder or the decoder of a version that was checked."""
    return msgspec.convert(spec_of(version).options[role], Spec)


def key_of(asset: Asset, encoder: ModelFile) -> str:
    """SHA-256 over the file that is shown (its name holds the hash of its pixels), the encoder, and the preprocessing."""
    return sha256(f"{shown_path(asset)}\n{asset.sha256}\n{encoder.sha256}\n{PREPROCESSING}".encode()).hexdigest()


def path_of(project_id: int, key: str) -> str:
    """No row names it: what was not used for a day is tidied away, and made again where it is wanted."""
    return f"projects/{project_id}/embeddings/{key[:2]}/{key}.safetensors"


def is_stored(asset: Asset, encoder: ModelFile) -> bool:
    return storage.exists(path_of(asset.project_id, key_of(asset, encoder)))


def embedding_of(version: ModelVersion, asset: Asset) -> dict[str, NDArray[Any]]:
    """From memory, from the store, or from the encoder; of several who want it one makes it.

    Raises:
        ModelFails, ModelDamaged, NotFound, Unavailable: it cannot be made.
    """
    encoder = file_of(version, "encoder")
    key = key_of(asset, encoder)
    wanted = set(role_spec(version, "encoder").options.get("keeps", ()))  # another version may keep less of it
    with _lock:
        found = _kept.get(key)
        if found is not None and wanted <= set(found):
            _kept.move_to_end(key)
            return found
    path = path_of(asset.project_id, key)
    found = _read(path, wanted)
    if found is None:
        redis = Redis.from_url(settings.REDIS_URL)
        with redis.lock(f"lw:embedding:{key}", timeout=LOCK_SECONDS, blocking_timeout=LOCK_SECONDS):
            found = _read(path, wanted)
            if found is None:
                found = _made(version, encoder, asset, path)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _read(path: str, wanted: set[str]) -> dict[str, NDArray[Any]] | None:
    from domain.inference.tensors import unpacked

    try:
        with storage.open_file(path) as file:
            found = unpacked(file.read())
            return found if wanted <= set(found) else None
    except (NotFound, ValueError):
        return None  # not there, or not whole: it is made anew


def _made(version: ModelVersion, encoder: ModelFile, asset: Asset, path: str) -> dict[str, NDArray[Any]]:
    from domain.inference.registry import adapter_named
    from domain.inference.tensors import packed

    spec = role_spec(version, "encoder")
    try:
        adapter = cast("EncoderAdapter", adapter_named(spec.adapter))
        picture = Picture(asset)
        plan = adapter.plan(spec, picture.width, picture.height)
        outputs = session_of(encoder).run(adapter.feeds(picture.resized(*plan.resized), spec, plan))
        found: dict[str, NDArray[Any]] = dict(adapter.embedding(outputs, spec))
    except UnfitModel as error:
        raise ModelFails(error.detail, reason=error.code) from error
    storage.put(path, packed(found))
    log.info("image_encoded", asset=asset.pk, version=version.pk)
    return found
