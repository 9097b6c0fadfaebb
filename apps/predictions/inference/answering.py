"""A mask for prompts: the embedding of the image and the decoder of the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from apps.assets.models import Asset
from apps.predictions.errors import ModelFails
from apps.predictions.inference.embeddings import embedding_of, role_spec
from apps.predictions.inference.language import said_of
from apps.predictions.inference.sessions import session_of
from apps.predictions.models import ModelVersion
from apps.predictions.queries import file_of
from domain.inference.base import UnfitModel

if TYPE_CHECKING:
    from domain.inference.prompting import DecoderAdapter, Floats, Prompts
    from domain.shapes.mask import Mask


@dataclass(frozen=True, slots=True)
class Answered:
    """The mask in image pixels (None: nothing was found), how sure the decoder is, and its logits to refine."""

    mask: Mask | None
    score: float
    low: Floats


def answered(version: ModelVersion, asset: Asset, prompts: Prompts, before: Floats | None, words: str = "") -> Answered:
    """What the model finds for prompts.

    Args:
        before: (256, 256) logits of the answer that these prompts refine.
        words: what is looked for, for a model that reads; where nothing is found by them, the prompts speak alone.

    Raises:
        ModelFails, ModelDamaged, NotFound, Unavailable: it does not answer.
    """
    from domain.inference.prompting import mask_of
    from domain.inference.registry import adapter_named

    spec = role_spec(version, "decoder")
    embedding = embedding_of(version, asset)
    try:
        adapter = cast("DecoderAdapter", adapter_named(spec.adapter))
        plan = adapter.plan(spec, asset.width, asset.height)
        session = session_of(file_of(version, "decoder"))
        for said in said_of(version, words):
            outputs = session.run(adapter.ask({**embedding, **said}, prompts, before, spec, plan))
            found = adapter.decoded(outputs, spec, prompts, plan)
            mask = mask_of(found.low, plan)
            if mask is not None:
                break
    except UnfitModel as error:
        raise ModelFails(error.detail, reason=error.code) from error
    return Answered(mask, found.score, found.low)
