"""The examples of work that is asked for: real values of the real types."""

from __future__ import annotations

from datetime import UTC, datetime

from api.envelope import Answer
from api.examples import META
from sync.requests import Ticket

_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SYNC = Answer(
    data=Ticket(id="incremental:jira#12", connection="jira", state="waiting", asked_at=_AT), meta=META
)
RECONCILE = Answer(
    data=Ticket(id="reconcile:jira#3", connection="jira", state="running", asked_at=_AT), meta=META
)
