"""Statements that the server parses and plans once a connection, for what every request, claim and save asks.

Planning costs PostgreSQL more than running them. A connection pooler in front of it must keep sessions (in PgBouncer:
`pool_mode = session`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.utils import CursorWrapper

_PLACE = re.compile(r"%(?:\((\w+)\))?s")
_numbers = count(1)
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # by driver connection: the names it knows


class Statement:
    """One SQL statement with `%s` or `%(name)s` places, as a cursor takes it.

    The server infers the type of each place from its use; cast where it cannot (`%s::bigint[]`).
    """

    def __init__(self, sql: str) -> None:
        self.name = f"lw_{next(_numbers)}"
        self.names: list[str] = []  # of its places, in order of `$1, $2 …`; numbers where the places have no names
        self.sql = _PLACE.sub(self._numbered, sql)
        self.call = f"EXECUTE {self.name}" + (f" ({', '.join(['%s'] * len(self.names))})" if self.names else "")

    def _numbered(self, place: re.Match[str]) -> str:
        name = place[1] or str(len(self.names))
        if name not in self.names:
            self.names.append(name)
        return f"${self.names.index(name) + 1}"

    @contextmanager
    def run(self, values: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[CursorWrapper]:
        """A cursor after the statement ran on this thread's connection."""
        given = [values[name] for name in self.names] if isinstance(values, Mapping) else list(values)
        with connection.cursor() as cursor:
            known = _prepared.setdefault(cursor.cursor.connection, set())
            if self.name not in known:
                cursor.execute(f"PREPARE {self.name} AS {self.sql}")
                known.add(self.name)
            cursor.execute(self.call, given)
            yield cursor

    def do(self, values: Sequence[Any] | Mapping[str, Any] = ()) -> None:
        """Run it for its effect."""
        with self.run(values):
            pass

    def row(self, values: Sequence[Any] | Mapping[str, Any] = ()) -> tuple[Any, ...] | None:
        """The first row, or None."""
        with self.run(values) as cursor:
            found: tuple[Any, ...] | None = cursor.fetchone()
            return found

    def rows(self, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        with self.run(values) as cursor:
            return list(cursor.fetchall())
