"""Scopes that the tracker does not show to us any more: a finding each, and no item of them is touched, since
who may not look knows nothing of what is there."""

from __future__ import annotations

from store.access import Reached, note_access, reached
from store.open import Store
from sync.source import Clock, Source


async def wanted(store: Store, source: Source) -> list[Reached]:
    """The scopes that the connection ever reached and that it is to read."""
    return [one for one in await reached(store, source.connection) if source.wanted(one.scope)]


async def note_lost(store: Store, source: Source, clock: Clock) -> list[str]:
    """After the tracker's listing was saved; answers a sentence for each that is not in it."""
    known = await wanted(store, source)
    lost = {one.id: lost_words(source, one) for one in known if not one.listed}
    await note_access(store, lost, [one.id for one in known if one.listed], clock())
    return list(lost.values())


def lost_words(source: Source, one: Reached) -> str:
    return (
        f"{one.scope.name}: {source.tracker} does not show this scope to the account of {source.connection} "
        "any more; its items are shown as they were read last. An administrator of the tracker can let "
        "the account see it again; if it is gone for good, leave it out in tspmo.toml."
    )
