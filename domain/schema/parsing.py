"""Reading a schema body, with every fault named by its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from domain.elements.structs import Value
from domain.shapes import SHAPE_NAMES

from .checking import value_problem
from .structs import Attribute, Class, LabelSchema, SkeletonTemplate

MAX_CLASSES = 2_000


class SchemaProblem(msgspec.Struct, frozen=True):
    """One fault. `pointer` is a JSON pointer into the body."""

    pointer: str
    code: str
    detail: str


class SchemaError(ValueError):
    """A body that is no schema, or a change that would break permanent keys."""

    def __init__(self, problems: Sequence[SchemaProblem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{p.pointer or '/'}: {p.detail}" for p in self.problems[:5]))


def encode(schema: LabelSchema) -> bytes:
    """Canonical bytes of a schema: all fields written, in the structs' order."""
    return msgspec.json.encode(schema)


def parse(body: bytes | str | dict[str, Any]) -> LabelSchema:
    """Read and check a schema body.

    Raises:
        SchemaError: with the list of (pointer, code, detail) of all that is wrong.
    """
    try:
        if isinstance(body, bytes | str):
            schema = msgspec.json.decode(body, type=LabelSchema)
        else:
            schema = msgspec.convert(body, LabelSchema)
    except msgspec.ValidationError as error:
        raise SchemaError([_from_validation(str(error))]) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SchemaError([SchemaProblem("", "malformed_json", str(error))]) from None
    problems = list(_schema_problems(schema))
    if problems:
        raise SchemaError(problems)
    return schema


def _from_validation(message: str) -> SchemaProblem:
    """msgspec's `Expected … - at `$.classes[0].id`` as a pointer."""
    detail, _, place = message.partition(" - at `")
    pointer = re.sub(r"\[(\d+|\.\.\.)\]", r"/\1", place.rstrip("`").lstrip("$")).replace(".", "/")
    return SchemaProblem(pointer, "bad_schema", detail)


def _repeated(values: Iterable[object], pointer: Callable[[int], str], what: str) -> Iterable[SchemaProblem]:
    seen: set[object] = set()
    for i, value in enumerate(values):
        if value in seen:
            yield SchemaProblem(pointer(i), "duplicate", f"{what} {value!r} is there twice")
        seen.add(value)


def _schema_problems(schema: LabelSchema) -> Iterable[SchemaProblem]:
    classes = schema.classes
    if len(classes) > MAX_CLASSES:
        yield SchemaProblem(
            "/classes", "too_many_classes", f"{len(classes)} classes; at most {MAX_CLASSES} are allowed"
        )
    yield from _repeated((c.id for c in classes), lambda i: f"/classes/{i}/id", "the class id")
    live = {i: c for i, c in enumerate(classes) if not c.archived}
    places = list(live)
    yield from _repeated((c.name for c in live.values()), lambda i: f"/classes/{places[i]}/name", "the class name")
    keyed = [(i, c.key) for i, c in live.items() if c.key]
    yield from _repeated((k for _, k in keyed), lambda i: f"/classes/{keyed[i][0]}/key", "the key")
    parents = {c.id: c.parent for c in classes}
    for i, found in enumerate(classes):
        yield from _class_problems(found, f"/classes/{i}", parents)
    yield from _attributes_problems(schema.item_attributes, "/item_attributes", ("item",))


def _class_problems(found: Class, at: str, parents: dict[int, int | None]) -> Iterable[SchemaProblem]:
    if not found.shapes:
        yield SchemaProblem(f"{at}/shapes", "no_shapes", f"{found.name!r} needs at least one shape")
    for i, shape in enumerate(found.shapes):
        if shape not in SHAPE_NAMES:
            detail = f"unknown shape {shape!r}; known are {', '.join(SHAPE_NAMES)}"
            yield SchemaProblem(f"{at}/shapes/{i}", "unknown_shape", detail)
    yield from _repeated(found.shapes, lambda i: f"{at}/shapes/{i}", "the shape")
    if found.parent is not None:
        yield from _parent_problems(found.id, at, parents)
    yield from _attributes_problems(found.attributes, f"{at}/attributes", ("region", "track"))
    if found.skeleton is not None:
        yield from _skeleton_problems(found.skeleton, f"{at}/skeleton")


