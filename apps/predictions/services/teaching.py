"""What a version's labels mean in the project, and from which score on they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.activity.services import record
from apps.predictions.errors import BadMapping
from apps.predictions.models import ModelVersion
from apps.projects.queries import schema_of
from domain.elements.structs import Answer
from domain.problems import errors
from domain.schema import LabelSchema, check_answer


@transaction.atomic
def change_version(
    *,
    version: ModelVersion,
    user: User,
    mapping: Mapping[str, Any] | None = None,
    thresholds: Mapping[str, Any] | None = None,
) -> ModelVersion:
    """Set the meaning of labels, or thresholds; what is not given stays. Predictions that stand stay as they are.

    Args:
        mapping: by label, `Target` as JSON, or null for what means nothing here. Other labels keep theirs.
        thresholds: `Thresholds` as JSON; a class's score is by label.

    Raises:
        BadMapping: a label, a class, a question or a value that there is not.
    """
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("model__project__schema").get(pk=version.pk)  # fmt: skip
    known = set(version.labels)
    if mapping is not None:
        assert version.model.project.schema is not None
        _check(mapping, known, schema_of(version.model.project.schema))
        version.mapping = version.mapping | dict(mapping)
    if thresholds is not None:
        unknown = set(thresholds.get("classes", {})) - known if known else set()
        if unknown:
            raise BadMapping(f"The model has no label {min(unknown)[:80]!r}.")
        version.thresholds = dict(thresholds)
    version.save(update_fields=["mapping", "thresholds", "updated_at"])
    record(
        organisation_id=version.model.project.organisation_id,
        project_id=version.project_id,
        verb="model.mapped",
        actor=user,
        object_type="model",
        object_id=version.model_id,
        details={"name": version.model.name, "version": version.name},
    )
    return version


def _check(mapping: Mapping[str, Any], known: set[str], schema: LabelSchema) -> None:
    for label, target in mapping.items():
        if known and label not in known:
            raise BadMapping(f"The model has no label {label[:80]!r}.")
        if target is None:
            continue
        class_id, attribute = target.get("class"), target.get("attribute")
        if (class_id is None) == (attribute is None):
            raise BadMapping(f"{label[:80]!r} means either a class or a value of a question about the image.")
        if attribute is None:
            found = schema.class_by_id(class_id)
            if found is None or found.archived:
                raise BadMapping(f"The label schema has no class {class_id}.")
        else:
            _check_value(label, attribute, target.get("value"), schema)


def _check_value(label: str, attribute: str, value: Any, schema: LabelSchema) -> None:
    question = schema.item_attribute(attribute)
    several = question is not None and question.kind == "multiselect" and isinstance(value, str)
    if value is None or errors(check_answer(schema, Answer(id=attribute, value=[value] if several else value))):
        raise BadMapping(
            f"{label[:80]!r}: the question {attribute[:80]!r} cannot be answered with {str(value)[:80]!r}."
        )
