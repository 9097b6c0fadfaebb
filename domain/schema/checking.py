"""What a schema says about a region and about answers to item attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.elements.structs import Answer, Keyframe, Region, Track, Value
from domain.problems import Problem
from domain.shapes.skeleton import Skeleton

from .structs import Attribute, Class, LabelSchema


def value_problem(attribute: Attribute, value: Value) -> str | None:
    """Why a value does not fit a question; None when it does. `null` always fits: it says "not answered"."""
    if value is None:
        return None
    match attribute.kind:
        case "boolean":
            return None if isinstance(value, bool) else f"{attribute.name} must be true or false, got {value!r}"
        case "number":
            return _number_problem(attribute, value)
        case "text":
            return None if isinstance(value, str) else f"{attribute.name} must be text, got {value!r}"
        case "select":
            if isinstance(value, str) and value in attribute.options:
                return None
            return f"{attribute.name} must be one of {_listed(attribute.options)}, got {value!r}"
        case "multiselect":
            if isinstance(value, list) and len(set(value)) == len(value) and all(v in attribute.options for v in value):
                return None
            return f"{attribute.name} must be a list of {_listed(attribute.options)}, each once, got {value!r}"


def _number_problem(attribute: Attribute, value: Value) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{attribute.name} must be a number, got {value!r}"
    if attribute.minimum is not None and value < attribute.minimum:
        return f"{attribute.name} must be at least {attribute.minimum:g}, got {value:g}"
    if attribute.maximum is not None and value > attribute.maximum:
        return f"{attribute.name} must be at most {attribute.maximum:g}, got {value:g}"
    return None


def _listed(options: Sequence[str]) -> str:
    shown = ", ".join(options[:10])
    return f"{shown} and {len(options) - 10} more" if len(options) > 10 else shown


def asked(attribute: Attribute, values: Mapping[str, Value], attributes: Sequence[Attribute]) -> bool:
    """Whether the question is asked, given the other answers: not archived and its chain of conditions holds."""
    if attribute.archived:
        return False
    when = attribute.when
    if when is None:
        return True
    other = next((a for a in attributes if a.name == when.attribute), None)
    if other is None or not asked(other, values, attributes):
        return False
    given = values.get(other.name, other.default)
    return any(v in when.values for v in given) if isinstance(given, list) else given in when.values


def _is_missing(value: Value) -> bool:
    return value is None or value == "" or value == []


def _attribute_problems(
    attributes: Sequence[Attribute], values: Mapping[str, Value], scopes: tuple[str, ...]
) -> list[Problem]:
    known = {a.name: a for a in attributes}
    found: list[Problem] = []
    for name, value in values.items():
        attribute = known.get(name)
        if attribute is None:
            found.append(Problem("unknown_attribute", f"the class has no attribute {name!r}", at=name))
        elif fault := value_problem(attribute, value):
            found.append(Problem("bad_attribute_value", fault, at=name))
    for attribute in attributes:
        if not attribute.required or attribute.scope not in scopes or not _is_missing(values.get(attribute.name)):
            continue
        if asked(attribute, values, attributes):
            detail = f"{attribute.title or attribute.name} is not answered"
            found.append(Problem("missing_attribute", detail, "finding", at=attribute.name))
    return found


def _class_problems(schema: LabelSchema, class_id: int) -> tuple[Class | None, list[Problem]]:
    found = schema.class_by_id(class_id)
    if found is None:
        return None, [Problem("unknown_class", f"the schema has no class {class_id}", at="class")]
    return found, []


def check_region(schema: LabelSchema, region: Region | Track) -> list[Problem]:
    """What the schema says about a region or track.

    Errors: unknown_class, archived_class is a finding; shape_not_allowed, unknown_attribute, bad_attribute_value,
    unknown_joint. A required attribute without an answer is the finding missing_attribute.
    """
    found = schema.class_by_id(region.class_id)
    if (
        found is not None
        and not (region.attributes or found.attributes or found.archived or found.skeleton)
        and isinstance(region, Region)
        and region.geometry.shape in found.shapes
        and not isinstance(region.geometry, Skeleton)
    ):
        return []  # by far the most
    found, problems = _class_problems(schema, region.class_id)
    if found is None:
        return problems
    if found.archived:
        problems.append(
            Problem("archived_class", f"the class {found.title or found.name!r} is archived", "finding", at="class")
        )
    if isinstance(region, Track):
        return problems + _attribute_problems(found.attributes, region.attributes, ("track",))
    if region.shape not in found.shapes:
        detail = f"{found.title or found.name} is drawn as {', '.join(found.shapes)}; got {region.shape}"
        problems.append(Problem("shape_not_allowed", detail, at="shape"))
    if isinstance(region.geometry, Skeleton):
        problems += _joint_problems(found, region.geometry)
    return problems + _attribute_problems(found.attributes, region.attributes, ("region", "track"))


def check_keyframe(schema: LabelSchema, keyframe: Keyframe, track: Track) -> list[Problem]:
    """What the schema says about a keyframe of a track: its shape, and values of the attributes that may change."""
    found, problems = _class_problems(schema, track.class_id)
    if found is None:
        return problems
    if keyframe.shape not in found.shapes:
        detail = f"{found.title or found.name} is drawn as {', '.join(found.shapes)}; got {keyframe.shape}"
        problems.append(Problem("shape_not_allowed", detail, at="shape"))
    return problems + _attribute_problems(found.attributes, keyframe.attributes, ("region",))


def _joint_problems(found: Class, skeleton: Skeleton) -> list[Problem]:
    if found.skeleton is None:
        return []
    known = found.skeleton.joints
    return [
        Problem("unknown_joint", f"{found.title or found.name} has no joint {name!r}", at=name)
        for name in skeleton.joints
        if name not in known
    ]


def check_answer(schema: LabelSchema, answer: Answer) -> list[Problem]:
    """Errors: unknown_attribute, bad_attribute_value."""
    attribute = schema.item_attribute(answer.id)
    if attribute is None:
        return [Problem("unknown_attribute", f"the schema has no item attribute {answer.id!r}", at=answer.id)]
    fault = value_problem(attribute, answer.value)
    return [Problem("bad_attribute_value", fault, at=answer.id)] if fault else []


def missing_answers(schema: LabelSchema, answers: Mapping[str, Value]) -> list[Problem]:
    """Findings that stop a submit: required item attributes that are asked and not answered."""
    return [
        Problem("missing_attribute", f"{a.title or a.name} is not answered", "finding", at=a.name)
        for a in schema.item_attributes
        if a.required and _is_missing(answers.get(a.name)) and asked(a, answers, schema.item_attributes)
    ]
