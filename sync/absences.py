"""What is not in a scope any more: asked for by name, told apart by reason, and noted. Absence is never
assumed, and much of it at once is not believed without a person's word."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connectors.base import Absence, Record
from normalizer.model import Presence
from store.absences import Absences, Decided, decided, note_absences
from store.open import Store
from store.presence import Absent, gone_since, held_in, referring, to_ask_for
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
AT_ONCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Gone:
    """What the tracker said of an item, and when."""

    absence: Absence
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """``held`` are the scope's items (ours by the tracker's id), ``told`` what the tracker said of some, and
    ``unseen`` those to be asked for by name. ``whole``: but for these, all that is held is there; then
    ``waiting`` says whether something that was missing before waits for a person, or did."""

    held: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Gone] = field(default_factory=dict)
    unseen: Sequence[str] = ()
    whole: bool = False
    waiting: bool = False

    @property
    def nothing(self) -> bool:
        return not (self.told or self.unseen or self.waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Items of a scope that are said not to be there. ``held`` are those that it holds (ours by the tracker's
    ids; others do not matter), ``among`` is how many it holds in all. ``whole``: no other one is missing."""

    gone: Mapping[str, Gone]
    held: Mapping[str, str]
    among: int
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """``found`` are items that are there against what the listing, or the store, said. ``noted`` (by the
    tracker's ids) went; ``kept`` stay as they are against what the tracker says. ``notes`` are sentences."""

    found: Sequence[Record] = ()
    noted: Mapping[str, Presence] = field(default_factory=dict)
    kept: Collection[str] = ()
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
    whole = listed is not None
    waiting = whole and bool(await decided(store, target.scope_id))
    return Missing(held=held, told=told, unseen=unseen, whole=whole, waiting=waiting)


async def ask(target: Target, clock: Clock, ids: Sequence[str]) -> tuple[list[Record], dict[str, Gone]]:
    """The items that are there, and what the tracker says of the others: nothing is buried that was not asked
    for by name. Raises a TrackerError when it does not answer for one of them."""
    asked_at, found, gone = clock(), list[Record](), dict[str, Gone]()
    async for one in target.source.connector.fetch(target.scope, ids):
        if isinstance(one, Record):
            found.append(one)
        else:
            gone[one.id] = Gone(one, asked_at)
    return found, gone


async def settle_absences(target: Target, store: Store, clock: Clock, missing: Missing) -> Settled:
    """Raises a TrackerError when the tracker does not answer for what is missing; then nothing was noted."""
    if missing.nothing:
        return Settled()
    found, gone = await ask(target, clock, missing.unseen) if missing.unseen else ([], {})
    told = Told(
        gone={**missing.told, **gone}, held=missing.held, among=len(missing.held), whole=missing.whole
    )
    return replace(await believe(target, store, clock, told), found=found)


async def believe(target: Target, store: Store, clock: Clock, told: Told) -> Settled:
    """Notes what is believed of it, and holds the rest back. What hangs on what went or is linked to it is
    changed as well, and in most trackers not marked as such: it is left to be asked for again."""
    said = await decided(store, target.scope_id)
    if not told.gone and not said:
        return Settled()
    absent = {id: _absent(told.held[id], one) for id, one in told.gone.items() if id in told.held}
    known = {id: one for id, one in absent.items() if one is not None}
    silenced = {id for id, one in known.items() if one.presence == "gone" and one.item_id in said.silenced}
    vanished = [
        id
        for id, one in known.items()
        if one.presence == "gone" and id not in silenced and one.item_id not in said.released
    ]
    lately = await _lately(target, store, clock, said) if vanished else set[str]()
    waiting = set[str]() if told.whole else set(said.waiting)
    together = len(lately | waiting | {known[id].item_id for id in vanished})
    among = told.among + len(lately)
    mass = too_many(together, among)
    held = {id for id in vanished if mass or known[id].item_id in waiting}
    believed = {id: one for id, one in known.items() if id not in held and id not in silenced}
    absences = Absences(
        believed=list(believed.values()),
        left=await _hung_on(target, store, believed),
        held=[known[id] for id in sorted(held)],
        silenced=[known[id].item_id for id in silenced],
        sentence=_too_many(together, among),
        whole=told.whole,
    )
    noted = await note_absences(store, target.scope_id, absences, clock())
    return Settled(
        noted={id: noted[one.item_id] for id, one in known.items() if one.item_id in noted},
        kept=held | silenced,
        notes=[absences.sentence] if held else [],
    )


async def _hung_on(
    target: Target, store: Store, believed: Mapping[str, Absent]
) -> Mapping[str, Sequence[str]]:
    """But for what moved: that is the same wherever it is."""
    ended = [one.item_id for one in believed.values() if one.presence != "moved_out"]
    found = dict(await referring(store, ended)) if ended else {}
    here = [id for id in found.pop(target.scope_id, ()) if id not in believed]
    return {**found, target.scope_id: here} if here else found


async def _lately(target: Target, store: Store, clock: Clock, said: Decided) -> set[str]:
    """What vanished a moment ago, by nobody's word: who asks for a few at a time, as a drain does, sees the
    same mass in parts."""
    return await gone_since(store, target.scope_id, clock() - AT_ONCE) - set(said.released)


def too_many(vanished: int, among: int) -> bool:
    """A tracker that hides much at once looks as one that deleted it: then the word of a person is needed."""
    return vanished > max(FEWEST_HELD, among // SHARE_HELD)


def _absent(item_id: str, gone: Gone) -> Absent | None:
    """None where the answer says nothing of the item."""
    presence = PRESENCE.get(gone.absence.reason)
    if presence is None:
        return None
    return Absent(item_id=item_id, presence=presence, evidence=gone.absence.evidence, at=gone.at)


def _too_many(vanished: int, among: int) -> str:
    return (
        f"{vanished} of {among} items are not to be found any more, too many at once to believe it: they are "
        "shown as before. An administrator of the tracker can see whether they were deleted, or hidden from "
        "the account of this connection; tspmo findings approve lets them go, dismiss keeps them."
    )
