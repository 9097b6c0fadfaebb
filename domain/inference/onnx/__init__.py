"""ONNX files without the onnx package: reading what they say of themselves, and writing small ones."""

from __future__ import annotations

from .reading import BadOnnx, read_signature
from .writing import Graph

__all__ = ["BadOnnx", "Graph", "read_signature"]
