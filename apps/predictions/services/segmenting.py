"""Clicks and boxes answered by an interactive model. The web server asks a worker and waits; no model is loaded here.

A worker takes the question from the queue and puts its answer into a list in Redis of which only the asker knows the name.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from celery import current_app
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from apps.assets.models import Asset
from apps.core.errors import DomainError, Unavailable
from apps.predictions.errors import ModelFails, NotUsable
from apps.predictions.inference import embeddings
from apps.predictions.models import ModelFile, ModelVersion
from apps.predictions.queries import file_of, interactive_version
from apps.tasks.models import Task

ENCODE = "predictions.encode_image"
ANSWER = "predictions.answer_prompts"
IN_PAGES = ("sam", "sam2", "efficientsam")  # families whose decoder pages know
WAIT_SECONDS = 30  # for a worker; an encoder on a slow machine takes most of it
REPLY_SECONDS = 60  # that an answer waits for its asker
KEPT_SECONDS = 900  # that an answer can be refined
_REPLY = "lw:smart:reply:{}"
_BEFORE = "lw:smart:before:{}:{}:{}"


@dataclass(frozen=True, slots=True)
class Segmented:
    """`mask` is the geometry of a mask region, or None; `refines` names the answer to the next question."""

    source: str
    mask: dict[str, Any] | None
    score: float
    refines: str


class Question(msgspec.Struct, frozen=True):
    """What goes to the worker."""

    version: int
    asset: int
    points: list[tuple[float, float, bool]]
    box: tuple[float, float, float, float] | None
    before: str | None  # the key of the logits
    after: str  # where the logits of the answer go
    reply: str
    words: str = ""


def ask_embedding(*, task: Task, version: ModelVersion) -> bool:
    """Whether the image is encoded; where it is not, a worker is asked to. Cheap to call again and again."""
    if embeddings.is_stored(task.asset, file_of(version, "encoder")):
        return True
    current_app.send_task(ENCODE, kwargs={"version_id": version.pk, "asset_id": task.asset_id}, expires=WAIT_SECONDS)
    return False


def handed_out(version: ModelVersion) -> str | None:
    """The family of its decoder, where pages may run it themselves; None where only workers do."""
    decoder = ModelFile.objects.filter(version=version, role="decoder").first()
    if (
        version.state != ModelVersion.State.OK
        or decoder is None
        or decoder.size > settings.LABELWRIGHT_PAGE_DECODER_BYTES
    ):
        return None
    options = embeddings.role_spec(version, "decoder").options
    if options["family"] not in IN_PAGES or "points" in options:  # pages do not fill up to a number of points
        return None
    return str(options["family"])


def segment(
    *,
    task: Task,
    version: ModelVersion,
    points: list[tuple[float, float, bool]],
    box: tuple[float, float, float, float] | None,
    refines: str | None = None,
    words: str = "",
) -> Segmented:
    """Ask a worker for the mask of prompts and wait for it.

    Args:
        points: x, y in image pixels, and whether it is inside.
        refines: of the answer that these prompts go on from.
        words: what is looked for, the name of the class; only models that read make something of it.

    Raises:
        ModelFails: the model does not answer as it should.
        Unavailable: no worker answered in time.
    """
    token = secrets.token_hex(12)
    key = _REPLY.format(secrets.token_hex(16))
    question = Question(
        version=version.pk,
        asset=task.asset_id,
        points=points,
        box=box,
        before=_BEFORE.format(task.pk, version.pk, refines) if refines else None,
        after=_BEFORE.format(task.pk, version.pk, token),
        reply=key,
        words=words,
    )
    current_app.send_task(ANSWER, kwargs={"question": msgspec.to_builtins(question)}, expires=WAIT_SECONDS)
    said = _waited(key)
    if "code" in said:
        raise ModelFails(str(said["detail"]), reason=str(said["code"]))
    return Segmented(version.source, said["mask"], float(said["score"]), token)


def _waited(key: str) -> dict[str, Any]:
    redis = Redis.from_url(settings.REDIS_URL, socket_timeout=WAIT_SECONDS + 5, socket_connect_timeout=2)
    try:
        found = cast("tuple[bytes, bytes] | None", redis.blpop([key], timeout=WAIT_SECONDS))
    except RedisError as error:
        raise Unavailable("The model cannot be asked now. Try again, or use another method of the tool.") from error
    finally:
        redis.close()
    if found is None:
        raise Unavailable("No worker answered in time. Try again, or use another method of the tool.")
    answer: dict[str, Any] = msgspec.json.decode(found[1])
    return answer


def usable_version(*, task: Task) -> ModelVersion:
    """The newest interactive version that is ready. Raises NotUsable: there is none."""
    found = interactive_version(task.project)
    if found is None:
        raise NotUsable("The project has no interactive model that is ready.")
    return found


def answer_question(*, question: Question) -> None:
    """In the worker: find the mask and put it where the asker waits. Run twice, nobody reads the second answer."""
    redis = Redis.from_url(settings.REDIS_URL, socket_timeout=10, socket_connect_timeout=2)
    try:
        said = _said(question, redis)
    except DomainError as error:
        said = {"code": str(error.extra.get("reason") or error.code), "detail": error.detail}
    told = redis.pipeline()
    told.rpush(question.reply, msgspec.json.encode(said))
    told.expire(question.reply, REPLY_SECONDS)
    told.execute()


def _said(question: Question, redis: Redis) -> dict[str, Any]:
    import numpy as np

    from apps.predictions.inference.answering import answered
    from domain.inference.prompting import LOW_SIDE, Prompts

    version = ModelVersion.objects.select_related("model").get(pk=question.version)
    asset = Asset.objects.get(pk=question.asset)
    kept = cast("bytes | None", redis.get(question.before)) if question.before else None
    before = None if kept is None else np.frombuffer(kept, np.float16).reshape(LOW_SIDE, LOW_SIDE).astype(np.float32)
    found = answered(version, asset, Prompts(tuple(question.points), question.box), before, question.words)
    redis.set(question.after, found.low.clip(-60_000, 60_000).astype(np.float16).tobytes(), ex=KEPT_SECONDS)
    mask = None if found.mask is None else msgspec.to_builtins(found.mask)
    return {"mask": mask, "score": found.score}


def encode_image(*, version_id: int, asset_id: int) -> None:
    """In the worker: make the embedding of an image unless it is there. What fails is told to who asks for a mask."""
    version = ModelVersion.objects.select_related("model").filter(pk=version_id).first()
    asset = Asset.objects.filter(pk=asset_id).first()
    if version is not None and asset is not None:
        embeddings.embedding_of(version, asset)
