"""What every command shares: where it prints, how it finds the configuration, how it fails."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from config.load import NAME, load
from config.settings import Settings
from config.wiring import REAL_TIME
from connectors.limits import Timing
from connectors.registry import trackers

T = TypeVar("T")

OK = 0
TROUBLE = 1
"""The data or a tracker is not as it should be."""
MISUSE = 2
"""The command line, the configuration or the installation has to be mended first."""

Config = Annotated[
    Path,
    typer.Option("--config", "-c", envvar="TSPMO_CONFIG", help="The configuration file.", dir_okay=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs.")]
Only = Annotated[
    list[str] | None, typer.Option("--connection", help="Only this connection; may be repeated.")
]
Scopes = Annotated[
    list[str] | None, typer.Option("--scope", help="Only this scope, by id, key or name; may be repeated.")
]

By = Annotated[str | None, typer.Option(help="Who decides; else the user of this machine.")]

CONFIG = Path(NAME)
USERS = ("LOGNAME", "USER", "USERNAME")
PIPE = 200
"""Columns of an output that is no terminal."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the commands take from the machine: its environment variables and its time."""

    environ: Mapping[str, str]
    timing: Timing


def machine() -> Outside:
    return Outside(os.environ, REAL_TIME)


def whoever(outside: Outside, by: str | None) -> str:
    """Who decides: as they say, else as the machine knows them."""
    environ = outside.environ
    return by or next((environ[name] for name in USERS if environ.get(name)), None) or getuser()


class Failure(Exception):
    """Ends the command with one readable paragraph and an exit code."""

    def __init__(self, message: str, code: int = TROUBLE) -> None:
        super().__init__(message)
        self.code = code


def out() -> Console:
    """For what was asked for. Where nobody watches, lines and tables are as long as they are."""
    return _console(stderr=False)


def err() -> Console:
    """For everything beside the answer: progress, hints, errors."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, soft_wrap=True, highlight=False)
    return (
        console
        if console.is_terminal
        else Console(stderr=stderr, soft_wrap=True, highlight=False, width=PIPE)
    )


def settings_at(path: Path, outside: Outside) -> Settings:
    """Raises SettingsError."""
    return load(path, outside.environ, trackers())


def run(job: Coroutine[Any, Any, T]) -> T:
    """Runs a command's work to its end."""
    calm_collector()
    return asyncio.run(job)


def calm_collector() -> None:
    """What a sync reads lives until it is written and holds no cycles; looking for some at every 700 new
    objects took a quarter of its processor time. What is loaded by now stays and is not looked through."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def behind(context: typer.Context, *names: str) -> None:
    """Raises Failure where one of these options of a group was given before the command in it, which would
    pass it over."""
    for name in names:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            called = f"tspmo {context.info_name} {context.invoked_subcommand} …"
            raise Failure(f"--config and --json are given behind the command: {called}", MISUSE)


def finish(code: int) -> None:
    """Leaves with the code, if there is something to tell."""
    if code != OK:
        raise typer.Exit(code)


def chosen(settings: Settings, connections: list[str] | None) -> list[str]:
    """The connections that were named, or all. Raises Failure for one that is not configured."""
    known = sorted(settings.connections)
    for name in connections or ():
        if name not in known:
            raise Failure(
                f'{settings.file.name} has no connection "{name}": it has {", ".join(known) or "none"}. '
                "Mend: name one of these, or add a [connections.NAME] section.",
                MISUSE,
            )
    if not known:
        raise Failure(
            f"{settings.file.name} has no connection yet. Mend: add a [connections.NAME] section, "
            "or let tspmo init write a configuration.",
            MISUSE,
        )
    return connections or known
