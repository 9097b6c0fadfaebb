"""Reading several models in one plain SQL statement, for what every request or claim asks.

`Manager.raw` knows one model only, and the ORM spends a millisecond on building a join that never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)
Convert = Callable[..., Any]


@lru_cache(maxsize=64)
def columns(model: type[models.Model], alias: str) -> str:
    """The columns of `model` under a table's alias, in the order that `instance` expects."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def instance(model: type[M], row: Sequence[Any], begin: int = 0) -> tuple[M, int]:
    """One object out of the columns of `row` from `begin` on, and where the next one's begin."""
    names, converters = _reading(model)
    values = list(row[begin : begin + len(names)])
    for place, convert in converters:
        values[place] = convert(values[place], None, connection)
    return model.from_db(connection.alias, names, values), begin + len(names)


@lru_cache(maxsize=64)
def _reading(model: type[models.Model]) -> tuple[list[str], list[tuple[int, Convert]]]:
    """The attribute names of a model's columns, and what turns a column's value into the attribute's."""
    fields = model._meta.concrete_fields
    converters = [
        (place, convert)
        for place, field in enumerate(fields)
        for convert in (
            *connection.ops.get_db_converters(field.get_col(model._meta.db_table)),
            *field.get_db_converters(connection),
        )
    ]
    return [field.attname for field in fields], converters
