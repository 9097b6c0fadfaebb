"""The next version of the label schema. Keys are permanent, titles free."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import transaction

from apps.accounts.models import User
from apps.activity import events
from apps.activity.services import record
from apps.core.etags import check_fresh
from apps.projects.errors import NothingToUndo, bad_schema
from apps.projects.models import Project, SchemaVersion
from apps.projects.queries.versions import schema_of
from apps.projects.services.locking import locked, next_number, touch
from domain.schema import Change, LabelSchema, SchemaError, SchemaProblem, changes, parse


def schema_etag(version: SchemaVersion) -> str:
    return f'"schema-{version.number}"'


def checked_schema(schema: LabelSchema) -> LabelSchema:
    """A whole schema that is right in itself. Raises BadSchema."""
    try:
        return parse(msgspec.to_builtins(schema))
    except SchemaError as error:
        raise bad_schema(error.problems) from error


def preview_schema(*, project: Project, body: bytes | dict[str, Any]) -> tuple[list[Change], list[SchemaProblem]]:
    """What putting this body would change, or why it would be refused. Nothing is written."""
    assert project.schema is not None
    try:
        return changes(schema_of(project.schema), parse(body)), []
    except SchemaError as error:
        return [], error.problems


@transaction.atomic
def put_schema(
    *,
    project: Project,
    user: User,
    body: bytes | dict[str, Any] | LabelSchema,
    note: str = "",
    expected: str | None = None,
) -> tuple[SchemaVersion, list[Change]]:
    """Make the next version out of a whole body. A body that changes nothing makes none.

    Raises:
        BadSchema: it is no schema, or it would break a permanent key; every fault has its place.
        StaleVersion: somebody made another version since `expected`.
    """
    row = locked(project)
    assert row.schema is not None
    check_fresh(expected, schema_etag(row.schema))
    try:
        new = parse(msgspec.to_builtins(body) if isinstance(body, LabelSchema) else body)
        found = changes(schema_of(row.schema), new)
    except SchemaError as error:
        raise bad_schema(error.problems) from error
    if not found and new == schema_of(row.schema):
        return row.schema, []
    return make_version(project=row, user=user, schema=new, note=note, changes_made=found), found


def make_version(
    *,
    project: Project,
    user: User,
    schema: LabelSchema,
    note: str,
    changes_made: list[Change],
    class_map: dict[str, Any] | None = None,
) -> SchemaVersion:
    """Write the version and make it the current one. The project's row is locked by the caller."""
    version = SchemaVersion.objects.create(
        project=project,
        number=next_number(SchemaVersion.objects.filter(project=project)),
        body=msgspec.to_builtins(schema),
        created_by=user,
        note=note or _in_words(changes_made),
        class_map=class_map or {},
    )
    project.schema = version
    touch(project, "schema")
    details = {"number": version.number, "changes": [change.detail for change in changes_made[:20]]}
    record(
        organisation_id=project.organisation_id, project_id=project.pk, verb="schema.changed", actor=user,
        object_type="schema_version", object_id=version.pk, details=details,
    )  # fmt: skip
    events.publish(f"project:{project.pk}", "schema.changed", {"project": project.pk, "number": version.number})
    return version


def _in_words(found: list[Change]) -> str:
    return "; ".join(change.detail for change in found)[:500]


@transaction.atomic
def undo_schema(*, project: Project, user: User, expected: str | None = None) -> tuple[SchemaVersion, list[Change]]:
    """Make a version that says what the one before the current said; what was added is archived, since keys are permanent.

    Raises:
        NothingToUndo: there is only one version, or the last change was a merge, which is undone as a bulk change.
    """
    row = locked(project)
    assert row.schema is not None
    check_fresh(expected, schema_etag(row.schema))
    before = SchemaVersion.objects.filter(project=row, number=row.schema.number - 1).first()
    if before is None:
        raise NothingToUndo("This is the first version of the schema.")
    if row.schema.class_map:
        raise NothingToUndo("The last change merged classes. Undo the merge itself: it brings the regions back too.")
    old, now = schema_of(before), schema_of(row.schema)
    target = _with_added_archived(old, now)
    try:
        found = changes(now, target)
    except SchemaError as error:
        raise bad_schema(error.problems) from error
    note = f"Undo of version {row.schema.number}"
    return make_version(project=row, user=user, schema=target, note=note, changes_made=found), found


def _with_added_archived(old: LabelSchema, now: LabelSchema) -> LabelSchema:
    """`old`, with every class, attribute, option and joint that only `now` has kept as archived."""
    known = {found.id: found for found in old.classes}
    classes = list(old.classes)
    for found in now.classes:
        if found.id not in known:
            classes.append(msgspec.structs.replace(found, archived=True, key=None))
            continue
        place = classes.index(known[found.id])
        attributes = _attributes_kept(known[found.id].attributes, found.attributes)
        skeleton = found.skeleton if found.skeleton is not None else known[found.id].skeleton
        classes[place] = msgspec.structs.replace(known[found.id], attributes=attributes, skeleton=skeleton)
    items = _attributes_kept(old.item_attributes, now.item_attributes)
    return msgspec.structs.replace(old, classes=classes, item_attributes=items)


def _attributes_kept(old: list[Any], now: list[Any]) -> list[Any]:
    known = {found.name: found for found in old}
    kept = []
    for found in now:
        before = known.get(found.name)
        if before is None:
            kept.append(msgspec.structs.replace(found, archived=True, required=False))
            continue
        added = [option for option in found.options if option not in before.options]
        kept.append(
            msgspec.structs.replace(
                before, options=[*before.options, *added], archived_options=[*before.archived_options, *added]
            )
        )
    order = {found.name: i for i, found in enumerate(old)}
    return sorted(kept, key=lambda found: order.get(found.name, len(order)))
