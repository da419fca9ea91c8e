"""What a run over a connection does with each of its scopes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from store.open import Store
from sync.halt import Halt, never
from sync.reading import Observer, read_scope
from sync.report import ScopeReport
from sync.source import Clock, Source, Target

Work = Callable[[Target, Observer], Awaitable[ScopeReport]]
"""Does one scope. A tracker's error is in the report; anything raised is a defect."""


class Job(Protocol):
    """``halt`` is asked at the end of each page."""

    @property
    def halt(self) -> Halt: ...

    def over(self, store: Store, source: Source, clock: Clock, /) -> AbstractAsyncContextManager[Work]:
        """The work on one connection, from before its first scope to after its last."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Reads what changed since the last reading or, with ``full``, everything. A reading has little to lose,
    so that it is halted in the middle of a wait too."""

    full: bool = False
    halt: Halt = never

    @asynccontextmanager
    async def over(self, store: Store, source: Source, clock: Clock) -> AsyncIterator[Work]:
        async def work(target: Target, observer: Observer) -> ScopeReport:
            with source.waits.heeding(self.halt):
                return await read_scope(target, store, clock, observer, full=self.full)

        yield work


CHANGES = Read()
