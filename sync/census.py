"""A scope's census: the complete listing, the share that is read whole whatever it says, and what of it
differs from what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from connectors.base import JsonObject, Printing
from connectors.errors import Unexpected
from store.census import Body, bodies, keep_prints, ours, strangers
from store.open import Store
from sync.source import Target

NIGHTS = 7
"""In so many nights every item was read whole."""
Prints = Mapping[str, bytes]


async def listed(target: Target) -> dict[str, bytes]:
    """The print of each item, by the tracker's id. Whole, or raises."""
    found: dict[str, bytes] = {}
    async for one in target.source.connector.census(target.scope):
        if one.id in found:
            raise Unexpected(
                f"{target.scope.name}: the census listed item {one.id} twice, so another may be missing; "
                "nothing was changed by it. If it happens again, tell the maintainers."
            )
        found[one.id] = one.value
    return found


def night_of(now: datetime) -> int:
    return now.toordinal() % NIGHTS


def share_of(night: int) -> str:
    return f"{night + 1} of {NIGHTS}"


def due(id: str, night: int) -> bool:
    """Whether the item is of this night's share."""
    return crc32(id.encode(errors="surrogatepass")) % NIGHTS == night


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What the tracker told of a scope, beside what is kept: ``prints`` of what is ``items`` items and the
    records that could not be read, and the items that are at home ``elsewhere`` and stand here too. Of the
    rest, what is ``differing``, ``missing`` here, and ``absent`` there."""

    prints: Prints
    items: int
    elsewhere: frozenset[str]
    differing: Sequence[str]
    missing: Sequence[str]
    absent: Sequence[str]


async def compare(target: Target, store: Store, printing: Printing, source: Prints) -> Difference:
    """Exactly, by id. The print that is kept of a record may be missing, or be one that the definitions of
    another day made: then the record itself is asked, and the print that it has now is kept."""
    held = await ours(store, target.scope_id)
    prints = held.prints
    unheld = {id: target.id_of(id) for id in source if id not in prints}
    others = await strangers(store, target.scope_id, unheld) if unheld else None
    elsewhere = others.elsewhere if others else frozenset[str]()
    beside = {id: others.prints[id] for id in elsewhere if id in others.prints} if others else {}
    suspect = [id for id, print in source.items() if prints.get(id, print) != print]
    suspect += [id for id, print in beside.items() if source[id] != print]
    now = await _reprinted(store, target.scope_id, printing.of, suspect)
    prints |= {id: print for id, print in now.items() if id in prints}
    return Difference(
        prints=prints,
        items=held.items,
        elsewhere=elsewhere,
        differing=[id for id in suspect if now.get(id) != source[id]],
        missing=[id for id in unheld if id not in beside],
        absent=[id for id in prints if id not in source],
    )


async def _reprinted(
    store: Store, scope_id: str, of: Callable[[JsonObject], bytes], ids: Sequence[str]
) -> dict[str, bytes]:
    """What a census says of the records that are kept, as far as there are any."""
    found: dict[str, bytes] = {}
    async for packed in bodies(store, scope_id, ids):
        made = await asyncio.to_thread(_printed, packed, of)
        await keep_prints(store, scope_id, made)
        found |= {body.id: print for body, print in made}
    return found


def _printed(packed: Sequence[Body], of: Callable[[JsonObject], bytes]) -> list[tuple[Body, bytes]]:
    return [(one, of(one.body())) for one in packed]
