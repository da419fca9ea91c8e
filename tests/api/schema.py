"""Checks a value against a schema of the OpenAPI document: the parts of JSON Schema that are used there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
KNOWN = {
    "$ref", "anyOf", "type", "enum", "const", "properties", "required", "items", "additionalProperties",
    "title", "description", "default", "format", "examples", "example", "propertyNames",
}  # fmt: skip


def faults(
    document: Mapping[str, Any], schema: Mapping[str, Any], value: Any, at: str = "$"
) -> Iterator[str]:
    """Everything in ``value`` that the schema does not say, also a field that it does not name."""
    assert set(schema) <= KNOWN, f"the checker does not know {set(schema) - KNOWN}"
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        yield from faults(document, document["components"]["schemas"][name], value, at)
        return
    if "anyOf" in schema:
        tried = [list(faults(document, choice, value, at)) for choice in schema["anyOf"]]
        if all(tried):
            yield from min(tried, key=len)
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{at}: {value!r} is not {schema['const']!r}"
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        yield f"{at}: {value!r} is no {kind}"
    elif kind == "array":
        for number, part in enumerate(value):
            yield from faults(document, schema["items"], part, f"{at}[{number}]")
    elif kind == "object":
        yield from _object(document, schema, value, at)


def _object(
    document: Mapping[str, Any], schema: Mapping[str, Any], value: Mapping[str, Any], at: str
) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}.{name} is missing"
    known, other = (
        schema.get("properties", {}),
        schema.get("additionalProperties", "properties" not in schema),
    )
    for name, part in value.items():
        if name in known:
            yield from faults(document, known[name], part, f"{at}.{name}")
        elif isinstance(other, Mapping):
            yield from faults(document, other, part, f"{at}.{name}")
        elif not other:
            yield f"{at}.{name} is not in the schema"
