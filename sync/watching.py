"""Looks after the webhooks of a connection: one for all of it or one a scope, as its tracker has them. They
are made, found again, renewed and mended by the connector; here is which, when, and what was missed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from connectors.base import Capabilities, Hint, ScopeRecord, WatchState
from connectors.errors import TrackerError, Unauthorized, Unavailable
from store import hearings, hints, watches
from store.access import reached
from store.inbox import Inbox
from store.leases import Taken, held
from store.open import Store
from store.principal import LOCAL
from store.receipt_views import Cause
from store.watches import Kept
from sync.access import wanted
from sync.source import Clock, Source

LOG = logging.getLogger("tspmo")
DUE = timedelta(minutes=50)
"""How long one that is well is left alone: probes that come each hour look at it each time."""
UNTOLD: Sequence[Cause] = ("missed", "late", "moved", "deleted", "gone")
"""Differences that a webhook should have told of."""
REFUSALS = 3
"""So many refusals one after the other, and the rest would fare the same."""


@dataclass(slots=True, kw_only=True)
class Watched:
    """So many were ``looked_at``, and ``made`` anew; so many were ``removed`` that nobody needs. ``gaps``
    counts those that told nothing for a while: what they cover is hinted at. ``errors`` are sentences."""

    looked_at: int = 0
    made: int = 0
    removed: int = 0
    gaps: int = 0
    errors: list[str] = field(default_factory=list)


def polling(capabilities: Capabilities, public_url: str | None) -> str | None:
    """Why a connection has no webhooks and is only asked at its times; None: it may have them."""
    if capabilities.webhooks == "none":
        return f"{capabilities.title} tells nobody what changes; it is asked at its times ([schedules])."
    if public_url is None:
        return (
            "No [server] public_url is set, so that no tracker can tell what changes: all are asked at their "
            "times ([schedules]). Set it to the https address under which they reach this service."
        )
    return None


def callbacks(public_url: str, connection: str) -> str:
    """What the addresses of the connection's webhooks begin with."""
    return f"{public_url}/webhooks/{connection}/"


@dataclass(slots=True)
class Watcher:
    """``public_url`` is where trackers reach us; None: they cannot."""

    store: Store
    inbox: Inbox
    clock: Clock
    public_url: str | None

    async def look_after(self, source: Source, *, all_of_them: bool = False) -> Watched:
        """Those that it is time for, or all. Raises StoreError."""
        done = Watched()
        if self.public_url is None or polling(source.connector.capabilities, self.public_url):
            return done
        try:
            async with held(self.store, f"webhooks {source.connection}"):
                base = callbacks(self.public_url, source.connection)
                await _Round(self, source, done).run(base, all_of_them=all_of_them)
        except Taken as taken:
            done.errors.append(f"The webhooks of {source.connection} are being looked after {taken}.")
        except TrackerError as error:
            done.errors.append(str(error))
        return done

    async def remove(self, source: Source) -> Watched:
        """All of them, also any that nobody knows of any more."""
        done = Watched()
        if source.connector.capabilities.webhooks == "none":
            return done
        try:
            async with held(self.store, f"webhooks {source.connection}"):
                rounds = _Round(self, source, done)
                await rounds.retire(await watches.watches_of(self.inbox, [source.connection]))
                if self.public_url is not None:
                    await rounds.strays(callbacks(self.public_url, source.connection), ())
        except Taken as taken:
            done.errors.append(f"The webhooks of {source.connection} are being looked after {taken}.")
        except TrackerError as error:
            done.errors.append(str(error))
        return done


