"""From one schema version to the next: what changed, and what may not (keys are permanent, decision 15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from .parsing import SchemaError, SchemaProblem
from .structs import Attribute, Class, LabelSchema, SkeletonTemplate

ChangeKind = Literal[
    "class_added",
    "class_archived",
    "class_restored",
    "class_renamed",
    "class_reordered",
    "class_recolored",
    "class_edited",
    "shape_added",
    "shape_removed",
    "attribute_added",
    "attribute_archived",
    "attribute_restored",
    "attribute_edited",
    "attribute_required",
    "option_added",
    "option_archived",
    "option_restored",
    "joint_added",
]


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One difference between two versions. `class_id` is None for item attributes.

    `touches_work` says that regions made under the old version may need a look: a top-up batch of only these is offered.
    """

    kind: ChangeKind
    detail: str
    class_id: int | None = None
    attribute: str | None = None
    touches_work: bool = False


def changes(old: LabelSchema, new: LabelSchema) -> list[Change]:
    """What the new version changes.

    Raises:
        SchemaError: a class id, attribute name, option value or joint is gone (archive it), or a kind or scope changed.
    """
    problems: list[SchemaProblem] = []
    found: list[Change] = []
    new_by_id = {c.id: c for c in new.classes}
    places = {c.id: f"/classes/{i}" for i, c in enumerate(new.classes)}
    old_ids = {c.id for c in old.classes}
    for before in old.classes:
        after = new_by_id.get(before.id)
        if after is None:
            detail = f"the class {before.id} ({before.name}) is a permanent key: set `archived` or merge it"
            problems.append(SchemaProblem("/classes", "class_removed", detail))
            continue
        found += _class_changes(before, after)
        found += _attribute_changes(
            before.attributes, after.attributes, before.id, f"{places[before.id]}/attributes", problems
        )
        found += _joint_changes(before, after, f"{places[before.id]}/skeleton", problems)
    for after in new.classes:
        if after.id not in old_ids:
            found.append(Change("class_added", f"class {after.title or after.name}", after.id))
    found += _attribute_changes(old.item_attributes, new.item_attributes, None, "/item_attributes", problems)
    if problems:
        raise SchemaError(problems)
    return found


def _class_changes(before: Class, after: Class) -> Iterable[Change]:
    name, cid = after.title or after.name, after.id
    if before.archived != after.archived:
        kind: ChangeKind = "class_archived" if after.archived else "class_restored"
        yield Change(kind, f"class {name}", cid, touches_work=after.archived)
    if (before.name, before.title) != (after.name, after.title):
        yield Change("class_renamed", f"{before.title or before.name} → {name}", cid)
    if (before.order, before.parent) != (after.order, after.parent):
        yield Change("class_reordered", f"class {name}", cid)
    if before.color.lower() != after.color.lower():
        yield Change("class_recolored", f"class {name}: {before.color} → {after.color}", cid)
    for shape in after.shapes:
        if shape not in before.shapes:
            yield Change("shape_added", f"{name} may be drawn as {shape}", cid)
    for shape in before.shapes:
        if shape not in after.shapes:
            yield Change("shape_removed", f"{name} may no longer be drawn as {shape}", cid, touches_work=True)
    rest = ("key", "code", "description", "aliases", "examples")
    if any(getattr(before, field) != getattr(after, field) for field in rest):
        yield Change("class_edited", f"class {name}", cid)
    if _template_changed(before.skeleton, after.skeleton):
        yield Change("class_edited", f"skeleton of {name}", cid)


def _template_changed(before: SkeletonTemplate | None, after: SkeletonTemplate | None) -> bool:
    """In how the joints that were there hang together, pair and lie. New joints are changes of their own."""
    if before is None or after is None:
        return before is not after
    return _template(before, before.joints) != _template(after, before.joints)


def _template(template: SkeletonTemplate, known: Sequence[str]) -> tuple[list[object], ...]:
    def named(pairs: Sequence[tuple[int, int]]) -> list[object]:
        names = [(template.joints[a], template.joints[b]) for a, b in pairs]
        return [pair for pair in names if all(name in known for name in pair)]

    places = zip(template.joints, template.positions or [], strict=False)
    return named(template.edges), named(template.mirror), [place for place in places if place[0] in known]


def _joint_changes(before: Class, after: Class, at: str, problems: list[SchemaProblem]) -> Iterable[Change]:
    old = before.skeleton.joints if before.skeleton else []
    new = after.skeleton.joints if after.skeleton else []
    for joint in old:
        if joint not in new:
            problems.append(SchemaProblem(at, "joint_removed", f"the joint {joint!r} is a permanent key"))
    return [
        Change("joint_added", f"joint {joint} of {after.title or after.name}", after.id, touches_work=True)
        for joint in new
        if old and joint not in old
    ]


