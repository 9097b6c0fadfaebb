"""A small classifier over frozen features: multinomial logistic regression."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from domain.inference.onnx import Graph

Floats = NDArray[np.float32]
STEPS = 120  # of L-BFGS


@dataclass(frozen=True, slots=True)
class Head:
    """weights: (classes, features); bias: (classes,)."""

    weights: Floats
    bias: Floats

    def scores(self, features: Floats) -> Floats:
        """(N, classes) probabilities of (N, features); each row comes to 1.

        Raises:
            ValueError: features of another number.
        """
        if features.ndim != 2 or features.shape[1] != self.weights.shape[1]:
            raise ValueError(f"features must be (N, {self.weights.shape[1]}), got {features.shape}")
        logits = features @ self.weights.T + self.bias
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)

    def onnx(self, labels: Sequence[str], *, features: str, committee: Sequence[Head] = ()) -> bytes:
        """The same as a file: `features` (n, D) in, `scores` (n, classes) out; labels and the features' name in its metadata.

        Of a committee `votes` (n, members, classes), too.
        """
        graph = Graph("head")
        size, classes = self.weights.shape[1], len(self.bias)
        graph.input("features", "float32", ("n", size))
        graph.weight("weights", self.weights)
        graph.weight("bias", self.bias)
        graph.node("Gemm", ["features", "weights", "bias"], ["logits"], transB=1)
        graph.node("Softmax", ["logits"], ["scores"], axis=1)
        graph.output("scores", "float32", ("n", classes))
        if committee:
            graph.weight("member_weights", np.concatenate([one.weights for one in committee]))
            graph.weight("member_bias", np.concatenate([one.bias for one in committee]))
            graph.weight("member_shape", np.array([0, len(committee), classes], dtype=np.int64))
            graph.node("Gemm", ["features", "member_weights", "member_bias"], ["member_rows"], transB=1)
            graph.node("Reshape", ["member_rows", "member_shape"], ["member_logits"])
            graph.node("Softmax", ["member_logits"], ["votes"], axis=2)
            graph.output("votes", "float32", ("n", len(committee), classes))
        return graph.encode(metadata={"names": json.dumps(dict(enumerate(labels))), "features": features})


def fit(
    features: Floats, labels: NDArray[np.int64], *, classes: int, decay: float, check: Callable[[], None] = lambda: None
) -> Head:
    """The head that fits these labels best under a weight decay (L-BFGS; the loss is convex, so there is one answer).

    Features are centred and divided by one number for all, their mean deviation: they keep what they weigh against each other.

    Args:
        features: (N, D). labels: (N,) numbers below `classes`.
        decay: of the mean cross entropy, on squared weights.
        check: asked before each look at the data; what it raises ends the fit.

    Raises:
        ValueError: shapes that do not fit, or fewer than two classes among the labels.
    """
    if features.ndim != 2 or labels.shape != (len(features),):
        raise ValueError(f"features must be (N, D) and labels (N,), got {features.shape} and {labels.shape}")
    if len(np.unique(labels)) < 2:
        raise ValueError("labels of one class teach nothing")
    mean = features.mean(axis=0, dtype=np.float64)
    scale = max(float(np.sqrt(features.astype(np.float64).var(axis=0).mean())), 1e-6)
    x, turned = _fewer((features - mean) / scale)
    rows = np.arange(len(labels))
    size = x.shape[1]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        check()
        weights, bias = flat[: classes * size].reshape(classes, size), flat[classes * size :]
        logits = x @ weights.T + bias
        logits -= logits.max(axis=1, keepdims=True)
        raised = np.exp(logits)
        total = raised.sum(axis=1)
        value = float(np.mean(np.log(total) - logits[rows, labels]))
        apart = raised / total[:, None]
        apart[rows, labels] -= 1
        apart /= len(labels)
        slope = np.concatenate([(apart.T @ x + decay * weights).ravel(), apart.sum(axis=0)])
        return value + decay / 2 * float((weights**2).sum()), slope

    found = minimize(loss, np.zeros(classes * (size + 1)), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    weights = found[: classes * size].reshape(classes, size) @ turned / scale
    bias = found[classes * size :] - weights @ mean
    return Head(weights.astype(np.float32), bias.astype(np.float32))


def _fewer(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(x', t): the rows in as few numbers as they span, and how to turn weights for them back (w = w' t).

    With a penalty on squared weights the best ones lie in the span of the rows (the representer theorem), so nothing is lost,
    and few labels over many features are fitted in a fraction of the time.
    """
    if len(x) >= x.shape[1]:
        return x, np.eye(x.shape[1])
    values, vectors = np.linalg.eigh(x @ x.T)
    kept = values > values[-1] * 1e-10
    root = np.sqrt(values[kept])
    turned = (vectors[:, kept] / root).T @ x
    return vectors[:, kept] * root, turned
