"""Jira's custom fields as typed values, by the schema that the site's list of fields gives each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from normalizer.adf import to_markdown
from normalizer.jira_read import Misfit, Object, a_day, at, listing, moment, number, obj, storable, text, word
from normalizer.model import FieldType, FieldValue, Named

Meet = Callable[[Any], str]
"""Takes a user as Jira embeds it, notes the account, answers our id of it."""

Read = Callable[[Any, Meet], FieldValue | None]
"""A field's value, None where it is empty. Raises Misfit."""

_Parse = Callable[[Any, Meet], Any]


def prose(value: object) -> str:
    """A text area: a document on Jira Cloud's API 3, plain text or wiki text elsewhere."""
    return storable(to_markdown(value)) if isinstance(value, dict) else text(value)


def option(value: object) -> str:
    """A choice by its value or name; a cascading choice as ``parent / child``."""
    if isinstance(value, str) and value:
        return storable(value)
    if isinstance(value, dict):
        said = word(value.get("value") or value.get("name"))
        child = value.get("child")
        return f"{said} / {word(child.get('value'))}" if isinstance(child, dict) else said
    raise Misfit("an option with a value or a name", value)


def named(value: Any) -> Named:
    """A status, priority, resolution … by its name, or a choice by its value."""
    if isinstance(value, str):
        return Named(option(value))
    body = obj(value)
    name = body.get("name")
    said = at("name", name, word) if name is not None or "value" not in body else option(body)
    return Named(said, None if body.get("id") is None else at("id", body["id"], word))


def json_terms(value: object, depth: int = 0) -> Any:
    """Any JSON value as a store can hold it."""
    if depth > 20:
        raise Misfit("at most 20 levels of nesting", value)
    match value:
        case str():
            return storable(value)
        case bool() | None:
            return value
        case int() | float():
            return number(value)
        case list():
            return [json_terms(one, depth + 1) for one in value]
        case dict():
            return {text(key): json_terms(one, depth + 1) for key, one in value.items()}
    raise Misfit("a JSON value", value)


_TYPES: Mapping[str, tuple[FieldType, _Parse]] = {
    "string": ("text", lambda value, _: prose(value)),
    "number": ("number", lambda value, _: number(value)),
    "date": ("date", lambda value, _: a_day(value).isoformat()),
    "datetime": ("datetime", lambda value, _: moment(value).isoformat()),
    "option": ("option", lambda value, _: option(value)),
    "option-with-child": ("option", lambda value, _: option(value)),
    "version": ("option", lambda value, _: option(value)),
    "component": ("option", lambda value, _: option(value)),
    "group": ("option", lambda value, _: option(value)),
    "priority": ("option", lambda value, _: option(value)),
    "project": ("option", lambda value, _: option(value)),
    "user": ("account", lambda value, meet: meet(value)),
}


def _guess(value: object, meet: Meet) -> tuple[FieldType, Any]:
    """For a field without a schema that we know: by the value itself."""
    match value:
        case bool():
            return "boolean", value
        case str():
            return "text", storable(value)
        case int() | float():
            return "number", number(value)
        case {"type": "doc"}:
            return "text", prose(value)
        case {"accountId": _}:
            return "account", meet(value)
        case {"value": str()}:
            return "option", option(value)
        case [*items] if items and all(isinstance(item, str) for item in items):
            return "options", [text(item) for item in items]
        case [*items] if items and all(isinstance(item, dict) and "value" in item for item in items):
            return "options", [option(item) for item in items]
    return "json", json_terms(value)


def _typed(name: str, kind: FieldType, parse: _Parse) -> Read:
    def read(value: Any, meet: Meet) -> FieldValue | None:
        if not value and value in ("", [], {}):
            return None
        return FieldValue(name=name, type=kind, value=parse(value, meet))

    return read


def guessed(name: str) -> Read:
    def read(value: Any, meet: Meet) -> FieldValue | None:
        if not value and value in ("", [], {}):
            return None
        kind, said = _guess(value, meet)
        return FieldValue(name=name, type=kind, value=said)

    return read


def reader(name: str, schema: Object) -> Read:
    """How to read the field called ``name`` that the site describes by ``schema``."""
    kind, custom = str(schema.get("type")), str(schema.get("custom") or "")
    if kind == "string" and custom.endswith(":url"):
        return _typed(name, "url", lambda value, _: text(value))
    if custom.endswith(":rm-teams-custom-field-team"):
        return _typed(name, "option", lambda value, _: option(value))
    if kind == "array":
        return _array(name, str(schema.get("items")))
    if kind in _TYPES:
        return _typed(name, *_TYPES[kind])
    return guessed(name)


def _array(name: str, items: str) -> Read:
    if items not in _TYPES:
        return guessed(name)
    _, parse = _TYPES[items]
    kind: FieldType = "accounts" if items == "user" else "options"
    return _typed(name, kind, lambda value, meet: [parse(one, meet) for one in listing(value)])
