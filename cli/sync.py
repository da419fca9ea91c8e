"""``tspmo sync``: reads the trackers into the store and shows how it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import typer

from cli import progress
from cli.shell import (
    CONFIG,
    MISUSE,
    OK,
    TROUBLE,
    Config,
    Failure,
    Only,
    Outside,
    Scopes,
    chosen,
    err,
    finish,
    out,
    run,
    settings_at,
)
from config import wiring
from config.scopes import meant
from config.settings import Settings
from store.open import Store
from sync.job import CHANGES, Job, Read
from sync.report import ConnectionReport
from sync.runner import sync as read_all
from sync.source import Source

EPILOG = (
    "Examples: tspmo sync · tspmo sync --full · tspmo sync --connection jira · "
    "tspmo sync --connection jira --scope NET"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be read: the named scopes (none: all), and whether whole."""

    scopes: Sequence[str]
    full: bool


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def sync(
        config: Config = CONFIG,
        connection: Only = None,
        scope: Scopes = None,
        full: Annotated[
            bool, typer.Option("--full", help="Read everything again, not only what changed.")
        ] = False,
    ) -> None:
        """Read every configured scope into the store, and show how far it is.

        A scope that was read before brings only what changed since. What is in the store stays readable
        meanwhile. If it is cut off, the next sync goes on where it was.
        Ends with 1 if any scope failed, and names it.
        """
        settings = settings_at(config, outside)
        names = named(settings, connection, scope)
        wish = Wish(scopes=scope or [], full=full)
        reports = run(_synced(settings, names, wish, outside))
        for line in summary(reports):
            out().print(line, markup=False)
        finish(TROUBLE if any(report.errors for report in reports) else OK)


def named(settings: Settings, connection: list[str] | None, scope: list[str] | None) -> list[str]:
    names = chosen(settings, connection)
    if scope and len(names) > 1:
        raise Failure(
            f"--scope names a scope of one connection, and there are {', '.join(names)}. "
            "Mend: name the one with --connection.",
            MISUSE,
        )
    return names


async def _synced(
    settings: Settings, names: Sequence[str], wish: Wish, outside: Outside
) -> list[ConnectionReport]:
    async with (
        wiring.opened_store(settings) as store,
        wiring.sources(settings, names, outside.timing) as sources,
    ):
        chosen = [only(source, wish.scopes) for source in sources]
        return await watched(store, chosen, outside, Read(full=wish.full))


async def watched(
    store: Store, sources: Sequence[Source], outside: Outside, job: Job = CHANGES
) -> list[ConnectionReport]:
    """A job that shows beside the answer how far it is."""
    with progress.shown(err()) as listener:
        return await read_all(store, sources, outside.timing.clock, listener, job)


def only(source: Source, scopes: Sequence[str]) -> Source:
    """The source cut down to the scopes that were asked for, if any were."""
    if not scopes:
        return source
    return replace(
        source, wanted=lambda seen: any(meant(name, seen) for name in scopes), expected=tuple(scopes)
    )


def summary(reports: Sequence[ConnectionReport]) -> Iterator[str]:
    """What the sync came to, a line a connection and a line a trouble, and what to do next."""
    for report in reports:
        yield f"{report.connection}: {_outcome(report) if report.scopes else 'no scope read'}"
        yield from (f"  {error}" for error in report.errors)
        yield from (f"  Note: {hidden}" for hidden in report.hidden)
        yield from (f"  Note: {scope.scope}: {note}" for scope in report.scopes for note in scope.notes)
    yield "Next: tspmo check" if any(report.errors for report in reports) else "Next: tspmo portfolio"


def _outcome(report: ConnectionReport) -> str:
    whole = all(scope.kind == "full" for scope in report.scopes)
    what = "" if whole else " read of what changed"
    parts = [
        f"{_count(report.items, 'item')}{what} in {_count(report.scopes_done, 'scope')}",
        f"{report.written} new or changed",
    ]
    if report.rejected:
        parts.append(f"{report.rejected} rejected (tspmo status shows them)")
    if report.scopes_failed:
        parts.append(f"{_count(report.scopes_failed, 'scope')} failed")
    if cancelled := sum(scope.halted == "cancelled" for scope in report.scopes):
        parts.append(f"{_count(cancelled, 'scope')} cancelled on the way (the next sync goes on there)")
    return ", ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
