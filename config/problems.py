"""What is wrong with a configuration, each problem as one sentence that says what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

Loc = tuple[int | str, ...]

WANTED = {
    "string_type": "text in quotes",
    "string_too_short": "text that is not empty",
    "string_pattern_mismatch": "lower-case letters, digits, dots, dashes or underscores",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": 'a list, such as ["one", "two"]',
    "dict_type": "a table",
    "model_type": "a table",
    "date_type": "a day written YYYY-MM-DD",
    "date_parsing": "a day written YYYY-MM-DD",
    "date_from_datetime_parsing": "a day written YYYY-MM-DD",
    "date_from_datetime_inexact": "a day written YYYY-MM-DD",
    "greater_than_equal": "a number of at least {ge}",
    "less_than_equal": "a number of at most {le}",
}


class SettingsError(Exception):
    """The configuration cannot be used. One sentence a problem, all of them at once, one a line."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = tuple(sentences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    where: str
    expected: str
    found: str
    mend: str

    def sentence(self, file: str) -> str:
        return f"{file}, {self.where}: expected {self.expected}, found {self.found}. Mend: {self.mend}."


def close(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant."""
    lowered = {choice.lower(): choice for choice in choices}
    return next((lowered[match] for match in get_close_matches(word.lower(), lowered, n=1)), None)


def pick(word: str, choices: Sequence[str]) -> str:
    """How to mend a word that is none of the choices."""
    meant = close(word, choices)
    return f'write "{meant}"' if meant else "write one of these"


def quoted(choices: Iterable[str]) -> str:
    """The choices in a row, as text in quotes."""
    words = [f'"{choice}"' for choice in choices]
    return " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]])) or "nothing: there are none yet"


def shown(value: object) -> str:
    """A value as the file has it, short enough for a sentence."""
    match value:
        case str() if "://" in value and "@" in value:
            return "an address that is not shown here"
        case str():
            return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}…"'
        case Mapping():
            return "a table"
        case list() | tuple():
            return "a list"
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def place(loc: Sequence[int | str], document: Mapping[str, Any]) -> str:
    """Where in the file: ``[connections.a] token``, ``[[projects]] "crm", sources[1].labels``."""
    section, rest = str(loc[0]), list(loc[1:])
    if rest and isinstance(rest[0], int):
        index = rest.pop(0)
        head = f"[[{section}]] {_label(document, section, int(index))}"
        return f"{head}, {_path(rest)}" if rest else head
    if section == "connections" and rest:
        section = f"{section}.{rest.pop(0)}"
    return f"[{section}] {_path(rest)}".strip()


def problems(
    error: ValidationError, model: type[BaseModel], document: Mapping[str, Any], prefix: Loc = ()
) -> Iterator[Problem]:
    """Every complaint of pydantic in the words of the file. ``prefix`` is where the model stands in it."""
    for detail in error.errors(include_url=False):
        yield _problem(detail, model, place((*prefix, *detail["loc"]), document))


def _problem(detail: ErrorDetails, model: type[BaseModel], where: str) -> Problem:
    kind, loc, found = detail["type"], detail["loc"], shown(detail["input"])
    owner, annotation = _owner(model, loc)
    if kind == "extra_forbidden":
        known = sorted(owner.model_fields)
        meant = close(str(loc[-1]), known)
        mend = f'write "{meant}"' if meant else "take it out"
        return Problem(where=where, expected=f"one of {', '.join(known)}", found="an unknown key", mend=mend)
    if kind == "missing":
        described = owner.model_fields[str(loc[-1])].description or "a value"
        return Problem(where=where, expected=described, found="nothing", mend="add it")
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
        mend = pick(str(detail["input"]), choices)
        return Problem(where=where, expected=quoted(choices), found=found, mend=mend)
    if SecretStr in (annotation, *get_args(annotation)):
        found = "a value that is not shown here"
    expected = WANTED.get(kind, "").format(**detail.get("ctx", {})) or _plain(detail["msg"])
    return Problem(where=where, expected=expected, found=found, mend="correct the value")


def _owner(model: type[BaseModel], loc: Sequence[int | str]) -> tuple[type[BaseModel], Any]:
    """The section model that the last key of ``loc`` belongs to, and what the key is annotated with."""
    annotation: Any = model
    for key in loc:
        if isinstance(key, str) and key in model.model_fields:
            annotation = model.model_fields[key].annotation
            model = _model_in(annotation) or model
    return model, annotation


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _label(document: Mapping[str, Any], section: str, index: int) -> str:
    """An entry of an array of tables by its own id, else by its number in the file."""
    entry = document[section][index]
    named = entry.get("id") if isinstance(entry, Mapping) else None
    return f'"{named}"' if isinstance(named, str) else str(index + 1)


def _path(loc: Sequence[int | str]) -> str:
    path = ""
    for key in loc:
        if isinstance(key, int):
            path += f"[{key + 1}]"
        elif re.fullmatch(r"[\w-]+", key):
            path += f".{key}" if path else key
        elif key != "[key]":
            path += f'."{key}"' if path else f'"{key}"'
    return path


def _plain(message: str) -> str:
    """A validator's own words, without pydantic's opening."""
    return message.removeprefix("Value error, ").removeprefix("Assertion failed, ").rstrip(".")
