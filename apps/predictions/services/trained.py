"""Versions of models that are trained here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from io import BytesIO

import msgspec
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import User
from apps.core import storage
from apps.predictions.models import ModelFile, ModelVersion, RegisteredModel
from domain.inference.base import Spec
from domain.inference.targets import Target, Thresholds

ADAPTER = "head"
EVERYTHING = Thresholds(score=0.0, most=1)  # the likeliest label is always said; how likely it is stands beside it
EACH = Thresholds(score=0.0)  # what is there was decided by the model that found it


@transaction.atomic
def keep_head(
    *,
    model: RegisteredModel,
    user: User,
    data: bytes,
    labels: Sequence[str],
    meaning: Mapping[str, Target],
    features: str,
    base: int | None = None,
) -> ModelVersion:
    """A head as the model's next version, ready to be run. Its file is stored under its hash.

    Args:
        data: an ONNX file, `features` (n, D) in and `scores` (n, labels) out.
        features: what the numbers are that go in.
        base: the model whose boxes it names; without one it answers to whole images.
    """
    digest = sha256(data).hexdigest()
    path = f"projects/{model.project_id}/models/{digest[:2]}/{digest}.onnx"
    storage.put(path, BytesIO(data))
    model = RegisteredModel.objects.select_for_update().get(pk=model.pk)
    number = (model.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    options = {"features": features} if base is None else {"features": features, "base": base}
    spec = Spec(adapter=ADAPTER, kind="classify" if base is None else "detect", labels=list(labels), options=options)
    version = ModelVersion.objects.create(
        project_id=model.project_id,
        model=model,
        number=number,
        name=str(number),
        state=ModelVersion.State.OK,
        adapter=ADAPTER,
        labels=list(labels),
        spec=msgspec.to_builtins(spec),
        mapping={name: msgspec.to_builtins(meaning[name]) for name in labels},
        thresholds=msgspec.to_builtins(EVERYTHING if base is None else EACH),
        checked_at=timezone.now(),
        created_by=user,
    )
    ModelFile.objects.create(
        project_id=model.project_id,
        version=version,
        role="model",
        name="head.onnx",
        path=path,
        sha256=digest,
        size=len(data),
    )
    RegisteredModel.objects.filter(pk=model.pk).update(kind=spec.kind)
    version.model = model
    return version
