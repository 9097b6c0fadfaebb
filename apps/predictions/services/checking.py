"""Checking a version: whether it can be used, and what it says of itself."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from apps.core.errors import DomainError
from apps.predictions import backends
from apps.predictions.errors import ModelRefused
from apps.predictions.models import ModelVersion, RegisteredModel
from apps.projects.queries import schema_of
from domain.inference.base import Spec


def check_version(*, version: ModelVersion) -> ModelVersion:
    """Look at a version and write down what was found: `ok`, or `failed` with a reason. Run twice, the same is found."""
    try:
        found = backends.check(version)
    except ModelRefused as error:
        return _write(version, reason=error.reason, detail=error.detail)
    except DomainError as error:
        return _write(version, reason=error.code, detail=error.detail)
    return _accept(version, found)


def _accept(version: ModelVersion, spec: Spec) -> ModelVersion:
    from domain.inference.mapping import guessed

    model = version.model
    labels = spec.labels
    before = (
        ModelVersion.objects.filter(model=model, number__lt=version.number)
        .exclude(mapping={})
        .order_by("-number")
        .first()
    )
    assert model.project.schema is not None
    mapping: dict[str, Any] = {
        name: None if target is None else msgspec.to_builtins(target)
        for name, target in guessed(labels, schema_of(model.project.schema), spec.kind).items()
    }
    known = version.mapping or (before.mapping if before is not None else {})
    mapping |= {name: known[name] for name in labels if name in known}
    if not labels:  # a server whose labels are learned as they come
        mapping = dict(known)
    thresholds = version.thresholds or (before.thresholds if before is not None else {})
    with transaction.atomic():
        ModelVersion.objects.filter(pk=version.pk).update(
            state=ModelVersion.State.OK,
            reason="",
            detail="",
            adapter=spec.adapter,
            labels=labels,
            input_size=list(spec.size) if spec.size else None,
            spec=msgspec.to_builtins(spec),
            mapping=mapping,
            thresholds=thresholds,
            checked_at=timezone.now(),
            updated_at=timezone.now(),
        )
        RegisteredModel.objects.filter(pk=model.pk).update(kind=spec.kind)
    version.refresh_from_db()
    return version


def _write(version: ModelVersion, *, reason: str, detail: str) -> ModelVersion:
    ModelVersion.objects.filter(pk=version.pk).update(
        state=ModelVersion.State.FAILED,
        reason=reason[:40],
        detail=detail[:500],
        checked_at=timezone.now(),
        updated_at=timezone.now(),
    )
    version.refresh_from_db()
    return version


def note_failing(*, version_id: int, reason: str, detail: str) -> None:
    """A version that was fit ended a run badly: said on its page until a run or a check ends well."""
    ModelVersion.objects.filter(pk=version_id, state__in=["ok", "failing"]).update(
        state=ModelVersion.State.FAILING, reason=reason[:40], detail=detail[:500], updated_at=timezone.now()
    )


def note_well(*, version_id: int) -> None:
    """A run ended well."""
    ModelVersion.objects.filter(pk=version_id, state=ModelVersion.State.FAILING).update(
        state=ModelVersion.State.OK, reason="", detail="", updated_at=timezone.now()
    )
