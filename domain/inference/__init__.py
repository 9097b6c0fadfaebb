"""Running models, as far as it is arithmetic: what their tensors look like, how an image becomes one, and what their
outputs say in the project's own classes and shapes. Nothing here loads a model: who runs it hands arrays in and out.

    adapter, spec = registry.recognise(signature, labels)   # told apart by names and shapes
    plan = adapter.plan(spec, width, height)                # how the image is to be resized
    outputs = session.run(adapter.feeds(pixels, spec, plan))
    answer = adapter.read(outputs, spec, plan)              # Answer: boxes, masks … in image pixels
    kept = mapping.to_elements(answer, …)                   # mapped, thresholded, cut to the image, checked

This package alone is light; `registry` and the adapters need numpy.
"""

from __future__ import annotations

from .base import Adapter, Answer, Found, Plan, Spec, UnfitModel
from .signature import Signature, Tensor

__all__ = ["Adapter", "Answer", "Found", "Plan", "Signature", "Spec", "Tensor", "UnfitModel"]
