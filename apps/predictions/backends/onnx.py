"""ONNX files, run here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from apps.core.errors import DomainError
from apps.predictions.backends.base import Asked, Backend, Reply
from apps.predictions.errors import ModelFails, ModelRefused
from apps.predictions.inference.files import local_file
from apps.predictions.inference.language import check_vocabulary
from apps.predictions.inference.pictures import Picture
from apps.predictions.inference.sessions import Session, session_of
from apps.predictions.inference.trying import Tried, try_file
from apps.predictions.inference.views import VIEWS
from apps.predictions.models import ModelFile, ModelVersion
from apps.predictions.queries import file_of, spec_of
from domain.inference.base import Adapter, Answer, Plan, Spec, UnfitModel
from domain.inference.registry import adapter_named

READERS = ("sam3",)  # families that are told what to look for in words, too


def check(version: ModelVersion) -> Spec:
    """Try each file. Those of an interactive model have to be of one family.

    Raises:
        ModelRefused
    """
    labels = list(version.given.get("labels") or [])
    given = {name: value for name, value in version.given.items() if name != "labels"}
    tried: dict[str, Tried] = {}
    for file in ModelFile.objects.filter(version=version).order_by("role"):
        if file.role == "vocabulary":
            check_vocabulary(file)
            continue
        tried[file.role] = try_file(local_file(file), labels=labels, given=given, role=file.role)
        signature = msgspec.to_builtins(tried[file.role].signature)
        ModelFile.objects.filter(pk=file.pk).update(signature=signature)
    if "model" in tried:
        return tried["model"].spec
    if {"encoder", "decoder"} - set(tried):
        raise ModelRefused("no_file", "The version has no file to run.")
    return _together({role: one.spec for role, one in tried.items()})


def _together(specs: Mapping[str, Spec]) -> Spec:
    """The spec of encoder, decoder and what reads words: those of each stand in its options under their role."""
    encoder, family = specs["encoder"], specs["encoder"].options.get("family")
    for role, spec in specs.items():
        if spec.options.get("family") != family:
            raise ModelRefused(
                "pair_does_not_fit", f"The encoder is of {family}, the {role} of {spec.options.get('family')}."
            )
    if "takes" in specs["decoder"].options:  # of all that the encoder gives
        encoder.options["keeps"] = specs["decoder"].options["takes"]
    needs_words = family in READERS
    if needs_words != ("language" in specs):
        raise ModelRefused(
            "pair_does_not_fit",
            f"{family} has a language encoder beside the two." if needs_words else f"{family} has no language encoder.",
        )
    options = {role: msgspec.to_builtins(spec) for role, spec in specs.items()}
    return Spec(adapter=encoder.adapter, kind="interactive", size=encoder.size, options={**options, "family": family})


def opened(version: ModelVersion) -> Backend:
    """Load it. Raises ModelFails, Unavailable."""
    spec = spec_of(version)
    if spec.kind == "interactive":
        raise ModelFails("An interactive model answers clicks; it predicts nothing by itself.", reason="interactive")
    try:
        return _Onnx(session_of(file_of(version)), adapter_named(spec.adapter), spec)
    except UnfitModel as error:
        raise ModelFails(error.detail, reason=error.code) from error


class _Onnx:
    at_once = 1

    def __init__(self, session: Session, adapter: Adapter, spec: Spec) -> None:
        self._session, self._adapter, self._spec = session, adapter, spec

    def predict(self, asked: Sequence[Asked], *, iou: float) -> list[Reply]:
        return [self._one(one, iou) for one in asked]

    def _one(self, asked: Asked, iou: float) -> Reply:
        try:
            picture = Picture(asked.asset)
            plan = self._adapter.plan(self._spec, picture.width, picture.height)
            pixels: Any = picture.resized(*plan.resized)
        except DomainError as error:
            return Reply(error=error)
        shown = [pixels, *(view.make(pixels) for view in VIEWS)] if asked.variants else [pixels]
        try:
            answer, *variants = [self._read(one, plan, iou) for one in shown]
        except UnfitModel as error:
            return Reply(error=ModelFails(error.detail, reason=error.code))
        return Reply(answer, self._spec.labels, variants)

    def _read(self, pixels: Any, plan: Plan, iou: float) -> Answer:
        outputs = self._session.run(self._adapter.feeds(pixels, self._spec, plan))
        return self._adapter.read(outputs, self._spec, plan, iou=iou)
