"""Whether the parts of a configuration that name each other exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from config.problems import Problem, pick, place, quoted
from config.settings import Document


def unresolved(document: Document, raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Every name in the document that leads nowhere or twice. ``raw`` is what the user wrote."""
    written = raw.get("connections")
    connections = list(written) if isinstance(written, Mapping) else []
    for loc, name in _connections_named(document):
        if name not in connections:
            yield _nowhere((*loc, "connection"), raw, name, connections)
    yield from _parents(document, raw)
    yield from _doubles(document, raw)
    for index, rule in enumerate(document.rules):
        if rule.scope and not rule.connection:
            where = place(("rules", index, "connection"), raw)
            found = f'only scope "{rule.scope}"'
            yield Problem(where=where, expected="the connection of the scope", found=found, mend="add it")
    for index, scope in enumerate(document.scopes):
        if scope.sharing == "team_only" and not scope.team:
            where = place(("scopes", index, "team"), raw)
            yield Problem(where=where, expected="the team that may see it", found="nothing", mend="add it")


def _connections_named(document: Document) -> Iterator[tuple[tuple[int | str, ...], str]]:
    for index, scope in enumerate(document.scopes):
        yield ("scopes", index), scope.connection
    for index, rule in enumerate(document.rules):
        if rule.connection:
            yield ("rules", index), rule.connection
    for index, project in enumerate(document.projects):
        for number, source in enumerate(project.sources):
            yield ("projects", index, "sources", number), source.connection


def _parents(document: Document, raw: Mapping[str, Any]) -> Iterator[Problem]:
    portfolios = [portfolio.id for portfolio in document.portfolios]
    above = [*portfolios, *(program.id for program in document.programs)]
    for index, program in enumerate(document.programs):
        if program.parent is not None and program.parent not in portfolios:
            yield _nowhere(("programs", index, "parent"), raw, program.parent, portfolios)
    for index, project in enumerate(document.projects):
        if project.parent is not None and project.parent not in above:
            yield _nowhere(("projects", index, "parent"), raw, project.parent, above)


def _doubles(document: Document, raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Portfolios, programs and projects share one space of ids."""
    entries = [
        *((("portfolios", index), entry.id) for index, entry in enumerate(document.portfolios)),
        *((("programs", index), entry.id) for index, entry in enumerate(document.programs)),
        *((("projects", index), entry.id) for index, entry in enumerate(document.projects)),
    ]
    seen = Counter[str]()
    for loc, name in entries:
        seen[name] += 1
        if seen[name] == 2:
            yield _double(place((*loc, "id"), raw), name)
    scopes = Counter((scope.connection, scope.scope) for scope in document.scopes)
    for (connection, scope), times in scopes.items():
        if times > 1:
            yield _double(f'[[scopes]] of connection "{connection}"', scope)


def _nowhere(
    loc: tuple[int | str, ...], raw: Mapping[str, Any], name: str, choices: Collection[str]
) -> Problem:
    known = sorted(choices)
    return Problem(
        where=place(loc, raw),
        expected=quoted(known),
        found=f'"{name}"',
        mend=pick(name, known) if known else "add it",
    )


def _double(where: str, name: str) -> Problem:
    return Problem(
        where=where,
        expected="one of a name",
        found=f'"{name}" a second time',
        mend="rename or remove one of them",
    )
