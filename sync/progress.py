"""Progress of a sync, one connection at a time: counted as pages land, told to whoever listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from connectors.base import ScopeRecord
from sync.source import Clock

State = Literal["checking", "listing", "reading", "waiting", "done", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """``rate`` is items per second; ``eta_seconds`` is None until there is something to go by."""

    connection: str
    scope: str | None
    state: State
    scopes_done: int
    scopes: int
    items: int
    expected: int | None
    pages: int
    rate: float
    eta_seconds: float | None
    waiting_until: datetime | None
    error: str | None


Listener = Callable[[Progress], None]


@dataclass(slots=True)
class Tally:
    """The running count of one connection. Expectations are by scope, as each reading tells its own."""

    connection: str
    clock: Clock
    listener: Listener
    started: datetime
    state: State = "checking"
    scopes: int = 0
    scopes_done: int = 0
    items: int = 0
    pages: int = 0
    expected: dict[str, int] = field(default_factory=dict)
    waiting_until: datetime | None = None

    def enter(self, state: State, *, scopes: int | None = None, error: str | None = None) -> None:
        self.state = state
        if scopes is not None:
            self.scopes = scopes
            self.started = self.clock()
        self.tell(error=error)

    def page(self, scope: ScopeRecord, items: int, expected: int | None) -> None:
        self.pages += 1
        self.items += items
        if expected is not None:
            self.expected[scope.id] = expected
        self.tell(scope.name)

    def scope_ended(self, scope: ScopeRecord, items: int, error: str | None) -> None:
        """A scope that ended expects what it brought, so that the total stays honest."""
        self.scopes_done += 1
        self.expected[scope.id] = items
        self.tell(scope.name, error)

    def wait(self, until: datetime | None) -> None:
        self.waiting_until = until
        self.tell()

    def tell(self, scope: str | None = None, error: str | None = None) -> None:
        waiting = self.waiting_until is not None and self.state == "reading"
        rate = self._rate()
        self.listener(
            Progress(
                connection=self.connection,
                scope=scope,
                state="waiting" if waiting else self.state,
                scopes_done=self.scopes_done,
                scopes=self.scopes,
                items=self.items,
                expected=self._expected(),
                pages=self.pages,
                rate=rate,
                eta_seconds=self._eta(rate),
                waiting_until=self.waiting_until,
                error=error,
            )
        )

    def _expected(self) -> int | None:
        """Known only when every scope has told how much it will bring."""
        if self.scopes and len(self.expected) == self.scopes:
            return sum(self.expected.values())
        return None

    def _elapsed(self) -> float:
        return (self.clock() - self.started).total_seconds()

    def _rate(self) -> float:
        elapsed = self._elapsed()
        return self.items / elapsed if elapsed > 0 else 0.0

    def _eta(self, rate: float) -> float | None:
        """From items where all are announced, else from the share of scopes that are done."""
        expected = self._expected()
        if expected is not None and rate > 0:
            return max(0.0, (expected - self.items) / rate)
        if self.scopes_done and self.scopes:
            return self._elapsed() / self.scopes_done * (self.scopes - self.scopes_done)
        return None
