"""What every adapter has in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec

from domain.shapes import Geometry

from .signature import Signature

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Kind = Literal["detect", "segment", "pose", "obb", "classify", "semantic", "interactive", "any"]
Fit = Literal["letterbox", "stretch", "crop", "shortest"]
FLOOR = 0.05  # scores below are not looked at: every threshold of a class is above
TRIAL_SIZE = (640, 480)  # width, height of the image that a new model is tried with
MOST_SCORES = 12  # probabilities of a whole image that are kept, the greatest
MOST = 300  # things found in one image; the best are kept


class UnfitModel(Exception):
    """The tensors of a model are none that we know, or not what they were when it was checked."""

    def __init__(self, detail: str, code: str = "outputs_do_not_fit") -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class Spec(msgspec.Struct, kw_only=True, omit_defaults=True):
    """All that an adapter has to know of one model. Kept with the version; may be corrected by people."""

    adapter: str
    kind: Kind
    labels: list[str] = []
    size: tuple[int, int] | None = None  # width, height of the input; None: any
    fit: Fit = "letterbox"
    normalise: Literal["unit", "imagenet", "none"] = "unit"
    order: Literal["rgb", "bgr"] = "rgb"
    joints: list[str] = []  # of a pose, in the order of the output
    options: dict[str, Any] = {}  # of the adapter alone


@dataclass(frozen=True, slots=True)
class Plan:
    """How an image lies in the input: resized to `resized` (width, height), then put at `offset` in a field of `size`.

    `offset` is negative where the input shows only the middle of the image.
    """

    width: int  # of the image, pixels
    height: int
    resized: tuple[int, int]
    offset: tuple[int, int]
    size: tuple[int, int]

    @property
    def scale(self) -> tuple[float, float]:
        """Pixels of the input to one of the image, across and down."""
        return self.resized[0] / self.width, self.resized[1] / self.height


@dataclass(frozen=True, slots=True)
class Found:
    """One thing in an image, in image pixels. `geometry` is None for what is said of the whole image."""

    label: int
    score: float
    geometry: Geometry | None
    attributes: Mapping[str, Any] = field(default_factory=dict)  # of a region, where it came with some
    track: int | None = None  # of a tracker: what is the same thing on other images of the sequence


@dataclass(slots=True)
class Answer:
    """What a model says of an image; `problems` counts what had to be thrown away, by code.

    `scores`: of the whole image, the probabilities of the likeliest labels, where they exclude each other.
    """

    found: list[Found] = field(default_factory=list)
    scores: dict[int, float] = field(default_factory=dict)
    problems: Counter[str] = field(default_factory=Counter)


class Adapter:
    """One family of models. Subclasses are found by looking in `domain.inference.adapters`."""

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    role: ClassVar[str] = "model"  # of the file: model, or encoder and decoder where there are two

    def recognise(self, signature: Signature, labels: list[str]) -> Spec | None:
        """How to run it, or None where it is another family's.

        Args:
            labels: names that a person gave; [] where the file has to say them.

        Raises:
            UnfitModel: it is this family's, and something is wrong with it.
        """
        raise NotImplementedError

    def plan(self, spec: Spec, width: int, height: int) -> Plan:
        """Where an image of this size (pixels) lies in the input."""
        raise NotImplementedError

    def feeds(self, pixels: NDArray[np.uint8], spec: Spec, plan: Plan) -> dict[str, NDArray[Any]]:
        """The inputs for an image that was resized as planned.

        Args:
            pixels: (plan.resized height, width, 3) uint8, RGB.
        """
        raise NotImplementedError

    def trial(self, spec: Spec) -> dict[str, NDArray[Any]]:
        """Inputs to try the model with: a grey image."""
        import numpy as np

        plan = self.plan(spec, *TRIAL_SIZE)
        grey = np.full((plan.resized[1], plan.resized[0], 3), 128, dtype=np.uint8)
        return self.feeds(grey, spec, plan)

    def tried(self, outputs: Mapping[str, NDArray[Any]], spec: Spec) -> None:
        """Raises UnfitModel: what it answered to the trial is not what it should be."""
        self.read(outputs, spec, self.plan(spec, *TRIAL_SIZE))

    def read(self, outputs: Mapping[str, NDArray[Any]], spec: Spec, plan: Plan, *, iou: float = 0.7) -> Answer:
        """What the outputs say, best first, in image pixels.

        Args:
            iou: of two things of a class that overlap more, the worse goes, where the model has not seen to it itself.

        Raises:
            UnfitModel: an output is missing or has another shape.
        """
        raise NotImplementedError
