"""What a reading says is not in the scope any more, and what its listing did not show: asked for by name,
told apart by reason, and noted. Absence is never assumed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors.base import Absence, Record
from normalizer.model import Presence
from store.open import Store
from store.presence import Absent, held_in, note_absent, referring, to_ask_for
from sync.source import Clock, Target

PRESENCE: Mapping[str, Presence] = {
    "deleted": "deleted",
    "not_found": "gone",
    "moved": "moved_out",
    "filtered": "filtered_out",
}
"""By the reason of an absence. Not among them: what is forbidden to us says nothing of the items."""
FEWEST_HELD, SHARE_HELD = 20, 20
"""More than so many, and more than one in so many of the scope, vanish at once only by a person's word."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What the tracker said of an item, and when."""

    absence: Absence
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """``held`` are the scope's items (ours by the tracker's id), ``told`` what the tracker said of some, and
    ``unseen`` those to be asked for by name."""

    held: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Gone] = field(default_factory=dict)
    unseen: Sequence[str] = ()

    @property
    def nothing(self) -> bool:
        return not self.told and not self.unseen


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """``found`` are items that are there against what the listing, or the store, said. ``noted`` went, and
    ``left`` (by scope) hung on those or were linked to them: they are changed as well, and in most trackers
    not marked as such; but for what moved, which is the same wherever it is. ``notes`` are sentences."""

    found: Sequence[Record] = ()
    noted: int = 0
    left: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: Sequence[str] = ()


async def missing_of(
    target: Target,
    store: Store,
    gone: Sequence[Gone],
    listed: Sequence[str] | None,
    brought: Collection[str],
) -> Missing:
    """``listed`` is all that the scope holds, if a listing was whole; ``brought`` are items that come with it
    and need not be asked for."""
    if not gone and listed is None:
        return Missing()
    held = await held_in(store, target.scope_id)
    told = {one.absence.id: one for one in gone}
    unseen = [] if listed is None else sorted(held.keys() - set(listed) - told.keys())
    unheld = {id: target.id_of(id) for id in listed or () if id not in held and id not in brought}
    unseen += await to_ask_for(store, target.scope_id, unheld) if unheld else []
    return Missing(held=held, told=told, unseen=unseen)


async def settle_absences(target: Target, store: Store, clock: Clock, missing: Missing) -> Settled:
    """Raises a TrackerError when the tracker does not answer for what is missing; then nothing was noted."""
    if missing.nothing:
        return Settled()
    held, told, found = missing.held, dict(missing.told), list[Record]()
    if missing.unseen:
        asked_at = clock()
        async for one in target.source.connector.fetch(target.scope, missing.unseen):
            if isinstance(one, Record):
                found.append(one)
            else:
                told[one.id] = Gone(one, asked_at)
    absent = [
        Absent(
            item_id=held[id], presence=PRESENCE[one.absence.reason], evidence=one.absence.evidence, at=one.at
        )
        for id, one in told.items()
        if id in held and one.absence.reason in PRESENCE
    ]
    believed, notes = _held_back(absent, len(held))
    noted = await note_absent(store, target.scope_id, believed, clock()) if believed else {}
    ended = [item_id for item_id, presence in noted.items() if presence != "moved_out"]
    left = await referring(store, ended) if ended else {}
    return Settled(found=found, noted=len(noted), left=left, notes=notes)


def _held_back(absent: Sequence[Absent], of: int) -> tuple[list[Absent], list[str]]:
    """A tracker that hides much at once looks as one that deleted it: then the word of a person is needed."""
    vanished = [one for one in absent if one.presence == "gone"]
    if len(vanished) <= max(FEWEST_HELD, of // SHARE_HELD):
        return list(absent), []
    return [one for one in absent if one.presence != "gone"], [
        f"{len(vanished)} of {of} items are not to be found any more, too many at once to believe it: they "
        "are shown as before. An administrator of the tracker can see whether they were deleted, or hidden "
        "from the account of this connection."
    ]
