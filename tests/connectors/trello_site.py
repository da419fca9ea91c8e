"""A small Trello site on loopback, and the connector over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from connectors.base import Connector, Page, ScopeRecord
from connectors.http import Budgets
from connectors.trello import TrelloSettings, connect
from sandbox.trello import CREDENTIALS
from sandbox.trello_shelf import RecordedShelf
from tests.connectors.wire import Wire
from tests.faketime import FakeTime

BOARD_ID = "66a000000000000000000b0a"
ACTIVE = "2024-02-17T15:00:00.000Z"
"""When anything was last done on the board, as the list of boards tells it; ``65d0c9f0`` in ids."""
SCOPE = ScopeRecord(
    id=BOARD_ID,
    kind="board",
    name="Board",
    url="https://trello.com/b/x",
    body={"id": BOARD_ID, "dateLastActivity": ACTIVE},
)
SECOND = "65d0c0de"
"""All that has an id of this beginning was made in the same second, as when a board is copied."""


def card_id(number: int, second: str = SECOND) -> str:
    return f"{second}{number:016x}"


def card(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": card_id(number),
        "name": f"Card {number}",
        "idBoard": BOARD_ID,
        "idList": "list-1",
        "closed": False,
        **more,
    }


def action(number: int, second: str = SECOND, **more: Any) -> dict[str, Any]:
    return {
        "id": card_id(number, second),
        "type": "updateCard",
        "date": "2024-02-17T14:21:18.000Z",
        "idMemberCreator": "ada",
        "data": {"old": {"name": "x"}, "card": {"id": card_id(1), "name": "y"}},
        **more,
    }


def shelf(cards: Sequence[Any] = (), actions: Sequence[Any] = (), **more: Any) -> RecordedShelf:
    return RecordedShelf(
        body={"id": BOARD_ID, "name": "Board", "closed": False, "dateLastActivity": ACTIVE},
        lists=[{"id": "list-1", "name": "Doing", "closed": False, "idBoard": BOARD_ID, "pos": 1}],
        cards=cards,
        actions=actions,
        **more,
    )


@dataclass
class Beside(Wire):
    """A script for what is asked one after the other; ``own`` are the answers of paths that may be asked at
    the same time."""

    own: Mapping[str, bytes] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        answer = self.own.get(asked.split()[1].decode().partition("?")[0])
        if answer is None:
            again = asyncio.StreamReader()
            again.feed_data(asked)
            await super().serve(again, writer)
            return
        writer.write(answer)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def beside(own: Mapping[str, bytes], *script: bytes) -> AsyncIterator[Wire]:
    made = Beside(script, own=own)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def connector(
    base: str,
    time: FakeTime | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    budgets: Budgets | None = None,
    **settings: Any,
) -> AsyncIterator[Connector]:
    made = connect(
        TrelloSettings.model_validate({**CREDENTIALS, "base_url": base, **settings}),
        (time or FakeTime()).timing,
        transport=transport,
        budgets=budgets,
    )
    try:
        yield made
    finally:
        await made.aclose()


def ids(pages: Sequence[Page], kind: str = "item") -> list[str]:
    return [record.id for page in pages for record in page.records if record.kind == kind]


class Rewritten(httpx.AsyncBaseTransport):
    """The real transport, with query parameters set on the way to paths that end so."""

    def __init__(self, ending: str, **params: str) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self._ending = ending
        self._params = params
        self.urls: list[httpx.URL] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.urls.append(request.url)
        if request.url.path.endswith(self._ending):
            request.url = request.url.copy_merge_params(self._params)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


class Nameless(Rewritten):
    """The real transport, with a row more in each answer that has any, and no id on it."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if not request.url.path.endswith(self._ending):
            return response
        rows = msgspec.json.decode(await response.aread())
        await response.aclose()
        more = [{"name": "nobody knows its id"}, *rows] if rows else rows
        return httpx.Response(200, json=more)
