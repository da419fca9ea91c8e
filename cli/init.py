"""``tspmo init``: asks for one tracker, proves that it answers, and writes a first configuration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from cli.shell import CONFIG, MISUSE, Config, Failure, Outside, err, out, run
from config import wiring
from config.load import parse
from config.preflight import Preflight, preflight
from config.problems import pick, quoted
from config.secrets import FORMS, is_reference, secret_fields
from config.settings import Settings
from config.template import FirstConnection, first
from connectors.registry import Tracker, trackers

EPILOG = (
    "Examples: tspmo init · "
    "tspmo init --tracker trello --set key=env:TRELLO_KEY --set token=env:TRELLO_TOKEN --no-input"
)
SECRETS = Path(".tspmo")
SHOWN = 12
"""Scopes named before the rest is only counted."""


@dataclass(slots=True)
class Answers:
    """What was asked for: ``values`` as the file shall have them, ``typed`` the secrets put in by hand."""

    name: str
    tracker: Tracker
    values: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def init(
        config: Config = CONFIG,
        tracker: Annotated[str | None, typer.Option(help="Which tracker; asked for if left out.")] = None,
        name: Annotated[
            str | None, typer.Option(help="What to call the connection; else as the tracker.")
        ] = None,
        values: Annotated[
            list[str] | None,
            typer.Option("--set", help="FIELD=VALUE of the connection; a secret as env:NAME or file:PATH."),
        ] = None,
        no_input: Annotated[
            bool, typer.Option("--no-input", help="Ask nothing; fail for what is missing.")
        ] = False,
        offline: Annotated[bool, typer.Option("--offline", help="Write without asking the tracker.")] = False,
        force: Annotated[
            bool, typer.Option("--force", help="Replace a configuration that is there.")
        ] = False,
    ) -> None:
        """Write a configuration for one tracker: the first of three commands to a portfolio.

        The tracker is asked before anything is written; if it refuses, nothing is. Secrets typed in are kept
        in files that only you can read, beside the configuration and never in it.
        """
        _spare(config, force)
        answers = _asked(_tracker(tracker, no_input), name, _given(values or []), no_input)
        settings = _settings(answers, config, outside)
        found = None if offline else _probed(settings, answers.name, outside)
        _write(config, answers, found)
        _tell(config, found)


def _spare(config: Path, force: bool) -> None:
    if config.exists() and not force:
        raise Failure(
            f"{config} is there already, and stays as it is. Mend: add a [connections.NAME] section to it, "
            "write to another file with --config, or replace it with --force.",
            MISUSE,
        )


def _tracker(name: str | None, no_input: bool) -> Tracker:
    known = trackers()
    if name is None and not no_input:
        name = typer.prompt(f"Which tracker ({', '.join(known)})")
    if name is None or name not in known:
        found = f'"{name}"' if name else "none"
        raise Failure(
            f"--tracker: expected {quoted(known)}, found {found}. Mend: {pick(name or '', list(known))}.",
            MISUSE,
        )
    return known[name]


def _given(pairs: list[str]) -> dict[str, str]:
    split = [pair.partition("=") for pair in pairs]
    for key, equals, _ in split:
        if not (key and equals):
            raise Failure("--set: expected FIELD=VALUE. Mend: as in --set key=env:TRELLO_KEY.", MISUSE)
    return {key: value for key, _, value in split}


def _asked(tracker: Tracker, name: str | None, given: Mapping[str, str], no_input: bool) -> Answers:
    """What was given on the command line, and the answers to what was not."""
    answers = Answers(name or tracker.name, tracker, dict(given))
    secrets = secret_fields(tracker.settings)
    for key in given.keys() & secrets:
        if not is_reference(given[key]):
            raise Failure(
                f"--set {key}: expected {FORMS}, since others can read a command line. Mend: put the secret "
                "in the environment or a file, or leave it out and be asked for it.",
                MISUSE,
            )
    for key, info in tracker.settings.model_fields.items():
        if key in given or not info.is_required():
            continue
        if no_input:
            raise Failure(f"{key}: expected {info.description or 'a value'}. Mend: --set {key}=…", MISUSE)
        err().print(f"{key}: {info.description}" if info.description else key, markup=False)
        answer = typer.prompt(f"  {key}", hide_input=key in secrets, err=True).strip()
        if key in secrets and not is_reference(answer):
            answers.typed[key] = answer
            answers.values[key] = f"file:{SECRETS / f'{answers.name}.{key}'}"
        else:
            answers.values[key] = answer
    return answers


def _settings(answers: Answers, config: Path, outside: Outside) -> Settings:
    """The configuration as it will be, with typed secrets at hand before they are in their files."""
    environ = {**outside.environ, **{_variable(key): secret for key, secret in answers.typed.items()}}
    values = answers.values | {key: f"env:{_variable(key)}" for key in answers.typed}
    connection = {"tracker": answers.tracker.name, **values}
    return parse({"connections": {answers.name: connection}}, config, environ, trackers())


def _variable(key: str) -> str:
    return f"tspmo init: {key}"


def _probed(settings: Settings, name: str, outside: Outside) -> Preflight:
    found = run(_preflight(settings, name, outside))
    if found.identity is None:
        raise Failure("\n".join([*found.troubles, "Nothing was written."]))
    return found


async def _preflight(settings: Settings, name: str, outside: Outside) -> Preflight:
    async with wiring.sources(settings, [name], outside.timing) as sources:
        return await preflight(sources[0])


def _write(config: Path, answers: Answers, found: Preflight | None) -> None:
    """Secrets first, so that the configuration never names a file that is not there."""
    connection = FirstConnection(name=answers.name, tracker=answers.tracker.name, values=answers.values)
    text = first(connection, next(iter(found.scopes), None) if found else None)
    try:
        for key, secret in answers.typed.items():
            _keep(config.parent / SECRETS, f"{answers.name}.{key}", secret)
        config.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(
            f"{error.filename}: expected a place to write to, found: {error.strerror}. Mend: choose another "
            "folder with --config, or have its owner let you write there.",
            MISUSE,
        ) from error


def _keep(folder: Path, name: str, secret: str) -> None:
    """A file that only its owner can read, in a folder that no version control takes up."""
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    path = folder / name
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{secret}\n")


def _tell(config: Path, found: Preflight | None) -> None:
    console = out()
    if found and found.identity:
        names = [scope.name for scope in found.scopes]
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        console.print(
            f"{found.connection}: {found.identity.account_name} on {found.identity.site} sees {len(names)} "
            f"scopes: {', '.join(names[:SHOWN])}{more}",
            markup=False,
        )
        for trouble in found.troubles:
            console.print(f"  ! {trouble}", markup=False)
    where = "" if config == CONFIG else f" --config {config}"
    console.print(f"{config} is written.\nNext: tspmo sync{where}, then tspmo portfolio{where}", markup=False)
