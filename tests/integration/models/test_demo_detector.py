"""The detector that the build makes for the demo finds real things on its photos."""

from __future__ import annotations

from django.conf import settings
from PIL import Image

from domain.inference.onnx import read_signature
from domain.inference.registry import recognise

FOLDER = settings.BASE_DIR / "demo"
MODEL = FOLDER / "models" / "detector.onnx"


def test_it_finds_people_a_cup_and_the_cat():
    import numpy as np
    import onnxruntime

    data = MODEL.read_bytes()
    adapter, spec = recognise(read_signature(memoryview(data)))
    runner = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    found = {}
    for photo in ("astronaut", "camera", "coffee", "cat"):
        with Image.open(FOLDER / "photos" / f"{photo}.jpg") as image:
            plan = adapter.plan(spec, *image.size)
            pixels = np.asarray(image.convert("RGB").resize(plan.resized))
        outputs = dict(zip(["detections"], runner.run(None, adapter.feeds(pixels, spec, plan)), strict=True))
        found[photo] = spec.labels[adapter.read(outputs, spec, plan).found[0].label]
    assert found == {"astronaut": "person", "camera": "person", "coffee": "cup", "cat": "cat"}
