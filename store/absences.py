"""Noting absences together with what a person said of them, and with what is held back for one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from normalizer.model import Presence
from store.held import held_back, held_by, hold, let_go, released
from store.open import Store
from store.presence import SEEN, Absent, note_absent_in
from store.schema import items
from store.session import Session
from store.stale import mark_stale
from store.standing import Standing, end_standing, raise_standing

SUBJECT = "items"


@dataclass(frozen=True, slots=True)
class Decided:
    """Items whose absence a person approved, those of which one said that they stay, and those of which
    nobody said anything yet."""

    released: Collection[str]
    silenced: Collection[str]
    waiting: Collection[str]

    def __bool__(self) -> bool:
        return bool(self.released or self.silenced or self.waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absences:
    """``believed`` are to be noted, and ``left`` (the tracker's ids by scope) hang on them. ``held`` wait for
    a person, with the sentence that tells one why. ``whole`` says that these, and the ``silenced``, are all
    that are missing in the scope: what waited before and is not among them is there again."""

    believed: Sequence[Absent]
    left: Mapping[str, Collection[str]]
    held: Sequence[Absent] = ()
    silenced: Collection[str] = ()
    sentence: str = ""
    whole: bool


async def decided(store: Store, scope_id: str) -> Decided:
    async with store.database.reading() as session:
        held = await held_back(session, scope_id)
    told: dict[str | None, set[str]] = {"approved": set(), "dismissed": set(), None: set()}
    for row in held:
        told[row.decision].add(row.item_id)
    return Decided(released=told["approved"], silenced=told["dismissed"], waiting=told[None])


async def note_absences(
    store: Store, scope_id: str, absences: Absences, now: datetime
) -> Mapping[str, Presence]:
    """In one transaction; answers which were noted (:func:`store.presence.note_absent`)."""
    async with store.database.writing() as session:
        noted = await note_absent_in(session, scope_id, absences.believed, now)
        if noted:
            await mark_stale(session, absences.left, now)
        if absences.held:
            standing = Standing(
                scope_id=scope_id, kind="mass_absence", subject=SUBJECT, detail=absences.sentence
            )
            finding = await raise_standing(session, standing, now)
            before = [] if absences.whole else await held_by(session, finding)
            held = {one.item_id: one for one in (*before, *absences.held)}
            await hold(session, finding, list(held.values()))
        elif absences.whole:
            await end_standing(session, scope_id, "mass_absence")
        if absences.whole:
            missing = {one.item_id for one in (*absences.believed, *absences.held)}
            gone = await _gone(session, await released(session, scope_id))
            await let_go(session, scope_id, missing | set(absences.silenced) | gone)
    return noted


async def _gone(session: Session, item_ids: Collection[str]) -> set[str]:
    """Those of them that are not there, as far as we know."""
    of = items.c
    return {row.id for row in await session.fetch([of.id], of.id, item_ids, of.presence.not_in(SEEN))}
