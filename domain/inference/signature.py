"""What a model file says of its inputs and outputs."""

from __future__ import annotations

import msgspec


class Tensor(msgspec.Struct, frozen=True):
    """One input or output. A side that is not fixed is 0; its symbolic name is of no use to us."""

    name: str
    dtype: str  # as numpy writes it: float32, float16, uint8, int64, bool
    shape: tuple[int, ...] = ()

    def fits(self, *sides: int | None) -> bool:
        """Whether it has this many sides, each of them equal to, or free of, what is given (None: anything)."""
        return len(sides) == len(self.shape) and all(
            asked is None or have in (0, asked) for asked, have in zip(sides, self.shape, strict=True)
        )


class Signature(msgspec.Struct, frozen=True):
    inputs: list[Tensor] = []
    outputs: list[Tensor] = []
    metadata: dict[str, str] = {}  # what the exporter wrote down: names, task, stride …

    def input(self, name: str) -> Tensor | None:
        return next((one for one in self.inputs if one.name == name), None)

    def output(self, name: str) -> Tensor | None:
        return next((one for one in self.outputs if one.name == name), None)

    def image(self) -> Tensor | None:
        """The input that an image goes into: the only one with four sides."""
        found = [one for one in self.inputs if len(one.shape) == 4]
        return found[0] if len(found) == 1 else None

    def said(self) -> str:
        """In one line, for messages."""
        return f"inputs {_listed(self.inputs)}; outputs {_listed(self.outputs)}"


def _listed(tensors: list[Tensor]) -> str:
    return ", ".join(
        f"{one.name[:40]} [{'×'.join(str(side) if side else '?' for side in one.shape)}] {one.dtype}"
        for one in tensors[:8]
    ) + (" …" if len(tensors) > 8 else "")
