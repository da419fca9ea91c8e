"""Which sheets are in reach: those listed by themselves and those in workspaces and folders, each once."""

from __future__ import annotations

from collections.abc import AsyncIterator

from connectors.base import ScopeRecord
from connectors.errors import NotFound, Unavailable
from connectors.smartsheet_calls import Calls, Forbidden, Row, ids, whole

TRIES = 3
Sheets = dict[str, Row]


async def listed_scopes(calls: Calls, size: int) -> AsyncIterator[ScopeRecord]:
    found = await _listed(calls, size)
    async for body in _in_workspaces(calls, size):
        sheet_id = whole(body.get("id"))
        if sheet_id is not None:
            found.setdefault(sheet_id, body)
    for sheet_id, body in found.items():
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


async def _in_workspaces(calls: Calls, size: int) -> AsyncIterator[Row]:
    async for workspace in calls.workspaces(size):
        if (workspace_id := whole(workspace.get("id"))) is not None:
            async for sheet in _within(calls, "workspaces", workspace_id, size):
                yield sheet


async def _within(calls: Calls, kind: str, id: str, size: int) -> AsyncIterator[Row]:
    """The sheets of a workspace or folder and of all folders below."""
    waiting = [(kind, id)]
    while waiting:
        here = waiting.pop()
        try:
            children = [child async for child in calls.children(*here, size)]
        except (NotFound, Forbidden):
            continue  # no longer shared since its parent was listed: what it holds is out of reach
        for child in children:
            match str(child.get("resourceType", "")).lower():
                case "sheet":
                    yield child
                case "folder" if (folder := whole(child.get("id"))) is not None:
                    waiting.append(("folders", folder))
