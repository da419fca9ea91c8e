"""Our webhook on a board: found again, made, switched on, removed. A token may watch whatever it may read.

https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/
https://developer.atlassian.com/cloud/trello/rest/api-group-webhooks/
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Literal
from urllib.parse import quote

from connectors.base import ScopeRecord, Watch, WatchState
from connectors.errors import Unauthorized
from connectors.http import Answer, Http
from connectors.trello_calls import Row, credentials, refused_credentials, rows

NAME = "TS PMO"
REFUSED = frozenset({400, 401, 403, 404})


class Hooks:
    """The webhooks of one account. ``secret`` is that of the API key, which signs all their deliveries."""

    def __init__(self, http: Http, secret: str | None) -> None:
        self._http = http
        self._secret = secret

    async def watch(self, board: ScopeRecord, watch: Watch) -> WatchState:
        """One that we know is asked for by itself, since a listing is of a small budget; with it there can be
        no other, for Trello refuses a second at the same address."""
        if not self._secret:
            raise Unauthorized(
                "Nobody could tell whether deliveries that claim to come from Trello do: set secret of this "
                "connection to the secret beside the API key at https://trello.com/power-ups/admin."
            )
        known = await self._one(watch.remote_id) if watch.remote_id else None
        here = [] if known is None else [known]
        if known is None or known.get("callbackURL") != watch.callback_url:
            here += [row for row in await self._listed() if row.get("callbackURL") == watch.callback_url]
        good = next((row for row in here if _fits(row, board, watch)), None)
        for row in here:
            if row is not good:
                await self.remove(str(row["id"]))
        if good is None:
            return await self._changed("POST", "", watch, _made(board, watch))
        if good.get("active") is True:
            return self._state(good)
        return await self._changed("PUT", str(good["id"]), watch, {"active": True})

    async def every(self) -> AsyncIterator[WatchState]:
        for row in await self._listed():
            yield self._state(row)

    async def remove(self, id: str) -> None:
        """One of an older token goes with that token: what it tells beside ours does no harm."""
        answer = await self._http.write("DELETE", _path(id), accept={401, 404})
        if answer.status == 401 and refused_credentials(answer):
            raise credentials(answer)

    async def _one(self, id: str) -> Row | None:
        answer = await self._http.get(_path(id), accept={401, 404})
        if answer.status == 401 and refused_credentials(answer):
            raise credentials(answer)
        return _checked(answer.json(), answer) if answer.status == 200 else None

    async def _listed(self) -> list[Row]:
        """Those of all tokens that the account gave to this key, each once. The call that lists those of one
        token has it in its URL."""
        answer = await self._http.get(
            "/1/members/me/tokens", {"webhooks": "true"}, budget="members", accept={401}
        )
        if answer.status == 401:
            raise credentials(answer)
        found = (hook for token in rows(answer) for hook in token.get("webhooks") or ())
        return list({str(row["id"]): row for row in (_checked(hook, answer) for hook in found)}.values())

    async def _changed(
        self, method: Literal["POST", "PUT"], id: str, watch: Watch, given: Mapping[str, Any]
    ) -> WatchState:
        answer = await self._http.write(method, _path(id), given, accept=REFUSED)
        if answer.status == 401 and refused_credentials(answer):
            raise credentials(answer)
        if answer.status in REFUSED:
            raise Unauthorized(
                f"Trello does not keep our webhook ({answer.status}): it must reach the public address of TS "
                "PMO, be answered there, and the account of this token must see the board"
                f"{answer.quoted().replace(watch.callback_url, 'our address')}"
            )
        return self._state(_checked(answer.json(), answer))

    def _state(self, row: Row) -> WatchState:
        board = row.get("idModel")
        return WatchState(
            id=row["id"],
            scope_id=board if isinstance(board, str) else None,
            callback_url=str(row.get("callbackURL") or ""),
            active=row.get("active") is True,
            health=_health(row),
            secret=self._secret,
        )


def _path(id: str) -> str:
    return f"/1/webhooks/{quote(id, safe='')}"


def _made(board: ScopeRecord, watch: Watch) -> Mapping[str, Any]:
    return {"callbackURL": watch.callback_url, "idModel": board.id, "description": NAME, "active": True}


def _fits(row: Row, board: ScopeRecord, watch: Watch) -> bool:
    return row.get("callbackURL") == watch.callback_url and row.get("idModel") == board.id


def _checked(row: object, answer: Answer) -> Row:
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        raise answer.unexpected("something that is no webhook")
    return row


def _health(row: Row) -> str:
    failed, first = row.get("consecutiveFailures"), row.get("firstConsecutiveFailDate")
    if row.get("active") is not True:
        return "Trello switched it off"
    if not isinstance(failed, int) or failed < 1:
        return ""
    return f"{failed} deliveries in a row failed, the first at {first}"
