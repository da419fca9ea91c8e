"""How the reconciliation of a scope begins: with its definitions, its census, and what of that differs; or
where an earlier one was cut."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from connectors.base import JsonObject, Record
from normalizer.model import Mapper
from store import checkpoints, worklists
from store.census import Before, before
from store.put import put
from store.receipt_views import Fetched
from store.worklists import Worklist
from sync.census import compare, due, listed, night_of, share_of
from sync.course import Course, Place, correct
from sync.definitions import meaning_changed
from sync.remap import How, batch_of, lay_over, lay_rules
from sync.tally import Reckoning, reckoning


async def opened(at: Place, left: Worklist | None) -> Course:
    """``left`` is what was left of an earlier one, to be gone on with. Raises a TrackerError."""
    return await _begun(at) if left is None else await _recalled(at, left)


async def _recalled(at: Place, left: Worklist) -> Course:
    definitions = await checkpoints.definitions(at.store, at.scope_id)
    tally, source = reckoning(left.tally), dict(left.source)
    correct(source, tally.corrected)
    said_before: list[tuple[str, Fetched]] = [(id, "absent") for id in tally.gone]
    tally.gone = {}
    course = Course(
        at=at,
        redefine=partial(_redefined, at),
        mapper=at.target.mapper(definitions),
        printing=at.target.source.connector.printing(at.target.scope, definitions),
        tally=tally,
        source=source,
        todo=left.todo,
        done=left.done,
    )
    await worklists.hand_over(at.store, at.scope_id, at.run_id, at.reconciliation_id)
    if said_before:  # too long ago by now to bury anything by it
        await course.plan([*left.todo[left.done :], *said_before])
    return course


async def _begun(at: Place) -> Course:
    definitions, held = await _defined(at)
    printing = at.target.source.connector.printing(at.target.scope, definitions)
    source = await listed(at.target)
    difference = await compare(at.target, at.store, printing, source)
    night = night_of(at.started_at)
    tally = Reckoning(
        before=difference.items, listed=len(source), since=held.complete_at, share=share_of(night)
    )
    course = Course(at, partial(_redefined, at), at.target.mapper(definitions), printing, tally, source)
    rest = course.rest(difference)
    differing = {id for id, _ in rest}
    deep = [id for id in source if due(id, night) and id not in differing]
    await course.plan([*rest, *((id, "deep") for id in deep)])
    return course


async def _redefined(at: Place) -> Mapper:
    definitions, _ = await _defined(at)
    return at.target.mapper(definitions)


async def _defined(at: Place) -> tuple[Mapping[str, JsonObject], Before]:
    """The scope's definitions as they are now, and what was held before."""
    told = [one async for one in at.target.source.connector.definitions(at.target.scope)]
    held = await before(at.store, at.scope_id, told)
    return await _define(at, told, held), held


async def _define(at: Place, told: Sequence[Record], held: Before) -> Mapping[str, JsonObject]:
    """They are laid over what is kept before they are put: cut between the two, the next looks again."""
    fresh = {one.id: one.body for one in told if one.kind == "definition"}
    definitions = {**held.definitions, **fresh}
    if not held.differing:
        return definitions
    mapper = at.target.mapper(definitions)
    if meant_anew := meaning_changed(held.definitions, fresh):
        how = How(cause="definitions", run=at.run, definitions=definitions)
        await lay_over(at.target, at.store, at.clock, how)
    mapped = await asyncio.to_thread(lambda: [(one, mapper(one)) for one in held.differing])
    batch = batch_of(at.target, mapper, mapped, at.clock())
    await put(at.store, replace(batch, run_id=at.run_id))
    if meant_anew:
        await lay_rules(at.target, at.store)
    return definitions
