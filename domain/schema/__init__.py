"""Label schema: classes and attributes, what a region must answer, and which changes keep its keys."""

from __future__ import annotations

from .changes import Change, changes, merged_classes
from .checking import asked, check_answer, check_region, missing_answers, value_problem
from .defaults import PALETTE, next_color, starter
from .parsing import SchemaError, SchemaProblem, encode, parse
from .structs import Attribute, Class, Example, ItemAttribute, LabelSchema, SkeletonTemplate, When

__all__ = [
    "PALETTE",
    "Attribute",
    "Change",
    "Class",
    "Example",
    "ItemAttribute",
    "LabelSchema",
    "SchemaError",
    "SchemaProblem",
    "SkeletonTemplate",
    "When",
    "asked",
    "changes",
    "check_answer",
    "check_region",
    "encode",
    "merged_classes",
    "missing_answers",
    "next_color",
    "parse",
    "starter",
    "value_problem",
]
