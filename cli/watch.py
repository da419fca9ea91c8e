"""``tspmo watch``: sees that the trackers tell what changes, or removes what lets them."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from api.tables import JSON
from api.watch_entry import WatchEntry, WatchingEntry, Watchtower
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
from config.settings import Settings
from store.access import reached
from store.inbox import Inbox, opened_inbox
from store.principal import LOCAL
from sync.job import Read
from sync.runner import sync
from sync.share import Portion, Share
from sync.source import Source
from sync.watching import Watched, Watcher, polling

EPILOG = "Examples: tspmo watch · tspmo watch --connection jira · tspmo watch --remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``polling`` says why the connection has no webhooks; ``kept`` is how many it has now, of which so many
    are ``well``."""

    connection: str
    polling: str | None
    kept: int
    well: int
    watched: Watched


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def watch(
        config: Config = CONFIG,
        connection: Only = None,
        remove: Annotated[bool, typer.Option("--remove", help="Remove all our webhooks there.")] = False,
        as_json: AsJson = False,
    ) -> None:
        """Make, renew and mend the webhooks by which the trackers tell what changes.

        Needs [server] public_url and tspmo serve (or tspmo api) that can be reached there, since some
        trackers try it at once. What was missed meanwhile is read by tspmo serve or tspmo worker, which
        also look after the webhooks themselves. Ends with 1 if any could not be kept, and says why.
        """
        settings = settings_at(config, outside)
        outcomes = run(_watched(settings, chosen(settings, connection), outside, remove=remove))
        if as_json:
            typer.echo(JSON.encode(outcomes))
        for line in () if as_json else lines(outcomes):
            out().print(line, markup=False)
        finish(TROUBLE if any(one.watched.errors for one in outcomes) else OK)


def watchtower(settings: Settings, inbox: Inbox) -> Watchtower:
    used = [connection.tracker.capabilities for connection in settings.connections.values()]
    return Watchtower(inbox, settings.server.public_url, used)


async def _watched(
    settings: Settings, names: Sequence[str], outside: Outside, *, remove: bool
) -> list[Outcome]:
    clock, public_url = outside.timing.clock, settings.server.public_url
    async with (
        wiring.opened_store(settings, clock) as store,
        opened_inbox(settings.store_url) as inbox,
        wiring.sources(settings, names, outside.timing) as sources,
    ):
        watcher = Watcher(store, inbox, clock, public_url)
        done = [await _one(watcher, source, remove=remove) for source in sources]
        views = [one for one in await store.reader(LOCAL, clock).connections() if one.id in names]
        entries = await watchtower(settings, inbox).entries(views)
    kept = {one.connection: one.watches for one in entries}
    return [
        Outcome(
            connection=source.connection,
            polling=polling(source.connector.capabilities, public_url),
            kept=len(kept[source.connection]),
            well=sum(one.active and not one.health for one in kept[source.connection]),
            watched=watched,
        )
        for source, watched in zip(sources, done, strict=True)
    ]


async def _one(watcher: Watcher, source: Source, *, remove: bool) -> Watched:
    if remove:
        return await watcher.remove(source)
    if polling(source.connector.capabilities, watcher.public_url):
        return Watched()
    if not await reached(watcher.store, source.connection):
        (report,) = await sync(watcher.store, [source], watcher.clock, lambda _: None, _listing())
        if report.errors and not report.scopes:
            return Watched(errors=list(report.errors))
    return await watcher.look_after(source, all_of_them=True)


def _listing() -> Portion:
    """Checks the connection and lists its scopes, where nobody did that before."""

    async def nothing() -> bool:
        return False

    return Portion(Read(), Share(math.inf, time.monotonic, nothing, asyncio.Event()), frozenset())


def lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A line a connection, a line a trouble; and once why there are none."""
    for one in outcomes:
        yield f"{one.connection}: {_told(one)}"
        yield from (f"  ! {error}" for error in one.watched.errors)
    yield from dict.fromkeys(one.polling for one in outcomes if one.polling and not one.watched.removed)


def standing(entries: Sequence[WatchingEntry]) -> Iterator[str]:
    """The same of what is known without asking anybody: a line a connection that has any, or that has hints
    nobody has looked at yet, and each webhook that is not well."""
    for one in entries:
        if one.watches:
            well = sum(watch.active and not watch.health for watch in one.watches)
            hints = f", {one.waiting} hints to look at" if one.waiting else ""
            yield f"{one.connection}: {well} of {len(one.watches)} webhooks well{hints}{_loss(one)}"
        yield from (f"  ! {_named(watch)}{watch.health}" for watch in one.watches if watch.health)
        unknown = sorted({name for watch in one.watches for name in watch.unknown})
        if unknown:
            yield f"  ! events that nobody here knows: {', '.join(unknown)}"
    yield from dict.fromkeys(one.polling for one in entries if one.polling)


def _loss(one: WatchingEntry) -> str:
    """Of all of its scopes together."""
    heard, lost = sum(scope.heard for scope in one.scopes), sum(scope.lost for scope in one.scopes)
    return f", {lost} of {heard + lost} changes not told before the last comparison" if heard + lost else ""


def _named(watch: WatchEntry) -> str:
    return f"{watch.name}: " if watch.name else ""


def _told(one: Outcome) -> str:
    if one.polling and not one.watched.removed:
        return "asked at its times"
    parts = [f"{one.well} of {one.kept} webhooks well"]
    if one.watched.made:
        parts.append(f"{one.watched.made} made")
    if one.watched.removed:
        parts.append(f"{one.watched.removed} removed")
    return ", ".join(parts)
