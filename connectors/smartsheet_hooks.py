"""Our webhook on a sheet: found again, made, switched on, removed.

https://developers.smartsheet.com/api/smartsheet/openapi/webhooks
https://developers.smartsheet.com/api/smartsheet/guides/webhooks
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from connectors.base import ScopeRecord, Watch, WatchState
from connectors.errors import Unauthorized
from connectors.http import Answer
from connectors.smartsheet_calls import Calls, Row, ids, whole

NAME = "TS PMO"
EVERYTHING = ["*.*"]
PAGE = 1000
ENDED = "DISABLED_APP_REVOKED"
"""Can never be switched on again."""
WAITS = frozenset({"DISABLED_SCOPE_INACCESSIBLE", "DISABLED_ADMINISTRATIVE"})
"""Smartsheet alone can switch it on, and does so when the sheet can be seen again."""
MEANINGS: Mapping[str, str] = {
    "NEW_NOT_VERIFIED": "Smartsheet has not yet asked at our address whether its callbacks are expected",
    "DISABLED_VERIFICATION_FAILED": "Smartsheet asked at our address whether its callbacks are expected and "
    "got no answer",
    "DISABLED_CALLBACK_FAILED": "Smartsheet gave it up, since its callbacks failed",
    "DISABLED_BY_OWNER": "its owner switched it off",
    "DISABLED_SCOPE_INACCESSIBLE": "its owner can no longer see the sheet",
    "DISABLED_ADMINISTRATIVE": "Smartsheet's support switched it off: api@smartsheet.com",
    ENDED: "the app that made it lost its access",
}


class Hooks:
    """The webhooks that one account owns."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def watch(self, sheet: ScopeRecord, watch: Watch) -> WatchState:
        """One that we know is asked for by itself, and is enough: of several at the same address Smartsheet
        uses the oldest alone. Its secret can be read, so one that we do not know any more is taken up."""
        known = await self._calls.webhook(watch.remote_id) if watch.remote_id else None
        here = {} if known is None else {known["id"]: known}
        if known is None or not _fits(known, sheet, watch):
            rows = self._rows()
            here |= {row["id"]: row async for row in rows if row.get("callbackUrl") == watch.callback_url}
        good = next((row for row in here.values() if _fits(row, sheet, watch)), None)
        for row in here.values():
            if row is not good:
                await self.remove(str(row["id"]))
        row = good or await self._changed("", watch, _made(sheet, watch))
        if row.get("enabled") is True or row.get("status") in WAITS:
            return _state(row)
        on = await self._changed(str(row["id"]), watch, {"enabled": True})
        return _state({**row, **on})

    async def every(self) -> AsyncIterator[WatchState]:
        async for row in self._rows():
            yield _state(row)

    async def remove(self, id: str) -> None:
        answer = await self._calls.change("DELETE", id)
        if answer.status not in (200, 404):
            raise answer.unexpected("a refusal to remove a webhook of ours")

    async def _rows(self) -> AsyncIterator[Row]:
        """The totals are -1, and beyond the last page the last one comes again: pages are turned until
        nothing new comes."""
        seen: set[str] = set()
        page, fresh = 0, True
        while fresh:
            page += 1
            found, answer = await self._calls.webhooks(page, PAGE)
            listed = dict(zip(ids(found, answer), found, strict=True))
            fresh = bool(listed.keys() - seen)
            for id in listed.keys() - seen:
                yield listed[id]
            seen |= listed.keys()

    async def _changed(self, id: str, watch: Watch, given: Mapping[str, Any]) -> Row:
        answer = await self._calls.change("PUT" if id else "POST", id, given)
        if answer.status != 200:
            raise Unauthorized(
                f"Smartsheet does not keep our webhook ({answer.status}): it must reach the public address "
                "of TS PMO by https with a certificate that everybody trusts, at port 443, 8000, 8008, 8080 "
                "or 8443, and be answered there; and the account of this token must see the sheet"
                f"{answer.quoted().replace(watch.callback_url, 'our address')}"
            )
        return _result(answer)


def _made(sheet: ScopeRecord, watch: Watch) -> Mapping[str, Any]:
    return {
        "name": NAME,
        "callbackUrl": watch.callback_url,
        "scope": "sheet",
        "scopeObjectId": int(sheet.id),
        "events": EVERYTHING,
        "version": 1,
    }


def _fits(row: Row, sheet: ScopeRecord, watch: Watch) -> bool:
    """Of this sheet, tells everything, has a secret that can be read and is not at its end."""
    subscope = row.get("subscope")
    narrow = isinstance(subscope, dict) and subscope.get("columnIds")
    secret = row.get("sharedSecret")
    return (
        row.get("callbackUrl") == watch.callback_url
        and whole(row.get("scopeObjectId")) == sheet.id
        and row.get("events") == EVERYTHING
        and not narrow
        and isinstance(secret, str)
        and bool(secret)
        and row.get("status") != ENDED
    )


def _result(answer: Answer) -> Row:
    body = answer.json()
    row = body.get("result") if isinstance(body, dict) else None
    if not isinstance(row, dict) or whole(row.get("id")) is None:
        raise answer.unexpected("a webhook without an id")
    return row


def _state(row: Row) -> WatchState:
    secret = row.get("sharedSecret")
    return WatchState(
        id=str(row["id"]),
        scope_id=whole(row.get("scopeObjectId")),
        callback_url=str(row.get("callbackUrl") or ""),
        active=row.get("enabled") is True,
        health=_health(row),
        secret=secret if isinstance(secret, str) else "",
    )


def _health(row: Row) -> str:
    status, stats = row.get("status"), row.get("stats")
    if row.get("enabled") is not True:
        return MEANINGS.get(str(status), f"its status is {status}")
    told: Row = stats if isinstance(stats, dict) else {}
    tried, last = told.get("lastCallbackAttemptRetryCount"), str(told.get("lastCallbackAttempt") or "")
    if not isinstance(tried, int) or tried < 1 or str(told.get("lastSuccessfulCallback") or "") >= last:
        return ""
    return f"its last callback, at {last}, failed, and {tried} attempts before it"
