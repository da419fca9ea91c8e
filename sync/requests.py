"""What others may ask the workers for, without knowing how and where work is done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

TicketState = Literal["waiting", "running", "done", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One job that was asked for. ``waiting`` with ``until`` set: the tracker wants to be left alone till
    then. ``failed``: a defect ended it, and the workers' log says which; a tracker's trouble stands on the
    connection and its scopes."""

    id: str
    connection: str
    state: TicketState
    asked_at: datetime
    until: datetime | None = None

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed")


class Requests(Protocol):
    """All of them raise StoreError where the jobs' database cannot be used."""

    async def refresh(self, scopes: Collection[str], /) -> Sequence[Ticket]:
        """Reads what changed in these scopes (our ids) before anything else is done with their connections:
        a ticket a connection. One that waits for the same already is answered as it stands."""
        ...

    async def read(self, connection: str, /) -> Ticket:
        """Reads what changed in every scope of the connection, when there is time for it. One that waits or
        runs already is answered as it stands."""
        ...

    async def reconcile(self, connection: str, /) -> Ticket:
        """Compares every scope of the connection. One that waits or runs already is answered as it stands."""
        ...

    async def look(self, ticket: Ticket, /) -> Ticket:
        """The ticket as it stands now."""
        ...

    async def attended(self) -> bool:
        """Whether any worker lives that would do what is asked."""
        ...
