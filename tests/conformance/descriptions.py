"""A vendor's own description of its API: reading the file, and what it says of one operation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema_path import SchemaPath
from openapi_core.templating.paths.datatypes import PathOperationServer
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.templating.paths.finders import APICallPathFinder

from tests.conformance.exchanges import Exchange

HOST = "http://tracker"
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """``name`` is as in the file: ``GET /cards/{id}``. ``parameters`` are (place, name) to the parameter."""

    name: str
    parameters: Mapping[tuple[str, str], SchemaPath]
    described: SchemaPath

    @property
    def deprecated(self) -> bool:
        return is_deprecated(self.described)

    def shapes(self, status: int) -> bool:
        """Whether the file says what an answer with this status looks like."""
        responses = self.described / "responses"
        key = str(status) if str(status) in responses else "default"
        return key in responses and "content" in responses / key

    def example(self) -> Any:
        """The vendor's own example of an answer with status 200. Raises KeyError where there is none."""
        return (
            self.described / "responses" / "200" / "content" / "application/json" / "example"
        ).read_value()


class Description:
    """One file. ``root`` is the path on the server under which its paths begin; ``lent`` are names of schemas
    of the file for the answers of GET operations that it describes by words alone or by too little:
    ``[Card]`` is a list, and ``data[Card]`` the list under ``data`` of what it describes.

    Raises KeyError where there is no such operation or schema.
    """

    def __init__(self, file: Path, root: str, lent: Mapping[str, str] | None = None) -> None:
        document = _open_to_all(_read(file), root)
        for path, schema in (lent or {}).items():
            _lend(document, path, schema)
        self.spec = SchemaPath.from_dict(document)
        self._finder = APICallPathFinder(self.spec)
        schemes = document.get("components", {}).get("securitySchemes", {}).values()
        self.keys_in_query = {one["name"] for one in schemes if one.get("in") == "query"}

    def knows(self, path: str) -> bool:
        """Whether there is any operation on this path."""
        return any(self._find(method, path) for method in _METHODS)

    def operation(self, exchange: Exchange) -> Operation | None:
        """None where the file has no such path or method."""
        found = self._find(exchange.method.lower(), exchange.path)
        if found is None:
            return None
        places = [*_parameters(found.path), *_parameters(found.operation)]
        return Operation(
            name=f"{exchange.method} {found.path_result.pattern}",
            parameters={((one / "in").read_str(), (one / "name").read_str()): one for one in places},
            described=found.operation,
        )

    def _find(self, method: str, path: str) -> PathOperationServer | None:
        try:
            return self._finder.find(method, url(path))
        except PathError:
            return None


def url(path: str) -> str:
    """What a description knows a path by: its paths end without a slash, some clients' with one."""
    return f"{HOST}{path.rstrip('/')}"


def is_deprecated(described: SchemaPath) -> bool:
    return (described / "deprecated").read_bool(default=False)


def _parameters(described: SchemaPath) -> Iterator[SchemaPath]:
    if "parameters" in described:
        yield from described / "parameters"


def _read(file: Path) -> dict[str, Any]:
    """The document with text for every key: the YAML ones have numbers for statuses."""
    text = file.read_text(encoding="utf-8")
    whole = json.loads(text) if file.suffix == ".json" else yaml.load(text, yaml.CSafeLoader)
    document: dict[str, Any] = json.loads(json.dumps(whole, default=str))
    return document


def _open_to_all(document: dict[str, Any], root: str) -> dict[str, Any]:
    """As if it described our server, and without credentials, which are not judged here."""
    for path in document["paths"].values():
        for method in _METHODS:
            path.get(method, {}).pop("security", None)
        for described in (path, *(path.get(method, {}) for method in _METHODS)):
            described["parameters"] = [_listed(one) for one in described.get("parameters", ())]
    document.pop("security", None)
    document["servers"] = [{"url": root or "/"}]
    return document


def _listed(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter that the words beside it call a list with commas is one, where its schema is one name's."""
    said, schema = parameter.get("description", ""), parameter.get("schema", {})
    if not said.startswith("A comma-separated list") or "enum" not in schema or schema["type"] != "string":
        return parameter
    return {**parameter, "schema": {"type": "array", "items": schema}, "style": "form", "explode": False}


def _lend(document: dict[str, Any], path: str, schema: str) -> None:
    name = schema.removeprefix("data").strip("[]")
    if name not in document["components"]["schemas"]:
        raise KeyError(name)
    one = {"$ref": f"#/components/schemas/{name}"}
    body = {"type": "array", "items": one} if schema.endswith("]") else one
    answers = document["paths"][path]["get"]["responses"]
    if schema.startswith("data"):
        answers["200"]["content"]["application/json"]["schema"]["properties"]["data"] = body
    else:
        answers["200"] = {"description": "Success", "content": {"application/json": {"schema": body}}}
