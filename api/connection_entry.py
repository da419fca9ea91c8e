"""A connection on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from api.envelope import Meta
from store.views import ConnectionView, ScopeView


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionEntry:
    """An account on a tracker, its last check, and its scopes with their last complete readings."""

    id: str
    tracker: str
    system: str
    site: str | None
    account: str | None
    state: Literal["never_checked", "ok", "unavailable", "unauthorized", "failed"]
    error: str | None
    checked_at: datetime | None
    scopes: Sequence[ScopeView]
    unmapped: int
    rejected: int
    meta: Meta


def connection_entry(view: ConnectionView, meta: Meta) -> ConnectionEntry:
    return ConnectionEntry(
        id=view.id,
        tracker=view.tracker,
        system=view.system,
        site=view.site,
        account=view.account,
        state=view.state,
        error=view.error,
        checked_at=view.checked_at,
        scopes=view.scopes,
        unmapped=view.unmapped,
        rejected=view.rejected,
        meta=meta,
    )
