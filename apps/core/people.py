"""How a person is named to another: by name, or to a viewer by a stable pseudonym."""

from __future__ import annotations

import msgspec


class Person(msgspec.Struct, frozen=True):
    """A person as the reader may see them.

    With `pseudonym` there is no `id` or address, and `name` is "member <number>"; the number is stable in the organisation.
    """

    id: int | None
    name: str
    number: int | None = None
    pseudonym: bool = False
