"""OpenAPI 3.1 out of msgspec structs: one serializer extension for drf-spectacular.

`@extend_schema(request=SomeStruct, responses={200: OtherStruct})` works because the extension below
answers for every struct class. The component of a struct is `msgspec.json.schema_components`' own,
named by the struct; what generators trip over is put right in `_tidy`.
"""

from __future__ import annotations

import inspect
from typing import Any, Literal

import msgspec
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from apps.core.views import Api

REF = "#/components/schemas/{name}"


class Problem(msgspec.Struct, omit_defaults=True):
    """RFC 9457 problem document. `code` is stable."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str = ""
    errors: list[dict[str, str]] = []


def struct_components(struct: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """(schema, components) of a struct or of a type made of structs, tidied for OpenAPI 3.1."""
    (schema,), components = msgspec.json.schema_components([struct], ref_template=REF)
    return _tidy(schema), {name: _tidy(part) for name, part in components.items()}


def _tidy(node: Any) -> Any:
    """`anyOf` with a discriminator becomes `oneOf`; an `enum` or `const` gets its `type`."""
    if isinstance(node, list):
        return [_tidy(part) for part in node]
    if not isinstance(node, dict):
        return node
    tidy = {key: _tidy(value) for key, value in node.items()}
    if "discriminator" in tidy and "anyOf" in tidy:
        tidy["oneOf"] = tidy.pop("anyOf")
    if "enum" in tidy and "type" not in tidy:
        kinds = {"string" if isinstance(v, str) else "integer" for v in tidy["enum"] if v is not None}
        if len(kinds) == 1:
            tidy["type"] = kinds.pop()
    return tidy


class StructExtension(OpenApiSerializerExtension):
    """Types requests and answers that are msgspec structs, or lists and generics of them."""

    priority = 10

    @classmethod
    def _matches(cls, target: Any) -> bool:
        return _is_struct(target)

    def get_name(self, auto_schema: AutoSchema, direction: str) -> str:
        """The component's name. (Without a name drf-spectacular types the answer as the request.)"""
        return own_component(self.target)[0]

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        name, components = own_component(self.target)
        return components[name]


class TokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Token lw_…` in the document."""

    target_class = "apps.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token lw_…"}


def own_component(struct: Any) -> tuple[str, dict[str, Any]]:
    """(name of the struct's component, every component it needs)."""
    schema, components = struct_components(struct)
    return str(schema["$ref"]).rsplit("/", 1)[1], components


def _is_struct(target: Any) -> bool:
    origin = getattr(target, "__origin__", target)
    return isinstance(origin, type) and issubclass(origin, msgspec.Struct)


class ApiSchema(AutoSchema):
    """Adds what every endpoint has: problem answers, the action it needs, one tag an app."""

    def get_tags(self) -> list[str]:
        package, _, rest = type(self.view).__module__.partition(".")
        return [rest.split(".")[0] if package == "apps" else "schema"]

    def resolve_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> ResolvedComponent:
        """Registers a struct's components itself, since several structs share their parts."""
        if not _is_struct(serializer):
            return super().resolve_serializer(serializer, direction, bypass_extensions)
        own, components = own_component(serializer)
        return {name: self._register(name, part) for name, part in components.items()}[own]

    def _register(self, name: str, schema: dict[str, Any]) -> ResolvedComponent:
        component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return component

    def _resolve_path_parameters(self, variables: Any) -> list[dict[str, Any]]:
        """Ids stand in the path as digits: say integer, not a string with a pattern."""
        parameters: list[dict[str, Any]] = super()._resolve_path_parameters(variables)
        for parameter in parameters:
            if parameter["schema"].get("pattern") == "^[0-9]{1,18}$":
                parameter["schema"] = {"type": "integer", "minimum": 0}
        return parameters

    def get_description(self) -> str:  # type: ignore[override]  # DRF's own inspector takes more
        """The method's or the view's own docstring, never the base class's."""
        description = super().get_description()
        return "" if description == inspect.getdoc(Api) else description

    def get_operation_id(self) -> str:
        words = [part for part in self.path.removeprefix("/api/v1/").strip("/").split("/") if part]
        named = [f"by_{part.strip('{}')}" if part.startswith("{") else part.replace("-", "_") for part in words]
        return "_".join([self.method.lower(), *named])

    def get_extensions(self) -> dict[str, Any]:
        action = getattr(self.view, "actions", {}).get(self.method.lower())
        public = {"x-public": True} if getattr(self.view, "public", False) else {}
        return super().get_extensions() | public | ({"x-action": str(action)} if action else {})

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        _, components = struct_components(Problem)
        for name, part in components.items():
            self._register(name, part)
        bodies["default"] = {
            "description": "A problem, named by its code",
            "content": {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}},
        }
        return bodies