def _attribute_changes(
    old: Sequence[Attribute], new: Sequence[Attribute], class_id: int | None, at: str, problems: list[SchemaProblem]
) -> list[Change]:
    found: list[Change] = []
    places = {a.name: (i, a) for i, a in enumerate(new)}
    known = {a.name for a in old}
    for before in old:
        if before.name not in places:
            detail = f"the attribute {before.name!r} is a permanent key: set `archived`"
            problems.append(SchemaProblem(at, "attribute_removed", detail))
            continue
        i, after = places[before.name]
        problems += _broken_keys(before, after, f"{at}/{i}")
        found += _one_attribute(before, after, class_id)
    for after in new:
        if after.name not in known:
            found.append(
                Change("attribute_added", f"attribute {after.name}", class_id, after.name, touches_work=after.required)
            )
    return found


def _broken_keys(before: Attribute, after: Attribute, at: str) -> Iterable[SchemaProblem]:
    for field in ("kind", "scope", "mutable"):
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            detail = (
                f"the {field} of {before.name!r} is permanent: {old!r} cannot become {new!r}; add another attribute"
            )
            yield SchemaProblem(f"{at}/{field}", f"{field}_changed", detail)
    for option in before.options:
        if option not in after.options:
            detail = f"the option {option!r} of {before.name!r} is a permanent key: put it into `archived_options`"
            yield SchemaProblem(f"{at}/options", "option_removed", detail)


def _one_attribute(before: Attribute, after: Attribute, class_id: int | None) -> Iterable[Change]:
    name = after.name

    def change(kind: ChangeKind, detail: str, touches: bool = False) -> Change:
        return Change(kind, detail, class_id, name, touches)

    if before.archived != after.archived:
        yield change("attribute_archived" if after.archived else "attribute_restored", f"attribute {name}")
    if after.required and not before.required:
        yield change("attribute_required", f"{name} must now be answered", True)
    for option in after.options:
        if option not in before.options:
            yield change("option_added", f"option {option} of {name}")
    for option in sorted(set(before.archived_options) ^ set(after.archived_options)):
        gone = option in after.archived_options
        yield change("option_archived" if gone else "option_restored", f"option {option} of {name}", gone)
    rest = ("title", "description", "option_titles", "default", "minimum", "maximum", "when")
    if any(getattr(before, field) != getattr(after, field) for field in rest) or (
        before.required and not after.required
    ):
        yield change("attribute_edited", f"attribute {name}", before.when != after.when)


def merged_classes(schema: LabelSchema, mapping: Mapping[int, int]) -> LabelSchema:
    """The schema after merging classes: each key of `mapping` is archived, its value takes its regions.

    The surviving class takes over allowed shapes and attributes it lacks, so that every region stays valid; children of a
    merged class move to the survivor.

    Raises:
        SchemaError: an unknown class, a survivor that is merged or archived itself, or attributes of one name and
            another kind.
    """
    known = {c.id: c for c in schema.classes}
    problems = []
    for source, target in mapping.items():
        if source not in known or target not in known:
            problems.append(
                SchemaProblem("/classes", "unknown_class", f"cannot merge {source} into {target}: no such class")
            )
        elif target in mapping or known[target].archived:
            problems.append(
                SchemaProblem("/classes", "bad_merge", f"class {target} cannot take others in: it goes away itself")
            )
    if problems:
        raise SchemaError(problems)
    classes = []
    for found in schema.classes:
        if found.id in mapping:
            found = msgspec.structs.replace(found, archived=True, key=None)
        else:
            for source in sorted(s for s, t in mapping.items() if t == found.id):
                found = _absorb(found, known[source])
        parent = mapping.get(found.parent, found.parent) if found.parent is not None else None
        classes.append(msgspec.structs.replace(found, parent=None if parent == found.id else parent))
    return msgspec.structs.replace(schema, classes=classes)


def _absorb(target: Class, source: Class) -> Class:
    attributes = {a.name: a for a in target.attributes}
    for attribute in source.attributes:
        mine = attributes.get(attribute.name)
        if mine is None:
            attributes[attribute.name] = msgspec.structs.replace(attribute, required=False)
        elif mine.kind != attribute.kind:
            detail = f"{attribute.name!r} is {mine.kind} in {target.name} and {attribute.kind} in {source.name}"
            raise SchemaError([SchemaProblem("/classes", "bad_merge", detail)])
        else:
            options = [*mine.options, *(o for o in attribute.options if o not in mine.options)]
            attributes[attribute.name] = msgspec.structs.replace(mine, options=options)
    return msgspec.structs.replace(
        target,
        shapes=[*target.shapes, *(s for s in source.shapes if s not in target.shapes)],
        aliases=list(dict.fromkeys([*target.aliases, source.name, *source.aliases])),
        attributes=list(attributes.values()),
        skeleton=target.skeleton or source.skeleton,
    )