@dataclass(slots=True)
class _Round:
    of: Watcher
    source: Source
    done: Watched

    async def run(self, base: str, *, all_of_them: bool) -> None:
        scopes, known = await self._scopes(), await self._kept()
        await self.retire(
            [one for one in known if one.scope not in scopes or not one.callback_url.startswith(base)]
        )
        await watches.expect(self.of.inbox, self.source.connection, list(scopes), base)
        due = [one for one in await self._kept() if all_of_them or self._due(one)]
        refused = 0
        for kept in due:
            refused = 0 if await self._one(kept, scopes[kept.scope]) else refused + 1
            if refused == REFUSALS:
                return
        if due:
            await self.strays(base, [one.remote_id for one in await self._kept()])

    async def _kept(self) -> Sequence[Kept]:
        return await watches.watches_of(self.of.inbox, [self.source.connection])

    async def _scopes(self) -> Mapping[str | None, ScopeRecord | None]:
        """What there is to be one for, by the tracker's id."""
        if self.source.connector.capabilities.webhooks == "connection":
            return {None: None}
        known = await wanted(self.of.store, self.source)
        return {one.scope.id: one.scope for one in known if one.listed}

    def _due(self, kept: Kept) -> bool:
        well = kept.remote_id is not None and kept.active and not kept.health
        return not well or kept.checked_at is None or self.of.clock() - kept.checked_at >= DUE

    async def _one(self, kept: Kept, scope: ScopeRecord | None) -> bool:
        """Says whether the tracker let us. While the call is under way, a handshake may bring a secret."""
        inbox = self.of.inbox
        self.done.looked_at += 1
        await watches.set_making(inbox, kept.id, making=True)
        try:
            state = await self.source.connector.watch(scope, replace(kept.watch, making=True))
            await self._judge(kept, state)
            await watches.save_state(inbox, kept.id, state, self.of.clock())
        except Unavailable:
            raise
        except TrackerError as error:
            await watches.save_trouble(inbox, kept.id, str(error), self.of.clock())
            self.done.errors.append(str(error))
            return not isinstance(error, Unauthorized)
        finally:
            await watches.set_making(inbox, kept.id, making=False)
        return True

    async def _judge(self, kept: Kept, state: WatchState) -> None:
        """What happened while there was none, or while its deliveries failed, nobody has told. That is noted
        before the state is, so that a cut between the two loses nothing."""
        self.done.made += state.id != kept.remote_id
        if state.id == kept.remote_id and kept.active and state.health in ("", kept.health):
            return
        self.done.gaps += 1
        everything = Hint(scope_id=kept.scope, item_id=None)
        await hints.add(self.of.inbox, kept.connection, [everything], self.of.clock())

    async def retire(self, unneeded: Sequence[Kept]) -> None:
        for kept in unneeded:
            if kept.remote_id is not None:
                await self.source.connector.unwatch(kept.remote_id)
                self.done.removed += 1
            await watches.drop_watches(self.of.inbox, [kept.id])

    async def strays(self, base: str, known: Sequence[str | None]) -> None:
        """Webhooks at addresses of ours that nobody knows of: of an inbox that was lost."""
        found = [one async for one in self.source.connector.watches() if one.callback_url.startswith(base)]
        for stray in found:
            if stray.id not in known:
                await self.source.connector.unwatch(stray.id)
                self.done.removed += 1


def tell(source: Source, done: Watched) -> None:
    """In the log, if there is anything to tell."""
    if done.made or done.removed or done.gaps:
        LOG.info(
            "%s: %d webhooks were made, %d removed; what %d of them missed is read.",
            *(source.connection, done.made, done.removed, done.gaps),
        )
    for error in done.errors:
        LOG.warning("%s: %s", source.connection, error)


async def reckon(store: Store, inbox: Inbox, connection: str, clock: Clock) -> None:
    """What a comparison found that no webhook had told, scope by scope."""
    remote = {one.id: one.scope.id for one in await reached(store, connection)}
    newest = await store.reader(LOCAL, clock).newest_receipts()
    found = {
        remote[one.scope_id]: (one.id, sum(one.differences.get(cause, 0) for cause in UNTOLD))
        for one in newest
        if one.scope_id in remote
    }
    await hearings.reckon(inbox, connection, found, clock())
