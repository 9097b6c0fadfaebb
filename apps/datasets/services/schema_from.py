"""The classes of an imported file in the project's schema: found by name, or made with the file's own id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec
from django.db import transaction

from apps.accounts.models import User
from apps.projects.models import Project, SchemaVersion
from apps.projects.services import put_schema
from domain.formats import ImportClass, ImportHeader
from domain.schema import Class, LabelSchema, next_color, parse

DRAWN = ("box", "polygon")
MOST_KEPT = (1 << 31) - 1  # of a file's own ids; those made of texts are larger


@dataclass(slots=True)
class Classes:
    """`ids` maps the file's class keys to the project's ids; `created` are names of new classes, `left_out` keys not wanted."""

    schema: LabelSchema
    ids: dict[int, int]
    created: list[str]
    left_out: frozenset[int] = frozenset()


@transaction.atomic
def bring_classes(
    *, project: Project, user: User, header: ImportHeader, name: str, wanted: Mapping[str, int | None] | None = None
) -> Classes:
    """Make what is missing, as one new schema version; nothing that the project has is taken away.

    Args:
        wanted: the project's class for a name of the file, null to leave it out; other names are matched by themselves.
    """
    locked = Project.objects.select_for_update(no_key=True, of=("self",)).select_related("schema").get(pk=project.pk)
    planned = plan_classes(project=locked, header=header, wanted=wanted)
    assert locked.schema is not None
    if planned.schema != parse(locked.schema.body):
        put_schema(project=locked, user=user, body=planned.schema, note=f"Import of {name}"[:500])
    current = SchemaVersion.objects.filter(project_id=project.pk).order_by("-number").first()
    assert current is not None
    return replace(planned, schema=parse(current.body))


def plan_classes(*, project: Project, header: ImportHeader, wanted: Mapping[str, int | None] | None = None) -> Classes:
    """The schema as it would be; nothing is written. Arguments as of `bring_classes`."""
    asked = wanted or {}
    left_out = frozenset(found.key for found in header.classes if asked.get(found.name, 0) is None)
    header = msgspec.structs.replace(header, classes=[found for found in header.classes if found.key not in left_out])
    assert project.schema is not None
    old = parse(project.schema.body)
    whole = {found.id: found for found in header.schema.classes} if header.schema else {}
    classes = {found.id: found for found in old.classes}
    by_name = by_names(old)
    ids: dict[int, int] = {}
    created: list[str] = []
    for found in header.classes:
        chosen = asked.get(found.name)
        known = classes.get(chosen) if chosen is not None else match(by_name, found.name)
        if known is None:
            made = _new(found, whole.get(found.key), classes, by_name)
            classes[made.id] = by_name[made.name] = made
            created.append(made.name)
        else:
            made = classes[known.id] = _widened(classes[known.id], found, whole.get(found.key))
        ids[found.key] = made.id
    classes = _with_parents(classes, header, ids)
    items = list(old.item_attributes)
    names = {attribute.name for attribute in items}
    questions = header.schema.item_attributes if header.schema else header.item_attributes
    items += [attribute for attribute in questions if attribute.name not in names]
    return Classes(LabelSchema(classes=list(classes.values()), item_attributes=items), ids, created, left_out)


def match(by_name: Mapping[str, Class], name: str) -> Class | None:
    """The project's class that is called so."""
    return by_name.get(name) or by_name.get(name.casefold())


def by_names(schema: LabelSchema) -> dict[str, Class]:
    """By name first, then by title, alias and name without case."""
    found: dict[str, Class] = {}
    for one in schema.classes:
        for text in (one.name.casefold(), *one.aliases, *([one.title] if one.title else [])):
            found.setdefault(text, one)
    return found | {one.name: one for one in schema.classes}


def _new(found: ImportClass, whole: Class | None, classes: dict[int, Class], by_name: dict[str, Class]) -> Class:
    kept = 1 <= found.key <= MOST_KEPT and found.key not in classes
    free = found.key if kept else max((number for number in classes if number <= MOST_KEPT), default=0) + 1
    order = max((one.order for one in classes.values()), default=-1) + 1
    if whole is not None:
        keys = {one.key for one in classes.values()}
        return msgspec.structs.replace(
            whole, id=free, order=order, parent=None, examples=[], key=None if whole.key in keys else whole.key
        )
    name = found.name.strip()[:120] or f"class {found.key}"
    while name in by_name:
        name = f"{name[:110]} {free}"
    return Class(
        id=free,
        name=name,
        color=found.color or next_color([one.color for one in classes.values()]),
        shapes=list(found.shapes) or list(DRAWN),
        order=order,
        skeleton=found.skeleton,
        attributes=found.attributes,
    )


def _widened(known: Class, found: ImportClass, whole: Class | None) -> Class:
    """The class as it is, with the shapes, skeleton and attributes that the file needs."""
    shapes = [*known.shapes, *(shape for shape in found.shapes if shape not in known.shapes)]
    names = {attribute.name for attribute in known.attributes}
    asked = whole.attributes if whole else found.attributes
    extra = [attribute for attribute in asked if attribute.name not in names]
    return msgspec.structs.replace(
        known, shapes=shapes, skeleton=known.skeleton or found.skeleton, attributes=[*known.attributes, *extra]
    )


def _line(classes: dict[int, Class], above: int | None) -> list[int]:
    """A class and its ancestors, the nearest first."""
    line: list[int] = []
    while above is not None and above not in line:
        line.append(above)
        above = classes[above].parent
    return line


def _with_parents(classes: dict[int, Class], header: ImportHeader, ids: dict[int, int]) -> dict[int, Class]:
    """A new class's parent, where the file names one that is a class itself."""
    names = {classes[ids[found.key]].name: ids[found.key] for found in header.classes}
    whole = {found.id: found for found in header.schema.classes} if header.schema else {}
    for found in header.classes:
        own = ids[found.key]
        parent = names.get(found.parent or "")
        if found.key in whole and whole[found.key].parent is not None:
            parent = ids.get(whole[found.key].parent or 0)
        if parent is not None and classes[own].parent is None and own not in _line(classes, parent):
            classes[own] = msgspec.structs.replace(classes[own], parent=parent)
    return classes
