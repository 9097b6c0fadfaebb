"""Names of labels and joints: those that a file says, and those that everybody uses."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from .base import Spec, UnfitModel
from .signature import Signature

LONGEST = 120  # characters of a label
MOST_LABELS = 20_000
COCO_JOINTS: Final = [
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
]
OWN_KEY = "labelwright"  # metadata of a file that says what its tensors do not: JSON of members of Spec
_OWN = ("fit", "normalise", "order", "labels", "joints", "options", "kind")


def labels_in(signature: Signature) -> list[str]:
    """Names that the file's metadata list; [] where it has none.

    Ultralytics writes `names` as a Python dictionary, others as JSON, or `classes` one a line.
    """
    text = signature.metadata.get("names") or signature.metadata.get("classes") or ""
    if not text.strip():
        return []
    found = parsed(text)
    if isinstance(found, dict):
        keys = [int(key) for key in found if str(key).lstrip("-").isdigit()]
        if len(keys) != len(found) or not keys or min(keys) < 0 or max(keys) >= MOST_LABELS:
            return []
        by_key = {int(key): str(value) for key, value in found.items()}
        return [clean(by_key.get(place, f"class {place}")) for place in range(max(keys) + 1)]
    if isinstance(found, list):
        return [clean(str(one)) for one in found[:MOST_LABELS]]
    return [clean(line) for line in re.split(r"[\r\n,]+", text) if line.strip()][:MOST_LABELS]


def parsed(text: str) -> Any:
    """JSON or a Python literal; None where it is neither. Nothing is run."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        pass
    try:
        return ast.literal_eval(text) if len(text) < 1 << 20 else None
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def clean(name: str) -> str:
    """One line of at most 120 characters."""
    return " ".join(name.split())[:LONGEST] or "?"


def named(given: list[str], count: int) -> list[str]:
    """Exactly `count` labels.

    Raises:
        UnfitModel: there are names, and not as many.
    """
    if not given:
        return [f"class {place}" for place in range(count)]
    if len(given) != count:
        raise UnfitModel(f"The model has {count} classes and {len(given)} labels are given.", "labels_do_not_fit")
    return unlike(given)


def unlike(names: list[str]) -> list[str]:
    """Labels are keys of the mapping: the second of a name gets a number behind it."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return out


def said_by_file(signature: Signature, spec: Spec) -> Spec:
    """The spec with what the file's own metadata say of it.

    Raises:
        UnfitModel: they are not of that form.
    """
    text = signature.metadata.get(OWN_KEY)
    if not text:
        return spec
    try:
        own = msgspec.json.decode(text, type=dict[str, Any])
        return msgspec.convert(
            msgspec.to_builtins(spec) | {name: own[name] for name in _OWN if name in own}, Spec, strict=False
        )
    except msgspec.MsgspecError as error:
        raise UnfitModel(f"Its metadata {OWN_KEY!r} are not understood: {error}", "bad_metadata") from error


def spec_with(spec: Spec, given: Mapping[str, Any]) -> Spec:
    """The spec with what people say of the model, which wins over what its file says.

    Raises:
        UnfitModel: it is not of that form, or names more joints than there are.
    """
    said = {name: given[name] for name in _OWN if name != "labels" and given.get(name)}
    joints = said.get("joints")
    if joints and spec.joints and len(joints) != len(spec.joints):
        raise UnfitModel(
            f"The model has {len(spec.joints)} joints and {len(joints)} names are given.", "joints_do_not_fit"
        )
    if said.get("options"):
        said["options"] = spec.options | said["options"]
    try:
        return msgspec.convert(msgspec.to_builtins(spec) | said, Spec, strict=False) if said else spec
    except msgspec.ValidationError as error:
        raise UnfitModel(f"What is said of the model does not fit: {error}", "bad_metadata") from error
