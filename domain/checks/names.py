"""How findings call a class."""

from __future__ import annotations

from .base import Context


def class_name(context: Context, class_id: int) -> str:
    """Its title as the schema has it; of one that is gone, its id."""
    for known in context.schema.classes:
        if known.id == class_id:
            return known.name
    return f"class {class_id}"
