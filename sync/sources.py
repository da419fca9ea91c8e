"""The sources of jobs. One that made room leaves its own to the job that goes on with it, which then need not
ask its tracker once more who it is and what is in reach: some budgets are small."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sync.errands import Errand
from sync.source import Clock, Reach, Source

HOLDS = timedelta(minutes=10)
"""For how long what was in reach is taken to be so still."""
Open = Callable[[Errand], AbstractAsyncContextManager[Source]]


@dataclass(slots=True)
class Loan:
    """A job's source. With ``left`` set it stays open for the job that goes on."""

    source: Source
    left: Reach | None = None


@dataclass(slots=True)
class Sources:
    open: Open
    clock: Clock
    kept: dict[str, tuple[Source, AsyncExitStack]] = field(default_factory=dict)
    reaches: dict[str, Reach] = field(default_factory=dict)

    def learn(self, connection: str, reach: Reach | None) -> None:
        """What a job found to be in reach of the connection."""
        if reach is not None:
            self.reaches[connection] = reach

    @asynccontextmanager
    async def lend(self, errand: Errand) -> AsyncIterator[Loan]:
        await self._sweep()
        kept = self.kept.pop(errand.chain, None)
        async with kept[1] if kept else AsyncExitStack() as stack:
            loan = Loan(kept[0] if kept else await self._opened(errand, stack))
            yield loan
            if loan.left is not None:
                self.kept[errand.chain] = replace(loan.source, reach=loan.left), stack.pop_all()

    async def _opened(self, errand: Errand, stack: AsyncExitStack) -> Source:
        """A reread comes often, and goes by what was in reach lately; but its connector has listed nothing,
        so that it takes no scope for unchanged."""
        source = await stack.enter_async_context(self.open(errand))
        reach = self.reaches.get(errand.connection)
        if errand.kind != "reread" or reach is None or self._old(reach):
            return source
        return replace(source, reach=reach)

    def _old(self, reach: Reach) -> bool:
        return self.clock() - reach.at >= HOLDS

    async def aclose(self) -> None:
        """Once no job runs any more."""
        while self.kept:
            _, (_, stack) = self.kept.popitem()
            await stack.aclose()

    async def _sweep(self) -> None:
        """Closes what nobody came back for: another worker may have gone on."""
        for chain, (source, stack) in list(self.kept.items()):
            if source.reach is None or self._old(source.reach):
                del self.kept[chain]
                await stack.aclose()
