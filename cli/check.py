"""``tspmo check``: whether each connection can do what is asked of it, and who can mend what it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import typer

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
            out().print_json(data=[described(result) for result in results])
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


def described(result: Preflight) -> dict[str, Any]:
    """One connection for programs."""
    identity = result.identity
    return {
        "connection": result.connection,
        "tracker": result.tracker,
        "ok": result.ok,
        "site": identity and identity.site,
        "account": identity and identity.account_name,
        "edition": identity and identity.edition,
        "time_zone": identity and identity.time_zone,
        "clock_skew_seconds": identity.clock_skew.total_seconds()
        if identity and identity.clock_skew is not None
        else None,
        "permissions": [
            {"name": held.name, "held": held.held, "mend": held.mend}
            for held in (identity.permissions if identity else ())
        ],
        "scopes": [
            {
                "id": scope.id,
                "key": scope.key,
                "name": scope.name,
                "closed": scope.closed,
                "read": scope.id in result.wanted,
            }
            for scope in result.scopes
        ],
        "troubles": list(result.troubles),
    }
