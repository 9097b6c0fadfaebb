"""The OpenAPI document says of each struct exactly what the struct says of itself."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from drf_spectacular.generators import SchemaGenerator

from apps.core.openapi import REF


@pytest.fixture(scope="module")
def components() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    return found


def plain(node: Any) -> Any:
    """What generators are given beside msgspec's own words (see `openapi._tidy`) is put aside; nothing else is."""
    if isinstance(node, list):
        return [plain(part) for part in node]
    if not isinstance(node, dict):
        return node
    kept = {("anyOf" if key == "oneOf" else key): plain(value) for key, value in node.items()}
    if "enum" in kept and set(kept) & {"type"}:
        del kept["type"]
    return kept


def subclasses(kind: type) -> set[type]:
    direct = set(kind.__subclasses__())
    return direct.union(*(subclasses(part) for part in direct))


def structs() -> dict[str, list[Any]]:
    """The own schema of every struct that a component can be named by."""
    found: dict[str, list[Any]] = {}
    for kind in subclasses(msgspec.Struct):
        if kind.__module__.startswith(("apps.", "domain.")) and not getattr(kind, "__parameters__", ()):
            try:
                schemas, parts = msgspec.json.schema_components([kind], ref_template=REF)
            except TypeError:  # holds what JSON cannot say, so it is no body of a request or an answer
                continue
            name = schemas[0]["$ref"].rsplit("/", 1)[1]
            found.setdefault(name, []).append(parts[name])
    return found


def test_each_component_equals_its_structs_own_schema(components):
    own = structs()
    shared = components.keys() & own.keys()
    different = [name for name in sorted(shared) if plain(components[name]) not in [plain(one) for one in own[name]]]
    assert different == []
    assert len(shared) > 100


def test_no_component_comes_from_anywhere_but_a_struct(components):
    generics = {name for name in components if "_" in name}
    assert components.keys() - structs().keys() - generics == set()