def _parent_problems(class_id: int, at: str, parents: dict[int, int | None]) -> Iterable[SchemaProblem]:
    seen = {class_id}
    above = parents[class_id]
    while above is not None:
        if above not in parents:
            yield SchemaProblem(f"{at}/parent", "unknown_parent", f"there is no class {above}")
            return
        if above in seen:
            yield SchemaProblem(f"{at}/parent", "parent_circle", f"class {class_id} would be its own ancestor")
            return
        seen.add(above)
        above = parents[above]


def _skeleton_problems(skeleton: SkeletonTemplate, at: str) -> Iterable[SchemaProblem]:
    if not skeleton.joints:
        yield SchemaProblem(f"{at}/joints", "no_joints", "a skeleton needs at least one joint")
    yield from _repeated(skeleton.joints, lambda i: f"{at}/joints/{i}", "the joint")
    for field, pairs in (("edges", skeleton.edges), ("mirror", skeleton.mirror)):
        for i, pair in enumerate(pairs):
            if pair[0] == pair[1] or not all(0 <= joint < len(skeleton.joints) for joint in pair):
                detail = f"{list(pair)} must be two different joints from 0 to {len(skeleton.joints) - 1}"
                yield SchemaProblem(f"{at}/{field}/{i}", "unknown_joint", detail)
    if skeleton.positions is not None and len(skeleton.positions) != len(skeleton.joints):
        detail = f"{len(skeleton.positions)} positions for {len(skeleton.joints)} joints: give each joint one, or none"
        yield SchemaProblem(f"{at}/positions", "joint_positions", detail)


def _attributes_problems(attributes: Sequence[Attribute], at: str, scopes: tuple[str, ...]) -> Iterable[SchemaProblem]:
    yield from _repeated((a.name for a in attributes), lambda i: f"{at}/{i}/name", "the attribute name")
    names = {a.name: a for a in attributes}
    for i, attribute in enumerate(attributes):
        here = f"{at}/{i}"
        if attribute.scope not in scopes:
            detail = f"scope must be {' or '.join(scopes)}, got {attribute.scope!r}"
            yield SchemaProblem(f"{here}/scope", "bad_scope", detail)
        yield from _attribute_problems(attribute, here)
        yield from _when_problems(attribute, here, names)


def _attribute_problems(attribute: Attribute, at: str) -> Iterable[SchemaProblem]:
    chooses = attribute.kind in ("select", "multiselect")
    if chooses and not attribute.options:
        yield SchemaProblem(f"{at}/options", "no_options", f"a {attribute.kind} needs options")
    if not chooses and attribute.options:
        yield SchemaProblem(f"{at}/options", "unexpected_options", f"a {attribute.kind} has no options")
    yield from _repeated(attribute.options, lambda i: f"{at}/options/{i}", "the option")
    for field, values in (("archived_options", attribute.archived_options), ("option_titles", attribute.option_titles)):
        for value in values:
            if value not in attribute.options:
                yield SchemaProblem(f"{at}/{field}", "unknown_option", f"{value!r} is not among the options")
    if attribute.minimum is not None and attribute.maximum is not None and attribute.minimum > attribute.maximum:
        yield SchemaProblem(f"{at}/minimum", "empty_range", f"{attribute.minimum:g} is over {attribute.maximum:g}")
    if attribute.default is not None and (fault := value_problem(attribute, attribute.default)):
        yield SchemaProblem(f"{at}/default", "bad_default", fault)


def _when_problems(attribute: Attribute, at: str, names: dict[str, Attribute]) -> Iterable[SchemaProblem]:
    """A condition names another attribute of the same list, with values it can have, in no circle."""
    when = attribute.when
    if when is None:
        return
    asked = names.get(when.attribute)
    if asked is None:
        yield SchemaProblem(f"{at}/when/attribute", "unknown_attribute", f"there is no attribute {when.attribute!r}")
        return
    if not when.values:
        yield SchemaProblem(f"{at}/when/in", "empty_condition", "a condition needs at least one value")
    for i, value in enumerate(when.values):
        wanted: Value = [value] if asked.kind == "multiselect" and isinstance(value, str) else value
        if fault := value_problem(asked, wanted):
            yield SchemaProblem(f"{at}/when/in/{i}", "bad_condition", fault)
    seen = {attribute.name}
    above: Attribute | None = asked
    while above is not None and above.when is not None:
        if above.name in seen:
            yield SchemaProblem(f"{at}/when", "condition_circle", f"{attribute.name!r} would depend on itself")
            return
        seen.add(above.name)
        above = names.get(above.when.attribute)
    if above is not None and above.name in seen:
        yield SchemaProblem(f"{at}/when", "condition_circle", f"{attribute.name!r} would depend on itself")
