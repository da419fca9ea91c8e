"""Which sheets are in reach: the list tells all that the account may see, those in workspaces too.

https://developers.smartsheet.com/api/smartsheet/openapi/sheets/list-sheets
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from connectors.base import ScopeRecord
from connectors.errors import Unavailable
from connectors.smartsheet_calls import Calls, Row, ids

TRIES = 3
Sheets = dict[str, Row]


async def listed_scopes(calls: Calls, size: int) -> AsyncIterator[ScopeRecord]:
    for sheet_id, body in (await _listed(calls, size)).items():
        yield ScopeRecord(
            id=sheet_id,
            kind="sheet",
            name=str(body.get("name") or sheet_id),
            url=str(body.get("permalink") or f"https://app.smartsheet.com/sheets/{sheet_id}"),
            body=body,
        )


async def _listed(calls: Calls, size: int) -> Sheets:
    """``GET /sheets`` is ordered by name, so a sheet that is renamed or made while we page shifts the others:
    then it is read anew."""
    for _ in range(TRIES):
        found = await _once(calls, size)
        if found is not None:
            return found
    raise Unavailable(
        f"The list of sheets changed each of {TRIES} times that it was read; the next run tries again."
    )


async def _once(calls: Calls, size: int) -> Sheets | None:
    """All sheets, or None where the count says that the list shifted. Some answers give -1 for every total:
    then a page that brings nothing new is the end, for beyond the last page the last one comes again."""
    found: Sheets = {}
    page = 1
    while True:
        entries, body, answer = await calls.sheets(page, size)
        known = ids(entries, answer)
        fresh = {id: one for id, one in zip(known, entries, strict=True) if id not in found}
        found |= fresh
        total = body.get("totalCount")
        if isinstance(total, int) and total >= 0:
            if len(found) == total:
                return found
            if not fresh:
                return None
        elif not fresh:
            await _prove_the_end(calls, found)
            return found
        page += 1


async def _prove_the_end(calls: Calls, found: Sheets) -> None:
    """Were ``page`` without effect, one bigger first page would show more. Raises Unexpected if it does."""
    entries, _, answer = await calls.sheets(1, len(found) + 1)
    if any(id not in found for id in ids(entries, answer)):
        raise answer.unexpected("the same page of the list of sheets twice, though there are more")
