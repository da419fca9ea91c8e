"""What the documentation says of answers: their type, an example made of real values, and the problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from api.problems import MEDIA_TYPE, ProblemDetails
from api.tables import JSON

Responses = dict[int | str, dict[str, Any]]

WHY: Mapping[int, str] = {
    400: "The cursor is not one that this service gave for this order, or a preference cannot be meant.",
    401: "No API key, or one that is not known.",
    403: "The caller's role may not do this; or no key exists yet and the caller is not on this machine.",
    404: "There is no such thing that the caller may see.",
    409: "It cannot be done as things stand now; `detail` says why.",
    422: "A parameter is unknown or has a value that it cannot have; `errors` names it.",
    500: "The service failed; its log says why.",
    503: "The store cannot be reached or is not at this version's schema.",
}
TABLE_HEADERS = {
    "X-TSPMO-As-Of": "`meta.as_of` of a CSV table.",
    "X-TSPMO-Freshness": "`meta.freshness` of a CSV table: age, target, late, fresh, oldest.",
    "X-TSPMO-Coverage": "`meta.coverage` of a CSV table: scopes, complete, hidden, expected, restricted.",
    "X-TSPMO-Receipt": "`meta.receipt` of a CSV table.",
    "Link": 'The next page: `<…>; rel="next"`.',
}


def answers(model: Any, example: Any, *, table: str = "", problems: tuple[int, ...] = ()) -> Responses:
    """The ``responses=`` of an operation under /v1. ``table`` is an example of its CSV, if it has one."""
    content: dict[str, Any] = {"application/json": {"example": JSON.encode(example).decode()}}
    headers = {
        "ETag": "What the answer was; send it as `If-None-Match`.",
        "Preference-Applied": "The preference of `Prefer` that was met: `fresh=SECONDS`.",
    }
    if table:
        content["text/csv"] = {"schema": {"type": "string"}, "example": table}
        headers |= TABLE_HEADERS
    return {
        200: {
            "model": model,
            "description": "The answer, in its envelope.",
            "content": content,
            "headers": {name: _header(text) for name, text in headers.items()},
        },
        304: {"description": "Nothing that the caller may see has changed since `If-None-Match`."},
        **_refused((400, 409, *problems)),
    }


def asked_now(model: Any, example: Any, *, problems: tuple[int, ...] = ()) -> Responses:
    """The ``responses=`` of an operation under /v1 whose answer is of this moment and not of the store."""
    said = answers(model, example)[200]
    return {200: {name: value for name, value in said.items() if name != "headers"}, **_refused(problems)}


def streamed(example: str) -> Responses:
    """The ``responses=`` of an operation under /v1 that tells things as they happen."""
    content = {"text/event-stream": {"schema": {"type": "string"}, "example": example}}
    return {
        200: {"description": "Events, until one of both sides ends it.", "content": content},
        **_refused(()),
    }


def made(model: Any, example: Any, *, problems: tuple[int, ...] = ()) -> Responses:
    """The ``responses=`` of an operation under /v1 that writes."""
    return {
        201: {
            "model": model,
            "description": "What came of it, in its envelope.",
            "content": {"application/json": {"example": JSON.encode(example).decode()}},
            "headers": {"Location": _header("Where it can be read.")},
        },
        **_refused(problems),
    }


def taken(model: Any, example: Any, *, problems: tuple[int, ...] = ()) -> Responses:
    """The ``responses=`` of an operation under /v1 that asks a worker for something."""
    said = made(model, example, problems=problems)
    return {202: said.pop(201), **said}


def deleted(*, problems: tuple[int, ...] = ()) -> Responses:
    """The ``responses=`` of an operation under /v1 that removes something."""
    return {204: {"description": "It is gone."}, **_refused(problems)}


def _refused(problems: tuple[int, ...]) -> Responses:
    return {
        status: {"model": ProblemDetails, "description": WHY[status]}
        for status in sorted({401, 403, 422, 500, 503, *problems})
    }


def _header(text: str) -> dict[str, Any]:
    return {"description": text, "schema": {"type": "string"}}


def as_sent(document: dict[str, Any]) -> None:
    """Errors are problem+json, where FastAPI takes every body for JSON; and examples, kept as text up to
    here, since it would drop their nulls, become values."""
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                content = response.get("content", {})
                if status >= "400" and "application/json" in content:
                    content[MEDIA_TYPE] = content.pop("application/json")
                elif "example" in content.get("application/json", {}):
                    said = content["application/json"]
                    said["example"] = msgspec.json.decode(said["example"])


def as_written(node: Any) -> None:
    """Decimals leave as JSON numbers, where pydantic would also read them from text; and what docstrings
    quote as reStructuredText is Markdown here."""
    if isinstance(node, list):
        for part in node:
            as_written(part)
    if not isinstance(node, dict):
        return
    choices = node.get("anyOf", ())
    if {"type": "number"} in choices and {"type": "string"} in choices:
        left = [choice for choice in choices if choice != {"type": "string"}]
        node.pop("anyOf")
        node.update({"anyOf": left} if len(left) > 1 else left[0])
    if isinstance(node.get("description"), str):
        node["description"] = node["description"].replace("``", "`")
    for part in node.values():
        as_written(part)
