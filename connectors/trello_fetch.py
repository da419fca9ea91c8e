"""Named cards as they are now, and whether they stand on the board that was asked about."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.base import Absence, Record, ScopeRecord
from connectors.errors import NotFound, Unauthorized
from connectors.trello_calls import BATCH, CARD_PARAMS, Calls, oldest
from connectors.trello_reading import found_card, id_of


async def named_cards(
    calls: Calls, scope: ScopeRecord, ids: Sequence[str], size: int
) -> list[Record | Absence]:
    """In the order asked. More than a batch are looked for among the pages (of ``size``) of the board's cards
    first: the whole page costs what one card of a batch does. Trello answers 404 both for a deleted card and
    for one on a board that is hidden from us, so not_found is no proof of a deletion."""
    found: dict[str, Record | Absence] = {}
    if len(ids) > BATCH:
        found |= await _listed(calls, scope, ids, size)
    rest = [id for id in ids if id not in found]
    for start in range(0, len(rest), BATCH):
        part = rest[start : start + BATCH]
        entries, answer = await calls.cards(part)
        for asked, entry in zip(part, entries, strict=True):
            found[asked] = found_card(scope, asked, entry, answer)
    return [found[id] for id in ids]


async def _listed(calls: Calls, scope: ScopeRecord, ids: Sequence[str], size: int) -> dict[str, Record]:
    """Those that are found before the pages, newest cards first, become more than the batches would be. What
    a board refuses, its cards tell one by one."""
    wanted, found, before = set(ids), dict[str, Record](), None
    try:
        for _ in range(len(wanted) // BATCH):
            page, answer, size = await calls.page(
                scope.id, "cards/all", {**CARD_PARAMS, "before": before}, size
            )
            for card in page:
                if (id := id_of(card)) in wanted:
                    found[id] = Record("item", id, scope.id, card, answer.asked_at)
            if not page or found.keys() == wanted:
                break
            before = oldest(page, answer)
    except (NotFound, Unauthorized):
        return {}
    return found
