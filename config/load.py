"""Reads ``tspmo.toml`` into settings that hold together, or tells every problem in it at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from config.problems import Problem, SettingsError, pick, place, problems, quoted
from config.references import unresolved
from config.secrets import NoSecret, Vault, is_reference, secret_fields
from config.settings import Connection, Document, Settings
from connectors.registry import Tracker

NAME = "tspmo.toml"


def load(path: Path, environ: Mapping[str, str], trackers: Mapping[str, Tracker]) -> Settings:
    """The settings in a file. Raises SettingsError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(
            [f"{path}: expected a configuration, found no such file. Mend: tspmo init, or --config FILE."]
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: expected readable text, found {error}. Mend: its owner."]) from error
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            [f"{path.name}: expected TOML, found: {error}. Mend: correct that line."]
        ) from error
    return parse(raw, path, environ, trackers)


def parse(
    raw: Mapping[str, Any], path: Path, environ: Mapping[str, str], trackers: Mapping[str, Tracker]
) -> Settings:
    """The settings in a document that stands, or might stand, at ``path``. Raises SettingsError."""
    vault = Vault(path.absolute().parent, environ)
    found: list[Problem] = []
    try:
        document = Document.model_validate(raw)
    except ValidationError as error:
        found += problems(error, Document, raw)
        document = Document()
    connections: dict[str, Connection] = {}
    for name, body in _tables(raw.get("connections")):
        built = _connection(name, body, raw, vault, trackers)
        if isinstance(built, Connection):
            connections[name] = built
        else:
            found += built
    store_url = _store_url(document.store.url, vault)
    if isinstance(store_url, Problem):
        found.append(store_url)
        store_url = ""
    found += unresolved(document, raw)
    if found:
        raise SettingsError([problem.sentence(path.name) for problem in found])
    return Settings(
        file=path,
        store_url=store_url,
        server=document.server,
        schedules=document.schedules,
        outgoing=document.outgoing,
        connections=connections,
        scopes=document.scopes,
        rules=document.rules,
        portfolios=document.portfolios,
        programs=document.programs,
        projects=document.projects,
    )


def _tables(section: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Entries of a section; what is not a table has been told already."""
    if isinstance(section, Mapping):
        yield from ((name, body) for name, body in section.items() if isinstance(body, Mapping))


def _connection(
    name: str, body: Mapping[str, Any], raw: Mapping[str, Any], vault: Vault, trackers: Mapping[str, Tracker]
) -> Connection | list[Problem]:
    """One connection by the model of its tracker: the tag of the union is ``tracker``."""
    prefix = ("connections", name)
    tag = body.get("tracker")
    tracker = trackers.get(tag) if isinstance(tag, str) else None
    if tracker is None:
        where, choices = place((*prefix, "tracker"), raw), sorted(trackers)
        found = "nothing" if tag is None else f'"{tag}"'
        mend = pick(str(tag), choices) if tag else "add it"
        return [Problem(where=where, expected=quoted(choices), found=found, mend=mend)]
    values, faults = _opened(body, tracker.settings, vault)
    found_here = [_at(place((*prefix, field), raw), fault) for field, fault in faults.items()]
    try:
        settings = tracker.settings.model_validate(values)
    except ValidationError as error:
        told = {place((*prefix, field), raw) for field in faults}
        found_here += [p for p in problems(error, tracker.settings, raw, prefix) if p.where not in told]
        return found_here
    return found_here or Connection(name=name, tracker=tracker, settings=settings)


def _opened(
    body: Mapping[str, Any], model: type[BaseModel], vault: Vault
) -> tuple[dict[str, Any], dict[str, NoSecret]]:
    """The values with each secret in the place of its reference; a lost one leaves its field out."""
    values, faults = dict(body), dict[str, NoSecret]()
    for field in secret_fields(model) & body.keys():
        try:
            values[field] = vault.open(values[field])
        except NoSecret as fault:
            faults[field] = fault
            del values[field]
    return values, faults


def _at(where: str, fault: NoSecret) -> Problem:
    return Problem(where=where, expected=fault.expected, found=fault.found, mend=fault.mend)


def _store_url(url: str, vault: Vault) -> str | Problem:
    """The address of the store, a relative SQLite path made absolute from the folder of the file."""
    try:
        address = vault.open(url) if is_reference(url) else _without_password(url)
    except NoSecret as fault:
        return _at("[store] url", fault)
    scheme, _, rest = address.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return f"sqlite:///{vault.folder / rest.removeprefix('/')}"
    if scheme in ("postgresql", "postgres") and rest:
        return address
    return Problem(
        where="[store] url",
        expected="sqlite:///PATH or postgresql://USER@HOST/DATABASE",
        found=f'"{scheme}://…"' if rest else "no such address",
        mend="correct the address",
    )


def _without_password(url: str) -> str:
    if urlsplit(url).password is None:
        return url
    raise NoSecret(
        "no password in this file",
        "an address with one",
        "keep the whole address in the environment or a file, and name that here (env:NAME or file:PATH)",
    )
