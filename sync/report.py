"""What a sync run came to, per scope and per connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.receipt_views import Receipt
from sync.halt import Stop
from sync.source import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeReport:
    """``kind`` is ``full``, ``incremental`` or ``reconcile``, which leaves a ``receipt``; ``notes`` are
    sentences about how it went that are no errors. ``error`` is the sentence that ended the work early; what
    was there stays. ``halted`` is set where it was asked to stop before its end."""

    scope: str
    kind: str
    items: int
    written: int
    rejected: int
    notes: Sequence[str] = ()
    error: str | None = None
    retry_after: datetime | None = None
    halted: Stop | None = None
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    """``hidden`` are sentences about scopes that the tracker does not show any more. ``retry_after``: some of
    it could not be done now, and there is no use in asking again before then. ``reach`` is what it went by,
    None where it did not come so far."""

    connection: str
    scopes: Sequence[ScopeReport]
    errors: Sequence[str]
    hidden: Sequence[str] = ()
    retry_after: datetime | None = None
    reach: Reach | None = None

    @property
    def ok(self) -> bool:
        return not self.errors

    @property
    def scopes_failed(self) -> int:
        return sum(1 for scope in self.scopes if scope.error is not None)

    @property
    def scopes_done(self) -> int:
        return len(self.scopes) - self.scopes_failed

    @property
    def halted(self) -> bool:
        """Whether some scope is to be gone on with."""
        return any(scope.halted is not None for scope in self.scopes)

    @property
    def items(self) -> int:
        return sum(scope.items for scope in self.scopes)

    @property
    def written(self) -> int:
        return sum(scope.written for scope in self.scopes)

    @property
    def rejected(self) -> int:
        return sum(scope.rejected for scope in self.scopes)
