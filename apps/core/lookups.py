"""A lookup for the many keys of a batch."""

from __future__ import annotations

from typing import Any

from django.db.models import Field, ForeignObject, Lookup


class AnyOf(Lookup):  # type: ignore[type-arg]
    """`pk__any_of=[…]`: as `in`, with one array for all the values. Neither Django nor PostgreSQL looks at each by itself."""

    lookup_name = "any_of"

    def get_prep_lookup(self) -> list[Any]:
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, params = self.process_lhs(compiler, connection)
        if all(type(value) is int for value in self.rhs):
            return f"{left} = ANY(%s::bigint[])", [*params, "{" + ",".join(map(str, self.rhs)) + "}"]
        return f"{left} = ANY(%s)", [*params, self.rhs]


for kind in (Field, ForeignObject):  # a foreign key has none of its column's
    kind.register_lookup(AnyOf)
