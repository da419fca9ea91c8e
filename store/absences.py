"""Noting absences together with what a person said of them, and with what is held back for one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from normalizer.model import Presence
from store.held import hold, let_go, released, silenced, waiting
from store.open import Store
from store.presence import Absent, note_absent_in
from store.standing import Standing, end_standing, raise_standing

SUBJECT = "items"


@dataclass(frozen=True, slots=True)
class Decided:
    """Items whose absence a person approved, and those of which one said that they stay."""

    released: Collection[str]
    silenced: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Absences:
    """``believed`` are to be noted, ``held`` wait for a person, with the sentence that tells one why.
    ``whole`` says that these, and the ``silenced``, are all that are missing in the scope: what waited
    before and is not among them is there again."""

    believed: Sequence[Absent]
    held: Sequence[Absent] = ()
    silenced: Collection[str] = ()
    sentence: str = ""
    whole: bool


async def decided(store: Store, scope_id: str) -> Decided:
    async with store.database.reading() as session:
        return Decided(await released(session, scope_id), await silenced(session, scope_id))


async def waits(store: Store, scope_id: str) -> bool:
    """Whether something that vanished there waits for a person's word."""
    async with store.database.reading() as session:
        return bool(await waiting(session, scope_id))


async def note_absences(
    store: Store, scope_id: str, absences: Absences, now: datetime
) -> Mapping[str, Presence]:
    """In one transaction; answers which were noted (:func:`store.presence.note_absent`)."""
    async with store.database.writing() as session:
        noted = await note_absent_in(session, scope_id, absences.believed, now)
        if absences.held:
            standing = Standing(
                scope_id=scope_id, kind="mass_absence", subject=SUBJECT, detail=absences.sentence
            )
            await hold(session, await raise_standing(session, standing, now), absences.held)
        elif absences.whole:
            await end_standing(session, scope_id, "mass_absence")
        if absences.whole:
            missing = {one.item_id for one in (*absences.believed, *absences.held)}
            await let_go(session, scope_id, missing | set(absences.silenced))
    return noted
