"""``tspmo check``: whether each connection can do what is asked of it, and who can mend what it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import typer

from api.checks import check_entry
from api.tables import JSON
from cli.shell import (
    CONFIG,
    OK,
    TROUBLE,
    AsJson,
    Config,
    Only,
    Outside,
    chosen,
    finish,
    out,
    run,
    settings_at,
)
from config import wiring
from config.preflight import Preflight, preflight
from config.settings import Settings

EPILOG = "Examples: tspmo check · tspmo check --connection jira --json"
SHOWN = 12
"""Scopes named before the rest is only counted."""


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def check(config: Config = CONFIG, connection: Only = None, as_json: AsJson = False) -> None:
        """Ask each tracker who we are to it: token, permissions, scopes in reach, clock.

        Also opens the store. Reads nothing else and changes nothing on a tracker. Ends with 1 if anything is
        in the way of a sync, and says who can mend it.
        """
        settings = settings_at(config, outside)
        results = run(_checked(settings, chosen(settings, connection), outside))
        if as_json:
            typer.echo(JSON.encode([check_entry(result) for result in results]))
        else:
            for result in results:
                out().print("\n".join(lines(result)), markup=False)
        finish(OK if all(result.ok for result in results) else TROUBLE)


async def _checked(settings: Settings, names: Sequence[str], outside: Outside) -> list[Preflight]:
    async with wiring.opened_store(settings), wiring.sources(settings, names, outside.timing) as sources:
        return await asyncio.gather(*(preflight(source) for source in sources))


def lines(result: Preflight) -> Iterator[str]:
    """One connection for people."""
    yield f"{result.connection} ({result.tracker}): {'ready' if result.ok else 'NOT READY'}"
    if result.identity is not None:
        yield from _who(result)
    for trouble in result.troubles:
        yield f"  ! {trouble}"


def _who(result: Preflight) -> Iterator[str]:
    identity = result.identity
    if identity is None:
        return
    edition = f", {identity.edition}" if identity.edition else ""
    yield f"  token        accepted: {identity.account_name} on {identity.site}{edition}"
    for permission in identity.permissions:
        yield f"  permission   {permission.name}: {'held' if permission.held else 'MISSING'}"
    if identity.clock_skew is not None:
        yield f"  clock        {abs(identity.clock_skew.total_seconds()):.0f} s apart"
    if identity.time_zone:
        yield f"  time zone    {identity.time_zone}"
    names = [scope.name for scope in result.scopes]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    yield (
        f"  scopes       {len(names)} in reach, {len(result.wanted)} to be read: "
        f"{', '.join(names[:SHOWN])}{more}"
    )
