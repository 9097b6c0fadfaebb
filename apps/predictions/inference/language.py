"""What a model that reads makes of words: asked once for the same words, kept in memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from apps.predictions.errors import ModelRefused
from apps.predictions.inference.embeddings import role_spec
from apps.predictions.inference.files import local_file
from apps.predictions.inference.sessions import session_of
from apps.predictions.models import ModelFile, ModelVersion
from domain.inference.base import UnfitModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from domain.inference.adapters.sam3 import Sam3Language
    from domain.inference.words import Vocabulary

KEPT = 64  # texts, of 170 kB


def said_of(version: ModelVersion, words: str) -> Iterator[dict[str, NDArray[Any]]]:
    """What the decoder is given beside the image, in the order in which it is tried: by the words, and without any.

    One empty one where the model does not read.

    Raises:
        ModelFails, ModelDamaged, NotFound, Unavailable, UnfitModel: it cannot be made.
    """
    from domain.inference.words import VISUAL

    files = {one.role: one for one in ModelFile.objects.filter(version=version, role__in=("language", "vocabulary"))}
    if "language" not in files:
        yield {}
        return
    if words.strip() and "vocabulary" in files:
        yield _said(version.pk, vocabulary_of(files["vocabulary"]).tokens(words))
    yield _said(version.pk, VISUAL)


def vocabulary_of(file: ModelFile) -> Vocabulary:
    """Raises UnfitModel, ModelDamaged, NotFound."""
    return _vocabulary(file.pk, file.sha256)


def check_vocabulary(file: ModelFile) -> None:
    """Raises ModelRefused: it is none."""
    try:
        vocabulary_of(file)
    except UnfitModel as error:
        raise ModelRefused(error.code, error.detail) from error


@lru_cache(maxsize=2)
def _vocabulary(pk: int, sha256: str) -> Vocabulary:
    from domain.inference.words import read_vocabulary

    with local_file(ModelFile.objects.get(pk=pk, sha256=sha256)).open("rb") as file:
        return read_vocabulary(file)


@lru_cache(maxsize=KEPT)
def _said(version_id: int, tokens: tuple[int, ...]) -> dict[str, NDArray[Any]]:
    from domain.inference.registry import adapter_named

    version = ModelVersion.objects.get(pk=version_id)
    spec = role_spec(version, "language")
    adapter = cast("Sam3Language", adapter_named(spec.adapter))
    session = session_of(ModelFile.objects.get(version=version, role="language"))
    return adapter.said(session.run(adapter.asked(tokens, spec)))
