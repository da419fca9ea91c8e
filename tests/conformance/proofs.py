"""Whether a gap's proof holds: the recording that it names, or the vendor's example, breaks the same rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.conformance.exchanges import Exchange
from tests.conformance.gaps import Example, Gap, Page, Recording
from tests.conformance.specifications import Problem, Specification
from tests.conformance.trello_recordings import cassette


def failure(gap: Gap, problem: Problem, exchange: Exchange, against: tuple[Specification, Path]) -> str:
    """Why the proof does not hold for this problem of this exchange; empty where it does.

    ``against`` are the descriptions and the shared folder. A page is for a person to read.
    """
    specification, shared = against
    match gap.proof:
        case Page():
            return ""
        case Example():
            found = _example(specification, exchange)
        case Recording():
            found = list(recorded(shared / "recorded", gap.proof))
    alike = (_alike(other, problem) for one in found for other in specification.judge(one).problems)
    return "" if any(alike) else f"{describe(gap)} does not break this rule"


def describe(gap: Gap) -> str:
    match gap.proof:
        case Page(url):
            return url
        case Example():
            return "the vendor's own example of the answer"
        case Recording(file, _, at):
            return f"{file}{f' at {list(at)}' if at else ''}"


def recorded(folder: Path, recording: Recording) -> Iterator[Exchange]:
    """The exchanges of a cassette, or the one answer. Raises where the file has nothing there."""
    path = folder / recording.file
    if path.suffix in {".yml", ".yaml"}:
        yield from (_exchange(recording.file, one) for one in cassette(path))
        return
    text = path.read_text(encoding="utf-8")
    body: Any = (
        [json.loads(line) for line in text.splitlines()] if path.suffix == ".log" else json.loads(text)
    )
    for step in recording.at:
        body = body[step]
    method, _, called = recording.call.partition(" ")
    yield Exchange(source=recording.file, method=method, path=called, answer=json.dumps(body).encode())


def _alike(one: Problem, other: Problem) -> bool:
    """The same schema broken in the same way; where there is no schema, the same place."""
    same_place = one.rule is not None or one.where == other.where
    return same_place and (one.part, one.expected, one.rule) == (other.part, other.expected, other.rule)


def _example(specification: Specification, exchange: Exchange) -> list[Exchange]:
    operation = specification.operation(exchange)
    assert operation is not None
    return [replace(exchange, status=200, answer=json.dumps(operation.example()).encode())]


def _exchange(file: str, told: Mapping[str, Any]) -> Exchange:
    asked, answered = told["request"], told["response"]
    address = urlsplit(asked["uri"])
    return Exchange(
        source=file,
        method=asked["method"].upper(),
        path=address.path,
        query=tuple(parse_qsl(address.query, keep_blank_values=True)),
        headers=_headers(asked["headers"]),
        sent=_bytes(asked["body"]),
        status=answered["status"]["code"],
        answer_headers=_headers(answered["headers"]),
        answer=_bytes(answered["body"]),
    )


def _headers(told: Mapping[str, str | list[str]]) -> dict[str, str]:
    return {
        name.lower(): value if isinstance(value, str) else ", ".join(value) for name, value in told.items()
    }


def _bytes(told: Any) -> bytes:
    """A body is text, text in an object, or the JSON that it was."""
    match told:
        case None:
            return b""
        case bytes():
            return told
        case str():
            return told.encode()
        case {"string": text}:
            return _bytes(text)
    return json.dumps(told).encode()
