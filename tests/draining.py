"""Hints worked off as a worker does it: what they name first, and then the scopes that are to be read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from store.inbox import Inbox
from store.open import Store
from sync.drain import Drain
from sync.hinted import Drained
from sync.reread import Reread
from sync.share import Share
from sync.source import Clock, Reach, Source
from sync.sources import HOLDS


@dataclass
class Draining:
    """``reaches`` is what was in reach of each connection when its scopes were listed last."""

    store: Store
    inbox: Inbox
    reaches: dict[str, Reach] = field(default_factory=dict)

    async def drained(self, source: Source, clock: Clock, share: Share) -> Drained:
        """``source`` has asked nothing yet."""
        drained = await Drain(self.store, self.inbox, source, clock, share).run()
        if not drained.scopes:
            return drained
        reach = self.reaches.get(source.connection)
        if reach is not None and clock() - reach.at < HOLDS:
            source = replace(source, reach=reach)
        return await self._reread(drained, source, clock, share)

    async def _reread(self, drained: Drained, source: Source, clock: Clock, share: Share) -> Drained:
        """Until all is done, or there is no more time."""
        read = await Reread(self.store, self.inbox, source, clock, share).run()
        if read.reach is not None:
            self.reaches[source.connection] = read.reach
        drained.items += read.items
        drained.written += read.written
        if read.retry_after is not None:
            drained.trouble(str(read.error), read.retry_after)
        if not read.more or await share.used_up():
            drained.more = drained.more or read.more
            return drained
        return await self._reread(drained, source, clock, share)
