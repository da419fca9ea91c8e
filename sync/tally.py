"""What is counted while a scope is reconciled: kept with its work list, so that a cut loses no count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from connectors.base import JsonObject
from normalizer.model import Presence
from store.put import PutResult
from store.receipt_views import Cause, Fetched
from sync.absences import Gone, Settled

WENT: Mapping[Presence, Cause] = {
    "moved_out": "moved",
    "deleted": "deleted",
    "gone": "gone",
    "filtered_out": "filtered",
}


@dataclass(slots=True, kw_only=True)
class Reckoning:
    """``before`` is how many items were held, ``listed`` how many the census told of; ``since`` is when the
    last complete look at the scope before this one began. ``corrected`` is what the tracker said of items
    by name after the census (None: not there), and ``gone`` why those are not there that it asked about
    since the last were noted. Two kinds stay as they are against what the tracker says: those of which the
    absence is ``held`` back, and those that are ``forbidden`` to us."""

    before: int
    listed: int
    since: datetime | None
    share: str
    round: int = 1
    differences: dict[Cause, int] = field(default_factory=dict)
    fetched: dict[Fetched, int] = field(default_factory=dict)
    items: int = 0
    written: int = 0
    rejected: int = 0
    corrected: dict[str, bytes | None] = field(default_factory=dict)
    gone: dict[str, Gone] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def asked(self, why: Iterable[Fetched]) -> None:
        for one in why:
            self.fetched[one] = self.fetched.get(one, 0) + 1

    def put(self, result: PutResult) -> None:
        """What was written should have been here since the last complete look, unless it is newer."""
        self.items += result.items
        self.written += result.written
        self.rejected += result.rejected
        for version in result.versions:
            late = self.since is None or (version is not None and version >= self.since)
            self._differed("late" if late else "missed")

    def answered(self, why: Mapping[str, Fetched], gone: Mapping[str, Gone]) -> None:
        """The tracker did not give these of those that were asked for. What it forbids us says nothing of the
        items, and what was missing here can not be missed."""
        for id, one in gone.items():
            if one.absence.reason == "forbidden":
                self.forbidden.add(id)
                self._differed("access")
            elif why[id] != "missing":
                self.gone[id] = one

    def settled(self, settled: Settled) -> None:
        """What moved may have been read where it is by now: then there was nothing to note."""
        moved = {id for id, one in self.gone.items() if one.absence.reason == "moved"}
        for id in self.gone.keys() & (settled.noted.keys() | moved):
            self._differed(WENT[settled.noted.get(id, "moved_out")])
        self.gone = {}
        self.written += len(settled.noted)
        self.held.update(settled.kept)
        self.notes += settled.notes

    def _differed(self, cause: Cause) -> None:
        self.differences[cause] = self.differences.get(cause, 0) + 1

    def plain(self) -> JsonObject:
        told: JsonObject = msgspec.to_builtins(self)
        return told


def reckoning(plain: JsonObject) -> Reckoning:
    """As :meth:`Reckoning.plain` told it."""
    return msgspec.convert(plain, Reckoning)
